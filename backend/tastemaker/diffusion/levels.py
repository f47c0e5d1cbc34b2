"""The noise levels of each family of samplers, and the timesteps told to the U-Net there.

Samplers differ in how they read a model's timestep spacing and in the ends between which Karras'
and exponential levels run; each of the functions here is one such reading, after diffusers'
schedulers. Knows no sampler's formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tastemaker.diffusion.flow import flow_levels, solver_flow_levels
from tastemaker.diffusion.schedules import (
    Floats,
    NoiseSchedule,
    aligned_sigmas,
    exponential_sigmas,
    karras_sigmas,
    noise_schedule,
    spaced_timesteps,
)
from tastemaker.diffusion.walks import Levels, Walk, chain
from tastemaker.domain import Schedule


def sigma_levels(walk: Walk, *, may_end_early: bool = False) -> Levels:
    """Levels of Euler, Heun, LMS and DPM++ SDE: fractional timesteps, linspace by default.

    Karras' and exponential levels lie between those of the first and the last step. The walk ends
    without noise, or at the model's smallest level where ``may_end_early`` and the config says so.
    """
    if walk.is_flow:
        return flow_levels(walk)
    config = walk.config
    model = noise_schedule(config, zero_snr="floor")
    timesteps = spaced_timesteps(
        config, walk.steps, model.num_train_timesteps, default_spacing="linspace"
    )
    sigmas = model.sigma_at(timesteps)
    if walk.schedule is not Schedule.NORMAL:
        sigmas = _respaced(walk, model, float(sigmas[0]), float(sigmas[-1]))
        timesteps = model.timestep_of(sigmas)
    ends_early = may_end_early and config.get("final_sigmas_type", "zero") == "sigma_min"
    signal = 1 / np.hypot(sigmas, 1.0)
    # On `x0 + sigma*eps` the noise starts at the highest sigma or, with leading timesteps, with
    # the spread of data and noise together.
    is_leading = config.get("timestep_spacing", "linspace") == "leading"
    start = 1.0 if is_leading else float(sigmas[0] * signal[0])
    end = (1.0, float(model.sigmas[0]) if ends_early else 0.0)
    return chain(walk, timesteps, signal, sigmas * signal, end=end, start=start)


def solver_levels(walk: Walk, *, by_unipc: bool = False) -> Levels:
    """Levels of DPM-Solver++ and UniPC: whole timesteps, one level more than steps.

    Karras' and exponential levels lie between the ends of the whole noise schedule, and the U-Net
    is told the nearest whole timestep. (diffusers does so for Karras; exponential timesteps it cuts
    off, by which the first one falls short of the noise that is there.)
    """
    if walk.is_flow:
        return solver_flow_levels(walk, by_unipc=by_unipc)
    config = walk.config
    model = noise_schedule(config, zero_snr="floor")
    if walk.schedule is Schedule.NORMAL:
        timesteps = _solver_timesteps(config, walk.steps, model.sigmas, by_unipc=by_unipc)
        sigmas = model.sigma_at(timesteps)
    else:
        sigmas = _respaced(walk, model, float(model.sigmas[-1]), float(model.sigmas[0]))
        timesteps = model.timestep_of(sigmas)
        if walk.schedule is not Schedule.AYS:
            timesteps = timesteps.round()
    signal = 1 / np.hypot(sigmas, 1.0)
    last = 0.0 if ends_clean(walk) else float(model.sigmas[0])
    end = (float(1 / np.hypot(last, 1.0)), float(last / np.hypot(last, 1.0)))
    return chain(walk, timesteps, signal, sigmas * signal, end=end)


def ends_clean(walk: Walk) -> bool:
    """Whether DPM-Solver++ and UniPC end without noise."""
    return walk.is_flow or walk.config.get("final_sigmas_type", "zero") == "zero"


def whole_levels(walk: Walk, model: NoiseSchedule) -> tuple[Floats, Floats]:
    """All timesteps of DDIM, DDPM and PNDM and the signal shares there: leading by default.

    The normal schedule's timesteps are whole. diffusers offers these samplers no other; here
    Karras' and exponential levels lie between those of the first and the last step, and the
    timesteps told to the U-Net are fractional.
    """
    timesteps = whole_timesteps(walk, model)
    if walk.schedule is Schedule.NORMAL:
        return timesteps, model.share_at(timesteps)
    smooth = noise_schedule(walk.config, zero_snr="floor")
    ends = smooth.sigma_at(timesteps)
    sigmas = _respaced(walk, smooth, float(ends[0]), float(ends[-1]))
    return smooth.timestep_of(sigmas), np.asarray(1 / (1 + sigmas**2))


def whole_timesteps(walk: Walk, model: NoiseSchedule) -> Floats:
    """The walk's timesteps, rounded."""
    return spaced_timesteps(
        walk.config, walk.steps, model.num_train_timesteps, default_spacing="leading"
    ).round()


def exact_schedule(walk: Walk) -> NoiseSchedule:
    """The model's noise schedule; a signal of exactly zero only where nothing divides by it."""
    return noise_schedule(walk.config, zero_snr="floor" if walk.prediction == "epsilon" else "keep")


def _respaced(walk: Walk, model: NoiseSchedule, highest: float, lowest: float) -> Floats:
    """The levels of a schedule that isn't the model's own."""
    if walk.schedule is Schedule.KARRAS:
        return karras_sigmas(highest, lowest, walk.steps)
    if walk.schedule is Schedule.EXPONENTIAL:
        return exponential_sigmas(highest, lowest, walk.steps)
    return aligned_sigmas(model, walk.steps, is_xl=walk.is_xl)


def _solver_timesteps(
    config: Mapping[str, Any], steps: int, sigmas: Floats, *, by_unipc: bool
) -> Floats:
    """The solvers' own reading of the spacings: one level more than steps, the last left out."""
    usable = len(sigmas)
    if not by_unipc:
        floor = config.get("lambda_min_clipped", -np.inf)
        usable -= int(np.searchsorted(-np.log(sigmas[::-1]), floor))
    spacing = config.get("timestep_spacing", "linspace")
    checked = spaced_timesteps(config, steps, usable, default_spacing="linspace")
    if spacing == "linspace":
        return np.asarray(np.linspace(0, usable - 1, steps + 1).round()[::-1][:-1])
    if spacing == "leading":
        rising = np.arange(steps + 1) * float(max(1, usable // (steps + 1)))
        shifted = rising[::-1][:-1] + int(config.get("steps_offset", 0))
        return np.asarray(np.minimum(shifted, usable - 1))
    return checked
