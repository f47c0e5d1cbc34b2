"""What a sampler's table is, and the algebra that all samplers share.

The update that a row stands for is in `tastemaker.diffusion.samplers`. Knows no sampler's formula
and no noise schedule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.diffusion.schedules import Floats

COLUMNS = (
    "timestep", "input_scale", "u", "v", "a", "e", "b0", "b1", "b2", "b3", "s", "dx", "dm",
    "remember_h", "remember_x", "signal", "noise",
)  # fmt: skip
COLUMN = {name: i for i, name in enumerate(COLUMNS)}
FLOW = "flow_prediction"
PREDICTION_TYPES = ("epsilon", "v_prediction", "sample", FLOW)


@dataclass(frozen=True, eq=False)
class SamplerTable:
    """One request's way from noise to latents.

    ``rows`` is float64 of shape (evaluations, `COLUMNS`). The start is
    ``noise_scale * noise + image_scale * latents`` (``image_scale`` is 0 without an initial image).
    Columns ``signal`` and ``noise`` are the level at which ``x`` is when the row is evaluated: what
    is known of a picture is put there. ``finished`` says how many of the steps that people count
    are done after each row, where a step isn't a row.
    """

    rows: Floats
    noise_scale: float
    image_scale: float = 0.0
    finished: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """How often the U-Net is evaluated."""
        return len(self.rows)

    @property
    def steps(self) -> int:
        """How many steps the walk has for people; some samplers evaluate the U-Net twice in one."""
        return self.steps_after(len(self))

    def steps_after(self, evaluations: int) -> int:
        """How many steps are done after the first rows."""
        if self.finished is None or evaluations == 0:
            return evaluations
        return int(self.finished[evaluations - 1])

    @property
    def is_stochastic(self) -> bool:
        """Whether any row adds fresh noise."""
        return bool(self.rows[:, COLUMN["s"]].any())


@dataclass(frozen=True)
class Split:
    """Clean latents ``x0 = x0_x*x + x0_m*m`` and noise ``eps = eps_x*x + eps_m*m``."""

    x0_x: Floats
    x0_m: Floats
    eps_x: Floats
    eps_m: Floats


def split(prediction: str, signal: Floats, noise: Floats) -> Split:
    """Split ``x = signal*x0 + noise*eps`` by what the model predicts.

    Flow is ``eps - x0`` on levels with ``signal + noise = 1`` (arXiv:2210.02747).
    """
    zero, one = np.zeros_like(signal), np.ones_like(signal)
    if prediction == "epsilon":
        return Split(1 / signal, -noise / signal, zero, one)
    if prediction == "v_prediction":
        return Split(signal, -noise, noise, signal)
    if prediction == FLOW:
        return Split(one, -noise, one, signal)
    return Split(zero, one, 1 / noise, -signal / noise)


def table_rows(count: int, **columns: Floats | float) -> Floats:
    """A table's rows with the named `COLUMNS` filled, the others neutral."""
    rows = np.zeros((count, len(COLUMNS)))
    rows[:, COLUMN["input_scale"]] = 1.0
    for name, values in columns.items():
        rows[:, COLUMN[name]] = values
    return rows


def interleave(first: Floats, second: Floats) -> Floats:
    """Rows of steps with two evaluations: the first of each step, then its second.

    The last step has no second, so ``second`` is one shorter than ``first``.
    """
    rows = np.empty((len(first) + len(second), first.shape[1]))
    rows[0::2], rows[1::2] = first, second
    return rows


def finished_in_pairs(steps: int) -> NDArray[np.int64]:
    """`SamplerTable.finished` of interleaved rows."""
    done = np.arange(1, 2 * steps) // 2
    done[-1] = steps
    return done
