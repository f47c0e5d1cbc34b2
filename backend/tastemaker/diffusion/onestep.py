"""Samplers that look at the latest model output only: Euler, Euler ancestral and DDIM.

Each turns a `Walk` into a `SamplerTable`; knows no torch.
"""

from __future__ import annotations

import numpy as np

from tastemaker.diffusion.schedules import karras_sigmas, noise_schedule, spaced_timesteps
from tastemaker.diffusion.tables import (
    SamplerTable,
    Walk,
    karras_shares,
    split,
    table_from_shares,
    table_rows,
    whole_timesteps,
)


def euler(walk: Walk, *, ancestral: bool) -> SamplerTable:
    """Euler and Euler ancestral, on ``x = x0 + sigma*eps`` (arXiv:2206.00364, k-diffusion).

    diffusers offers Karras only for plain Euler; Euler ancestral walks the same noise levels here.
    """
    config = walk.config
    model = noise_schedule(config, zero_snr="floor")
    timesteps = spaced_timesteps(
        config, walk.steps, model.num_train_timesteps, default_spacing="linspace"
    )
    sigmas = model.sigma_at(timesteps)
    if walk.karras:
        sigmas = karras_sigmas(float(sigmas[0]), float(sigmas[-1]), walk.steps)
        timesteps = model.timestep_of(sigmas)
    smallest = not ancestral and config.get("final_sigmas_type", "zero") == "sigma_min"
    last = model.sigmas[0] if smallest else 0.0
    spacing = config.get("timestep_spacing", "linspace")
    highest = float(sigmas.max())
    start = highest if spacing in ("linspace", "trailing") else float(np.hypot(highest, 1.0))

    here = sigmas[walk.begin :]
    there = np.append(here[1:], last)
    up = np.zeros_like(here)
    down = there
    if ancestral:
        up = there * np.sqrt(here**2 - there**2) / here
        down = np.sqrt(there**2 - up**2)
    norm = np.hypot(here, 1.0)
    parts = split(walk.prediction, 1 / norm, here / norm)
    denoised_x = parts.x0_x / norm
    rows = table_rows(
        len(here),
        timestep=timesteps[walk.begin :],
        input_scale=1 / norm,
        u=(1 - denoised_x) / here,
        v=-parts.x0_m / here,
        a=1.0,
        b0=down - here,
        s=up,
        dx=denoised_x,
        dm=parts.x0_m,
    )
    if walk.from_image:
        return SamplerTable(rows, float(here[0]), 1.0)
    return SamplerTable(rows, start)


def ddim(walk: Walk) -> SamplerTable:
    """DDIM with eta 0 (arXiv:2010.02502, equation 12).

    Predicted latents are never clipped: a range of [-1, 1] is meant for pixels. diffusers has no
    Karras for DDIM; here its noise levels run between those of the first and the last step, and the
    timesteps told to the U-Net are fractional.
    """
    config = walk.config
    model = noise_schedule(config)
    final = 1.0 if config.get("set_alpha_to_one", True) else float(model.alphas_cumprod[0])
    if walk.karras:
        timesteps, share = karras_shares(walk)
        after = np.append(share[1:], final)
    else:
        timesteps = whole_timesteps(walk, model.num_train_timesteps)
        share = model.share_at(timesteps)
        before = timesteps - model.num_train_timesteps // walk.steps
        after = np.where(before >= 0, model.share_at(before), final)
    timesteps, share, after = (v[walk.begin :] for v in (timesteps, share, after))
    parts = split(walk.prediction, np.sqrt(share), np.sqrt(1 - share))
    signal, noise = np.sqrt(after), np.sqrt(1 - after)
    rows = table_rows(
        len(share),
        timestep=timesteps,
        v=1.0,
        a=signal * parts.x0_x + noise * parts.eps_x,
        b0=signal * parts.x0_m + noise * parts.eps_m,
        dx=parts.x0_x,
        dm=parts.x0_m,
    )
    return table_from_shares(walk, rows, share)
