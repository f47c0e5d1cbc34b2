"""Models of the registry as callers see them; never where they lie on disk."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from tastemaker.api.schemas.common import RequestModel, ResponseModel
from tastemaker.domain import ModelState, Sampler, Schedule

MAX_TITLE = 200
MAX_NAME = 64


class DefaultsOut(ResponseModel):
    """What a model draws with when the request doesn't say."""

    width: int
    height: int
    num_inference_steps: int
    guidance_scale: float
    sampler: Sampler
    schedule: Schedule


class DownloadOut(ResponseModel):
    """How far a download is; null while unknown."""

    downloaded_bytes: int
    total_bytes: int | None
    eta_seconds: float | None


class ModelKind(StrEnum):
    """Where a model comes from."""

    EMBEDDED = "embedded"
    BASE = "base"
    LOCAL = "local"
    TRAINED = "trained"


class RatingAucOut(ResponseModel):
    """How well a version tells liked from disliked held-out pictures, with a 95 % interval."""

    auc: float = Field(description="0.5 by chance, 1 perfectly.")
    low: float
    high: float
    liked: int
    disliked: int


class VersionMetrics(ResponseModel):
    """What was measured on pictures that were not trained on; null where nothing was."""

    better_than_parent: bool | None
    parent_validation_loss: float | None
    validation_loss: float | None
    rating_auc: RatingAucOut | None


class VersionOut(ResponseModel):
    """Where a version comes from and how good it is. What nobody knows is null."""

    base: str = Field(description="The model or version whose weights it changes.")
    parent: str = Field(description="The model or version whose training it continues.")
    method: str = Field(description="full, lora, preference, or imported.")
    created_at: datetime | None
    steps: int = Field(description="Optimiser steps; 0 for an imported version.")
    trained_on: int | None = Field(description="Pictures it learned from.")
    held_out: int | None = Field(description="Pictures it was measured on.")
    data_source: str | None
    style: str | None = Field(description="Words in a prompt that call for the look it learned.")
    data_hash: str | None = Field(description="Names exactly what it learned from.")
    metrics: VersionMetrics
    options: dict[str, Any] = Field(description="The settings of its training.")
    libraries: dict[str, str] = Field(description="Versions of the libraries that trained it.")
    grid_before_url: str | None = Field(description="Samples of its parent.")
    grid_after_url: str | None = Field(description="The same prompts and seeds, drawn by it.")
    images: int = Field(description="Pictures in the gallery that it drew.")


class ModelOut(ResponseModel):
    """One model."""

    name: str
    title: str
    kind: ModelKind = Field(
        description="embedded: comes with the studio; base: from the hub; local: a folder put "
        "there by hand; trained: a version made or imported here."
    )
    source: str = Field(description="A hub id, or `embedded`, `local`, `trained`.")
    state: ModelState
    active: bool
    defaults: DefaultsOut | None = Field(description="Known once the files are there.")
    size_multiple: int = Field(description="Width and height are multiples of it, in pixels.")
    max_size: int = Field(description="Largest width and height, in pixels.")
    notice: str | None = Field(description="What to know before using it.")
    example_prompts: list[str]
    family: str | None = Field(
        description="Its kind, for people, such as `Stable Diffusion XL`; known once the files are "
        "there."
    )
    base: str | None = Field(
        description="Of a LoRA file in the models folder: the model that it is put on, else null."
    )
    own_sampler: bool = Field(
        description="Its own pipeline draws, one picture at a time: `sampler` and `schedule` don't "
        "apply, and it makes no variations."
    )
    trainable: bool = Field(description="Whether it can be retrained.")
    progress: DownloadOut | None
    error: str | None = Field(description="Why it failed and what to do.")
    size_bytes: int | None
    has_safety_checker: bool
    has_vocabulary: bool = Field(description="It can say what it draws, at `/vocabulary`.")
    version: VersionOut | None = Field(description="Of trained versions, else null.")
    liked: int = Field(description="Pictures in the gallery that it drew and that were liked.")
    disliked: int = Field(description="The same, disliked.")
    deletable: bool
    delete_reason: str | None = Field(description="Why it can't be deleted now, else null.")


class ModelList(ResponseModel):
    """All models, and the name of the active one."""

    items: list[ModelOut]
    active: str | None


class TermOut(ResponseModel):
    """One thing that a model can draw."""

    name: str
    words: list[str] = Field(description="Other ways to ask for it.")


class VocabularyOut(ResponseModel):
    """All that a model with a small world can draw; of others' words it knows nothing."""

    subjects: list[TermOut] = Field(description="Nouns.")
    backgrounds: list[TermOut] = Field(description="Plain colours; words complete `a dog …`.")
    worlds: list[TermOut] = Field(description="Places; words complete `a dog …`.")
    looks: list[TermOut] = Field(description="Ways to draw it.")


class ModelPath(BaseModel):
    """A model's name in the address."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class GridSide(StrEnum):
    """Which samples: those of the parent, or those of the version itself."""

    BEFORE = "before"
    AFTER = "after"


class GridPath(ModelPath):
    """A version's samples in the address."""

    side: GridSide


def _title(value: str) -> str:
    value = " ".join(value.split())
    if not value or "\x00" in value:
        raise ValueError("must hold a visible character, and no NUL")
    return value


Title = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TITLE,
        json_schema_extra={"pattern": r"^[^\x00]*[^\s\x00][^\x00]*$"},
    ),
    AfterValidator(_title),
]


class ModelChange(RequestModel):
    """A new title. The name stays, because pictures record it."""

    title: Title


class ModelImport(RequestModel):
    """A LoRA or an exported version as a form with an uploaded file."""

    file: Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})] = Field(
        description="A LoRA (.safetensors), or the zip of a whole version or pipeline."
    )
    base_model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="What it goes on; absent: the model on which the active one rests."
    )
    name: (
        Annotated[str, Field(max_length=MAX_NAME, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] | None
    ) = Field(None, description="Its name for good; absent: made from the file's name.")
    title: Title | None = None
