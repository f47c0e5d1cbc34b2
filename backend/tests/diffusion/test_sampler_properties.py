"""What holds for every sampler, schedule and model, whether or not diffusers offers it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.diffusion.samplers import sampler_table
from tastemaker.diffusion.schedules import Floats
from tastemaker.diffusion.tables import COLUMN, SamplerTable
from tastemaker.domain import Sampler, Schedule
from tastemaker.errors import InvalidInput, ModelBroken
from tests.diffusion.oracles import STABLE_DIFFUSION, Model, fake_model, noise, run_table

TWO_EVALUATIONS = (Sampler.HEUN, Sampler.DPMPP_SDE)
FLOW = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0}
CONFIGS = [
    {**STABLE_DIFFUSION, "prediction_type": "epsilon"},
    {**STABLE_DIFFUSION, "prediction_type": "v_prediction"},
    {**STABLE_DIFFUSION, "prediction_type": "sample"},
    {
        **STABLE_DIFFUSION,
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": True,
        "timestep_spacing": "trailing",
    },
    {**STABLE_DIFFUSION, "prediction_type": "epsilon", "rescale_betas_zero_snr": True},
    {**STABLE_DIFFUSION, "prediction_type": "epsilon", "beta_schedule": "squaredcos_cap_v2"},
    {
        **STABLE_DIFFUSION,
        "prediction_type": "epsilon",
        "num_train_timesteps": 200,
        "beta_start": 0.004,
        "beta_end": 0.06,
        "timestep_spacing": "leading",
    },
    FLOW,
]


@settings(deadline=None, max_examples=200)
@given(
    config=st.sampled_from(CONFIGS),
    sampler=st.sampled_from(list(Sampler)),
    schedule=st.sampled_from(list(Schedule)),
    steps=st.integers(1, 60) | st.integers(1, 200),
    strength=st.none() | st.floats(0.0, 1.0),
)
def test_every_table_is_a_walk_from_noise_to_latents(
    config: dict[str, Any],
    sampler: Sampler,
    schedule: Schedule,
    steps: int,
    strength: float | None,
) -> None:
    """Finite numbers, from the spread that noise must have, down to latents without noise."""
    config = {**config, "set_alpha_to_one": True}
    is_flow = "shift" in config
    if sampler is Sampler.LCM and not is_flow:
        steps = min(steps, 50)
    table = sampler_table(config, sampler, schedule, steps, strength)
    assert np.isfinite(table.rows).all()
    kept = steps if strength is None else max(1, min(int(steps * strength), steps))
    assert table.steps == kept
    check_steps(sampler, len(table), kept)
    timesteps = table.rows[:, COLUMN["timestep"]]
    last = int(config.get("num_train_timesteps", 1000))
    assert ((timesteps >= 0) & (timesteps <= last)).all()
    assert (np.diff(timesteps) <= 0).all()
    if strength is None:
        assert table.image_scale == 0
        assert (0.9 if steps > 1 else 0) < table.noise_scale <= 1
    elif is_flow:
        assert table.image_scale + table.noise_scale == pytest.approx(1)
    else:
        assert table.image_scale**2 + table.noise_scale**2 == pytest.approx(1)
    assert table.rows[-1, COLUMN["s"]] == 0
    if ends_exactly(sampler, schedule, config):
        clean = np.linspace(-2, 2, 8)
        assert end_of_a_model_that_knows(table, clean) == pytest.approx(clean, abs=1e-3)


def ends_exactly(sampler: Sampler, schedule: Schedule, config: dict[str, Any]) -> bool:
    """DDIM and PNDM step by a stride that not every spacing keeps to, and PNDM combines velocities
    of several levels as if they were of one.
    """
    if sampler not in (Sampler.DDIM, Sampler.PNDM) or "shift" in config:
        return True
    if sampler is Sampler.PNDM and config["prediction_type"] == "v_prediction":
        return False
    return schedule not in (Schedule.NORMAL, Schedule.SGM_UNIFORM)


def end_of_a_model_that_knows(table: SamplerTable, clean: Floats) -> Floats:
    """Where the walk ends when the model's guess of the clean latents is always right."""
    random = np.random.default_rng(7)
    x = table.noise_scale * random.normal(size=clean.shape) + table.image_scale * clean
    history, y = [np.zeros_like(x)] * 3, x
    for row in table.rows:
        c = dict(zip(COLUMN, row, strict=True))
        h = c["u"] * x + c["v"] * (clean - c["dx"] * x) / c["dm"]
        new = c["a"] * x + c["e"] * y + c["b0"] * h + c["s"] * random.normal(size=x.shape)
        new = new + sum(c[f"b{i + 1}"] * history[i] for i in range(3))
        history = [h, *history[:2]] if c["remember_h"] else history
        x, y = new, x if c["remember_x"] else y
    return x


