"""What a sampler's table is, and the algebra that all samplers share.

The update that a row stands for is in `tastemaker.diffusion.samplers`. Knows no sampler's formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tastemaker.diffusion.schedules import (
    Floats,
    karras_sigmas,
    noise_schedule,
    spaced_timesteps,
)

COLUMNS = (
    "timestep", "input_scale", "u", "v", "a", "e", "b0", "b1", "b2", "b3", "s", "dx", "dm",
    "remember_h", "remember_x",
)  # fmt: skip
COLUMN = {name: i for i, name in enumerate(COLUMNS)}
PREDICTION_TYPES = ("epsilon", "v_prediction", "sample")


@dataclass(frozen=True, eq=False)
class SamplerTable:
    """One request's way from noise to latents.

    ``rows`` is float64 of shape (evaluations, `COLUMNS`). The start is
    ``noise_scale * noise + image_scale * latents`` (``image_scale`` is 0 without an initial image).
    """

    rows: Floats
    noise_scale: float
    image_scale: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_stochastic(self) -> bool:
        """Whether any row adds fresh noise."""
        return bool(self.rows[:, COLUMN["s"]].any())


@dataclass(frozen=True)
class Walk:
    """What a table is computed from: a scheduler config and the caller's choices.

    The first ``begin`` of ``steps`` steps are left out; ``from_image`` says that it starts from an
    image's latents.
    """

    config: Mapping[str, Any]
    prediction: str
    karras: bool
    steps: int
    begin: int
    from_image: bool


@dataclass(frozen=True)
class Split:
    """Clean latents ``x0 = x0_x*x + x0_m*m`` and noise ``eps = eps_x*x + eps_m*m``."""

    x0_x: Floats
    x0_m: Floats
    eps_x: Floats
    eps_m: Floats


def split(prediction: str, signal: Floats, noise: Floats) -> Split:
    """Split ``x = signal*x0 + noise*eps`` by what the model predicts."""
    zero, one = np.zeros_like(signal), np.ones_like(signal)
    if prediction == "epsilon":
        return Split(1 / signal, -noise / signal, zero, one)
    if prediction == "v_prediction":
        return Split(signal, -noise, noise, signal)
    return Split(zero, one, 1 / noise, -signal / noise)


def table_rows(count: int, **columns: Floats | float) -> Floats:
    """A table's rows with the named `COLUMNS` filled, the others neutral."""
    rows = np.zeros((count, len(COLUMNS)))
    rows[:, COLUMN["input_scale"]] = 1.0
    for name, values in columns.items():
        rows[:, COLUMN[name]] = values
    return rows


def whole_timesteps(walk: Walk, train_timesteps: int) -> Floats:
    """The walk's timesteps, rounded, as DDIM and PNDM want them."""
    return spaced_timesteps(
        walk.config, walk.steps, train_timesteps, default_spacing="leading"
    ).round()


def karras_shares(walk: Walk) -> tuple[Floats, Floats]:
    """Fractional timesteps and signal shares of Karras' levels between the first and last step."""
    model = noise_schedule(walk.config, zero_snr="floor")
    ends = model.sigma_at(whole_timesteps(walk, model.num_train_timesteps))
    sigmas = karras_sigmas(float(ends[0]), float(ends[-1]), walk.steps)
    return model.timestep_of(sigmas), np.asarray(1 / (1 + sigmas**2))


def table_from_shares(walk: Walk, rows: Floats, share: Floats) -> SamplerTable:
    """The start on ``x = sqrt(share)*x0 + sqrt(1-share)*eps``: unit noise, or an image."""
    if walk.from_image:
        return SamplerTable(rows, float(np.sqrt(1 - share[0])), float(np.sqrt(share[0])))
    return SamplerTable(rows, 1.0)
