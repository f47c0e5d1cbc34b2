"""Many requests at once: prompts by line or CSV, grids over two parameters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tastemaker.api.schemas.common import QueryModel, RequestModel, ResponseModel, Words
from tastemaker.api.schemas.generate import DrawingParameters
from tastemaker.api.schemas.images import ImageOut
from tastemaker.api.schemas.jobs import JobOut
from tastemaker.domain.batches import BatchKind, BatchState
from tastemaker.prompting.tables import TableFormat

MAX_TABLE = 2_000_000
MAX_CELLS = 400
Title = Annotated[Words, Field(max_length=200)]
AxisParameter = Literal[
    "prompt",
    "negative_prompt",
    "seed",
    "num_inference_steps",
    "guidance_scale",
    "sampler",
    "schedule",
    "model",
    "styles",
    "width",
    "height",
]


class BatchRequest(RequestModel):
    """Many prompts in one text."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_TABLE)] = Field(
        description="One prompt per line; or CSV whose first line names the columns: `prompt` and "
        "any of the parameters of `/api/generate`. What a row leaves empty comes from `defaults`."
    )
    format: Annotated[TableFormat, Field(strict=False)] = Field(
        TableFormat.AUTO,
        description="`auto` takes it for CSV when its first line names a column `prompt`.",
    )
    defaults: DrawingParameters = Field(
        default_factory=DrawingParameters, description="For what a row doesn't say."
    )
    title: Title | None = Field(None, description="Absent: its first prompt.")


class RowPreview(ResponseModel):
    """What one row asks for."""

    line: int
    prompt: str
    width: int
    height: int
    num_inference_steps: int
    guidance_scale: float
    num_images: int
    model: str


class RowProblem(ResponseModel):
    """What is wrong in one line."""

    line: int
    field: str = Field(description="The column; empty when it is the line as a whole.")
    message: str


class BatchPreview(ResponseModel):
    """What a batch would draw; nothing was begun."""

    is_csv: bool
    columns: list[str]
    num_rows: int = Field(description="Rows without a fault.")
    num_images: int
    rows: list[RowPreview] = Field(description="The first of them.")
    num_errors: int
    errors: list[RowProblem] = Field(description="By line; the first thousand.")


class AxisRequest(RequestModel):
    """One direction of a grid."""

    parameter: AxisParameter = Field(
        description="`prompt` looks for the first value in the prompt and puts each value in its "
        "place; `styles` names one style per value."
    )
    values: Annotated[
        list[Annotated[str, Field(max_length=4000)]], Field(min_length=1, max_length=50)
    ] = Field(
        description="As text. Numbers may be ranges: `1-5`, `10-30 (+5)`, `10-30:5`, `1-10 [4]`."
    )


class GridRequest(DrawingParameters):
    """The same picture over one or two parameters. Without a seed one is drawn for all of it."""

    prompt: Words = Field(description="What the pictures should show.")
    x: AxisRequest = Field(description="From column to column.")
    y: AxisRequest | None = Field(None, description="From row to row.")
    title: Title | None = Field(None, description="Absent: its prompt.")


class AxisOut(ResponseModel):
    """One direction of a grid."""

    parameter: str
    labels: list[str]


class GridOut(ResponseModel):
    """The axes of a grid. Its jobs are its cells row by row."""

    x: AxisOut
    y: AxisOut | None


class BatchCounts(ResponseModel):
    """Its jobs by state."""

    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class BatchOut(ResponseModel):
    """A batch as it is now."""

    id: str
    kind: BatchKind
    title: str
    state: BatchState
    created_at: datetime
    finished_at: datetime | None
    num_jobs: int
    num_images: int
    finished_images: int
    counts: BatchCounts
    eta_seconds: float | None = Field(description="While it runs, once its pace is known.")
    grid: GridOut | None
    images: list[ImageOut] = Field(description="A few of its newest pictures.")


class BatchList(ResponseModel):
    """The newest batches, newest first."""

    items: list[BatchOut]


class BatchesQuery(QueryModel):
    """How many."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20


class BatchPath(BaseModel):
    """A batch's id in the address."""

    batch_id: Annotated[str, Field(min_length=1, max_length=100)]


class BatchJobsQuery(QueryModel):
    """Which of its jobs."""

    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    failed: bool = Field(False, description="Only those that failed.")


class BatchJobs(ResponseModel):
    """Jobs of a batch in the order of its rows."""

    items: list[JobOut]
    total: int


class BatchChange(RequestModel):
    """Pause a batch, or let it go on."""

    paused: bool = Field(description="What is being drawn is finished in any case.")