def check_steps(sampler: Sampler, evaluations: int, steps: int) -> None:
    if sampler in TWO_EVALUATIONS:
        assert evaluations == 2 * steps - 1
    elif sampler is Sampler.PNDM:
        assert evaluations in (steps, steps + 1)
    else:
        assert evaluations == steps


@pytest.mark.parametrize("sampler", Sampler)
def test_progress_counts_the_steps_that_people_asked_for(sampler: Sampler) -> None:
    table = sampler_table(STABLE_DIFFUSION, sampler, Schedule.NORMAL, 9)
    done = [table.steps_after(i) for i in range(len(table) + 1)]
    assert done[0] == 0
    assert done[-1] == table.steps == 9
    assert set(np.diff(done)) <= {0, 1}


def gaussian_model(table: SamplerTable) -> Model:
    """The exact noise prediction when the clean latents are normal with deviation 0.5.

    To be asked once per row of ``table``, of a model that predicts noise, in order.
    """
    sigmas = iter(-table.rows[:, COLUMN["dm"]])

    def predict(x: torch.Tensor, timestep: float) -> torch.Tensor:
        sigma = next(sigmas)
        return x * np.hypot(sigma, 1.0) * sigma / (sigma**2 + 0.25)

    return predict


def gaussian_error(sampler: Sampler, schedule: Schedule, steps: int) -> float:
    """Distance at the last level from the exact solution of the probability flow.

    The step from there to no noise is of first order for all.
    """
    table = sampler_table(STABLE_DIFFUSION, sampler, schedule, steps)
    start, end = (dict(zip(COLUMN, table.rows[i], strict=True)) for i in (0, -1))
    walked = SamplerTable(table.rows[:-1], table.noise_scale)
    x = run_table(walked, gaussian_model(table), 5, None)
    first = noise(5).double() * table.noise_scale
    spreads = [np.hypot(row["dm"], 0.5) * row["dx"] ** -1 for row in (start, end)]
    return float((x - first * spreads[1] / spreads[0]).abs().max())


@pytest.mark.parametrize("schedule", [Schedule.KARRAS, Schedule.EXPONENTIAL])
@pytest.mark.parametrize(
    "sampler", [Sampler.PNDM, Sampler.LMS, Sampler.HEUN, Sampler.DPMPP_2M, Sampler.UNIPC]
)
def test_higher_orders_come_closer_than_euler(sampler: Sampler, schedule: Schedule) -> None:
    """With twice as many steps, Euler halves its error; these do better, and are nearer."""
    euler = gaussian_error(Sampler.EULER, schedule, 40)
    errors = [gaussian_error(sampler, schedule, steps) for steps in (20, 40)]
    assert errors[1] < 0.3 * euler
    assert errors[1] < 0.4 * errors[0]


@pytest.mark.parametrize("schedule", Schedule)
@pytest.mark.parametrize(
    "sampler",
    [Sampler.EULER_A, Sampler.DDPM, Sampler.DPMPP_2M_SDE, Sampler.DPMPP_SDE],
)
def test_stochastic_samplers_draw_the_data(sampler: Sampler, schedule: Schedule) -> None:
    """What they draw has the spread of the data, when the model is right."""
    table = sampler_table(STABLE_DIFFUSION, sampler, schedule, 100)
    walks = [run_table(table, gaussian_model(table), seed, None) for seed in range(8)]
    ends = torch.cat(walks)
    assert 0.42 < ends.std() < 0.58


def test_fewer_steps_at_lower_strength() -> None:
    lengths = [
        len(sampler_table(STABLE_DIFFUSION, Sampler.EULER, Schedule.NORMAL, 20, s))
        for s in (1.0, 0.5, 0.01)
    ]
    assert lengths == [20, 10, 1]


def test_different_samplers_are_different() -> None:
    """Each name draws its own picture, apart from those that are the same method."""
    ends = {
        s: run_table(sampler_table(STABLE_DIFFUSION, s, Schedule.NORMAL, 6), fake_model, 5, None)
        for s in Sampler
    }
    names = list(ends)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            assert (ends[a] - ends[b]).abs().max() > 1e-2, (a, b)


def test_errors_say_what_is_allowed() -> None:
    for schedule in Schedule:
        with pytest.raises(InvalidInput, match="1 to 1000"):
            sampler_table(STABLE_DIFFUSION, Sampler.DDIM, schedule, 1001)
    with pytest.raises(InvalidInput, match="1 to 50, and 4 to 8"):
        sampler_table(STABLE_DIFFUSION, Sampler.LCM, Schedule.NORMAL, 51)
    for wrong in (
        {"beta_schedule": "sigmoid"},
        {"prediction_type": "flow"},
        {"timestep_spacing": "odd"},
    ):
        with pytest.raises(ModelBroken, match=next(iter(wrong.values()))):
            sampler_table({**STABLE_DIFFUSION, **wrong}, Sampler.EULER, Schedule.NORMAL, 10)
