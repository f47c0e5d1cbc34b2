"""Samplers that also look at earlier model outputs: PNDM and DPM-Solver++ (2M), plain and SDE.

Each turns a `Walk` into a `SamplerTable`; knows no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tastemaker.diffusion.schedules import (
    Floats,
    karras_sigmas,
    noise_schedule,
    spaced_timesteps,
)
from tastemaker.diffusion.tables import (
    COLUMN,
    SamplerTable,
    Walk,
    karras_shares,
    split,
    table_from_shares,
    table_rows,
    whole_timesteps,
)

# Below this many steps DPM++ ends with a first-order step, as diffusers does.
_FEW_STEPS = 15


def pndm(walk: Walk) -> SamplerTable:
    """PNDM in its linear multistep form (arXiv:2202.09778; Stable Diffusion's ``skip_prk_steps``).

    The second level is evaluated twice, so a walk has one evaluation more than steps. Started in
    the middle (image to image), the cut is made after that repetition, exactly as in diffusers.
    diffusers has no Karras for PNDM; the Adams-Bashforth weights ask for evenly spaced steps, which
    Karras' are in ``sigma^(1/7)``, so the same weights serve.
    """
    config = walk.config
    model = noise_schedule(config, zero_snr="ignore")
    final = 1.0 if config.get("set_alpha_to_one", False) else float(model.alphas_cumprod[0])
    order = np.arange(walk.steps)
    if walk.steps > 1:
        order = np.insert(order, 2, 1)
    if walk.karras:
        timesteps, grid = karras_shares(walk)
        share, after = grid[order], np.append(grid[1:], final)[order]
        before = grid[np.maximum(order - 1, 0)]
        timesteps = timesteps[order]
    else:
        timesteps = whole_timesteps(walk, model.num_train_timesteps)[order]
        stride = model.num_train_timesteps // walk.steps
        share = model.share_at(timesteps)
        after = np.where(timesteps >= stride, model.share_at(timesteps - stride), final)
        before = model.share_at(timesteps + stride)
    timesteps, share, after, before = (
        values[walk.begin :] for values in (timesteps, share, after, before)
    )
    count = len(share)
    source, target = share.copy(), after.copy()
    if count > 1:
        source[1], target[1] = before[1], share[1]
    combined, sample = _pndm_transfer(walk.prediction, source, target)
    weights = _adams_bashforth(count)
    parts = split(walk.prediction, np.sqrt(share), np.sqrt(1 - share))
    rows = table_rows(count, timestep=timesteps, v=1.0, a=sample, dx=parts.x0_x, dm=parts.x0_m)
    if walk.prediction == "sample":
        rows[:, COLUMN["u"]], rows[:, COLUMN["v"]] = parts.eps_x, parts.eps_m
    rows[:, COLUMN["b0"] : COLUMN["b3"] + 1] = combined[:, None] * weights
    rows[:, COLUMN["remember_h"]] = 1.0
    rows[0, COLUMN["remember_x"]] = 1.0
    if count > 1:
        rows[1, COLUMN["e"]], rows[1, COLUMN["a"]] = sample[1], 0.0
        rows[1, COLUMN["remember_h"]] = 0.0
    return table_from_shares(walk, rows, share)


def _pndm_transfer(prediction: str, source: Floats, target: Floats) -> tuple[Floats, Floats]:
    """Equation 9 of the PNDM paper: weights of the combined model outputs and of the sample."""
    sample = np.sqrt(target / source)
    divisor = source * np.sqrt(1 - target) + np.sqrt(source * (1 - source) * target)
    weight = -(target - source) / divisor
    if prediction == "v_prediction":
        sample = sample + weight * np.sqrt(1 - source)
        weight = weight * np.sqrt(source)
    return weight, sample


def _adams_bashforth(count: int) -> Floats:
    """Weights of the current and the three remembered outputs, growing in order from the start."""
    weights = np.tile(np.array([55.0, -59.0, 37.0, -9.0]) / 24, (count, 1))
    growing = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [1.5, -0.5, 0, 0], [23, -16, 5, 0]])
    growing[3] /= 12
    head = min(count, len(growing))
    weights[:head] = growing[:head]
    return weights


def dpmpp(walk: Walk, *, stochastic: bool) -> SamplerTable:
    """DPM-Solver++ (2M), midpoint, and its SDE form (arXiv:2211.01095)."""
    config = walk.config
    model = noise_schedule(config, zero_snr="floor")
    if walk.karras:
        sigmas = karras_sigmas(float(model.sigmas[-1]), float(model.sigmas[0]), walk.steps)
        timesteps = model.timestep_of(sigmas)
        if config.get("beta_schedule", "linear") != "squaredcos_cap_v2":
            timesteps = timesteps.round()
    else:
        timesteps = _dpmpp_timesteps(config, walk.steps, model.sigmas)
        sigmas = model.sigma_at(timesteps)
    ends_clean = config.get("final_sigmas_type", "zero") == "zero"
    sigmas = np.append(sigmas, 0.0 if ends_clean else model.sigmas[0])[walk.begin :]
    timesteps = timesteps[walk.begin :]
    count = len(timesteps)

    signal = 1 / np.hypot(sigmas, 1.0)
    noise = sigmas * signal
    # exp(-h), where h is the step in log signal-to-noise ratio; 0 when the step ends without noise.
    decay = sigmas[1:] / sigmas[:-1]
    with np.errstate(divide="ignore"):
        step = -np.log(decay)
    a, gain, fresh = noise[1:] / noise[:-1], signal[1:] * (1 - decay), np.zeros(count)
    if stochastic:
        a = a * decay
        gain = signal[1:] * (1 - decay**2)
        fresh = noise[1:] * np.sqrt(1 - decay**2)
    second = np.zeros(count)
    np.divide(0.5 * step[1:], step[:-1], out=second[1:], where=step[:-1] > 0)
    few = config.get("lower_order_final", True) and walk.steps < _FEW_STEPS
    if ends_clean or few or config.get("euler_at_final", False):
        second[-1] = 0.0
    parts = split(walk.prediction, signal[:-1], noise[:-1])
    rows = table_rows(
        count,
        timestep=timesteps,
        u=parts.x0_x,
        v=parts.x0_m,
        a=a,
        b0=gain * (1 + second),
        b1=-gain * second,
        s=fresh,
        dx=parts.x0_x,
        dm=parts.x0_m,
        remember_h=1.0,
    )
    return table_from_shares(walk, rows, signal[:-1] ** 2)


def _dpmpp_timesteps(config: Mapping[str, Any], steps: int, sigmas: Floats) -> Floats:
    """DPM-Solver's own reading of the spacings: one level more than steps, the last left out."""
    floor = config.get("lambda_min_clipped", -np.inf)
    usable = len(sigmas) - int(np.searchsorted(-np.log(sigmas[::-1]), floor))
    spacing = config.get("timestep_spacing", "linspace")
    checked = spaced_timesteps(config, steps, usable, default_spacing="linspace")
    if spacing == "linspace":
        return np.asarray(np.linspace(0, usable - 1, steps + 1).round()[::-1][:-1])
    if spacing == "leading":
        rising = np.arange(steps + 1) * float(usable // (steps + 1))
        return np.asarray(rising[::-1][:-1] + int(config.get("steps_offset", 0)))
    return checked
