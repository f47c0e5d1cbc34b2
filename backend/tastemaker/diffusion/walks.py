"""A walk from noise to latents: what it is computed from, and the noise levels it visits.

Everything is on ``x = signal*x0 + noise*eps``. Knows no schedule's and no sampler's formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tastemaker.diffusion.schedules import Floats
from tastemaker.diffusion.tables import COLUMN, FLOW, SamplerTable, Split, split
from tastemaker.domain import Schedule


@dataclass(frozen=True)
class Walk:
    """What a table is computed from: a scheduler config and the caller's choices.

    The first ``begin`` of ``steps`` steps are left out; ``from_image`` says that it starts from an
    image's latents. ``is_xl`` picks the published levels where Stable Diffusion XL has its own.
    """

    config: Mapping[str, Any]
    prediction: str
    schedule: Schedule
    steps: int
    begin: int = 0
    from_image: bool = False
    is_xl: bool = False

    @property
    def is_flow(self) -> bool:
        return self.prediction == FLOW


@dataclass(frozen=True, eq=False)
class Levels:
    """Per step: the timestep told to the U-Net, the level it is evaluated at, and the next level.

    All are float64 of shape (steps,). ``start`` scales the noise of a walk that begins with it.
    """

    timesteps: Floats
    signal: Floats
    noise: Floats
    next_signal: Floats
    next_noise: Floats
    start: float = 1.0

    def __len__(self) -> int:
        return len(self.timesteps)

    def split(self, walk: Walk) -> Split:
        """Clean latents and noise from what the model says at each level."""
        return split(walk.prediction, self.signal, self.noise)

    def table(
        self, walk: Walk, rows: Floats, finished: NDArray[np.int64] | None = None
    ) -> SamplerTable:
        """The table of ``rows``, with the start that belongs to these levels.

        Rows of samplers that look at a level other than theirs in order have ``signal`` and
        ``noise`` already.
        """
        if len(rows) == len(self):
            rows[:, COLUMN["signal"]], rows[:, COLUMN["noise"]] = self.signal, self.noise
        if walk.from_image:
            noise, signal = float(self.noise[0]), float(self.signal[0])
            return SamplerTable(rows, noise, signal, finished)
        return SamplerTable(rows, self.start, 0.0, finished)


def chain(
    walk: Walk,
    timesteps: Floats,
    signal: Floats,
    noise: Floats,
    *,
    end: tuple[float, float] = (1.0, 0.0),
    start: float = 1.0,
) -> Levels:
    """Levels of which each step leads to the next one and the last to ``end``, cut at the walk's
    beginning.
    """
    after, quiet = np.append(signal[1:], end[0]), np.append(noise[1:], end[1])
    kept = slice(walk.begin, None)
    return Levels(timesteps[kept], signal[kept], noise[kept], after[kept], quiet[kept], start)
