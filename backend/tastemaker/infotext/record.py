"""Our own record of a picture: everything that a row of the gallery says, as JSON.

It lies in the picture under `KEY` (a PNG text chunk, an XMP property elsewhere) and, one per line,
in the ``metadata.jsonl`` of an export.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from tastemaker.domain import MAX_SEED, GenerationRequest, ImageRecord
from tastemaker.infotext.json_text import parse_object
from tastemaker.infotext.reading import Dialect, Reading

KEY = "tastemaker"
FORMAT = 1
# What a request says that isn't a sampling parameter: it has a place of its own in the record.
_NOT_PARAMS = frozenset(
    {"prompt", "prompts", "negative_prompt", "seed", "model", "num_images", "parent_id"}
)
_SIZE = frozenset({"width", "height"})
# XML allows none of these, JSON may write all of them as \uXXXX.
_ESCAPED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_PASSED_ON = ("num_inference_steps", "guidance_scale", "strength")


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """One picture without its pixels. ``content`` is the content address of the stored file."""

    prompt: str
    negative_prompt: str
    seed: int | None
    width: int
    height: int
    model: str
    params: Mapping[str, Any] = field(default_factory=dict)
    feedback: int = 0
    title: str = ""
    tags: tuple[str, ...] = ()
    created_at: datetime | None = None
    flagged: str | None = None
    content: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` is the inverse."""
        found = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        found["params"] = dict(self.params)
        found["tags"] = list(self.tags)
        found["created_at"] = None if self.created_at is None else self.created_at.isoformat()
        return {"format": FORMAT, **found}

    def to_json(self) -> str:
        """One line of JSON that may stand in any text chunk and, with < > & escaped, in XML."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, separators=(", ", ": "))
        return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def of_image(image: ImageRecord) -> PictureRecord:
    """The record of a picture of the gallery."""
    return PictureRecord(
        prompt=image.prompt,
        negative_prompt=image.negative_prompt,
        seed=image.seed,
        width=image.width,
        height=image.height,
        model=image.model,
        params=image.params,
        feedback=image.feedback,
        title=image.title,
        tags=image.tags,
        created_at=image.created_at,
        flagged=image.flagged,
        content=image.content or None,
    )


def of_request(request: GenerationRequest, seed: int) -> PictureRecord:
    """The record of a picture that was drawn just now; equal requests give equal records.

    The size at which it was drawn stands among the parameters where the picture has another.
    """
    said = request.to_dict()
    width, height = request.final_size
    own: frozenset[str] = (
        frozenset() if (width, height) != (request.width, request.height) else _SIZE
    )
    return PictureRecord(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        seed=seed,
        width=width,
        height=height,
        model=request.model,
        params={
            name: value
            for name, value in said.items()
            if name not in _NOT_PARAMS | own and value is not None
        },
    )


def from_dict(data: Mapping[str, Any]) -> PictureRecord | None:
    """The record that ``data`` describes, forgiving what can be forgiven; ``None`` if it is none.

    Records of versions before `FORMAT` held the request itself, with its parameters beside the
    prompt.
    """
    prompt = data.get("prompt")
    if not isinstance(prompt, str):
        return None
    params = data.get("params")
    if not isinstance(params, Mapping):
        outside = _NOT_PARAMS | _SIZE | {spec.name for spec in fields(PictureRecord)} | {"format"}
        params = {n: v for n, v in data.items() if n not in outside and v is not None}
    feedback = data.get("feedback")
    tags = data.get("tags")
    return PictureRecord(
        prompt=prompt,
        negative_prompt=_text(data.get("negative_prompt")),
        seed=_whole(data.get("seed"), MAX_SEED),
        width=_whole(data.get("width"), 2**31) or 0,
        height=_whole(data.get("height"), 2**31) or 0,
        model=_text(data.get("model")),
        params=dict(params),
        feedback=feedback if type(feedback) is int and feedback in (-1, 1) else 0,
        title=_text(data.get("title")),
        tags=tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else (),
        created_at=_time(data.get("created_at")),
        flagged=_text(data.get("flagged")) or None,
        content=_text(data.get("content")) or None,
    )


def read(texts: Mapping[str, str]) -> Reading | None:
    """What our own record says."""
    data = parse_object(texts.get(KEY, ""))
    record = None if data is None else from_dict(data)
    if data is None or record is None:
        return None
    params = record.params
    values = {name: params[name] for name in _PASSED_ON if params.get(name) is not None}
    # An edit's own size is its picture's; what has a second pass is asked for at its first size.
    first = params if isinstance(params.get("hires"), Mapping) else {}
    sizes = {
        "width": first.get("width", record.width) or None,
        "height": first.get("height", record.height) or None,
        "seed": record.seed,
    }
    return Reading(
        Dialect.TASTEMAKER,
        prompt=record.prompt,
        negative_prompt=record.negative_prompt,
        values={**values, **{name: value for name, value in sizes.items() if value is not None}},
        sampler=_text(params.get("sampler")) or None,
        schedule=_text(params.get("schedule")) or None,
        model=record.model or None,
        record=data,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object, most: int) -> int | None:
    return value if type(value) is int and 0 <= value <= most else None


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
