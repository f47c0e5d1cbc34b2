"""The lines of a ``metadata.jsonl``: one JSON object per picture, named by ``file_name``.

Columns have one type each, so that any reader of tables takes them; our whole record is one more
column, as text. Lines of other programs are understood by the usual names of their columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from tastemaker.domain import MAX_SEED, ImageRecord
from tastemaker.infotext import record
from tastemaker.infotext.json_text import parse_object
from tastemaker.infotext.record import PictureRecord, of_image

FILE = "metadata.jsonl"
MAX_LINE = 4 * 1024 * 1024
_FILE_NAME = "file_name"
_CAPTIONS = ("text", "prompt", "caption", "description")
_RATINGS = ("feedback", "rating")


def line_of(image: ImageRecord, file_name: str) -> str:
    """The line of a picture of the gallery, with its line break."""
    told = of_image(image)
    params = told.params
    line: dict[str, Any] = {
        _FILE_NAME: file_name,
        "text": told.prompt,
        "negative_prompt": told.negative_prompt,
        "feedback": told.feedback,
        "seed": told.seed,
        "width": told.width,
        "height": told.height,
        "model": told.model,
        "num_inference_steps": _of_type(params.get("num_inference_steps"), int),
        "guidance_scale": _real(params.get("guidance_scale")),
        "sampler": _of_type(params.get("sampler"), str),
        "schedule": _of_type(params.get("schedule"), str),
        "title": told.title,
        "tags": list(told.tags),
        "created_at": image.created_at.isoformat(),
        record.KEY: told.to_json(),
    }
    text = json.dumps(line, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode() + "\n"


def read_lines(lines: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The objects by the path of their picture; lines that are none are passed over."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in lines:
        data = parse_object(line) if len(line) <= MAX_LINE else None
        name = None if data is None else data.get(_FILE_NAME)
        if data is not None and isinstance(name, str) and name:
            found[normal(name)] = data
    return found


def normal(name: str) -> str:
    """One spelling for each path: no leading ``./``, forward slashes."""
    return str(PurePosixPath(name.replace("\\", "/")))


def whole_record(line: Mapping[str, Any]) -> PictureRecord | None:
    """Our own record in a line of one of our exports."""
    text = line.get(record.KEY)
    data = parse_object(text) if isinstance(text, str) else None
    found = None if data is None else record.from_dict(data)
    if found is None:
        return None
    # A rating that was changed in the table is meant to count.
    rated = _rating(line)
    return found if rated is None else replace(found, feedback=rated)


def add_columns(told: PictureRecord, line: Mapping[str, Any]) -> PictureRecord:
    """What the columns of another program's line say, put over what the picture says itself."""
    changes: dict[str, Any] = {}
    caption = next((line[n] for n in _CAPTIONS if isinstance(line.get(n), str) and line[n]), None)
    if caption is not None:
        changes["prompt"] = caption
    for name in ("negative_prompt", "title", "model"):
        if isinstance(line.get(name), str) and line[name]:
            changes[name] = line[name]
    seed = line.get("seed")
    if type(seed) is int and 0 <= seed <= MAX_SEED:
        changes["seed"] = seed
    tags = line.get("tags")
    if isinstance(tags, list):
        changes["tags"] = tuple(tag for tag in tags if isinstance(tag, str))
    rated = _rating(line)
    if rated is not None:
        changes["feedback"] = rated
    return replace(told, **changes)


def _rating(line: Mapping[str, Any]) -> int | None:
    found = next((line[name] for name in _RATINGS if line.get(name) is not None), None)
    return found if type(found) is int and found in (-1, 0, 1) else None


def _of_type(value: object, kind: type) -> Any:
    return value if type(value) is kind else None


def _real(value: object) -> float | None:
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if whole else None  # type: ignore[arg-type]
