"""Settings read out of pictures, and pictures on their way in and out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from tastemaker.api.schemas.common import RequestModel, ResponseModel, Seed
from tastemaker.domain import Sampler, Schedule
from tastemaker.infotext.reading import Dialect

MAX_FILES = 100
MAX_LINES = 400_000
_FILE = WithJsonSchema({"type": "string", "format": "binary"})


class InfotextUpload(RequestModel):
    """A picture whose settings are to be read."""

    image: Annotated[Any, _FILE] = Field(description="The picture's file (PNG, JPEG, WebP, ...).")


class RecoveredSettings(ResponseModel):
    """Settings that can be drawn with here; null is what the picture doesn't say."""

    prompt: str
    negative_prompt: str
    width: int | None
    height: int | None
    num_inference_steps: int | None
    guidance_scale: float | None
    seed: Seed | None
    sampler: Sampler | None
    schedule: Schedule | None
    model: str | None = Field(description="Name of a model that is here.")


class UnmappedSetting(ResponseModel):
    """Something the picture says that can't be taken over."""

    name: str
    value: str
    reason: str


class InfotextOut(ResponseModel):
    """What a picture says of how it was made. `settings` is null when it says nothing."""

    dialect: Dialect | None = Field(description="Whose way of writing it is, else null.")
    program: str | None = Field(description="That program's name for people, else null.")
    settings: RecoveredSettings | None
    unmapped: list[UnmappedSetting]
    notes: list[str] = Field(description="What else to know, in sentences.")


class ImportUpload(RequestModel):
    """Pictures to take into the gallery, with what is known of them."""

    files: Annotated[
        list[Annotated[Any, _FILE]],
        Field(min_length=1, max_length=MAX_FILES, description="The pictures' files."),
    ]
    metadata: Annotated[str, Field(max_length=MAX_LINES)] = Field(
        "",
        description="Lines of a `metadata.jsonl`: JSON objects whose `file_name` is that of a "
        "file; with `feedback` (-1, 0, 1), `text` (the prompt), or all that an export says.",
    )


class ImportedFile(ResponseModel):
    """What became of one file."""

    file_name: str
    status: Literal["imported", "duplicate", "failed"]
    image_id: int | None = Field(description="The new picture, or the one that was there already.")
    program: str | None = Field(description="Whose metadata it carried, else null.")
    detail: str | None = Field(description="Why it failed, or what else to know; else null.")


class ImportOut(ResponseModel):
    """What became of each file, in the order they were sent."""

    items: list[ImportedFile]


class ExportForm(RequestModel):
    """Which pictures to export."""

    ids: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100_000,
            pattern=r"^[0-9]{1,18}(,[0-9]{1,18})*$",
            description="Ids of pictures, comma-separated.",
        ),
    ]
