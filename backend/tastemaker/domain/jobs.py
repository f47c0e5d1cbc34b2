"""The job: the truth about a piece of work, and what is heard of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeGuard, TypeVar

from tastemaker.domain.owners import LOCAL_OWNER_ID
from tastemaker.domain.retraining import TrainingRequest
from tastemaker.domain.sampling import GenerationRequest


class JobKind(StrEnum):
    """What a job makes."""

    GENERATE = "generate"
    VARIATIONS = "variations"
    EDITS = "edits"
    RETRAIN = "retrain"

    @property
    def draws(self) -> bool:
        """Whether it makes pictures, rather than a version of a model."""
        return self is not JobKind.RETRAIN


class JobState(StrEnum):
    """Where a job is in its life: queued → running → one of the three ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


RequestT = TypeVar("RequestT", GenerationRequest, TrainingRequest)


@dataclass(frozen=True, slots=True)
class Job(Generic[RequestT]):
    """One row of ``jobs``: the truth about a piece of work.

    ``error`` is a sentence for people: what happened and what to do. ``image_ids`` are the
    pictures finished so far, in the order of their index within the request. ``attempts`` counts
    how often a worker took it, ``crashes`` how often a worker died of itself while it had it.
    ``batch_id`` names the batch of requests that it belongs to, if any.
    """

    id: str
    kind: JobKind
    state: JobState
    request: RequestT
    created_at: datetime
    attempts: int = 0
    crashes: int = 0
    cancel_requested: bool = False
    pause_requested: bool = False
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    image_ids: tuple[int, ...] = ()
    owner_id: int = LOCAL_OWNER_ID
    batch_id: str | None = None

    @property
    def paused(self) -> bool:
        """Whether it waits until somebody lets it go on."""
        return self.state is JobState.QUEUED and self.pause_requested


DrawingJob: TypeAlias = Job[GenerationRequest]
TrainingJob: TypeAlias = Job[TrainingRequest]
AnyJob: TypeAlias = DrawingJob | TrainingJob


def is_drawing(job: AnyJob) -> TypeGuard[DrawingJob]:
    """Whether the job makes pictures."""
    return job.kind.draws


def is_training(job: AnyJob) -> TypeGuard[TrainingJob]:
    """Whether the job makes a version of a model."""
    return not job.kind.draws


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the browser hears of it.

    ``type`` is one of ``job`` (a state change), ``progress``, ``preview``, ``image``, ``training``
    (how far a training is), ``model``, ``queue`` (its order or that of a batch changed).
    ``data`` is JSON-ready. ``job_id`` is ``None`` for events that belong to no job.
    """

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    job_id: str | None = None
