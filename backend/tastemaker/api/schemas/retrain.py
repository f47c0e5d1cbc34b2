"""Retraining as callers see it: what to learn from, how far it is, what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tastemaker.api.schemas.common import (
    HeaderModel,
    ImageId,
    QueryModel,
    RequestModel,
    ResponseModel,
    Seed,
)
from tastemaker.api.schemas.models import RatingAucOut
from tastemaker.domain import DataSource

MAX_EXAMPLES = 200
SHOWN_EXAMPLES = 60

Method = Literal["auto", "full", "lora", "preference"]
Options = dict[str, bool | int | float | str | None]
Name = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
ModelName = Annotated[str, Field(min_length=1, max_length=200)]
Dataset = Annotated[
    str, Field(min_length=1, max_length=1000, json_schema_extra={"pattern": r"^[^\x00]*$"})
]
Style = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
Epochs = Annotated[float, Field(ge=1e-3, le=100_000, allow_inf_nan=False)]
Steps = Annotated[int, Field(ge=1, le=10_000_000)]
BatchSize = Annotated[int, Field(ge=1, le=1024, description="Pictures at once.")]
Rank = Annotated[int, Field(ge=1, le=1024, description="Size of the addition; not of full.")]

_SOURCE = (
    "feedback: pictures rated in the gallery; dataset: a dataset; both: the two together; "
    "pictures: the look of the pictures of image_ids."
)
LEAST_CHOSEN = 5
MOST_CHOSEN = 200
_METHOD = (
    "full: all weights of the U-Net learn liked pictures, and disliked ones as what to lead away "
    "from; lora: an addition learns the same; preference: an addition, by the preference loss; "
    "auto: the model and the number of ratings decide."
)


class RetrainRequest(RequestModel):
    """What to learn from, and how. What is absent or null comes from the method's defaults."""

    source: Annotated[DataSource, Field(strict=False)] = Field(
        DataSource.FEEDBACK, description=_SOURCE
    )
    dataset: Dataset | None = Field(
        None,
        description="A hub dataset (owner/name); on a server that listens on this machine only, "
        "the path of a folder or data file as well.",
    )
    image_ids: list[ImageId] | None = Field(
        None,
        description=f"With source pictures: {LEAST_CHOSEN} to {MOST_CHOSEN} pictures of the "
        "gallery whose look is learned; 5 to 20 do.",
    )
    style: Style | None = Field(
        None,
        description="With source pictures: words that are put behind their captions, and call for "
        "their look in a prompt later.",
    )
    method: Method = Field("auto", description=_METHOD)
    num_epochs: Epochs | None = Field(None, description="Most passes over the pictures.")
    max_steps: Steps | None = Field(None, description="Most optimiser steps.")
    learning_rate: Annotated[float, Field(ge=1e-9, le=1, allow_inf_nan=False)] | None = None
    batch_size: BatchSize | None = None
    lora_rank: Rank | None = None
    seed: Seed | None = None
    base_model: ModelName | None = Field(
        None, description="Model or version to go on from; absent: the active one."
    )
    name: Name | None = Field(None, description="Name of the new version; absent: the next free.")
    captions: dict[str, str | None] = Field(
        default_factory=dict,
        description="New captions by the example's key; null leaves the example out.",
    )
    activate: bool = Field(False, description="Switch the version on if it came out better.")


class RetrainRequestOut(ResponseModel):
    """What a training was started with; null where the method's default holds."""

    name: str = Field(description="Of the run, and of the version that comes of it.")
    base_model: str
    source: DataSource
    dataset: str | None
    image_ids: list[int] = Field(description="The chosen pictures of source pictures.")
    style: str | None
    method: Method
    num_epochs: float | None
    max_steps: int | None
    learning_rate: float | None
    batch_size: int | None
    lora_rank: int | None
    seed: Seed | None
    captions: int = Field(description="How many captions were edited or examples left out.")
    activate: bool


class RetrainState(StrEnum):
    """Where a training is in its life; idle: there never was one."""

    IDLE = "idle"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """What a training is busy with."""

    WAITING = "waiting"
    READING = "reading"
    DRAWING = "drawing"
    ENCODING = "encoding"
    TRAINING = "training"
    EVALUATING = "evaluating"
    DONE = "done"


class TrainingDataOut(ResponseModel):
    """What a training learns from; null while not yet known."""

    source: str
    pictures: int | None = Field(description="Accepted, before some were held out.")
    trained_on: int | None
    held_out: int | None
    rejected: int | None = Field(description="Rows that can't be trained on.")


class CurvePoint(ResponseModel):
    """One point of the curves; step 0 is the model before training."""

    step: int
    loss: float | None = Field(description="What is minimised, averaged since the last point.")
    validation_loss: float | None
    learning_rate: float | None


