"""Samplers that also look at earlier model outputs: PNDM, LMS and DPM-Solver++ (2M), plain and SDE.

Each turns a `Walk` into a `SamplerTable`; knows no torch.
"""

from __future__ import annotations

import numpy as np

from tastemaker.diffusion.flow import flow_levels
from tastemaker.diffusion.levels import (
    ends_clean,
    sigma_levels,
    solver_levels,
    whole_levels,
)
from tastemaker.diffusion.schedules import Floats, noise_schedule
from tastemaker.diffusion.slopes import slopes
from tastemaker.diffusion.tables import COLUMN, SamplerTable, table_rows
from tastemaker.diffusion.walks import Levels, Walk
from tastemaker.domain import Schedule

# Below this many steps DPM++ ends with a first-order step, as diffusers does.
_FEW_STEPS = 15
_LMS_ORDER = 4


def pndm(walk: Walk) -> SamplerTable:
    """PNDM in its linear multistep form (arXiv:2202.09778; Stable Diffusion's ``skip_prk_steps``).

    The walk's second level is evaluated twice, so there is one evaluation more than steps. (Started
    in the middle, diffusers leaves that level out and so reads the later ones one step too early;
    here the repetition begins with the walk.) diffusers has no other schedule for PNDM; the
    Adams-Bashforth weights ask for evenly spaced steps, which Karras' are in ``sigma^(1/7)`` and
    exponential ones in ``log(sigma)``, so the same weights serve.
    """
    levels, before = _pndm_levels(walk)
    count = len(levels)
    source = np.stack([levels.signal, levels.noise], axis=1)
    target = np.stack([levels.next_signal, levels.next_noise], axis=1)
    if count > 1:
        target[1] = source[1]
        source[1] = before
    combined, sample = _pndm_transfer(walk, source, target)
    parts = levels.split(walk)
    rows = table_rows(
        count, timestep=levels.timesteps, v=1.0, a=sample, dx=parts.x0_x, dm=parts.x0_m
    )
    if walk.prediction == "sample":
        rows[:, COLUMN["u"]], rows[:, COLUMN["v"]] = parts.eps_x, parts.eps_m
    rows[:, COLUMN["b0"] : COLUMN["b3"] + 1] = combined[:, None] * _adams_bashforth(count)
    rows[:, COLUMN["remember_h"]] = 1.0
    rows[0, COLUMN["remember_x"]] = 1.0
    if count == 1:
        return levels.table(walk, rows)
    rows[1, COLUMN["e"]], rows[1, COLUMN["a"]] = sample[1], 0.0
    rows[1, COLUMN["remember_h"]] = 0.0
    return levels.table(walk, rows, np.arange(count))


def _pndm_levels(walk: Walk) -> tuple[Levels, Floats]:
    """The level of each evaluation, and (signal, noise) from which the second one is repeated."""
    if walk.is_flow:
        return _with_second_twice(flow_levels(walk))
    model = noise_schedule(walk.config, zero_snr="ignore")
    is_clean = walk.config.get("set_alpha_to_one", False)
    final = 1.0 if is_clean else float(model.alphas_cumprod[0])
    timesteps, share = whole_levels(walk, model)
    stride = model.num_train_timesteps // walk.steps
    if walk.schedule is Schedule.NORMAL:
        after = np.where(timesteps >= stride, model.share_at(timesteps - stride), final)
    else:
        after = np.append(share[1:], final)
    timesteps, share, after = (values[walk.begin :] for values in (timesteps, share, after))
    levels, before = _with_second_twice(
        Levels(timesteps, np.sqrt(share), np.sqrt(1 - share), np.sqrt(after), np.sqrt(1 - after))
    )
    if walk.schedule is Schedule.NORMAL and len(share) > 1:
        above = float(model.share_at(timesteps[1:2] + stride)[0])
        before = np.array([np.sqrt(above), np.sqrt(1 - above)])
    return levels, before


def _with_second_twice(levels: Levels) -> tuple[Levels, Floats]:
    order = np.arange(len(levels))
    if len(levels) > 1:
        order = np.insert(order, 2, 1)
    repeated = Levels(
        levels.timesteps[order],
        levels.signal[order],
        levels.noise[order],
        levels.next_signal[order],
        levels.next_noise[order],
    )
    return repeated, np.array([levels.signal[0], levels.noise[0]])


