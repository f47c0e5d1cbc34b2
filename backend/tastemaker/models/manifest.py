"""What a model folder says about itself: its defaults and limits, read from JSON files only.

Checks that every part needed to draw is there. Never opens a weights file and knows nothing
of the network or of which model is active.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from tastemaker.diffusion.families import INDEX_FILE, Family, check_parts, family_of
from tastemaker.diffusion.layout import read_json
from tastemaker.domain import (
    TRAINING_METHODS,
    GenerationDefaults,
    Sampler,
    Schedule,
    TrainingDefaults,
)
from tastemaker.errors import ModelBroken
from tastemaker.models.recommended import fit, recommended
from tastemaker.models.selection import CARD_FILE

_Choice = TypeVar("_Choice", Sampler, Schedule)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A complete model folder; sizes in pixels, ``size_bytes`` of all its files together.

    ``family`` is for people. ``own_sampler`` says that only its own pipeline draws with it, one
    picture at a time and with its own scheduler; ``trainable`` that it can be retrained.
    """

    title: str | None
    notice: str | None
    family: str
    own_sampler: bool
    trainable: bool
    defaults: GenerationDefaults
    size_multiple: int
    max_size: int
    example_prompts: tuple[str, ...]
    has_safety_checker: bool
    size_bytes: int
    training: TrainingDefaults
    vocabulary: str | None


def is_pipeline_folder(folder: Path) -> bool:
    """Whether the folder claims to hold a pipeline in diffusers layout."""
    return (folder / INDEX_FILE).is_file()


def read_manifest(folder: Path) -> Manifest:
    """Read and check a pipeline folder; a folder that didn't change since isn't read again.

    Raises:
        ModelBroken: naming the file that is missing or wrong and what to do about it.
    """
    try:
        return _read(folder, tuple(sorted(_files(folder))))
    except ModelBroken:
        raise
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelBroken(
            f"The configuration of the model in {folder.name!r} can't be understood ({error!r})."
        ) from error


def _files(folder: str | Path) -> Iterator[tuple[str, int, int]]:
    """Every file below with its time in ns and its size in bytes; asked for at each request."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            elif entry.is_file():
                found = entry.stat()
                yield entry.path, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=64)
def _read(folder: Path, fingerprint: tuple[tuple[str, int, int], ...]) -> Manifest:
    """The manifest of a folder whose files have these times (ns) and sizes (bytes)."""
    family = family_of(read_json(folder / INDEX_FILE))
    check_parts(folder, family)
    return _describe(folder, family, sum(size for _, _, size in fingerprint))


def _describe(folder: Path, family: Family, size_bytes: int) -> Manifest:
    suits = recommended(folder, family)
    multiple = suits.multiple
    card = _Card(folder)
    chosen = card.section("defaults")
    defaults = GenerationDefaults(
        width=chosen.whole("width", suits.width),
        height=chosen.whole("height", suits.height),
        num_inference_steps=chosen.whole("num_inference_steps", suits.num_inference_steps),
        guidance_scale=chosen.number("guidance_scale", suits.guidance_scale),
        sampler=chosen.one_of("sampler", Sampler, Sampler.DPMPP_2M),
        schedule=chosen.one_of("schedule", Schedule, Schedule.KARRAS),
    )
    for name, size in (("width", defaults.width), ("height", defaults.height)):
        if size % multiple:
            raise ModelBroken(
                f"{folder.name}/{CARD_FILE}: defaults.{name} is {size}, but this model draws only"
                f" multiples of {multiple} pixels."
            )
    largest = max(defaults.width, defaults.height)
    return Manifest(
        title=card.text("title"),
        notice=card.text("notice"),
        family=suits.family,
        own_sampler=not family.batched,
        trainable=family.trainable and not suits.inpainting,
        defaults=defaults,
        size_multiple=multiple,
        max_size=max(largest, fit(2 * largest, multiple)),
        example_prompts=card.texts("example_prompts"),
        has_safety_checker="safety_checker" in family.parts,
        size_bytes=size_bytes,
        training=_training(card.section("training")),
        vocabulary=card.file_name("vocabulary"),
    )


def _training(section: _Card) -> TrainingDefaults:
    """``method`` beside one object of settings per method."""
    return TrainingDefaults(section.choice("method", TRAINING_METHODS), section.sections())


class _Card:
    """The optional ``tastemaker.json``, with a clear error for each value of a wrong type."""

    def __init__(self, folder: Path, content: Mapping[str, Any] | None = None) -> None:
        self._folder = folder
        if content is None:
            path = folder / CARD_FILE
            content = read_json(path) if path.is_file() else {}
        self._content = content

    def section(self, key: str) -> _Card:
        value = self._content.get(key) or {}
        if not isinstance(value, dict):
            raise self._wrong(key, "an object")
        return _Card(self._folder, value)

    def sections(self) -> dict[str, dict[str, Any]]:
        """All objects in it, by key."""
        return {key: value for key, value in self._content.items() if isinstance(value, dict)}

    def text(self, key: str) -> str | None:
        value = self._content.get(key)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, "a text")
        return value or None

    def choice(self, key: str, allowed: tuple[str, ...]) -> str | None:
        value = self.text(key)
        if value not in (None, *allowed):
            raise self._wrong(key, "one of " + ", ".join(allowed))
        return value

    def file_name(self, key: str) -> str | None:
        """The name of a file beside the card."""
        value = self.text(key)
        if value is not None and (Path(value).name != value or "\\" in value):
            raise self._wrong(key, "the name of a file in the same folder")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._content.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, "a list of texts")
        return tuple(value)

    def whole(self, key: str, default: int) -> int:
        value = self._content.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self._wrong(key, "a positive whole number")
        return value

    def number(self, key: str, default: float) -> float:
        value = self._content.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise self._wrong(key, "a number from 0")
        return float(value)

    def one_of(self, key: str, kind: type[_Choice], default: _Choice) -> _Choice:
        value = self._content.get(key, default)
        if value not in [member.value for member in kind]:
            raise self._wrong(key, "one of " + ", ".join(member.value for member in kind))
        return kind(value)

    def _wrong(self, key: str, allowed: str) -> ModelBroken:
        return ModelBroken(f"{self._folder.name}/{CARD_FILE}: {key!r} must be {allowed}.")
