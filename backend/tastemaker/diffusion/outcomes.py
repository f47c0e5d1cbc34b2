"""What the engine tells about its work, as frozen dataclasses. Knows nothing of who listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tastemaker.errors import TastemakerError

EAGER = "torch"
"""The kind of a U-Net that torch evaluates as it is."""


IP_ADAPTER, STATISTICS = "ip-adapter", "statistics"
"""How a picture's look was taken over, as records say."""


@dataclass(frozen=True, slots=True)
class Evaluations:
    """``count`` U-Net evaluations in a row, of ``rows`` rows at once, ``by`` a U-Net of that kind.

    An image's bits depend on these (and on nothing else of its company).
    """

    rows: int
    count: int
    by: str = EAGER


@dataclass(frozen=True, slots=True)
class Progress:
    """An image has done ``step`` of ``total_steps`` steps (0 … total)."""

    job_id: str
    image_index: int
    step: int
    total_steps: int


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What an unfinished image is about to look like: RGB, at most 128 pixels per side."""

    job_id: str
    image_index: int
    step: int
    image: Image.Image


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A finished RGB image.

    ``flagged`` is the safety checker's reason if the image was blurred. ``dropped_tokens`` counts
    the tokens of the prompt that didn't fit into the text encoder. ``evaluations``, ``place`` (of
    `tastemaker.diffusion.environment`) and ``model_hash`` (empty when unknown) are what it takes to
    draw the very same again.
    """

    job_id: str
    image_index: int
    seed: int
    image: Image.Image
    flagged: str | None
    device: str
    dtype: str
    dropped_tokens: int = 0
    evaluations: tuple[Evaluations, ...] = ()
    place: Mapping[str, Any] = field(default_factory=dict)
    model_hash: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Failed:
    """The job will bring no more images, and why. Other jobs are unaffected."""

    job_id: str
    error: TastemakerError


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was stopped on request; images finished before stay valid."""

    job_id: str


Outcome = Progress | Preview | Finished | Failed | Cancelled
