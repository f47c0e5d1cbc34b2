"""What was read in a picture, before and after it is held to what can be drawn here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tastemaker.domain import Sampler, Schedule

MAX_SHOWN = 300


class Dialect(StrEnum):
    """Whose way of writing settings into a picture it is."""

    TASTEMAKER = "tastemaker"
    A1111 = "a1111"
    COMFYUI = "comfyui"
    INVOKEAI = "invokeai"
    SWARMUI = "swarmui"
    FOOOCUS = "fooocus"

    @property
    def label(self) -> str:
        """The program's name as its makers write it."""
        return _TITLES[self]


_TITLES = {
    Dialect.TASTEMAKER: "Tastemaker",
    Dialect.A1111: "AUTOMATIC1111",
    Dialect.COMFYUI: "ComfyUI",
    Dialect.INVOKEAI: "InvokeAI",
    Dialect.SWARMUI: "SwarmUI",
    Dialect.FOOOCUS: "Fooocus",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture says, in the words of the program that wrote it; nothing is checked yet.

    ``values`` are under our names (``width``, ``num_inference_steps``, …) and may be of any type.
    ``sampler`` and ``schedule`` are the other program's names. ``loras`` are names with a weight.
    ``rest`` is what has no place here, ``record`` our own record as it was written.
    """

    dialect: Dialect
    prompt: str = ""
    negative_prompt: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    sampler: str | None = None
    schedule: str | None = None
    model: str | None = None
    loras: tuple[tuple[str, Any], ...] = ()
    rest: tuple[tuple[str, Any], ...] = ()
    record: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something the picture says that can't be taken over, and why, in a sentence."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """Settings that can be drawn with here; ``None`` is what the picture doesn't say.

    ``model`` is the name of a model that is here. ``model_text`` is what the picture calls its
    model, known here or not.
    """

    dialect: Dialect
    prompt: str
    negative_prompt: str
    width: int | None = None
    height: int | None = None
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    seed: int | None = None
    strength: float | None = None
    sampler: Sampler | None = None
    schedule: Schedule | None = None
    model: str | None = None
    model_text: str = ""
    unmapped: tuple[Unmapped, ...] = ()


def shown(value: object) -> str:
    """Any value as a short text for people."""
    text = value if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
