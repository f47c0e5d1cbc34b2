"""What is done to pictures besides drawing them from text: fit, extend, redraw a part, enlarge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self


class ResizeMode(StrEnum):
    """How a picture of other proportions gets to a size.

    ``fit``: all of it inside, one side as its proportions ask. ``crop``: it fills the size, cut
    around its middle. ``pad``: all of it inside, the rest filled by its edge. ``stretch``: bent to
    the size.
    """

    FIT = "fit"
    CROP = "crop"
    PAD = "pad"
    STRETCH = "stretch"


class Upscaler(StrEnum):
    """How the first pass is enlarged for the second: its latents, or its pixels by Lanczos."""

    LATENT = "latent"
    LANCZOS = "lanczos"


@dataclass(frozen=True, slots=True)
class Hires:
    """A second pass at ``scale`` times the size (rounded to what the model can draw).

    ``strength`` in (0, 1] and ``num_inference_steps`` are those of image to image.
    """

    scale: float
    strength: float
    num_inference_steps: int
    upscaler: Upscaler

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `dataclasses.asdict`."""
        known = {f.name: data[f.name] for f in fields(cls)}
        return cls(**{**known, "upscaler": Upscaler(known["upscaler"])})


@dataclass(frozen=True, slots=True)
class StyleReference:
    """A picture whose look is to carry over to what is drawn, its content not.

    ``image`` is its content address, ``image_id`` its number where it is one of the gallery.
    ``strength`` in (0, 1] says how much of the look.
    """

    image: str
    strength: float
    image_id: int | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """Pixels to add on each side of a picture, none negative."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is added."""
        return not (self.left or self.top or self.right or self.bottom)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The extended picture's width and height."""
        return width + self.left + self.right, height + self.top + self.bottom


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture: pixels from ``left`` and ``top`` up to ``right`` and ``bottom``."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top
