"""The model: what the registry knows of it, and what it draws with by default."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tastemaker.domain.retraining import TrainingDefaults
from tastemaker.domain.sampling import Sampler, Schedule


class ModelState(StrEnum):
    """Whether a model can draw."""

    READY = "ready"
    NOT_DOWNLOADED = "not_downloaded"
    DOWNLOADING = "downloading"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class GenerationDefaults:
    """What a model draws with when the request doesn't say."""

    width: int
    height: int
    num_inference_steps: int
    guidance_scale: float
    sampler: Sampler
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far a download is. ``eta_seconds`` and ``total_bytes`` are ``None`` while unknown."""

    downloaded_bytes: int
    total_bytes: int | None = None
    eta_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model of the registry.

    ``name`` identifies it everywhere (URL-safe); ``source`` is where it comes from (a hub id, or
    ``"embedded"``). ``defaults`` and ``size_multiple`` (pixels: width and height must be
    multiples of it) are known only once the files are there. ``family`` is for people, ``base`` of
    a LoRA file the model that it is put on;
    ``own_sampler`` says that only its own pipeline draws with it, one picture at a time, with its
    own scheduler in place of sampler and schedule. ``vocabulary`` is the file in its folder that
    says what it can draw, if it knows only so much. ``error`` says why and what to do.
    """

    name: str
    title: str
    source: str
    state: ModelState
    active: bool = False
    path: str | None = None
    defaults: GenerationDefaults | None = None
    size_multiple: int = 8
    max_size: int = 1024
    notice: str | None = None
    example_prompts: tuple[str, ...] = ()
    family: str | None = None
    base: str | None = None
    own_sampler: bool = False
    trainable: bool = True
    progress: DownloadProgress | None = None
    error: str | None = None
    size_bytes: int | None = None
    has_safety_checker: bool = False
    training: TrainingDefaults = field(default_factory=TrainingDefaults)
    vocabulary: str | None = None
