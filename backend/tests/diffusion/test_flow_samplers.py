"""Models that predict flow, against diffusers' flow-matching schedulers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from diffusers import (
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    FlowMatchHeunDiscreteScheduler,
    FlowMatchLCMScheduler,
    UniPCMultistepScheduler,
)

from tastemaker.diffusion.samplers import sampler_table
from tastemaker.diffusion.schedules import aligned_sigmas, noise_schedule
from tastemaker.domain import Sampler, Schedule
from tastemaker.errors import ModelBroken
from tests.diffusion.oracles import SCHEDULE_OPTIONS, assert_same

STEPS = (1, 2, 3, 7, 20)
SHIFTS = (1.0, 3.0)
FLOW_SCHEDULES = [s for s in Schedule if s is not Schedule.AYS]


def flow_config(shift: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": shift, **more}


def check(cls: Any, sampler: Sampler, steps: int, schedule: Schedule, **config: Any) -> None:
    scheduler = cls.from_config({**config, **SCHEDULE_OPTIONS[schedule]})
    if schedule is Schedule.SGM_UNIFORM:
        plain = scheduler.set_timesteps
        scheduler.set_timesteps = lambda n: plain(sigmas=np.linspace(1, 1 / n, n))
    table = sampler_table(flow_config(**config), sampler, schedule, steps)
    assert_same(table, scheduler, steps, None)


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("schedule", FLOW_SCHEDULES)
@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DDIM])
def test_euler(sampler: Sampler, schedule: Schedule, shift: float) -> None:
    for steps in STEPS:
        check(FlowMatchEulerDiscreteScheduler, sampler, steps, schedule, shift=shift)


@pytest.mark.parametrize("shift", SHIFTS)
def test_heun(shift: float) -> None:
    for steps in STEPS:
        check(FlowMatchHeunDiscreteScheduler, Sampler.HEUN, steps, Schedule.NORMAL, shift=shift)


@pytest.mark.parametrize("schedule", FLOW_SCHEDULES)
def test_lcm(schedule: Schedule) -> None:
    for steps in STEPS:
        check(FlowMatchLCMScheduler, Sampler.LCM, steps, schedule, shift=3.0)


def test_last_level_of_the_model() -> None:
    check(
        FlowMatchEulerDiscreteScheduler,
        Sampler.EULER,
        8,
        Schedule.NORMAL,
        shift=2.0,
        shift_terminal=0.1,
    )


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize(
    ("sampler", "cls", "extra"),
    [
        (Sampler.DPMPP_2M, DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
        (Sampler.DPMPP_2M_SDE, DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}),
        (Sampler.UNIPC, UniPCMultistepScheduler, {}),
    ],
)
def test_solvers(sampler: Sampler, cls: Any, extra: dict[str, Any], shift: float) -> None:
    config = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": shift}
    for steps in STEPS:
        table = sampler_table(config, sampler, Schedule.NORMAL, steps)
        assert_same(table, cls.from_config({**config, **extra}), steps, None)


@pytest.mark.parametrize("strength", [0.3, 0.8, 1.0])
@pytest.mark.parametrize(
    ("sampler", "cls"),
    [
        (Sampler.EULER, FlowMatchEulerDiscreteScheduler),
        (Sampler.HEUN, FlowMatchHeunDiscreteScheduler),
    ],
)
def test_from_an_image(sampler: Sampler, cls: Any, strength: float) -> None:
    table = sampler_table(flow_config(3.0), sampler, Schedule.NORMAL, 10, strength)
    assert_same(table, cls.from_config({"shift": 3.0}), 10, strength)


@pytest.mark.parametrize("steps", [1, 2, 10, 25])
def test_align_your_steps(steps: int) -> None:
    """diffusers' scheduler, handed the noise-to-signal ratios of Stable Diffusion's levels."""
    betas = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
    ratios = aligned_sigmas(noise_schedule(betas), steps, is_xl=False)
    sigmas = np.concatenate([[1.0], (1 - 1 / (1 + ratios))[1:]])
    scheduler: Any = FlowMatchEulerDiscreteScheduler()
    plain = scheduler.set_timesteps
    scheduler.set_timesteps = lambda _: plain(sigmas=sigmas)
    table = sampler_table(flow_config(3.0), Sampler.EULER, Schedule.AYS, steps)
    assert_same(table, scheduler, steps, None)


def test_errors_say_what_to_do() -> None:
    with pytest.raises(ModelBroken, match="use_dynamic_shifting"):
        sampler_table(flow_config(use_dynamic_shifting=True), Sampler.EULER, Schedule.NORMAL, 10)
