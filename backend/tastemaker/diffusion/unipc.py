"""UniPC: a predictor and a corrector that share every evaluation of the U-Net (arXiv:2302.04867).

Turns a `Walk` into a `SamplerTable`; knows no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tastemaker.diffusion.levels import ends_clean, solver_levels
from tastemaker.diffusion.schedules import Floats
from tastemaker.diffusion.tables import COLUMN, SamplerTable, table_rows
from tastemaker.diffusion.walks import Levels, Walk


@dataclass(frozen=True)
class _Step:
    """One step's weights of the newest, the latest and the one before it of the clean latents.

    The predictor doesn't know the newest. The corrector's are what it adds to the prediction.
    """

    predictor: tuple[float, float]
    corrector: tuple[float, float, float]


def unipc(walk: Walk) -> SamplerTable:
    """UniPC of order two on predicted clean latents.

    The corrector moves the sample that was predicted for a level once the model has seen it there.
    From the corrected sample the predictor goes on. What the corrector adds is a combination of
    clean latents only, so both fit into one row.
    """
    levels = solver_levels(walk, by_unipc=True)
    count = len(levels)
    steps = _steps(walk, levels)
    parts = levels.split(walk)
    carried = levels.next_noise / levels.noise
    rows = table_rows(
        count,
        timestep=levels.timesteps,
        u=parts.x0_x,
        v=parts.x0_m,
        a=carried,
        dx=parts.x0_x,
        dm=parts.x0_m,
        remember_h=1.0,
    )
    for i, step in enumerate(steps):
        rows[i, COLUMN["b0"] : COLUMN["b1"] + 1] += step.predictor
        if i + 1 < count:
            corrected = carried[i + 1] * np.array(step.corrector)
            rows[i + 1, COLUMN["b0"] : COLUMN["b2"] + 1] += corrected
    return levels.table(walk, rows)


def _steps(walk: Walk, levels: Levels) -> list[_Step]:
    """Each step's weights; its order is two unless it is the first or ends the walk."""
    count = len(levels)
    falls_at_end = walk.config.get("lower_order_final", True) or ends_clean(walk)
    decay = levels.next_noise * levels.signal / (levels.noise * levels.next_signal)
    with np.errstate(divide="ignore"):
        widths: Floats = -np.log(decay)
    is_bh1 = walk.config.get("solver_type") == "bh1"
    steps = []
    for i in range(count):
        is_first_order = i == 0 or (falls_at_end and i == count - 1) or widths[i - 1] == 0
        ratio = None if is_first_order else -float(widths[i - 1] / widths[i])
        steps.append(_step(float(levels.next_signal[i]), float(widths[i]), ratio, is_bh1=is_bh1))
    return steps


def _step(signal: float, width: float, ratio: float | None, *, is_bh1: bool) -> _Step:
    """Section 3 of the paper, for a step of ``width`` in log signal-to-noise ratio.

    ``ratio`` is where the model looked before the latest, in units of the step; ``None`` for order
    one. ``is_bh1`` chooses the first of the paper's two functions B(h).
    """
    if width == 0:
        return _Step((0.0, 0.0), (0.0, 0.0, 0.0))
    grown = np.expm1(-width)
    if np.isinf(width):
        return _Step((-signal * grown, 0.0), (0.0, 0.0, 0.0))
    scale = -signal * (-width if is_bh1 else grown)
    phi_2 = grown / -width - 1
    phi_3 = phi_2 / -width - 0.5
    plain = -signal * grown
    if ratio is None:
        half = scale / 2
        return _Step((plain, 0.0), (half, -half, 0.0))
    # Conditions of order one and two on the weights of both differences.
    wanted = np.array([phi_2, 2 * phi_3]) / (-width if is_bh1 else grown)
    old, new = np.linalg.solve(np.array([[1.0, 1.0], [ratio, 1.0]]), wanted)
    guessed = scale * 0.5 / ratio
    change = scale * (old - 0.5) / ratio
    return _Step(
        (plain - guessed, guessed),
        (scale * new, -scale * new - change, change),
    )
