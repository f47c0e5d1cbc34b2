"""The sampler tables against diffusers' schedulers: same noise and same model, same latents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.diffusion.samplers import sampler_table
from tastemaker.diffusion.tables import COLUMN, SamplerTable
from tastemaker.domain import Sampler, Schedule
from tastemaker.errors import InvalidInput, ModelBroken

SHAPE = (1, 4, 4, 4)
STABLE_DIFFUSION = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "clip_sample": False,
}
ORACLES: dict[Sampler, tuple[type, dict[str, Any]]] = {
    Sampler.EULER: (EulerDiscreteScheduler, {}),
    Sampler.EULER_A: (EulerAncestralDiscreteScheduler, {}),
    Sampler.DDIM: (DDIMScheduler, {}),
    Sampler.PNDM: (PNDMScheduler, {}),
    Sampler.DPMPP_2M: (DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    Sampler.DPMPP_2M_SDE: (DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}),
}
# diffusers lets only these walk Karras' noise levels.
KARRAS = (Sampler.EULER, Sampler.DPMPP_2M, Sampler.DPMPP_2M_SDE)
Model = Callable[[torch.Tensor, float], torch.Tensor]


def fake_model(x: torch.Tensor, timestep: float) -> torch.Tensor:
    """Smooth, bounded, and different at every timestep, so that a wrong timestep shows."""
    return torch.tanh(0.7 * x + 0.3 * torch.roll(x, 1, -1) + 0.5 * np.sin(timestep / 77.0))


def noise(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def run_table(table: SamplerTable, model: Model, seed: int, image: torch.Tensor | None) -> Any:
    """The documented recurrence, written as plainly as the docstring, in float64."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(SHAPE, generator=generator).double() * table.noise_scale
    if image is not None:
        x = x + image.double() * table.image_scale
    history = [torch.zeros_like(x)] * 3
    y = torch.zeros_like(x)
    for row in table.rows:
        c = {name: float(row[i]) for name, i in COLUMN.items()}
        m = model((x * c["input_scale"]).float(), c["timestep"]).double()
        h = c["u"] * x + c["v"] * m
        new = c["a"] * x + c["e"] * y + c["b0"] * h
        new = new + sum(c[f"b{i + 1}"] * history[i] for i in range(3))
        if table.is_stochastic:
            new = new + c["s"] * torch.randn(SHAPE, generator=generator).double()
        if c["remember_h"]:
            history = [h, *history[:2]]
        if c["remember_x"]:
            y = x
        x = new
    return x


def run_oracle(
    scheduler: Any, model: Model, seed: int, steps: int, strength: float | None, image: Any
) -> torch.Tensor:
    """What diffusers' pipelines do around a scheduler."""
    generator = torch.Generator().manual_seed(seed)
    scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps
    start = torch.randn(SHAPE, generator=generator)
    if strength is None:
        x = start * scheduler.init_noise_sigma
    else:
        begin = max(steps - min(int(steps * strength), steps), 0)
        timesteps = timesteps[begin:]
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(begin)
        x = scheduler.add_noise(image, start, timesteps[:1])
    takes_generator = not isinstance(scheduler, PNDMScheduler | DDIMScheduler)
    extra = {"generator": generator} if takes_generator else {}
    for t in timesteps:
        m = model(scheduler.scale_model_input(x, t), float(t))
        x = scheduler.step(m, t, x, **extra).prev_sample
    return x


def check(
    sampler: Sampler,
    steps: int,
    *,
    schedule: Schedule = Schedule.NORMAL,
    strength: float | None = None,
    **config: Any,
) -> None:
    cls, extra = ORACLES[sampler]
    if schedule is Schedule.KARRAS:
        extra = {**extra, "use_karras_sigmas": True}
    full = {**STABLE_DIFFUSION, **config}
    scheduler = cls.from_config({**full, **extra})
    image = None if strength is None else noise(99)
    expected = run_oracle(scheduler, fake_model, 5, steps, strength, image)
    table = sampler_table(full, sampler, schedule, steps, strength)
    actual = run_table(table, fake_model, 5, image)
    assert torch.isfinite(expected).all()
    torch.testing.assert_close(actual.float(), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 14, 15, 20, 50])
