"""Jobs as callers see them: the request, how far it is, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from tastemaker.api.schemas.common import HeaderModel, QueryModel, ResponseModel, Seed
from tastemaker.api.schemas.images import ExtendOut, HiresOut, ImageOut, StyleReferenceOut
from tastemaker.api.schemas.retrain import RetrainRequestOut
from tastemaker.domain import JobKind, JobState, ResizeMode, Sampler, Schedule

_STATES = "|".join(JobState)
_KINDS = "|".join(JobKind)


class JobRequestOut(ResponseModel):
    """What was asked for, with every default filled in."""

    prompt: str
    template: str | None = Field(
        description="What was typed, where styles or alternatives made another prompt of it."
    )
    styles: list[str] | None = Field(description="Styles that were put on the prompt.")
    negative_prompt: str
    model: str
    width: int
    height: int
    num_inference_steps: int
    guidance_scale: float
    seed: Seed
    num_images: int
    sampler: Sampler
    schedule: Schedule
    strength: float | None = Field(description="Only of variations and edits.")
    parent_id: int | None = Field(
        description="The picture of the gallery that is varied or edited, if any."
    )
    resize_mode: ResizeMode | None = Field(description="Only of variations.")
    hires: HiresOut | None = Field(description="The second pass, if there is one.")
    style_reference: StyleReferenceOut | None = Field(
        description="The picture whose look carries over, if there is one."
    )
    mask_blur: int | None = Field(description="Only of edits.")
    only_masked: bool | None = Field(description="Only of edits.")
    padding: int | None = Field(description="Only of edits with `only_masked`.")
    extend: ExtendOut | None = Field(description="Only of edits that extend the picture.")
    final_width: int | None = Field(
        description="Width of the finished pictures, where it isn't `width`."
    )
    final_height: int | None = Field(
        description="Height of the finished pictures, where it isn't `height`."
    )


class JobProgress(ResponseModel):
    """How far a running job is."""

    image_index: int | None
    step: int
    total_steps: int
    finished_images: int | None
    num_images: int | None
    eta_seconds: float | None


class JobLinks(ResponseModel):
    """Where to go from here."""

    self: str
    events: str


class JobOut(ResponseModel):
    """One job. `images` are the pictures finished so far, in the order of their index."""

    id: str
    kind: JobKind
    state: JobState
    request: JobRequestOut | None = Field(description="Of jobs that draw; else null.")
    retrain: RetrainRequestOut | None = Field(description="Of kind retrain; else null.")
    batch_id: str | None = Field(description="The batch that it belongs to.")
    paused: bool = Field(description="It waits until it is resumed.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    error: str | None = Field(description="What happened and what to do, when it failed.")
    images: list[ImageOut]
    queue_position: int | None = Field(description="0 is next; null when not waiting.")
    progress: JobProgress | None
    links: JobLinks


class JobPage(ResponseModel):
    """Jobs, newest first."""

    items: list[JobOut]
    next_before: str | None = Field(
        description="Give it as `before` for older ones; null: the end."
    )


class JobsQuery(QueryModel):
    """Which jobs."""

    state: Annotated[str, Field(pattern=rf"^({_STATES})(,({_STATES}))*$")] | None = Field(
        None, description="States, comma-separated; absent: all."
    )
    kind: Annotated[str, Field(pattern=rf"^({_KINDS})(,({_KINDS}))*$")] | None = Field(
        None, description="Kinds, comma-separated; absent: all."
    )
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    batch: Annotated[str, Field(pattern=r"^(none|[0-9a-f]{32})$")] | None = Field(
        None, description="Only jobs of this batch; `none`: only those of no batch."
    )
    before: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, description="Only jobs older than this one (an id)."
    )

    @property
    def states(self) -> tuple[JobState, ...]:
        """The states asked for; empty: all."""
        if self.state is None:
            return ()
        return tuple(dict.fromkeys(JobState(part) for part in self.state.split(",")))

    @property
    def kinds(self) -> tuple[JobKind, ...]:
        """The kinds asked for; empty: all."""
        if self.kind is None:
            return ()
        return tuple(dict.fromkeys(JobKind(part) for part in self.kind.split(",")))


class JobPath(BaseModel):
    """A job's id in the address."""

    job_id: Annotated[str, Field(min_length=1, max_length=100)]


class SubmitHeaders(HeaderModel):
    """Headers of requests that make a job."""

    prefer: str | None = Field(
        None,
        alias="Prefer",
        description="RFC 7240: `respond-async` answers at once; `wait=N` waits up to N seconds.",
    )
    idempotency_key: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$")] | None = Field(
        None,
        alias="Idempotency-Key",
        description="A repeated POST with the same key returns the first job.",
    )
