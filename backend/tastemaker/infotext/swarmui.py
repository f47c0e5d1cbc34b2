"""SwarmUI: JSON with ``sui_image_params`` where A1111 has its infotext."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tastemaker.infotext import a1111
from tastemaker.infotext.json_text import parse_object
from tastemaker.infotext.reading import Dialect, Reading

_ROOT = "sui_image_params"
_TAKEN = {
    "steps": "num_inference_steps",
    "cfgscale": "guidance_scale",
    "seed": "seed",
    "width": "width",
    "height": "height",
    "initimagecreativity": "strength",
}
_SAMPLERS = ("sampler", "comfyuisampler", "comfysampler", "autowebuisampler")
_SCHEDULES = ("scheduler", "comfyuischeduler", "comfyscheduler", "autowebuischeduler")
_ELSEWHERE = frozenset(
    {"prompt", "negativeprompt", "model", "loras", "loraweights", "swarm_version", "aspectratio"}
    | {"images", "automaticvae", "personalnote", *_SAMPLERS, *_SCHEDULES}
)


def read(texts: Mapping[str, str]) -> Reading | None:
    """What SwarmUI wrote; ``None`` if it didn't."""
    data = parse_object(texts.get(a1111.KEY, ""))
    params = None if data is None else data.get(_ROOT)
    if not isinstance(params, dict):
        return None
    said: dict[str, Any] = {str(key).lower(): value for key, value in params.items()}
    return Reading(
        Dialect.SWARMUI,
        prompt=_text(said.get("prompt")),
        negative_prompt=_text(said.get("negativeprompt")),
        values={ours: said[key] for key, ours in _TAKEN.items() if said.get(key) is not None},
        sampler=_first(said, _SAMPLERS),
        schedule=_first(said, _SCHEDULES),
        model=_text(said.get("model")) or None,
        loras=_loras(said.get("loras"), said.get("loraweights")),
        rest=tuple(
            (key, value)
            for key, value in said.items()
            if key not in _ELSEWHERE and key not in _TAKEN and value not in (None, "", [], False)
        ),
    )


def _loras(names: object, weights: object) -> tuple[tuple[str, Any], ...]:
    if not isinstance(names, list):
        return ()
    given = weights if isinstance(weights, list) else []
    return tuple((str(n), given[i] if i < len(given) else 1) for i, n in enumerate(names))


def _first(said: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((said[key] for key in keys if isinstance(said.get(key), str) and said[key]), None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
