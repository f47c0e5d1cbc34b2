"""Samplers whose step needs the latest model output only: Euler, DDIM, their ancestral kin, LCM.

Each turns a `Walk` into a `SamplerTable`; knows no torch.
"""

from __future__ import annotations

import numpy as np

from tastemaker.diffusion.flow import flow_levels
from tastemaker.diffusion.levels import exact_schedule, sigma_levels, whole_levels
from tastemaker.diffusion.schedules import Floats
from tastemaker.diffusion.tables import SamplerTable, Split, table_rows
from tastemaker.diffusion.walks import Levels, Walk, chain
from tastemaker.domain import MAX_LCM_STEPS, Schedule
from tastemaker.errors import InvalidInput


def euler(walk: Walk) -> SamplerTable:
    """Euler (arXiv:2206.00364, algorithm 1 without its second half; for flow arXiv:2403.03206)."""
    levels = sigma_levels(walk, may_end_early=True)
    return levels.table(walk, _deterministic(walk, levels))


def euler_ancestral(walk: Walk) -> SamplerTable:
    """Euler ancestral (k-diffusion): as much noise is renewed as the diffusion itself would add.

    diffusers offers it only the normal schedule and no flow; here it walks Euler's levels.
    """
    levels = sigma_levels(walk)
    return levels.table(walk, _ancestral(walk, levels))


def ddim(walk: Walk) -> SamplerTable:
    """DDIM with eta 0 (arXiv:2010.02502, equation 12); for flow it is Euler.

    Predicted latents are never clipped: a range of [-1, 1] is meant for pixels.
    """
    levels = _ddim_levels(walk)
    return levels.table(walk, _deterministic(walk, levels))


def ddpm(walk: Walk) -> SamplerTable:
    """DDPM (arXiv:2006.11239, equation 7) with the smaller of the two variances, on fewer steps.

    It is the ancestral step on DDIM's levels. Nothing is clipped, and a variance that the config
    asks for otherwise is not looked at.
    """
    if walk.is_flow:
        return euler_ancestral(walk)
    timesteps, share = whole_levels(walk, exact_schedule(walk))
    levels = chain(walk, timesteps, np.sqrt(share), np.sqrt(1 - share))
    return levels.table(walk, _ancestral(walk, levels))


def lcm(walk: Walk) -> SamplerTable:
    """Latent consistency models (arXiv:2310.04378): guess the clean latents, add new noise, repeat.

    Meant for models distilled for it. They know only the timesteps they were distilled at (50 of
    1000, the config's ``original_inference_steps``), so these are walked whatever the schedule.

    Raises:
        InvalidInput: more steps than the model was distilled for.
    """
    if walk.is_flow:
        levels = flow_levels(walk)
        skip, out = np.zeros(len(levels)), np.ones(len(levels))
    else:
        levels = _distilled_levels(walk)
        # The boundary condition of the consistency function: at timestep 0 it is the identity.
        scaled = levels.timesteps * float(walk.config.get("timestep_scaling", 10.0))
        skip, out = 0.25 / (scaled**2 + 0.25), scaled / np.sqrt(scaled**2 + 0.25)
    parts = levels.split(walk)
    guess_x, guess_m = out * parts.x0_x + skip, out * parts.x0_m
    rows = table_rows(
        len(levels),
        timestep=levels.timesteps,
        v=1.0,
        a=levels.next_signal * guess_x,
        b0=levels.next_signal * guess_m,
        s=levels.next_noise,
        dx=guess_x,
        dm=guess_m,
    )
    return levels.table(walk, rows)


def _deterministic(walk: Walk, levels: Levels) -> Floats:
    """Keep the noise that the model sees and scale it to the next level."""
    parts = levels.split(walk)
    return _remixed(levels, parts, levels.next_noise, np.zeros(len(levels)))


def _ancestral(walk: Walk, levels: Levels) -> Floats:
    """Keep the share of the noise that the posterior of the diffusion keeps, and renew the rest."""
    kept = levels.next_noise * levels.signal / (levels.noise * levels.next_signal)
    fresh = levels.next_noise * np.sqrt(1 - kept**2)
    return _remixed(levels, levels.split(walk), levels.next_noise * kept, fresh)


def _remixed(levels: Levels, parts: Split, old: Floats, fresh: Floats) -> Floats:
    """Rows of ``x' = next_signal*x0 + old*eps + fresh*noise``."""
    return table_rows(
        len(levels),
        timestep=levels.timesteps,
        v=1.0,
        a=levels.next_signal * parts.x0_x + old * parts.eps_x,
        b0=levels.next_signal * parts.x0_m + old * parts.eps_m,
        s=fresh,
        dx=parts.x0_x,
        dm=parts.x0_m,
    )


def _ddim_levels(walk: Walk) -> Levels:
    """DDIM's next level lies a whole stride below; that of the last step is the config's choice."""
    if walk.is_flow:
        return flow_levels(walk)
    model = exact_schedule(walk)
    final = 1.0 if walk.config.get("set_alpha_to_one", True) else float(model.alphas_cumprod[0])
    timesteps, share = whole_levels(walk, model)
    if walk.schedule is Schedule.NORMAL:
        below = timesteps - model.num_train_timesteps // walk.steps
        after = np.where(below >= 0, model.share_at(below), final)
    else:
        after = np.append(share[1:], final)
    timesteps, share, after = (values[walk.begin :] for values in (timesteps, share, after))
    return Levels(timesteps, np.sqrt(share), np.sqrt(1 - share), np.sqrt(after), np.sqrt(1 - after))


def _distilled_levels(walk: Walk) -> Levels:
    model = exact_schedule(walk)
    distilled = int(walk.config.get("original_inference_steps", MAX_LCM_STEPS))
    if walk.steps > distilled:
        raise InvalidInput(
            f"num_inference_steps is {walk.steps}; LCM allows 1 to {distilled}, and 4 to 8 are "
            "usual."
        )
    falling = np.arange(distilled, 0, -1) * (model.num_train_timesteps // distilled) - 1
    chosen = np.floor(np.linspace(0, distilled, walk.steps, endpoint=False)).astype(np.int64)
    timesteps = falling[chosen].astype(np.float64)
    share = model.share_at(timesteps)
    return chain(walk, timesteps, np.sqrt(share), np.sqrt(1 - share))
