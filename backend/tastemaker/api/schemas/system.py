"""The state of the program itself, and how errors look."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from tastemaker.api.schemas.common import ResponseModel


class FieldProblem(ResponseModel):
    """One wrong value."""

    field: str = Field(description="Its name as the caller wrote it; dots lead into objects.")
    message: str = Field(description="What is allowed.")


class Problem(ResponseModel):
    """An error as RFC 9457 describes it: what was wrong and what to do."""

    type: str = Field(description="Names the kind of problem; `about:blank`: see the status.")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = Field(None, description="Wrong fields, if any.")


class Alive(ResponseModel):
    """The web server answers."""

    status: Literal["ok"]
    version: str


class Ready(ResponseModel):
    """A model is loaded."""

    status: Literal["ready"]
    detail: str
    device: str | None
    loaded_models: list[str]


class WarmUpOut(ResponseModel):
    """A network is being compiled for this machine; pictures are drawn meanwhile, only slower."""

    model: str
    stage: str = Field(description="A word on what is being done: converting, compiling, …")
    since: datetime
    seconds: float = Field(description="How long it has been going on.")


class WorkerOut(ResponseModel):
    """The process that draws."""

    ready: bool
    detail: str
    loaded_models: list[str]
    restarts: int
    warm_up: WarmUpOut | None = Field(description="Null when nothing is being compiled.")


class Limits(ResponseModel):
    """The most that one request may ask for."""

    max_images: int
    max_steps: int
    max_guidance_scale: float
    max_prompt_length: int
    max_queue: int
    max_upload_bytes: int
    max_upload_pixels: int


class SystemOut(ResponseModel):
    """What the user interface needs to know about the server."""

    version: str
    device: str | None
    worker: WorkerOut
    offline: bool
    limits: Limits