def _pndm_transfer(walk: Walk, source: Floats, target: Floats) -> tuple[Floats, Floats]:
    """Equation 9 of the PNDM paper: weights of the combined model outputs and of the sample.

    Outputs are combined before they are turned into noise, as diffusers does.
    """
    if walk.is_flow:
        return target[:, 1] - source[:, 1], np.ones(len(source))
    sample = target[:, 0] / source[:, 0]
    weight = target[:, 1] - sample * source[:, 1]
    if walk.prediction == "v_prediction":
        sample = sample + weight * source[:, 1]
        weight = weight * source[:, 0]
    return weight, sample


def _adams_bashforth(count: int) -> Floats:
    """Weights of the current and the three remembered outputs, growing in order from the start."""
    weights = np.tile(np.array([55.0, -59.0, 37.0, -9.0]) / 24, (count, 1))
    growing = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [1.5, -0.5, 0, 0], [23, -16, 5, 0]])
    growing[3] /= 12
    head = min(count, len(growing))
    weights[:head] = growing[:head]
    return weights


def lms(walk: Walk) -> SamplerTable:
    """Linear multistep of order four (k-diffusion): the slope is the polynomial in sigma through
    the latest four, integrated exactly over the step.

    The order grows from where the walk begins. (diffusers, started in the middle, takes weights for
    slopes it hasn't seen.)
    """
    levels = sigma_levels(walk)
    slope, parts = slopes(walk, levels), levels.split(walk)
    weights = _lms_weights(slope.place, slope.next_place)
    rows = table_rows(
        len(levels),
        timestep=levels.timesteps,
        u=slope.of_x,
        v=slope.of_m,
        a=slope.next_scale / slope.scale,
        dx=parts.x0_x,
        dm=parts.x0_m,
        remember_h=1.0,
    )
    rows[:, COLUMN["b0"] : COLUMN["b3"] + 1] = slope.next_scale[:, None] * weights
    return levels.table(walk, rows)


def _lms_weights(place: Floats, next_place: Floats) -> Floats:
    """Integrals of the Lagrange polynomials over each step, latest slope first: (steps, 4).

    Gauss' rule with two nodes is exact for cubics.
    """
    count = len(place)
    centre, half = (place + next_place) / 2, (next_place - place) / 2
    nodes = centre[:, None] + half[:, None] * np.array([-1.0, 1.0]) / np.sqrt(3)
    index = np.arange(count)
    weights = np.zeros((count, _LMS_ORDER))
    for j in range(_LMS_ORDER):
        basis = np.ones((count, 2))
        for k in range(_LMS_ORDER):
            known = (index >= k) & (index >= j) & (j != k)
            i = index[known]
            mine, other = place[i - j][:, None], place[i - k][:, None]
            basis[i] *= (nodes[i] - other) / (mine - other)
        weights[:, j] = np.where(index >= j, half * basis.sum(1), 0.0)
    return weights


def dpmpp_2m(walk: Walk, *, stochastic: bool) -> SamplerTable:
    """DPM-Solver++ (2M), midpoint, and its SDE form (arXiv:2211.01095)."""
    levels = solver_levels(walk)
    count = len(levels)
    # exp(-h), where h is the step in log signal-to-noise ratio; 0 when the step ends without noise.
    decay = levels.next_noise * levels.signal / (levels.noise * levels.next_signal)
    with np.errstate(divide="ignore"):
        step = -np.log(decay)
    a, gain = levels.next_noise / levels.noise, levels.next_signal * (1 - decay)
    fresh = np.zeros(count)
    if stochastic:
        a = a * decay
        gain = levels.next_signal * (1 - decay**2)
        fresh = levels.next_noise * np.sqrt(1 - decay**2)
    second = np.zeros(count)
    np.divide(0.5 * step[1:], step[:-1], out=second[1:], where=step[:-1] > 0)
    few = walk.config.get("lower_order_final", True) and walk.steps < _FEW_STEPS
    if ends_clean(walk) or few or walk.config.get("euler_at_final", False):
        second[-1] = 0.0
    parts = levels.split(walk)
    rows = table_rows(
        count,
        timestep=levels.timesteps,
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
    return levels.table(walk, rows)
