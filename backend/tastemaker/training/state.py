"""What a run starts from, what changes while it goes on, and how it ended. Knows no network."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tastemaker.training.encoding import TrainingSet
from tastemaker.training.progress import Stop

TIE = 0.15
"""Losses are equal that differ by less than this share of what was gained on the parent: of so few
held-out pictures a smaller difference says nothing."""

LEAST_GAIN = 0.002
"""A loss is better than the parent's only if it is lower by this share: less is luck."""


@dataclass(frozen=True, eq=False)
class RunData:
    """What a run learns from, what it is measured on, what it must not forget, what to avoid."""

    train: TrainingSet
    validation: TrainingSet | None = None
    replay: TrainingSet | None = None
    disliked: TrainingSet | None = None

    @property
    def digest(self) -> str:
        """A hash of all that training depends on."""
        parts = (self.train, self.validation, self.replay, self.disliked)
        return "-".join(part.digest[:32] if part is not None else "none" for part in parts)


@dataclass
class RunState:
    """What changes from step to step beside the tensors; its fields are JSON-ready.

    ``parent_errors`` are those of the pictures that validate, before the first step.
    ``validations`` are (step, loss). ``best_loss`` is the lowest of them, ``best_step`` the latest
    that is as good: what is learned beyond that, the loss can't tell. ``worse_in_a_row`` counts the
    latest ones that were worse than the best and than the parent.
    """

    step: int = 0
    batch_size: int = 1
    rate_scale: float = 1.0
    recoveries: int = 0
    typical_error: float | None = None
    parent_loss: float | None = None
    parent_errors: list[float] | None = None
    best_step: int | None = None
    best_loss: float | None = None
    worse_in_a_row: int = 0
    validations: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RunState:
        """Inverse of `dataclasses.asdict`, also after a way through JSON."""
        validations = [(int(step), float(loss)) for step, loss in data["validations"]]
        return cls(**{**data, "validations": validations})

    def note_validation(self, loss: float) -> None:
        """Take in the loss of a validation made now."""
        self.validations.append((self.step, loss))
        known = [x for x in (self.best_loss, self.parent_loss) if x is not None]
        lowest = min(known, default=math.inf)
        beats_parent = self.parent_loss is None or loss < self.parent_loss
        gained = 0.0 if self.parent_loss is None else self.parent_loss - lowest
        as_good = loss < lowest or (beats_parent and loss <= lowest + TIE * gained)
        self.worse_in_a_row = 0 if as_good else self.worse_in_a_row + 1
        if self.best_loss is None or loss < self.best_loss or as_good:
            self.best_step = self.step
            self.best_loss = loss if self.best_loss is None else min(loss, self.best_loss)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: after ``step`` steps, by itself or because it was asked to stop.

    ``best_step`` is the checkpoint to keep, ``better`` whether its validation beat the parent's
    (``None`` without a validation).
    """

    step: int
    best_step: int
    better: bool | None
    stopped: Stop | None
    ended_early: bool
    validations: tuple[tuple[int, float], ...]
    parent_loss: float | None

    @classmethod
    def of(cls, state: RunState, stopped: Stop | None, total_steps: int) -> Outcome:
        """The outcome of a run that is in this state."""
        better = None
        if state.best_loss is not None and state.parent_loss is not None:
            better = state.best_loss < state.parent_loss - LEAST_GAIN * abs(state.parent_loss)
        return cls(
            step=state.step,
            best_step=state.step if state.best_step is None else state.best_step,
            better=better,
            stopped=stopped,
            ended_early=stopped is None and state.step < total_steps,
            validations=tuple(state.validations),
            parent_loss=state.parent_loss,
        )
