"""Models of the registry as callers see them; never where they lie on disk."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from tastemaker.api.schemas.common import ResponseModel
from tastemaker.domain import ModelState, Sampler, Schedule


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


class ModelOut(ResponseModel):
    """One model."""

    name: str
    title: str
    source: str = Field(description="A hub id, or `embedded`.")
    state: ModelState
    active: bool
    defaults: DefaultsOut | None = Field(description="Known once the files are there.")
    size_multiple: int = Field(description="Width and height are multiples of it, in pixels.")
    max_size: int = Field(description="Largest width and height, in pixels.")
    notice: str | None = Field(description="What to know before using it.")
    example_prompts: list[str]
    progress: DownloadOut | None
    error: str | None = Field(description="Why it failed and what to do.")
    size_bytes: int | None
    has_safety_checker: bool


class ModelList(ResponseModel):
    """All models, and the name of the active one."""

    items: list[ModelOut]
    active: str | None


class ModelPath(BaseModel):
    """A model's name in the address."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