class SampleGrid(ResponseModel):
    """Samples drawn with a checkpoint: a row for each prompt, a column for each seed."""

    step: int = Field(description="0: the model before training.")
    url: str


class RetrainMetrics(ResponseModel):
    """How the version compares with its parent on held-out pictures; null: couldn't be told."""

    better_than_parent: bool | None
    parent_validation_loss: float | None
    validation_loss: float | None
    rating_auc: RatingAucOut | None


class RetrainStatus(ResponseModel):
    """The current training, or else the latest."""

    active: bool = Field(description="It is queued, running or paused: no other can be started.")
    state: RetrainState
    progress: float = Field(description="0 to 1.")
    current_epoch: float
    total_epochs: float
    current_step: int
    total_steps: int
    current_loss: float | None
    validation_loss: float | None
    parent_validation_loss: float | None
    best_step: int | None
    eta_seconds: float | None
    completed: bool
    start_time: datetime | None
    end_time: datetime | None
    job_id: str | None
    model: str | None = Field(description="The version that came of it.")
    name: str | None = Field(description="Of the run.")
    parent: str | None
    method: Literal["full", "lora", "preference"] | None
    phase: Phase
    phase_done: int
    phase_total: int
    error: str | None = Field(description="What happened and what to do, when it failed.")
    notes: list[str] = Field(description="What happened on the way that is worth knowing.")
    options: Options | None
    data: TrainingDataOut | None
    curve: list[CurvePoint]
    grids: list[SampleGrid]
    grid_prompts: list[str]
    grid_seeds: list[int]
    metrics: RetrainMetrics | None
    summary: list[str] = Field(description="What came of it, in plain sentences.")
    activated: bool
    resumable: bool = Field(description="`POST /api/retrain/resume` would let it go on.")


class RejectedRows(ResponseModel):
    """Rows of one reason that can't be trained on."""

    reason: str
    message: str
    count: int
    keys: list[str] = Field(description="The first of them.")


class MappingOut(ResponseModel):
    """Where a dataset's pictures and captions come from."""

    image: str
    caption: str | None
    how: str = Field(description="Why these.")


class PreviewExample(ResponseModel):
    """One picture with its caption. Its key is for `captions` of `POST /api/retrain`."""

    key: str
    caption: str
    feedback: int
    image_id: int | None
    thumbnail_url: str | None = Field(description="Of pictures of the gallery.")
    thumbnail: str | None = Field(description="A small data URI; of pictures of a dataset.")


class EstimateOut(ResponseModel):
    """Time and memory of such a training, measured with a few real steps on this machine."""

    state: Literal["measuring", "ready", "unavailable"]
    seconds: float | None
    seconds_per_step: float | None
    memory_bytes: int | None
    memory_available_bytes: int | None
    disk_bytes: int
    steps: int
    detail: str = Field(description="What the numbers mean, for people.")


class RetrainPreview(ResponseModel):
    """What the training set would be now, and whether a training can start."""

    ready: bool
    reason: str | None = Field(description="Why it can't start, and what to do.")
    method: Literal["full", "lora", "preference"] = Field(description="What auto means now.")
    liked: int
    disliked: int
    pairs: int = Field(description="Pictures of which one was preferred over another.")
    total: int = Field(description="Rows looked at.")
    accepted: int
    duplicates: int
    rejected: list[RejectedRows]
    mapping: MappingOut | None = Field(description="Of a dataset.")
    examples: list[PreviewExample]
    next_cursor: int | None = Field(description="Give it as `cursor` for more examples.")
    sampled: bool = Field(description="Only the first rows were looked at; there are more.")
    default_dataset: str = Field(description="What source dataset learns from if none is named.")
    options: Options = Field(description="All settings in force.")
    estimate: EstimateOut | None


class PreviewQuery(QueryModel):
    """Of which training; the settings change its estimate."""

    source: DataSource = Field(DataSource.FEEDBACK, description=_SOURCE)
    dataset: Dataset | None = None
    method: Method = Field("auto", description=_METHOD)
    base_model: ModelName | None = None
    num_epochs: Epochs | None = None
    max_steps: Steps | None = None
    batch_size: BatchSize | None = None
    lora_rank: Rank | None = None
    cursor: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_EXAMPLES)] = SHOWN_EXAMPLES


class ResumeQuery(QueryModel):
    """Which training goes on."""

    name: Name | None = Field(
        None, description="Of the run; absent: the paused one, else the latest that stopped."
    )


class RetrainGridPath(BaseModel):
    """A training's job and a step of it in the address."""

    job_id: Annotated[str, Field(min_length=1, max_length=100)]
    step: Annotated[int, Field(ge=0, le=10_000_000)]


class RetrainHeaders(HeaderModel):
    """Headers of a start."""

    idempotency_key: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$")] | None = Field(
        None,
        alias="Idempotency-Key",
        description="A repeated POST with the same key returns the first job.",
    )
