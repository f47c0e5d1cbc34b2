"""Choices between pictures of one prompt: which one is better, and what to compare next.

What the studio learns from when thumbs alone say too little. Knows no HTTP and no training.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, case, delete, exists, func, insert, or_, select

from tastemaker.domain import LOCAL_OWNER_ID, ImageRecord
from tastemaker.errors import FieldError, InvalidInput, NotFound
from tastemaker.storage.database import Database
from tastemaker.storage.rows import COLUMNS, MAX_ID, to_record
from tastemaker.storage.tables import images, preferences

LEAST_TOGETHER = 2
MOST_TOGETHER = 4
MOST_REJECTED = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """What was recorded in one go: ``pairs`` of the preferred picture with each rejected one."""

    id: str
    pairs: int
    preferred: ImageRecord


@dataclass(frozen=True, slots=True)
class ComparisonSet:
    """2 to 4 pictures of ``prompt`` that nobody has compared (none, and ``None``, at the end).

    ``remaining`` counts the sets that are left, this one included.
    """

    prompt: str | None
    images: tuple[ImageRecord, ...]
    remaining: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One picture that was preferred to another, by id, and the models that had drawn them."""

    preferred: int
    rejected: int
    preferred_model: str
    rejected_model: str


class Preferences:
    """The choices of one owner. Safe for many threads."""

    def __init__(self, database: Database, owner_id: int = LOCAL_OWNER_ID) -> None:
        self._database = database
        self._owner_id = owner_id

    def choose(self, preferred_id: int, rejected_ids: Sequence[int]) -> Choice:
        """Record that one picture is better than each of the others.

        The latest choice holds: an earlier one between two of these pictures, either way round, is
        replaced.

        Raises:
            NotFound: no such picture. InvalidInput: pictures that can't be compared, and why.
        """
        rejected_ids = list(dict.fromkeys(rejected_ids))
        if preferred_id in rejected_ids:
            raise _wrong("rejected_ids", "must not hold the preferred picture")
        if not 1 <= len(rejected_ids) <= MOST_REJECTED:
            raise _wrong("rejected_ids", f"must hold 1 to {MOST_REJECTED} pictures")
        choice = uuid.uuid4().hex
        with self._database.write() as connection:
            wanted = [image_id for image_id in (preferred_id, *rejected_ids) if _possible(image_id)]
            mine = (images.c.id.in_(wanted), images.c.owner_id == self._owner_id)
            rows = connection.execute(select(*COLUMNS).where(*mine)).all()
            found = {row.id: to_record(row) for row in rows}
            for image_id in (preferred_id, *rejected_ids):
                if image_id not in found:
                    raise NotFound(
                        f"There is no image {image_id}. It may have been deleted for ever."
                    )
            preferred = found[preferred_id]
            _check(preferred, [found[image_id] for image_id in rejected_ids])
            connection.execute(
                delete(preferences).where(
                    preferences.c.owner_id == self._owner_id,
                    or_(
                        (preferences.c.preferred_id == preferred_id)
                        & preferences.c.rejected_id.in_(rejected_ids),
                        (preferences.c.rejected_id == preferred_id)
                        & preferences.c.preferred_id.in_(rejected_ids),
                    ),
                )
            )
            now = datetime.now(UTC)
            connection.execute(
                insert(preferences),
                [
                    {
                        "choice": choice,
                        "preferred_id": preferred_id,
                        "rejected_id": image_id,
                        "preferred_model": preferred.model,
                        "rejected_model": found[image_id].model,
                        "created_at": now,
                        "owner_id": self._owner_id,
                    }
                    for image_id in rejected_ids
                ],
            )
        return Choice(choice, len(rejected_ids), preferred)

    def undo(self, choice: str) -> int:
        """Forget what was recorded in one go; returns how many pairs. Raises `NotFound`."""
        mine = (preferences.c.choice == choice, preferences.c.owner_id == self._owner_id)
        with self._database.write() as connection:
            removed = connection.execute(delete(preferences).where(*mine)).rowcount
        if not removed:
            raise NotFound("There is no such choice; it may have been taken back or replaced.")
        return removed

    def next_set(self, exclude: Collection[int] = ()) -> ComparisonSet:
        """Pictures to compare: of the newest prompt that has some, the newest first.

        Those in the trash, unreadable or blurred, those of an earlier choice and those in
        ``exclude`` are passed over.
        """
        candidates = [
            images.c.owner_id == self._owner_id,
            images.c.deleted_at.is_(None),
            images.c.flagged.is_(None),
            images.c.unreadable.is_(None),
            images.c.width.is_not(None),
            ~exists().where(preferences.c.preferred_id == images.c.id),
            ~exists().where(preferences.c.rejected_id == images.c.id),
        ]
        skipped = sorted(image_id for image_id in exclude if _possible(image_id))
        if skipped:
            candidates.append(images.c.id.not_in(skipped))
        number = func.count()
        groups = (
            select(images.c.prompt, number.label("number"), func.max(images.c.id).label("newest"))
            .where(*candidates)
            .group_by(images.c.prompt)
            .having(number >= LEAST_TOGETHER)
            .subquery()
        )
        left = func.sum(_sets(groups.c.number))
        latest = select(groups.c.prompt).order_by(groups.c.newest.desc()).limit(1)
        with self._database.read() as connection:
            prompt = connection.scalar(latest)
            if prompt is None:
                return ComparisonSet(None, (), 0)
            remaining = connection.scalar(select(left)) or 0
            rows = connection.execute(
                select(*COLUMNS)
                .where(*candidates, images.c.prompt == prompt)
                .order_by(images.c.id.desc())
                .limit(MOST_TOGETHER)
            ).all()
        return ComparisonSet(prompt, tuple(to_record(row) for row in rows), int(remaining))

    def count(self) -> int:
        """How many pairs there are."""
        query = select(func.count()).select_from(preferences)
        with self._database.read() as connection:
            return connection.scalar(query.where(preferences.c.owner_id == self._owner_id)) or 0

    def pairs(self) -> tuple[Pair, ...]:
        """All pairs, the oldest first."""
        query = (
            select(preferences)
            .where(preferences.c.owner_id == self._owner_id)
            .order_by(preferences.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Pair(row.preferred_id, row.rejected_id, row.preferred_model, row.rejected_model)
            for row in rows
        )


def _sets(number: ColumnElement[int]) -> ColumnElement[int]:
    """How many sets so many pictures of one prompt make; a single one that is left over, none."""
    rest = case((number % MOST_TOGETHER >= LEAST_TOGETHER, 1), else_=0)
    return number // MOST_TOGETHER + rest


def _check(preferred: ImageRecord, rejected: Sequence[ImageRecord]) -> None:
    for field, image in [("preferred_id", preferred), *(("rejected_ids", i) for i in rejected)]:
        if image.prompt != preferred.prompt:
            raise _wrong(
                field,
                f"image {image.id} has another prompt; only pictures of the same prompt can be "
                "compared",
            )
        if image.deleted_at is not None:
            raise _wrong(field, f"image {image.id} is in the trash; restore it first")
        if image.unreadable is not None or image.flagged is not None:
            raise _wrong(field, f"image {image.id} can't be seen, so nobody can compare it")


def _possible(image_id: int) -> bool:
    return 0 < image_id <= MAX_ID


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field}: {message}.", (FieldError(field, message),))