@pytest.mark.parametrize("sampler", Sampler)
def test_same_latents_as_diffusers(sampler: Sampler, steps: int, prediction_type: str) -> None:
    check(sampler, steps, prediction_type=prediction_type)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 14, 15, 20, 50])
@pytest.mark.parametrize("sampler", KARRAS)
def test_same_latents_as_diffusers_with_karras(
    sampler: Sampler, steps: int, prediction_type: str
) -> None:
    check(sampler, steps, schedule=Schedule.KARRAS, prediction_type=prediction_type)


@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DDIM, Sampler.DPMPP_2M])
def test_models_that_predict_the_sample(sampler: Sampler) -> None:
    check(sampler, 20, prediction_type="sample")


@settings(deadline=None, max_examples=80)
@given(
    sampler=st.sampled_from(list(Sampler)),
    karras=st.booleans(),
    steps=st.integers(2, 60),
    strength=st.none() | st.floats(0.05, 1.0),
    prediction_type=st.sampled_from(["epsilon", "v_prediction"]),
    spacing=st.sampled_from(["leading", "linspace", "trailing"]),
    set_alpha_to_one=st.booleans(),
    beta_schedule=st.sampled_from(["scaled_linear", "linear"]),
)
def test_same_latents_for_any_config(
    sampler: Sampler,
    karras: bool,
    steps: int,
    strength: float | None,
    prediction_type: str,
    spacing: str,
    set_alpha_to_one: bool,
    beta_schedule: str,
) -> None:
    if strength is not None and int(steps * strength) < 1:
        strength = 1.0
    if sampler is Sampler.PNDM and spacing != "leading":
        spacing = "leading"  # PNDM itself is defined on evenly spaced whole timesteps
    check(
        sampler,
        steps,
        schedule=Schedule.KARRAS if karras and sampler in KARRAS else Schedule.NORMAL,
        strength=strength,
        prediction_type=prediction_type,
        timestep_spacing=spacing,
        set_alpha_to_one=set_alpha_to_one,
        beta_schedule=beta_schedule,
    )


@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DDIM, Sampler.DPMPP_2M])
def test_zero_terminal_snr(sampler: Sampler) -> None:
    check(
        sampler,
        20,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
    )


@pytest.mark.parametrize("sampler", [Sampler.DDIM, Sampler.PNDM])
def test_cosine_noise_schedule(sampler: Sampler) -> None:
    check(sampler, 20, prediction_type="v_prediction", beta_schedule="squaredcos_cap_v2")


def test_betas_of_the_model_itself() -> None:
    check(Sampler.DPMPP_2M, 20, trained_betas=np.linspace(0.001, 0.01, 1000).tolist())


@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DPMPP_2M])
def test_final_sigma_of_the_model(sampler: Sampler) -> None:
    check(sampler, 20, final_sigmas_type="sigma_min")


@pytest.mark.parametrize("steps", [2, 20])
def test_euler_ancestral_walks_karras_levels(steps: int) -> None:
    """diffusers' ancestral scheduler, handed the levels of its plain Euler with Karras."""
    donor: Any = EulerDiscreteScheduler.from_config({**STABLE_DIFFUSION, "use_karras_sigmas": True})
    donor.set_timesteps(steps)
    scheduler: Any = EulerAncestralDiscreteScheduler.from_config(STABLE_DIFFUSION)
    scheduler.set_timesteps(steps)
    scheduler.sigmas, scheduler.timesteps = donor.sigmas, donor.timesteps
    scheduler.set_timesteps = lambda _: None
    expected = run_oracle(scheduler, fake_model, 5, steps, None, None)
    table = sampler_table(STABLE_DIFFUSION, Sampler.EULER_A, Schedule.KARRAS, steps)
    actual = run_table(table, fake_model, 5, None)
    torch.testing.assert_close(actual.float(), expected, rtol=0, atol=1e-4)


