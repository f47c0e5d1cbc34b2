"""InvokeAI: ``invokeai_metadata`` (since version 3) and ``sd-metadata`` (before it), both JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tastemaker.infotext.json_text import parse_object
from tastemaker.infotext.reading import Dialect, Reading

_NEW, _OLD = "invokeai_metadata", "sd-metadata"
_TAKEN = {
    "steps": "num_inference_steps",
    "cfg_scale": "guidance_scale",
    "seed": "seed",
    "width": "width",
    "height": "height",
    "strength": "strength",
}
_ELSEWHERE = frozenset(
    {"positive_prompt", "negative_prompt", "scheduler", "sampler", "model", "loras", "app_version"}
    | {"generation_mode", "rand_device", "type", "prompt", "_canvas_objects", "canvas_v2_metadata"}
    | {"seamless_x", "seamless_y", "perlin", "threshold", "postprocessing"}
)
_NEGATIVE = re.compile(r"\[([^\[\]]*)\]")


def read(texts: Mapping[str, str]) -> Reading | None:
    """What InvokeAI wrote; ``None`` if it didn't."""
    said = parse_object(texts.get(_NEW, ""))
    if said is not None and ("positive_prompt" in said or "seed" in said):
        prompt, negative = _text(said.get("positive_prompt")), _text(said.get("negative_prompt"))
        return _reading(said, prompt, negative, _text(said.get("scheduler")), said.get("model"))
    outer = parse_object(texts.get(_OLD, ""))
    image = None if outer is None else outer.get("image")
    if outer is None or not isinstance(image, dict):
        return None
    whole = _old_prompt(image.get("prompt"))
    # In those days a negative prompt stood in square brackets within the prompt.
    negative = ", ".join(part.strip() for part in _NEGATIVE.findall(whole) if part.strip())
    prompt = " ".join(_NEGATIVE.sub("", whole).split()).strip(" ,")
    return _reading(
        image, prompt, negative, _text(image.get("sampler")), outer.get("model_weights")
    )


def _reading(
    said: Mapping[str, Any], prompt: str, negative: str, sampler: str, model: object
) -> Reading:
    # Its schedulers are sampler and spacing in one name: "euler_k" is Euler with Karras' noise.
    return Reading(
        Dialect.INVOKEAI,
        prompt=prompt,
        negative_prompt=negative,
        values={ours: said[key] for key, ours in _TAKEN.items() if said.get(key) is not None},
        sampler=sampler or None,
        model=_name(model),
        loras=_loras(said.get("loras")),
        rest=tuple(
            (key, value)
            for key, value in said.items()
            if key not in _ELSEWHERE and key not in _TAKEN and value not in (None, "", [], 0, False)
        ),
    )


def _name(model: object) -> str | None:
    if isinstance(model, dict):
        return _text(model.get("name")) or _text(model.get("model_name")) or None
    return _text(model) or None


def _loras(listed: object) -> tuple[tuple[str, Any], ...]:
    if not isinstance(listed, list):
        return ()
    found = []
    for one in listed:
        if isinstance(one, dict):
            name = _name(one.get("model") or one.get("lora"))
            found.append((name or "a LoRA without a name", one.get("weight", 1)))
    return tuple(found)


def _old_prompt(value: object) -> str:
    if isinstance(value, list):
        parts = [_text(one.get("prompt")) for one in value if isinstance(one, dict)]
        return ", ".join(part for part in parts if part)
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
