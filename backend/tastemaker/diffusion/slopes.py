"""The differential equation that deterministic samplers integrate, in the coordinates they use.

On ``z = x / scale`` the slope ``dz/dplace`` is linear in the sample and the model's output. Noise
schedules are walked on ``z = x / signal`` over ``sigma = noise / signal``, where the slope is the
noise (arXiv:2010.02502, equation 14); flow on ``x`` itself over its sigma, where it is the output.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tastemaker.diffusion.schedules import Floats
from tastemaker.diffusion.walks import Levels, Walk


@dataclass(frozen=True, eq=False)
class Slopes:
    """Per step: where it begins and ends, and the slope ``of_x*x + of_m*m`` at its beginning."""

    place: Floats
    next_place: Floats
    scale: Floats
    next_scale: Floats
    of_x: Floats
    of_m: Floats


def slopes(walk: Walk, levels: Levels) -> Slopes:
    """The equation at each of a walk's levels; the signal must not be zero unless it is flow."""
    if walk.is_flow:
        one = np.ones(len(levels))
        return Slopes(levels.noise, levels.next_noise, one, one, np.zeros(len(levels)), one)
    parts = levels.split(walk)
    return Slopes(
        levels.noise / levels.signal,
        levels.next_noise / levels.next_signal,
        levels.signal,
        levels.next_signal,
        parts.eps_x,
        parts.eps_m,
    )
