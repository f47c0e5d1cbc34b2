"""How rows become `ImageRecord` and `Job`, and a `NewImage` becomes a row. Knows no rules.

Rows may come from another program, so reading is forgiving: a value that can't be understood never
hides the picture.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from tastemaker.domain import (
    MAX_SEED,
    AnyJob,
    GenerationRequest,
    ImageRecord,
    Job,
    JobKind,
    JobState,
    NewImage,
    TrainingRequest,
)
from tastemaker.storage.blobs import is_address
from tastemaker.storage.tables import UNKNOWN_TIME, images, preferences

MAX_ID = 2**63 - 1

# Everything but the base64 that an unadopted row still holds.
COLUMNS = (
    *(column for column in images.c if column.name != "image_data"),
    func.substr(images.c.image_data, 1, 80).label("image_data"),
)
NOT_ADOPTED = (
    "This picture was added by another program while Tastemaker was running."
    " Restart Tastemaker to take it in."
)


def to_record(row: Row[Any]) -> ImageRecord:
    """The picture that a row of `COLUMNS` describes."""
    content = row.image_data if is_address(row.image_data) else ""
    unreadable = row.unreadable or (NOT_ADOPTED if not content else None)
    return ImageRecord(
        id=row.id,
        prompt=_text(row.prompt),
        negative_prompt=_text(row.negative_prompt),
        seed=row.seed if isinstance(row.seed, int) and 0 <= row.seed <= MAX_SEED else None,
        params=read_params(row.params),
        feedback=row.feedback if row.feedback in (-1, 0, 1) else 0,
        created_at=row.created_at or UNKNOWN_TIME,
        width=row.width or 0,
        height=row.height or 0,
        model=_text(row.model),
        content=content,
        thumbnail=row.thumbnail if is_address(row.thumbnail) else None,
        parent_id=row.parent_id,
        job_id=row.job_id,
        batch_index=row.batch_index,
        title=_text(row.title),
        tags=_read_tags(row.tags),
        flagged=row.flagged,
        deleted_at=row.deleted_at,
        owner_id=row.owner_id,
        unreadable=unreadable,
    )


_INSERT_IMAGE = insert(images).returning(images.c.id)


def insert_image(connection: Connection, image: NewImage, created_at: datetime) -> int:
    """Insert the row and return its id. A parent that is gone meanwhile is left out."""
    parent_id = image.parent_id
    if parent_id is not None:
        parent_id = connection.scalar(select(images.c.id).where(images.c.id == parent_id))
    values = {
        "prompt": image.prompt,
        "image_data": image.content,
        "created_at": created_at,
        "seed": image.seed,
        "params": json.dumps(dict(image.params), ensure_ascii=False),
        "feedback": 0,
        "owner_id": image.owner_id,
        "negative_prompt": image.negative_prompt,
        "width": image.width,
        "height": image.height,
        "model": image.model,
        "parent_id": parent_id,
        "job_id": image.job_id,
        "batch_index": image.batch_index,
        "flagged": image.flagged,
        "thumbnail": image.thumbnail,
    }
    return int(connection.execute(_INSERT_IMAGE, values).scalar_one())


def read_pairs(connection: Connection, owner_id: int) -> tuple[tuple[int, int], ...]:
    """Ids of a preferred and a rejected picture, the oldest choice first."""
    query = (
        select(preferences.c.preferred_id, preferences.c.rejected_id)
        .where(preferences.c.owner_id == owner_id)
        .order_by(preferences.c.id)
    )
    return tuple((row.preferred_id, row.rejected_id) for row in connection.execute(query))


_DRAWN = (
    select(images.c.job_id, images.c.id)
    .where(images.c.job_id.in_(bindparam("job_ids", expanding=True)))
    .order_by(images.c.job_id, images.c.batch_index)
)


def to_jobs(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[AnyJob, ...]:
    """The jobs that full rows of ``jobs`` describe, with the pictures they have by now."""
    drawn: dict[str, tuple[int, ...]] = {}
    for job_id, image_id in connection.execute(_DRAWN, {"job_ids": [row.id for row in rows]}):
        drawn[job_id] = (*drawn.get(job_id, ()), image_id)
    return tuple(_to_job(row, drawn.get(row.id, ())) for row in rows)


def new_job(row: Row[Any]) -> AnyJob:
    """The job that a full row of ``jobs`` describes, when it can't have pictures yet."""
    return _to_job(row, ())


def _to_job(row: Row[Any], image_ids: tuple[int, ...]) -> AnyJob:
    request = json.loads(row.request)
    common: dict[str, Any] = {
        "id": row.id,
        "kind": JobKind(row.kind),
        "state": JobState(row.state),
        "created_at": row.created_at,
        "attempts": row.attempts,
        "crashes": row.crashes,
        "cancel_requested": bool(row.cancel_requested),
        "pause_requested": bool(row.pause_requested),
        "error": row.error,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "image_ids": image_ids,
        "owner_id": row.owner_id,
        "batch_id": row.batch_id,
    }
    if common["kind"].draws:
        return Job(request=GenerationRequest.from_dict(request), **common)
    return Job(request=TrainingRequest.from_dict(request), **common)


def read_params(value: object) -> Mapping[str, Any]:
    """The sampling parameters; text that is no JSON object is kept under ``"text"``.

    The result can always be written as strict JSON: NaN and infinities become ``None``.
    """
    if value is None or value == "":
        return {}
    text = _text(value)
    try:
        found = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return {"text": text}
    return found if isinstance(found, dict) else {"text": text}


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _read_tags(value: object) -> tuple[str, ...]:
    try:
        found = json.loads(_text(value))
    except (ValueError, RecursionError):
        return ()
    return tuple(tag for tag in found if isinstance(tag, str)) if isinstance(found, list) else ()


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
