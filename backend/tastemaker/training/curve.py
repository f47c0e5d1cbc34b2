"""The curves of a run, read from its log and thinned to what a page can show. Knows no torch."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tastemaker.training.progress import RunLog

LOG_FILE = "log.jsonl"
MOST_POINTS = 500


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point; ``loss`` is the mean since the point before. Step 0 is before training."""

    step: int
    loss: float | None = None
    validation_loss: float | None = None
    learning_rate: float | None = None


def read_curve(folder: Path, most: int = MOST_POINTS) -> tuple[CurvePoint, ...]:
    """The curve of the run in ``folder``, at most so many points, steps rising."""
    path = folder / LOG_FILE
    try:
        found = path.stat()
    except OSError:
        return ()
    return _read(path, found.st_mtime_ns, found.st_size, most)


@lru_cache(maxsize=4)
def _read(path: Path, _modified: int, _size: int, most: int) -> tuple[CurvePoint, ...]:
    losses: dict[int, tuple[float, float | None]] = {}
    validations: dict[int, float] = {}
    for entry in RunLog(path).entries():
        step = int(entry["step"])
        if "loss" in entry:
            losses[step] = (float(entry["loss"]), entry.get("rate"))
        if "validation_loss" in entry:
            validations[step] = float(entry["validation_loss"])
    shown = _spread(sorted(validations), most // 2)
    points = {step: CurvePoint(step, validation_loss=validations[step]) for step in shown}
    steps = sorted(losses)
    size = max(1, -(-len(steps) // (most - len(points)))) if steps else 1
    for first in range(0, len(steps), size):
        group = steps[first : first + size]
        last = group[-1]
        mean = statistics.fmean(losses[step][0] for step in group)
        points[last] = CurvePoint(last, mean, validations.get(last), losses[last][1])
    return tuple(points[step] for step in sorted(points))


def _spread(steps: list[int], most: int) -> list[int]:
    """At most so many of ``steps``, evenly, the first and the last among them."""
    if len(steps) <= most:
        return steps
    return [steps[round(i * (len(steps) - 1) / (most - 1))] for i in range(most)]
