"""What a model folder says about itself: its defaults and limits, read from JSON files only.

Checks that every part needed to draw is there. Never opens a weights file and knows nothing
of the network or of which model is active.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tastemaker.domain import GenerationDefaults, Sampler, Schedule
from tastemaker.errors import ModelBroken
from tastemaker.models.selection import (
    CARD_FILE,
    CONFIG_FILE,
    INDEX_FILE,
    components,
    has_weights,
)

_Choice = TypeVar("_Choice", Sampler, Schedule)

_LARGEST_JSON = 16_000_000
_WEIGHT_STEMS = ("diffusion_pytorch_model", "model")
_VOCABULARIES = (("vocab.json", "merges.txt"), ("tokenizer.json",), ("spiece.model",))


@dataclass(frozen=True, slots=True)
class Manifest:
    """A complete model folder; sizes in pixels, ``size_bytes`` of all its files together."""

    title: str | None
    notice: str | None
    defaults: GenerationDefaults
    size_multiple: int
    max_size: int
    example_prompts: tuple[str, ...]
    has_safety_checker: bool
    size_bytes: int


def is_pipeline_folder(folder: Path) -> bool:
    """Whether the folder claims to hold a pipeline in diffusers layout."""
    return (folder / INDEX_FILE).is_file()


def read_manifest(folder: Path) -> Manifest:
    """Read and check a pipeline folder.

    Raises:
        ModelBroken: naming the file that is missing or wrong and what to do about it.
    """
    try:
        parts = components(_read_json(folder / INDEX_FILE))
        for name in parts:
            _check_component(folder / name)
        return _describe(folder, parts)
    except ModelBroken:
        raise
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelBroken(
            f"The configuration of the model in {folder.name!r} can't be understood ({error!r})."
        ) from error


def _describe(folder: Path, parts: Mapping[str, str]) -> Manifest:
    unet = _read_json(folder / "unet" / CONFIG_FILE)
    vae = _read_json(folder / "vae" / CONFIG_FILE)
    factor = 2 ** (len(vae["block_out_channels"]) - 1)
    multiple = factor * 2 ** (len(unet["block_out_channels"]) - 1)
    sample = unet.get("sample_size") or 64
    height, width = (sample, sample) if isinstance(sample, int) else (sample[0], sample[1])
    card = _Card(folder)
    chosen = card.section("defaults")
    defaults = GenerationDefaults(
        width=chosen.whole("width", _fit(width * factor, multiple)),
        height=chosen.whole("height", _fit(height * factor, multiple)),
        num_inference_steps=chosen.whole("num_inference_steps", 30),
        guidance_scale=chosen.number("guidance_scale", 7.5),
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
        defaults=defaults,
        size_multiple=multiple,
        max_size=max(largest, _fit(2 * largest, multiple)),
        example_prompts=card.texts("example_prompts"),
        has_safety_checker="safety_checker" in parts,
        size_bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    )


def _fit(size: int, multiple: int) -> int:
    """The nearest multiple that isn't larger, but at least one."""
    return max(multiple, size // multiple * multiple)


def _check_component(folder: Path) -> None:
    if not folder.is_dir():
        raise ModelBroken(f"The model's folder {folder.name!r} is missing; {_REFETCH}")
    if not has_weights(folder.name):
        if folder.name.startswith("tokenizer"):
            _check_tokenizer(folder)
        elif not any(folder.glob("*.json")):
            raise ModelBroken(f"The model has no configuration in {folder.name}/; {_REFETCH}")
        return
    if not (folder / CONFIG_FILE).is_file():
        raise ModelBroken(f"The model has no {folder.name}/{CONFIG_FILE}; {_REFETCH}")
    for stem in _WEIGHT_STEMS:
        if (folder / f"{stem}.safetensors").is_file():
            return
        shards = folder / f"{stem}.safetensors.index.json"
        if shards.is_file():
            _check_shards(folder, shards)
            return
    if any(folder.glob("*.bin")) or any(folder.glob("*.ckpt")):
        raise ModelBroken(
            f"The weights in {folder.name}/ are pickle files, which can run any code when they are"
            " opened, so they are refused. Use a copy of the model with safetensors."
        )
    raise ModelBroken(f"The model has no safetensors weights in {folder.name}/; {_REFETCH}")


_REFETCH = "delete the model's folder and download it again, or add what is missing."


def _check_shards(folder: Path, index: Path) -> None:
    for name in sorted(set(_read_json(index)["weight_map"].values())):
        if not re.fullmatch(r"[\w.-]+\.safetensors", name) or not (folder / name).is_file():
            raise ModelBroken(f"The weights file {folder.name}/{name} is missing; {_REFETCH}")


def _check_tokenizer(folder: Path) -> None:
    """A tokenizer without its vocabulary loads all the same and draws something else."""
    if not any(all((folder / name).is_file() for name in names) for names in _VOCABULARIES):
        raise ModelBroken(f"The tokenizer's vocabulary in {folder.name}/ is missing; {_REFETCH}")


def _read_json(path: Path) -> dict[str, Any]:
    where = f"{path.parent.name}/{path.name}"
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise ModelBroken(f"{where} is too large for a configuration file.")
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ModelBroken(f"The model's file {where} is missing; {_REFETCH}") from error
    except ValueError as error:
        raise ModelBroken(f"The model's file {where} is not JSON; {_REFETCH}") from error
    if not isinstance(content, dict):
        raise ModelBroken(f"The model's file {where} holds no JSON object; {_REFETCH}")
    return content


class _Card:
    """The optional ``tastemaker.json``, with a clear error for each value of a wrong type."""

    def __init__(self, folder: Path, content: Mapping[str, Any] | None = None) -> None:
        self._folder = folder
        if content is None:
            path = folder / CARD_FILE
            content = _read_json(path) if path.is_file() else {}
        self._content = content

    def section(self, key: str) -> _Card:
        value = self._content.get(key) or {}
        if not isinstance(value, dict):
            raise self._wrong(key, "an object")
        return _Card(self._folder, value)

    def text(self, key: str) -> str | None:
        value = self._content.get(key)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, "a text")
        return value or None

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
