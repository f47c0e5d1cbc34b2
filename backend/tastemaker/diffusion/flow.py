"""Noise levels of models that predict flow: ``x = (1-sigma)*x0 + sigma*eps`` (arXiv:2210.02747).

They know no betas: sigma runs from 1 to 0, bent by the model's ``shift`` (arXiv:2403.03206,
equation 23). Pure float64 numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tastemaker.diffusion.schedules import (
    Floats,
    aligned_sigmas,
    exponential_sigmas,
    karras_sigmas,
    noise_schedule,
)
from tastemaker.diffusion.walks import Levels, Walk, chain
from tastemaker.domain import Schedule
from tastemaker.errors import ModelBroken

# Solvers that divide by the signal begin just below pure noise.
_LEAST_SIGNAL = 1e-6
# The noise schedule of the models that Align Your Steps was found for.
_ALIGNED_FOR = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def is_flow(config: Mapping[str, Any]) -> bool:
    """Whether a diffusers scheduler config belongs to a model that predicts flow."""
    return (
        config.get("prediction_type") == "flow_prediction"
        or bool(config.get("use_flow_sigmas"))
        or str(config.get("_class_name", "")).startswith("FlowMatch")
    )


def flow_levels(walk: Walk) -> Levels:
    """The levels of diffusers' FlowMatchEulerDiscreteScheduler.

    `Schedule.NORMAL` runs from 1 to the model's smallest sigma, `Schedule.SGM_UNIFORM` in even
    parts of 1; both are then shifted. Karras' and exponential levels lie between the ends of the
    normal ones, as diffusers has it. Align Your Steps, which nobody has published for flow, comes
    to the noise-to-signal ratios that it has with Stable Diffusion, from pure noise on.

    Raises:
        ModelBroken: a config whose shift depends on the picture's size.
    """
    sigmas = _sigmas(walk)
    return chain(walk, sigmas * _train_timesteps(walk), 1 - sigmas, sigmas)


def solver_flow_levels(walk: Walk, *, by_unipc: bool) -> Levels:
    """The levels of diffusers' DPM-Solver and UniPC with ``use_flow_sigmas``.

    They hand the U-Net whole timesteps and, on the normal schedule, each has its own first and
    last level. On the others they walk those of `flow_levels`.
    """
    total = _train_timesteps(walk)
    if walk.schedule is not Schedule.NORMAL:
        return below_pure_noise(flow_levels(walk))
    even = np.linspace(1, 1 / total, walk.steps + 1)
    if by_unipc:
        sigmas = _shift(walk, even[:-1])
        sigmas = np.minimum(sigmas, 1 - _LEAST_SIGNAL)
    else:
        sigmas = _shift(walk, 1.0 - even)[::-1][:-1]
    return chain(walk, np.trunc(sigmas * total), 1 - sigmas, sigmas)


def below_pure_noise(levels: Levels) -> Levels:
    """The levels, with a little signal where there is none."""
    signal = np.maximum(levels.signal, _LEAST_SIGNAL)
    noise = np.minimum(levels.noise, 1 - _LEAST_SIGNAL)
    return replace(levels, signal=signal, noise=noise)


def _sigmas(walk: Walk) -> Floats:
    """Falling sigmas, zero left out."""
    if walk.schedule is Schedule.AYS:
        ratios = aligned_sigmas(noise_schedule(_ALIGNED_FOR), walk.steps, is_xl=walk.is_xl)
        sigmas = ratios / (1 + ratios)
        sigmas[0] = 1.0
        return np.asarray(sigmas)
    if walk.schedule is Schedule.SGM_UNIFORM:
        return _stretch(walk, _shift(walk, np.linspace(1, 1 / walk.steps, walk.steps)))
    lowest = float(_shift(walk, np.array(1 / _train_timesteps(walk))))
    sigmas = _stretch(walk, _shift(walk, np.linspace(1, lowest, walk.steps)))
    first, last = float(sigmas[0]), float(sigmas[-1])
    if walk.schedule is Schedule.KARRAS:
        return karras_sigmas(first, last, walk.steps)
    if walk.schedule is Schedule.EXPONENTIAL:
        return exponential_sigmas(first, last, walk.steps)
    return sigmas


def _shift(walk: Walk, sigmas: Floats) -> Floats:
    """Move the levels towards noise, as models for larger pictures want it."""
    config = walk.config
    if config.get("use_dynamic_shifting"):
        raise ModelBroken(
            "The model's scheduler config asks for use_dynamic_shifting, which is known only for "
            "models without a U-Net. Set it to false and give a fixed shift."
        )
    shift = float(config.get("shift", config.get("flow_shift", 1.0)))
    return np.asarray(shift * sigmas / (1 + (shift - 1) * sigmas))


def _stretch(walk: Walk, sigmas: Floats) -> Floats:
    """Stretch the levels to end at ``shift_terminal`` if the model has one."""
    terminal = walk.config.get("shift_terminal")
    if not terminal or sigmas[-1] == 1:
        return sigmas
    return np.asarray(1 - (1 - sigmas) * (1 - terminal) / (1 - sigmas[-1]))


def _train_timesteps(walk: Walk) -> int:
    return int(walk.config.get("num_train_timesteps", 1000))
