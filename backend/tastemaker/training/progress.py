"""What a run tells while it goes on: progress for whoever watches, a log beside the checkpoints.

Knows no torch.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Stop(StrEnum):
    """Why a run should stop; both save a checkpoint from which it can go on."""

    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """A run after a step.

    ``loss`` is what is minimised, ``error`` the plain mean squared error. ``gain`` (preference
    only) is the mean of e_ref - e_theta: positive when the model fits better than before.
    ``validation_loss`` is that of the latest validation, ``parent_loss`` that of the model before
    training. ``eta_seconds`` is ``None`` until steps were timed. ``note`` is a sentence for people.
    """

    step: int
    total_steps: int
    loss: float
    error: float
    gain: float | None
    learning_rate: float
    gradient_norm: float
    validation_loss: float | None
    parent_loss: float | None
    best_step: int | None
    batch_size: int
    seconds: float
    eta_seconds: float | None
    note: str | None = None


@dataclass(frozen=True, eq=False)
class Observer:
    """Who wants to know, and who may ask for a stop; everything is optional.

    ``on_chapter`` hears the chapters before and after training with what is done and in total,
    ``on_progress`` every step, ``on_split`` how many pictures are trained on and held out,
    ``on_samples`` of which step there are samples now, ``on_note`` a sentence for people.
    """

    on_chapter: Callable[[str, int, int], None] = lambda name, done, total: None
    on_progress: Callable[[TrainingProgress], None] = lambda progress: None
    requested_stop: Callable[[], Stop | None] = lambda: None
    on_split: Callable[[int, int], None] = lambda trained_on, held_out: None
    on_samples: Callable[[int], None] = lambda step: None
    on_note: Callable[[str], None] = lambda text: None


class Pace:
    """How long a step takes: the median of the first 20 that were timed, after one to warm up.

    What a checkpoint costs on top (validation, writing, samples) is timed by itself.
    """

    TIMED = 20
    LEAST = 3

    def __init__(self) -> None:
        self._seconds: list[float] = []
        self._checkpoints: list[float] = []
        self._warm = False

    def add_checkpoint(self, seconds: float) -> None:
        """Note what a checkpoint cost."""
        self._checkpoints.append(seconds)

    def add(self, seconds: float) -> None:
        """Note how long a step took."""
        if self._warm and len(self._seconds) < self.TIMED:
            self._seconds.append(seconds)
        self._warm = True

    def restart(self) -> None:
        """Time anew: steps became slower or faster."""
        self._seconds.clear()

    def eta(self, steps_left: int, checkpoints_left: int = 0) -> float | None:
        """Seconds that so many steps and checkpoints will take; ``None`` until three were timed."""
        if len(self._seconds) < self.LEAST:
            return None
        each = statistics.fmean(self._checkpoints) if self._checkpoints else 0.0
        return statistics.median(self._seconds) * steps_left + each * checkpoints_left


class RunLog:
    """One JSON object per line; lines have a ``step``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rewind(self, step: int) -> None:
        """Forget what was written after ``step``: those steps will be made again."""
        if not self._path.exists():
            return
        lines = self._path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if (known := _step(line)) is not None and known <= step]
        self._path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def add(self, entry: Mapping[str, Any]) -> None:
        """Append a line."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """All lines that can be read."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if _step(line) is not None]


def _step(line: str) -> int | None:
    """The step of a line; ``None`` for one that a crash cut short."""
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return None
