"""Many requests made together: a list of prompts, or a grid over two parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tastemaker.domain.jobs import JobState


class BatchKind(StrEnum):
    """What the requests of a batch have to do with each other."""

    PROMPTS = "prompts"
    GRID = "grid"


class BatchState(StrEnum):
    """Where a batch is: finished means that nothing of it waits or runs, however that ended."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a grid: which parameter changes, and what to write at each value."""

    parameter: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridLayout:
    """The axes of a grid. Its jobs are its cells row by row: job ``row * len(x) + column``."""

    x: Axis
    y: Axis | None = None

    @property
    def columns(self) -> int:
        return len(self.x.labels)

    @property
    def rows(self) -> int:
        return 1 if self.y is None else len(self.y.labels)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` is the inverse."""

        def axis(one: Axis | None) -> dict[str, Any] | None:
            return None if one is None else {"parameter": one.parameter, "labels": [*one.labels]}

        return {"x": axis(self.x), "y": axis(self.y)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> GridLayout:
        """Inverse of `to_dict`."""

        def axis(one: Mapping[str, Any]) -> Axis:
            return Axis(one["parameter"], tuple(one["labels"]))

        return cls(axis(data["x"]), None if data["y"] is None else axis(data["y"]))


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is now. ``counts`` are its jobs by state, with zeros.

    ``seconds_per_image`` is how long its latest pictures took each, ``None`` until that is known.
    """

    id: str
    kind: BatchKind
    title: str
    num_jobs: int
    num_images: int
    created_at: datetime
    counts: Mapping[JobState, int]
    finished_images: int = 0
    paused_jobs: int = 0
    remaining_images: int = 0
    finished_at: datetime | None = None
    seconds_per_image: float | None = None
    layout: GridLayout | None = None
    first_images: tuple[int, ...] = field(default=())

    @property
    def state(self) -> BatchState:
        waiting = self.counts[JobState.QUEUED]
        if self.counts[JobState.RUNNING]:
            return BatchState.RUNNING
        if not waiting:
            return BatchState.FINISHED
        return BatchState.PAUSED if self.paused_jobs == waiting else BatchState.WAITING
