"""The sampler tables against diffusers' schedulers: same noise and same model, same latents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from diffusers.schedulers import AysSchedules
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.diffusion.samplers import sampler_table
from tastemaker.diffusion.schedules import aligned_sigmas, noise_schedule
from tastemaker.diffusion.tables import COLUMN
from tastemaker.domain import Sampler, Schedule
from tests.diffusion.oracles import (
    RESPACED,
    STABLE_DIFFUSION,
    assert_same,
    fake_model,
    noise,
    run_oracle,
    run_table,
    scheduler_of,
)

STEPS = (1, 2, 3, 7, 16)
RESPACINGS = (Schedule.KARRAS, Schedule.EXPONENTIAL)
COMBINATIONS = [
    (sampler, schedule)
    for sampler in Sampler
    for schedule in Schedule
    if schedule is not Schedule.AYS
    and (sampler in RESPACED or schedule not in RESPACINGS)
    and (sampler is not Sampler.LCM or schedule is Schedule.NORMAL)
]
# What diffusers' scheduler refuses with models that predict the clean latents.
NOT_OF_SAMPLES = (Sampler.EULER_A, Sampler.DPMPP_SDE, Sampler.PNDM)


def check(
    sampler: Sampler,
    steps: int,
    *,
    schedule: Schedule = Schedule.NORMAL,
    strength: float | None = None,
    **config: Any,
) -> None:
    full = {**STABLE_DIFFUSION, **config}
    table = sampler_table(full, sampler, schedule, steps, strength)
    assert_same(table, scheduler_of(sampler, full, schedule), steps, strength)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize(("sampler", "schedule"), COMBINATIONS)
def test_same_latents_as_diffusers(
    sampler: Sampler, schedule: Schedule, prediction_type: str
) -> None:
    for steps in STEPS:
        check(sampler, steps, schedule=schedule, prediction_type=prediction_type)


@pytest.mark.parametrize(("sampler", "schedule"), COMBINATIONS)
def test_same_latents_as_diffusers_from_an_image(sampler: Sampler, schedule: Schedule) -> None:
    for steps, strength in ((1, 1.0), (2, 0.5), (3, 0.7), (7, 0.75), (16, 0.3), (16, 1.0)):
        check(sampler, steps, schedule=schedule, strength=strength)


@pytest.mark.parametrize("sampler", [s for s in Sampler if s not in NOT_OF_SAMPLES])
def test_models_that_predict_the_sample(sampler: Sampler) -> None:
    check(sampler, 20, prediction_type="sample")


@settings(deadline=None, max_examples=120)
@given(
    combination=st.sampled_from(COMBINATIONS),
    steps=st.integers(2, 50),
    strength=st.none() | st.floats(0.05, 1.0),
    prediction_type=st.sampled_from(["epsilon", "v_prediction"]),
    spacing=st.sampled_from(["leading", "linspace", "trailing"]),
    set_alpha_to_one=st.booleans(),
    beta_schedule=st.sampled_from(["scaled_linear", "linear"]),
)
def test_same_latents_for_any_config(
    combination: tuple[Sampler, Schedule],
    steps: int,
    strength: float | None,
    prediction_type: str,
    spacing: str,
    set_alpha_to_one: bool,
    beta_schedule: str,
) -> None:
    sampler, schedule = combination
    if strength is not None and int(steps * strength) < 1:
        strength = 1.0
    if sampler is Sampler.PNDM and spacing != "leading":
        spacing = "leading"  # PNDM itself is defined on evenly spaced whole timesteps
    check(
        sampler,
        steps,
        schedule=schedule,
        strength=strength,
        prediction_type=prediction_type,
        timestep_spacing=spacing,
        set_alpha_to_one=set_alpha_to_one,
        beta_schedule=beta_schedule,
    )


@pytest.mark.parametrize(
    "sampler",
    [
        Sampler.EULER,
        Sampler.EULER_A,
        Sampler.DDIM,
        Sampler.DDPM,
        Sampler.DPMPP_2M,
        Sampler.DPMPP_2M_SDE,
        Sampler.UNIPC,
        Sampler.LCM,
    ],
)
def test_zero_terminal_snr(sampler: Sampler) -> None:
    """diffusers' other schedulers don't know the setting."""
    check(
        sampler,
        20,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
    )


@pytest.mark.parametrize("sampler", [Sampler.DDIM, Sampler.DDPM, Sampler.PNDM, Sampler.LCM])
def test_cosine_noise_schedule(sampler: Sampler) -> None:
    check(sampler, 20, prediction_type="v_prediction", beta_schedule="squaredcos_cap_v2")


def test_betas_of_the_model_itself() -> None:
    check(Sampler.DPMPP_2M, 20, trained_betas=np.linspace(0.001, 0.01, 1000).tolist())


@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DPMPP_2M, Sampler.UNIPC])
def test_final_sigma_of_the_model(sampler: Sampler) -> None:
    check(sampler, 20, final_sigmas_type="sigma_min")


def test_the_other_function_of_unipc() -> None:
    """It has no value where a step ends without noise."""
    check(Sampler.UNIPC, 10, solver_type="bh1", final_sigmas_type="sigma_min")


def test_lcm_from_another_distillation() -> None:
    check(Sampler.LCM, 4, original_inference_steps=20, timestep_scaling=3.0)


@pytest.mark.parametrize("schedule", RESPACINGS)
@pytest.mark.parametrize("steps", [2, 20])
def test_euler_ancestral_walks_eulers_levels(steps: int, schedule: Schedule) -> None:
    """diffusers' ancestral scheduler, handed the levels that its plain Euler would walk."""
    donor = scheduler_of(Sampler.EULER, STABLE_DIFFUSION, schedule)
    donor.set_timesteps(steps)
    scheduler = scheduler_of(Sampler.EULER_A, STABLE_DIFFUSION, Schedule.NORMAL)
    hand_over(scheduler, donor.sigmas, donor.timesteps)
    table = sampler_table(STABLE_DIFFUSION, Sampler.EULER_A, schedule, steps)
    assert_same(table, scheduler, steps, None)


