"""Fooocus in its own scheme: flat JSON where A1111 has its infotext. (Its other scheme is A1111's.)

In JPEG and WebP it writes the same JSON as UserComment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tastemaker.infotext import a1111
from tastemaker.infotext.json_text import parse_object
from tastemaker.infotext.reading import Dialect, Reading

_MARKS = ("base_model", "performance", "metadata_scheme", "full_prompt", "sharpness")
_TAKEN = {
    "steps": "num_inference_steps",
    "guidance_scale": "guidance_scale",
    "seed": "seed",
    "width": "width",
    "height": "height",
}
_ELSEWHERE = frozenset(
    {"prompt", "negative_prompt", "full_prompt", "full_negative_prompt", "prompt_expansion"}
    | {"raw_prompt", "raw_negative_prompt", "resolution", "sampler", "scheduler", "base_model"}
    | {"base_model_hash", "loras", "metadata_scheme", "version", "created_by"}
)
_SIZE = re.compile(r"\(?\s*(\d{1,6})\s*[,x×*]\s*(\d{1,6})\s*\)?")
_NOTHING: tuple[object, ...] = (None, "", "None", [], "[]", False)


def read(texts: Mapping[str, str]) -> Reading | None:
    """What Fooocus wrote; ``None`` if it didn't."""
    said = parse_object(texts.get(a1111.KEY, ""))
    if said is None or "prompt" not in said or not any(mark in said for mark in _MARKS):
        return None
    values: dict[str, Any] = {
        ours: said[key] for key, ours in _TAKEN.items() if said.get(key) is not None
    }
    size = _SIZE.fullmatch(str(said.get("resolution", "")).strip()[:40])
    if size is not None:
        values["width"], values["height"] = size[1], size[2]
    return Reading(
        Dialect.FOOOCUS,
        prompt=_text(said.get("prompt")),
        negative_prompt=_text(said.get("negative_prompt")),
        values=values,
        sampler=_text(said.get("sampler")) or None,
        schedule=_text(said.get("scheduler")) or None,
        model=_text(said.get("base_model")) or None,
        loras=_loras(said),
        rest=tuple(
            (key, value)
            for key, value in said.items()
            if key not in _ELSEWHERE
            and key not in _TAKEN
            and not key.startswith("lora_combined_")
            and value not in _NOTHING
        ),
    )


def _loras(said: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    listed = said.get("loras")
    if isinstance(listed, list) and listed:
        return tuple((str(one[0]), one[1]) for one in listed if isinstance(one, list) and one[1:])
    found = []
    for key, value in said.items():
        if key.startswith("lora_combined_") and isinstance(value, str) and " : " in value:
            name, weight = value.rsplit(" : ", 1)
            found.append((name.removeprefix("True : "), weight))
    return tuple(found)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
