"""The queue as callers see and change it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tastemaker.api.schemas.common import RequestModel, ResponseModel
from tastemaker.api.schemas.jobs import JobOut

Id = Annotated[str, Field(min_length=1, max_length=100)]


class QueueEntry(ResponseModel):
    """One job, or those of a batch that follow each other."""

    job: JobOut = Field(description="The first of them.")
    num_jobs: int
    running: bool
    paused: bool = Field(description="All of them wait until they are resumed.")
    batch_id: str | None
    batch_title: str | None


class QueueOut(ResponseModel):
    """What is being drawn, then what waits, in the order in which it is taken."""

    paused: bool = Field(description="Nothing new is begun.")
    num_running: int
    num_waiting: int
    entries: list[QueueEntry] = Field(description="The first hundred.")


class QueueChange(RequestModel):
    """Pause the queue, or let it go on."""

    paused: bool = Field(description="What is being drawn is finished in any case.")


class QueueMove(RequestModel):
    """Put a waiting job, or all that waits of a batch, somewhere else in the queue."""

    job_id: Id | None = Field(None, description="A job; or name a batch.")
    batch_id: Id | None = Field(None, description="A batch; or name a job.")
    before: Id | None = Field(
        None, description="The waiting job to put it in front of; null: behind everything."
    )


class QueueCleared(ResponseModel):
    """What became of it."""

    cancelled: int = Field(description="How many waiting jobs were cancelled.")