def hand_over(scheduler: Any, sigmas: torch.Tensor, timesteps: torch.Tensor) -> None:
    """Let a scheduler walk these levels; each must be one evaluation."""
    scheduler.set_timesteps(len(timesteps))
    scheduler.sigmas, scheduler.timesteps = sigmas.float(), timesteps.float()
    scheduler.set_timesteps = lambda _: None


@pytest.mark.parametrize("is_xl", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 3, 10, 25])
@pytest.mark.parametrize(
    "sampler",
    [Sampler.EULER, Sampler.EULER_A, Sampler.LMS, Sampler.DPMPP_2M, Sampler.UNIPC],
)
def test_align_your_steps(sampler: Sampler, steps: int, is_xl: bool) -> None:
    """diffusers' schedulers, handed the published levels."""
    model = noise_schedule(STABLE_DIFFUSION)
    levels = aligned_sigmas(model, steps, is_xl=is_xl)
    scheduler = scheduler_of(sampler, STABLE_DIFFUSION, Schedule.NORMAL)
    sigmas = torch.from_numpy(np.append(levels, 0.0))
    hand_over(scheduler, sigmas, torch.from_numpy(model.timestep_of(levels)))
    table = sampler_table(STABLE_DIFFUSION, sampler, Schedule.AYS, steps, is_xl=is_xl)
    assert_same(table, scheduler, steps, None)


@pytest.mark.parametrize(("is_xl", "name"), [(False, ""), (True, "XL")])
def test_align_your_steps_are_the_published_ones(is_xl: bool, name: str) -> None:
    levels = aligned_sigmas(noise_schedule(STABLE_DIFFUSION), 10, is_xl=is_xl)
    published = AysSchedules[f"StableDiffusion{name}Sigmas"][:-1]
    np.testing.assert_allclose(levels, published, rtol=0.02)
    table = sampler_table(STABLE_DIFFUSION, Sampler.DPMPP_2M, Schedule.AYS, 10, is_xl=is_xl)
    told = table.rows[:, COLUMN["timestep"]]
    np.testing.assert_allclose(told, AysSchedules[f"StableDiffusion{name}Timesteps"], atol=1e-6)


def test_align_your_steps_keeps_the_published_levels_among_more() -> None:
    """Twice the steps put one level in the middle, in log sigma, of each two."""
    model = noise_schedule(STABLE_DIFFUSION)
    ten, twenty = (aligned_sigmas(model, steps, is_xl=False) for steps in (10, 20))
    np.testing.assert_allclose(twenty[::2], ten)
    np.testing.assert_allclose(twenty[1:-1:2], np.sqrt(ten[1:] * ten[:-1]))


@pytest.mark.parametrize("schedule", [Schedule.KARRAS, Schedule.EXPONENTIAL, Schedule.AYS])
def test_ddim_on_other_schedules_is_euler(schedule: Schedule) -> None:
    """Euler's step on ``x / signal`` is DDIM's (arXiv:2010.02502, section 4.3)."""
    config = {**STABLE_DIFFUSION, "set_alpha_to_one": True, "timestep_spacing": "leading"}
    ddim, euler = (sampler_table(config, s, schedule, 12) for s in (Sampler.DDIM, Sampler.EULER))
    np.testing.assert_allclose(ddim.rows, euler.rows, rtol=1e-9, atol=1e-9)
    ddpm, ancestral = (
        sampler_table(config, s, schedule, 12) for s in (Sampler.DDPM, Sampler.EULER_A)
    )
    np.testing.assert_allclose(ddpm.rows, ancestral.rows, rtol=1e-9, atol=1e-9)


def test_lcm_keeps_to_its_own_timesteps() -> None:
    tables = [sampler_table(STABLE_DIFFUSION, Sampler.LCM, s, 4).rows for s in Schedule]
    for rows in tables[1:]:
        np.testing.assert_array_equal(rows, tables[0])


def test_a_brownian_path_is_not_two_noises() -> None:
    """The oracle itself: independent noise for both halves gives another picture."""
    scheduler = scheduler_of(Sampler.DPMPP_SDE, STABLE_DIFFUSION, Schedule.NORMAL)
    expected = run_oracle(scheduler, fake_model, 5, 4, None, None)
    table = sampler_table(STABLE_DIFFUSION, Sampler.DPMPP_SDE, Schedule.NORMAL, 4)
    rows = table.rows.copy()
    second = rows[1::2]
    second[:, COLUMN["s"]] = rows[0:-1:2, COLUMN["s"]]
    actual = run_table(type(table)(rows, table.noise_scale), fake_model, 5, None)
    assert (actual - expected).abs().max() > 1e-2
    assert_same(table, scheduler, 4, None)
    assert noise(5).shape == expected.shape
