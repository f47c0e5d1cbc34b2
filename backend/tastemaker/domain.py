"""The nouns of the studio as frozen dataclasses: what every room passes to the next.

Knows no HTTP, no database, no torch and does no I/O. Names are those of the field
(diffusers' argument names) and are the same in the database, the API and the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Self, TypeAlias, TypeGuard, TypeVar

MAX_SEED = 2**63 - 1
# Latent consistency models are distilled at this many timesteps, and there are no steps between.
MAX_LCM_STEPS = 50
LOCAL_OWNER_ID = 1
TRAINING_METHODS = ("full", "lora", "preference")


class Sampler(StrEnum):
    """How the denoising differential equation is integrated."""

    EULER = "euler"
    EULER_A = "euler_a"
    HEUN = "heun"
    LMS = "lms"
    DDIM = "ddim"
    DDPM = "ddpm"
    PNDM = "pndm"
    DPMPP_2M = "dpmpp_2m"
    DPMPP_2M_SDE = "dpmpp_2m_sde"
    DPMPP_SDE = "dpmpp_sde"
    UNIPC = "unipc"
    LCM = "lcm"


class Schedule(StrEnum):
    """How the noise levels (sigmas) are spaced over the steps."""

    NORMAL = "normal"
    KARRAS = "karras"
    EXPONENTIAL = "exponential"
    SGM_UNIFORM = "sgm_uniform"
    AYS = "ays"


class JobKind(StrEnum):
    """What a job makes."""

    GENERATE = "generate"
    VARIATIONS = "variations"
    RETRAIN = "retrain"

    @property
    def draws(self) -> bool:
        """Whether it makes pictures, rather than a version of a model."""
        return self is not JobKind.RETRAIN


class DataSource(StrEnum):
    """What a training learns from: the ratings in the gallery, a dataset, or both together."""

    FEEDBACK = "feedback"
    DATASET = "dataset"
    BOTH = "both"


class JobState(StrEnum):
    """Where a job is in its life: queued → running → one of the three ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


class ModelState(StrEnum):
    """Whether a model can draw."""

    READY = "ready"
    NOT_DOWNLOADED = "not_downloaded"
    DOWNLOADING = "downloading"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Everything that determines the pictures of one job.

    Image ``i`` of the job is drawn with seed ``(seed + i) mod 2**63``. ``init_image`` is the
    content address (``sha256:<hex>``) of the picture a variation starts from; ``strength`` in
    (0, 1] says how much of it is redrawn (1 = everything). Both are ``None`` for text to image.
    """

    prompt: str
    model: str
    width: int
    height: int
    num_inference_steps: int
    guidance_scale: float
    seed: int
    sampler: Sampler
    schedule: Schedule
    negative_prompt: str = ""
    num_images: int = 1
    strength: float | None = None
    init_image: str | None = None
    parent_id: int | None = None

    def seed_of(self, index: int) -> int:
        """The seed of the ``index``-th image of this request, in 0…2^63-1."""
        return (self.seed + index) % (MAX_SEED + 1)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary that `from_dict` turns back into an equal request."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`; keys that this version doesn't know are ignored."""
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known["sampler"] = Sampler(known["sampler"])
        known["schedule"] = Schedule(known["schedule"])
        return cls(**known)


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """Everything that determines one training: the ``name`` of its run and version, and the data.

    ``model`` is what it goes on from. ``dataset`` is a hub id or a path, only with a source that
    has one. ``method`` is full, lora, preference or auto (the number of ratings decides).
    ``changes`` are settings that differ from the method's defaults, named as in `TrainingOptions`.
    ``captions`` are edits by key of the example; ``None`` leaves one out. ``activate`` switches the
    version on if it came out better than ``model``.
    """

    name: str
    model: str
    source: DataSource = DataSource.FEEDBACK
    dataset: str | None = None
    method: str = "auto"
    changes: Mapping[str, Any] = field(default_factory=dict)
    captions: Mapping[str, str | None] = field(default_factory=dict)
    activate: bool = False

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary that `from_dict` turns back into an equal request."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`; keys that this version doesn't know are ignored."""
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        return cls(**{**known, "source": DataSource(known["source"])})


RequestT = TypeVar("RequestT", GenerationRequest, TrainingRequest)


@dataclass(frozen=True, slots=True)
class Job(Generic[RequestT]):
    """One row of ``jobs``: the truth about a piece of work.

    ``error`` is a sentence for people: what happened and what to do. ``image_ids`` are the
    pictures finished so far, in the order of their index within the request. ``attempts`` counts
    how often a worker took it, ``crashes`` how often a worker died of itself while it had it.
    """

    id: str
    kind: JobKind
    state: JobState
    request: RequestT
    created_at: datetime
    attempts: int = 0
    crashes: int = 0
    cancel_requested: bool = False
    pause_requested: bool = False
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    image_ids: tuple[int, ...] = ()
    owner_id: int = LOCAL_OWNER_ID

    @property
    def paused(self) -> bool:
        """Whether it waits until somebody lets it go on."""
        return self.state is JobState.QUEUED and self.pause_requested


DrawingJob: TypeAlias = Job[GenerationRequest]
TrainingJob: TypeAlias = Job[TrainingRequest]
AnyJob: TypeAlias = DrawingJob | TrainingJob


def is_drawing(job: AnyJob) -> TypeGuard[DrawingJob]:
    """Whether the job makes pictures."""
    return job.kind.draws


def is_training(job: AnyJob) -> TypeGuard[TrainingJob]:
    """Whether the job makes a version of a model."""
    return not job.kind.draws


@dataclass(frozen=True, slots=True)
class NewImage:
    """A finished picture on its way into the gallery.

    ``content`` and ``thumbnail`` are content addresses of blobs that are already stored.
    ``flagged`` is the safety checker's reason when the picture was blurred, else ``None``.
    ``params`` holds every sampling parameter needed to redraw it.
    """

    prompt: str
    negative_prompt: str
    seed: int
    params: Mapping[str, Any]
    width: int
    height: int
    model: str
    content: str
    thumbnail: str | None = None
    parent_id: int | None = None
    job_id: str | None = None
    batch_index: int = 0
    flagged: str | None = None
    owner_id: int = LOCAL_OWNER_ID


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One picture of the gallery. ``feedback`` is -1, 0 or 1. Times are UTC and aware.

    ``unreadable`` says why the picture can't be shown; ``content`` is then empty, both sizes 0.
    """

    id: int
    prompt: str
    negative_prompt: str
    seed: int | None
    params: Mapping[str, Any]
    feedback: int
    created_at: datetime
    width: int
    height: int
    model: str
    content: str
    thumbnail: str | None = None
    parent_id: int | None = None
    job_id: str | None = None
    batch_index: int = 0
    title: str = ""
    tags: tuple[str, ...] = ()
    flagged: str | None = None
    deleted_at: datetime | None = None
    owner_id: int = LOCAL_OWNER_ID
    unreadable: str | None = None


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
class TrainingDefaults:
    """How a model is best retrained, in its maker's opinion.

    ``method`` is one of `TRAINING_METHODS`; ``None`` leaves the choice to the number of ratings.
    ``settings`` are, by method, those that differ from the method's own, named as in
    `TrainingOptions`.
    """

    method: str | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


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
    training: TrainingDefaults = TrainingDefaults()
    vocabulary: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the browser hears of it.

    ``type`` is one of ``job`` (a state change), ``progress``, ``preview``, ``image``, ``training``
    (how far a training is), ``model``.
    ``data`` is JSON-ready. ``job_id`` is ``None`` for events that belong to no job.
    """

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    job_id: str | None = None
