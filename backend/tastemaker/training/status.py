"""How far a run is, kept beside it: what a page shows survives every process that ever ran it.

Knows no torch, so the web process may read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from tastemaker.domain import Event
from tastemaker.training.progress import Observer, Stop, TrainingProgress

STATUS_FILE = "status.json"
NEWS_SECONDS = 0.25
MOST_NOTES = 20
# Which part of the whole a phase is, from where to where; what comes before training is quick.
_SHARES = {
    "waiting": (0.0, 0.0),
    "reading": (0.0, 0.04),
    "drawing": (0.04, 0.07),
    "encoding": (0.07, 0.1),
    "training": (0.1, 0.95),
    "evaluating": (0.95, 1.0),
    "done": (1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run at a moment. ``window`` is pictures per optimiser step; 0 and ``None``: not known yet.

    ``eta_seconds`` is the time left of training. ``notes`` are sentences for people.
    """

    phase: str = "waiting"
    phase_done: int = 0
    phase_total: int = 0
    step: int = 0
    total_steps: int = 0
    loss: float | None = None
    validation_loss: float | None = None
    parent_loss: float | None = None
    best_step: int | None = None
    eta_seconds: float | None = None
    window: int = 0
    trained_on: int | None = None
    held_out: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def progress(self) -> float:
        """How much of the whole is done, 0 to 1."""
        # A run that goes on passes quickly through what it had behind it.
        parts = [(self.phase, self.phase_done, self.phase_total)]
        parts.append(("training", self.step, self.total_steps) if self.step else parts[0])
        return max(_share(*part) for part in parts)

    def epochs(self, steps: int) -> float:
        """How many passes over the pictures so many steps are."""
        return round(steps * self.window / self.trained_on, 3) if self.trained_on else 0.0


def _share(phase: str, done: int, total: int) -> float:
    low, high = _SHARES[phase]
    return round(low + (high - low) * min(1.0, done / total if total else 0.0), 4)


@dataclass(frozen=True, slots=True)
class News:
    """A run went on. ``note`` and ``grid_step`` are set when they are what is new."""

    status: RunStatus
    note: str | None = None
    grid_step: int | None = None


def training_event(job_id: str, state: str, news: News) -> Event:
    """How far a training is, for whoever follows it."""
    status = news.status
    data = {
        "state": state,
        "phase": status.phase,
        "phase_done": status.phase_done,
        "phase_total": status.phase_total,
        "progress": status.progress,
        "current_step": status.step,
        "total_steps": status.total_steps,
        "current_epoch": status.epochs(status.step),
        "current_loss": status.loss,
        "validation_loss": status.validation_loss,
        "eta_seconds": status.eta_seconds,
        "note": news.note,
        "grid_step": news.grid_step,
    }
    return Event("training", data, job_id)


def read_status(folder: Path) -> RunStatus:
    """How far the run in ``folder`` is; what can't be read is not known."""
    try:
        found = json.loads((folder / STATUS_FILE).read_text(encoding="utf-8"))
        known = {f.name: found[f.name] for f in fields(RunStatus) if f.name in found}
        status = RunStatus(**{**known, "notes": tuple(known.get("notes", ()))})
        return status if status.phase in _SHARES else RunStatus()
    except (OSError, ValueError, TypeError, AttributeError):
        return RunStatus()


def write_status(folder: Path, status: RunStatus) -> None:
    """Replace what is known. Not synced: losing the latest in a power cut does no harm."""
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / f".{STATUS_FILE}.{os.getpid()}"
    scratch.write_text(json.dumps(asdict(status)), encoding="utf-8")
    scratch.replace(folder / STATUS_FILE)


class Reporter:
    """An observer of a run that keeps its status in ``folder`` and tells another one.

    ``on_news`` hears of it at most a few times a second, and always of a new phase, note or grid.
    """

    def __init__(
        self,
        folder: Path,
        told: Observer,
        on_news: Callable[[News], None] = lambda news: None,
        *,
        window: int = 0,
    ) -> None:
        self._folder = folder
        self._told = told
        self._on_news = on_news
        self._last = 0.0
        self.status = replace(
            read_status(folder), phase="waiting", phase_done=0, phase_total=0, eta_seconds=None
        )
        if window:
            self.status = replace(self.status, window=window)

    def observer(self) -> Observer:
        """What to hand to the run."""
        return Observer(
            on_chapter=self._chapter,
            on_progress=self._progress,
            on_split=self._split,
            on_samples=self._samples,
            on_note=self.note,
            requested_stop=self._requested_stop,
        )

    def note(self, text: str) -> None:
        """Something happened that is worth knowing."""
        self._told.on_note(text)
        if text not in self.status.notes:
            self._change(note=text, notes=(*self.status.notes, text)[-MOST_NOTES:])

    def begin(self) -> None:
        """It is about to begin, or to go on."""
        self._change(force=True)

    def finish(self) -> None:
        """The version is there."""
        self._change(force=True, phase="done", phase_done=1, phase_total=1, eta_seconds=None)

    def _requested_stop(self) -> Stop | None:
        stop = self._told.requested_stop()
        if stop is not None:
            # The step that is saved is the step that is told, however fast steps follow each other.
            self._change(force=True)
        return stop

    def _chapter(self, name: str, done: int, total: int) -> None:
        self._told.on_chapter(name, done, total)
        new = name != self.status.phase
        self._change(force=new, phase=name, phase_done=done, phase_total=total)

    def _split(self, trained_on: int, held_out: int) -> None:
        self._told.on_split(trained_on, held_out)
        self._change(trained_on=trained_on, held_out=held_out)

    def _samples(self, step: int) -> None:
        self._told.on_samples(step)
        self._change(grid_step=step)

    def _progress(self, progress: TrainingProgress) -> None:
        self._told.on_progress(progress)
        notes = self.status.notes
        if progress.note is not None:
            notes = (*notes, progress.note)[-MOST_NOTES:]
        self._change(
            force=self.status.phase != "training" or progress.step == progress.total_steps,
            note=progress.note,
            phase="training",
            phase_done=progress.step,
            phase_total=progress.total_steps,
            step=progress.step,
            total_steps=progress.total_steps,
            loss=progress.loss,
            validation_loss=progress.validation_loss,
            parent_loss=progress.parent_loss,
            best_step=progress.best_step,
            eta_seconds=progress.eta_seconds,
            notes=notes,
        )

    def _change(
        self,
        *,
        force: bool = False,
        note: str | None = None,
        grid_step: int | None = None,
        **values: Any,
    ) -> None:
        self.status = replace(self.status, **values)
        now = time.monotonic()
        worth = force or note is not None or grid_step is not None
        if not worth and now - self._last < NEWS_SECONDS:
            return
        self._last = now
        write_status(self._folder, self.status)
        self._on_news(News(self.status, note, grid_step))
