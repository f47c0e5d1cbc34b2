"""What a gallery filter means in SQL: conditions, order and keyset paging over ``images``.

Each order is the order of an index, so a page costs the same wherever it is.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, false, func, select, tuple_
from sqlalchemy.sql.elements import KeyedColumnElement

from tastemaker.domain import ImageRecord
from tastemaker.errors import FieldError, InvalidInput
from tastemaker.storage.rows import COLUMNS, MAX_ID
from tastemaker.storage.search import matching, unindexed
from tastemaker.storage.tables import images

Sort = Literal["newest", "oldest", "best"]


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which pictures, and in which order. ``None`` means: doesn't matter.

    ``created_after`` is inclusive, ``created_before`` is not; both aware. ``rated`` means feedback
    other than 0. ``deleted`` shows the trash instead of the rest. ``best`` is the highest feedback
    first, then the newest.
    """

    q: str | None = None
    feedback: int | None = None
    rated: bool | None = None
    model: str | None = None
    seed: int | None = None
    min_width: int | None = None
    max_width: int | None = None
    min_height: int | None = None
    max_height: int | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    parent_id: int | None = None
    job_id: str | None = None
    deleted: bool = False
    sort: Sort = "newest"


@dataclass(frozen=True, slots=True)
class Page:
    """Some pictures, and the cursor of the next page if there is one."""

    items: tuple[ImageRecord, ...]
    next_cursor: str | None


class Listing:
    """The queries of one filter for one owner."""

    def __init__(self, f: ImageFilter, owner_id: int, *, few: bool = False) -> None:
        """``few``: the search finds so few rows that they are sorted (`search.finds_few`)."""
        self._sort: Sort = f.sort
        # Every listing's index begins with the owner: without that, the search's own ids lead.
        owner = unindexed(images.c.owner_id) if few else images.c.owner_id
        self._conditions = [owner == owner_id, *_conditions(f)]
        self._key: list[KeyedColumnElement[Any]] = [images.c.created_at, images.c.id]
        if f.sort == "best":
            self._key.insert(0, images.c.feedback)

    def page(self, cursor: str | None) -> Select[Any]:
        """Full rows (`rows.COLUMNS`) in order, from the start or after ``cursor``."""
        query = select(*COLUMNS).where(*self._conditions).order_by(*self._order(forward=True))
        if cursor is not None:
            query = query.where(self._beyond(self._read(cursor), forward=True))
        return query

    def count(self) -> Select[Any]:
        """How many rows there are."""
        return select(func.count()).select_from(images).where(*self._conditions)

    def beside(self, image: ImageRecord, *, after: bool) -> Select[Any]:
        """The id of the row next to ``image`` in this order."""
        return (
            select(images.c.id)
            .where(*self._conditions, self._beyond(self._key_of(image), forward=after))
            .order_by(*self._order(forward=after))
            .limit(1)
        )

    def cursor_after(self, image: ImageRecord) -> str:
        """A URL-safe text that `page` continues from."""
        feedback, created_at = image.feedback, image.created_at.isoformat()
        text = json.dumps([self._sort, feedback, created_at, image.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _read(self, cursor: str) -> list[Any]:
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            sort, feedback, created_at, image_id = json.loads(
                base64.b64decode(padded, altchars=b"-_", validate=True)
            )
            time = datetime.fromisoformat(created_at)
            if sort != self._sort or feedback not in (-1, 0, 1) or time.tzinfo is None:
                raise ValueError("of another listing")
            if type(image_id) is not int or not 0 < image_id <= MAX_ID:
                raise ValueError("no id")
        except (ValueError, TypeError, RecursionError, binascii.Error) as error:
            message = "Not a cursor of this listing; leave it out to start from the first page."
            raise InvalidInput(f"cursor: {message}", (FieldError("cursor", message),)) from error
        return [feedback, time, image_id] if self._sort == "best" else [time, image_id]

    def _key_of(self, image: ImageRecord) -> list[Any]:
        key = [image.created_at, image.id]
        return [image.feedback, *key] if self._sort == "best" else key

    def _order(self, *, forward: bool) -> list[ColumnElement[Any]]:
        ascending = (self._sort == "oldest") == forward
        return [column.asc() if ascending else column.desc() for column in self._key]

    def _beyond(self, key: list[Any], *, forward: bool) -> ColumnElement[bool]:
        place = tuple_(*self._key)
        return place > tuple_(*key) if (self._sort == "oldest") == forward else place < tuple_(*key)


def _conditions(f: ImageFilter) -> list[ColumnElement[bool]]:
    c = images.c
    found: list[ColumnElement[bool]] = []
    found.append(c.deleted_at.is_not(None) if f.deleted else c.deleted_at.is_(None))
    for column, wanted in (
        (c.feedback, f.feedback),
        (c.seed, f.seed),
        (c.parent_id, f.parent_id),
    ):
        if wanted is not None:
            # A number that the database can't hold is the number of no row.
            found.append(column == wanted if abs(wanted) <= MAX_ID else false())
    for column, least, most in (
        (c.width, f.min_width, f.max_width),
        (c.height, f.min_height, f.max_height),
    ):
        if least is not None:
            found.append(column >= min(max(least, 0), MAX_ID))
        if most is not None:
            found.append(column <= min(max(most, -1), MAX_ID))
    if f.rated is not None:
        found.append(c.feedback != 0 if f.rated else c.feedback == 0)
    if f.model is not None:
        found.append(c.model == f.model)
    if f.job_id is not None:
        found.append(c.job_id == f.job_id)
    if f.created_after is not None:
        found.append(c.created_at >= f.created_after)
    if f.created_before is not None:
        found.append(c.created_at < f.created_before)
    if f.q is not None and f.q.strip():
        found.append(matching(f.q))
    return found