def gaussian_model(timestep: Any, x: torch.Tensor) -> torch.Tensor:
    """The exact noise prediction when the clean latents are normal with deviation 0.5."""
    shares = np.cumprod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2)
    sigmas = np.sqrt((1 - shares) / shares)
    sigma = float(np.exp(np.interp(timestep, np.arange(1000), np.log(sigmas))))
    return x * np.hypot(sigma, 1.0) * sigma / (sigma**2 + 0.25)


def gaussian_error(sampler: Sampler, steps: int) -> float:
    """Distance to the exact solution of the probability flow, known in closed form."""
    table = sampler_table(STABLE_DIFFUSION, sampler, Schedule.KARRAS, steps)
    end = run_table(table, lambda x, t: gaussian_model(t, x), 5, None)
    start = noise(5).double() * table.noise_scale
    first = sampler_table(STABLE_DIFFUSION, Sampler.DDIM, Schedule.KARRAS, steps)
    share = 1 / first.rows[0, COLUMN["dx"]] ** 2
    sigma, last = np.sqrt(1 / share - 1), np.sqrt((1 - 0.99915) / 0.99915)
    exact = start / np.sqrt(share) * np.sqrt((last**2 + 0.25) / (sigma**2 + 0.25))
    return float((end - exact * np.sqrt(0.99915)).abs().max())


def test_ddim_and_pndm_with_karras_converge_to_the_exact_solution() -> None:
    ddim = [gaussian_error(Sampler.DDIM, steps) for steps in (20, 80)]
    pndm = [gaussian_error(Sampler.PNDM, steps) for steps in (20, 80)]
    assert ddim[1] < 0.4 * ddim[0]
    assert pndm[1] < 0.1 * pndm[0]
    assert pndm[1] < 0.1 * ddim[1]


def test_ddim_with_karras_is_euler_in_other_coordinates() -> None:
    """Euler's step on ``x / signal`` is DDIM's (arXiv:2010.02502, section 4.3)."""
    config = {**STABLE_DIFFUSION, "set_alpha_to_one": True, "timestep_spacing": "leading"}
    ddim = sampler_table(config, Sampler.DDIM, Schedule.KARRAS, 12)
    euler = sampler_table(config, Sampler.EULER, Schedule.KARRAS, 12)
    shared = float(euler.rows[0, COLUMN["input_scale"]]) / euler.noise_scale
    scaled = SamplerTable(euler.rows, ddim.noise_scale / (shared * euler.noise_scale))
    a = run_table(ddim, fake_model, 5, None)
    b = run_table(scaled, fake_model, 5, None)
    torch.testing.assert_close(a, b, rtol=0, atol=1e-5)


@pytest.mark.parametrize("schedule", Schedule)
@pytest.mark.parametrize("sampler", Sampler)
def test_denoised_ends_at_the_result(sampler: Sampler, schedule: Schedule) -> None:
    """For a model that knows the clean latents, every row's guess of them is right."""
    clean = noise(3).double()
    config = {**STABLE_DIFFUSION, "prediction_type": "sample"}
    table = sampler_table(config, sampler, schedule, 10)
    row = dict(zip(COLUMN, table.rows[4], strict=True))
    assert row["dx"] * noise(4).double() + row["dm"] * clean == pytest.approx(clean)


def test_fewer_steps_at_lower_strength() -> None:
    lengths = [
        len(sampler_table(STABLE_DIFFUSION, Sampler.EULER, Schedule.NORMAL, 20, s))
        for s in (1.0, 0.5, 0.01)
    ]
    assert lengths == [20, 10, 1]


def test_errors_say_what_is_allowed() -> None:
    with pytest.raises(InvalidInput, match="1 to 1000"):
        sampler_table(STABLE_DIFFUSION, Sampler.DDIM, Schedule.NORMAL, 1001)
    for wrong in (
        {"beta_schedule": "sigmoid"},
        {"prediction_type": "flow"},
        {"timestep_spacing": "odd"},
    ):
        with pytest.raises(ModelBroken, match=next(iter(wrong.values()))):
            sampler_table({**STABLE_DIFFUSION, **wrong}, Sampler.EULER, Schedule.NORMAL, 10)
