"""What a pool of workers must do, whoever runs it: one process per device here, a cluster later.

The jobs themselves are rows (`tastemaker.jobs.queue`); a pool only has to notice them. Knows no
HTTP, no torch and no processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The U-Net of ``model`` is being compiled for this machine, ``since`` when (UTC)."""

    model: str
    stage: str
    since: datetime


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """How the worker is: ``ready`` when a model is loaded; ``detail`` is a sentence for people."""

    ready: bool
    detail: str
    device: str | None = None
    loaded_models: tuple[str, ...] = ()
    restarts: int = 0
    warm_up: WarmUp | None = None


class WorkerPool(Protocol):
    """Turns rows of ``jobs`` into pictures and tells about it through the event broker."""

    def start(self) -> None:
        """Begin to work; returns at once."""

    def wake(self) -> None:
        """There is a new job."""

    def cancel(self, job_id: str) -> None:
        """A running job should stop; its row already says so."""

    def preload(self, model: str) -> None:
        """This model will be wanted next."""

    def watch(self) -> None:
        """Somebody looks on: previews are wanted until there was an `unwatch` for each `watch`."""

    def unwatch(self) -> None:
        """Somebody who looked on is gone."""

    def status(self) -> WorkerStatus:
        """How the worker is now."""

    def stop(self) -> None:
        """End the workers; what they were doing goes back to the queue."""
