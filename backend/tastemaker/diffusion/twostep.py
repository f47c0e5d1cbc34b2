"""Samplers that evaluate the U-Net twice per step: Heun and DPM-Solver++ SDE.

A step is two rows of the table; the last step, which ends without noise, is one.
Each turns a `Walk` into a `SamplerTable`; knows no torch.
"""

from __future__ import annotations

import numpy as np

from tastemaker.diffusion.flow import below_pure_noise
from tastemaker.diffusion.levels import sigma_levels
from tastemaker.diffusion.schedules import Floats, noise_schedule
from tastemaker.diffusion.slopes import slopes
from tastemaker.diffusion.tables import (
    COLUMN,
    SamplerTable,
    finished_in_pairs,
    interleave,
    split,
    table_rows,
)
from tastemaker.diffusion.walks import Walk


def heun(walk: Walk) -> SamplerTable:
    """Heun's method (arXiv:2206.00364, algorithm 1; no churn): an Euler step, then the same step
    again with the mean of the slopes at both of its ends.
    """
    levels = sigma_levels(walk)
    slope = slopes(walk, levels)
    parts = levels.split(walk)
    gain = slope.next_scale * (slope.next_place - slope.place)
    first = table_rows(
        len(levels),
        timestep=levels.timesteps,
        u=slope.of_x,
        v=slope.of_m,
        a=slope.next_scale / slope.scale,
        b0=gain,
        dx=parts.x0_x,
        dm=parts.x0_m,
        remember_h=1.0,
        remember_x=1.0,
        signal=levels.signal,
        noise=levels.noise,
    )
    second = first[1:].copy()
    second[:, COLUMN["a"]] = 0.0
    second[:, COLUMN["e"]] = first[:-1, COLUMN["a"]]
    second[:, COLUMN["b0"]] = second[:, COLUMN["b1"]] = gain[:-1] / 2
    second[:, COLUMN["remember_h"]] = second[:, COLUMN["remember_x"]] = 0.0
    return levels.table(walk, interleave(first, second), finished_in_pairs(len(levels)))


def dpmpp_sde(walk: Walk) -> SamplerTable:
    """DPM-Solver++ SDE of order two (arXiv:2211.01095; k-diffusion's ``sample_dpmpp_sde``, eta 1).

    Both evaluations of a step belong to one Brownian path over sigma, so the noise of the whole
    step holds that of its first half. That half is what the midpoint has and its noiseless
    prediction hasn't; the second row takes it from there and adds the path's remainder, drawn
    anew. diffusers reads its path from a tree whose seed is not the picture's.
    """
    levels = sigma_levels(walk)
    if walk.is_flow:
        levels = below_pure_noise(levels)
    parts = levels.split(walk)
    whole = table_rows(
        len(levels), timestep=levels.timesteps, u=parts.x0_x, v=parts.x0_m, dx=parts.x0_x,
        dm=parts.x0_m, remember_h=1.0, remember_x=1.0, signal=levels.signal, noise=levels.noise,
    )  # fmt: skip
    whole[-1, COLUMN["b0"]] = levels.next_signal[-1]
    if len(levels) == 1:
        return levels.table(walk, whole)

    signal, noise = levels.signal[:-1], levels.noise[:-1]
    sigma, below = noise / signal, levels.next_noise[:-1] / levels.next_signal[:-1]
    middle = np.sqrt(sigma * below)
    if walk.is_flow:
        half_signal = 1 / (1 + middle)
        half_timesteps = (1 - half_signal) * int(walk.config.get("num_train_timesteps", 1000))
    else:
        half_signal = 1 / np.hypot(middle, 1.0)
        half_timesteps = noise_schedule(walk.config, zero_snr="floor").timestep_of(middle)
    half = split(walk.prediction, half_signal, middle * half_signal)

    to_middle = _renewing(signal, sigma, half_signal, middle)
    to_next = _renewing(signal, sigma, levels.next_signal[:-1], below)
    whole[:-1, COLUMN["a"]], whole[:-1, COLUMN["b0"]], whole[:-1, COLUMN["s"]] = to_middle
    # The first half's noise, as a share of the whole step's and per unit of the midpoint's.
    shared = np.sqrt((sigma - middle) / (sigma - below))
    again = to_next[2] * shared / to_middle[2]
    second = table_rows(
        len(levels) - 1,
        timestep=half_timesteps,
        u=half.x0_x,
        v=half.x0_m,
        a=again,
        e=to_next[0] - again * to_middle[0],
        b0=to_next[1],
        b1=-again * to_middle[1],
        s=to_next[2] * np.sqrt(1 - shared**2),
        dx=half.x0_x,
        dm=half.x0_m,
        signal=half_signal,
        noise=middle * half_signal,
    )
    return levels.table(walk, interleave(whole, second), finished_in_pairs(len(levels)))


def _renewing(
    signal: Floats, sigma: Floats, next_signal: Floats, next_sigma: Floats
) -> tuple[Floats, Floats, Floats]:
    """Weights of the sample, of the clean latents and of fresh noise in an ancestral step."""
    kept = (next_sigma / sigma) ** 2
    fresh = next_sigma * np.sqrt(1 - kept)
    return next_signal * kept / signal, next_signal * (1 - kept), next_signal * fresh
