"""What the event streams say, message by message.

A stream is `text/event-stream`: each message has an ``id``, an ``event`` (its type) and one line of
JSON ``data``. The models here name those three, so that clients get types for them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from tastemaker.api.schemas.common import HeaderModel, QueryModel, ResponseModel
from tastemaker.api.schemas.jobs import JobOut
from tastemaker.api.schemas.models import DownloadOut, ModelOut
from tastemaker.api.schemas.retrain import Phase, RetrainState
from tastemaker.domain import JobState, ModelState


class SnapshotData(ResponseModel):
    """The state at the start of a stream that resumes nothing: everything waiting or running.

    Of batches only what `/api/batches` says.
    """

    jobs: list[JobOut]
    models: list[ModelOut]


class JobSnapshotData(ResponseModel):
    """The state at the start of one job's stream that resumes nothing."""

    job: JobOut


class JobData(ResponseModel):
    """A job changed its state."""

    job_id: str
    state: JobState
    error: str | None = None
    attempts: int | None = None
    image_ids: list[int] | None = Field(None, description="Finished pictures; null: see the job.")
    paused: bool = Field(False, description="It waits until it is resumed; only trainings do.")


class ProgressData(ResponseModel):
    """A step was taken."""

    job_id: str
    image_index: int | None
    step: int
    total_steps: int
    finished_images: int
    num_images: int
    eta_seconds: float | None


class PreviewData(ResponseModel):
    """How a picture looks so far."""

    job_id: str
    image_index: int
    step: int
    preview: str = Field(description="A small picture as a data URI.")


class ImageData(ResponseModel):
    """A picture is finished and in the gallery."""

    job_id: str
    image_index: int
    image_id: int


class TrainingData(ResponseModel):
    """A training went on; what is null is as it was, and `RetrainStatus` tells all."""

    job_id: str
    state: RetrainState
    phase: Phase
    phase_done: int
    phase_total: int
    progress: float = Field(description="0 to 1.")
    current_step: int
    total_steps: int
    current_epoch: float
    current_loss: float | None
    validation_loss: float | None
    eta_seconds: float | None
    note: str | None = Field(None, description="What happened that is worth knowing.")
    grid_step: int | None = Field(None, description="Samples of this step are there now.")


class ModelData(ResponseModel):
    """A model changed: its state, its download, or which one is active."""

    name: str
    title: str
    state: ModelState
    active: bool
    progress: DownloadOut | None
    notice: str | None
    error: str | None


class QueueData(ResponseModel):
    """The queue was paused, resumed, reordered or cleared, or a batch changed as a whole."""

    paused: bool = Field(description="Nothing new is begun.")
    batch_id: str | None = Field(None, description="The batch that changed, if it was one.")


class SnapshotEvent(ResponseModel):
    event: Literal["snapshot"]
    data: SnapshotData


class JobSnapshotEvent(ResponseModel):
    event: Literal["snapshot"]
    data: JobSnapshotData


class JobEvent(ResponseModel):
    event: Literal["job"]
    data: JobData


class ProgressEvent(ResponseModel):
    event: Literal["progress"]
    data: ProgressData


class PreviewEvent(ResponseModel):
    event: Literal["preview"]
    data: PreviewData


class ImageEvent(ResponseModel):
    event: Literal["image"]
    data: ImageData


class TrainingEvent(ResponseModel):
    event: Literal["training"]
    data: TrainingData


class ModelEvent(ResponseModel):
    event: Literal["model"]
    data: ModelData


class QueueEvent(ResponseModel):
    event: Literal["queue"]
    data: QueueData


class StreamEvent(
    RootModel[
        Annotated[
            SnapshotEvent
            | JobEvent
            | ProgressEvent
            | PreviewEvent
            | ImageEvent
            | TrainingEvent
            | ModelEvent
            | QueueEvent,
            Field(discriminator="event"),
        ]
    ]
):
    """One message of `/api/events`."""


class JobStreamEvent(
    RootModel[
        Annotated[
            JobSnapshotEvent | JobEvent | ProgressEvent | PreviewEvent | ImageEvent | TrainingEvent,
            Field(discriminator="event"),
        ]
    ]
):
    """One message of `/api/jobs/{job_id}/events`."""


class EventsQuery(QueryModel):
    """Where to resume; the header `Last-Event-ID` wins."""

    last_event_id: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None


class EventsHeaders(HeaderModel):
    """What browsers send when they reconnect. A value that is no number of ours resumes nothing."""

    model_config = ConfigDict(frozen=True)

    last_event_id: str | None = Field(None, alias="Last-Event-ID")
