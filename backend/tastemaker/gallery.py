"""The gallery: finding pictures, paging through them, naming them, throwing them away.

Knows no HTTP and no torch. What a filter means in SQL is in `tastemaker.storage.listing`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from tastemaker.domain import LOCAL_OWNER_ID, ImageRecord, NewImage
from tastemaker.errors import BlobMissing, FieldError, InvalidInput, NotFound
from tastemaker.storage import adoption, cleanup, pictures
from tastemaker.storage.blobs import GRACE_SECONDS, BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.listing import ImageFilter, Listing, Page
from tastemaker.storage.rows import COLUMNS, MAX_ID, insert_image, read_pairs, to_record
from tastemaker.storage.search import finds_few
from tastemaker.storage.tables import images

__all__ = ["Gallery", "ImageFilter", "Page"]

MAX_LIMIT = 500
MAX_TITLE = 200
MAX_TAGS = 50
MAX_TAG = 100
_CHUNK = 500


class Gallery:
    """All pictures of one owner. Safe for many threads."""

    def __init__(
        self, database: Database, blobs: BlobStore, owner_id: int = LOCAL_OWNER_ID
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._owner_id = owner_id
        # Built once: every picture that is drawn takes it.
        self._by_ids = select(*COLUMNS).where(
            images.c.id.in_(bindparam("ids", expanding=True)), images.c.owner_id == owner_id
        )

    def search(
        self,
        f: ImageFilter,
        *,
        limit: int = 50,
        cursor: str | None = None,
        offset: int | None = None,
    ) -> Page:
        """One page of what ``f`` describes, of 1 to 500 pictures; its cursor leads to the next.

        ``offset`` skips that many pictures instead, which takes longer the more it skips.

        Raises:
            InvalidInput: a cursor that isn't one of this sort order, or a limit out of range.
        """
        if not 1 <= limit <= MAX_LIMIT:
            message = f"Must be from 1 to {MAX_LIMIT}."
            raise InvalidInput(f"limit: {message}", (FieldError("limit", message),))
        if offset is not None and not 0 <= offset <= MAX_ID:
            message = "Must be 0 or more."
            raise InvalidInput(f"offset: {message}", (FieldError("offset", message),))
        with self._database.read() as connection:
            listing = self._listing(connection, f)
            query = listing.page(cursor).limit(limit + 1).offset(offset)
            rows = connection.execute(query).all()
        late = [row.id for row in rows if row.width is None]
        if late:
            adoption.adopt(self._database, self._blobs, late)
            with self._database.read() as connection:
                rows = connection.execute(query).all()
        records = tuple(to_record(row) for row in rows[:limit])
        return Page(records, listing.cursor_after(records[-1]) if len(rows) > limit else None)

    def count(self, f: ImageFilter) -> int:
        """How many pictures ``f`` describes."""
        with self._database.read() as connection:
            return connection.scalar(Listing(f, self._owner_id).count()) or 0

    def counts(self) -> dict[str, int]:
        """How many pictures are ``liked``, ``disliked``, ``unrated``, ``trashed``; the ``total``.

        Only ``trashed`` counts those in the trash.
        """
        live = [images.c.owner_id == self._owner_id, images.c.deleted_at.is_(None)]
        ratings = (
            select(images.c.feedback, func.count().label("number"))
            .where(*live)
            .group_by(images.c.feedback)
        )
        trashed = select(func.count()).where(
            images.c.owner_id == self._owner_id, images.c.deleted_at.is_not(None)
        )
        with self._database.read() as connection:
            rows = connection.execute(ratings).all()
            in_trash = connection.scalar(trashed) or 0
        found = {row.feedback: row.number for row in rows}
        liked, disliked = found.get(1, 0), found.get(-1, 0)
        total = sum(found.values())
        return {
            "total": total,
            "liked": liked,
            "disliked": disliked,
            "unrated": total - liked - disliked,
            "trashed": in_trash,
        }

    def ratings_by_model(self) -> dict[str, tuple[int, int]]:
        """Per model how many of its pictures are liked and disliked, those in the trash left out.

        Models without a rated picture are not among them.
        """
        query = (
            select(images.c.model, images.c.feedback, func.count().label("number"))
            .where(
                images.c.owner_id == self._owner_id,
                images.c.deleted_at.is_(None),
                images.c.feedback.in_((1, -1)),
            )
            .group_by(images.c.model, images.c.feedback)
        )
        with self._database.read() as connection:
            numbers = {(row.model, row.feedback): row.number for row in connection.execute(query)}
        names = {name for name, _ in numbers}
        return {name: (numbers.get((name, 1), 0), numbers.get((name, -1), 0)) for name in names}

    def models(self) -> tuple[str, ...]:
        """The names of the models that drew something, in alphabetical order."""
        names: list[str] = []
        with self._database.read() as connection:
            # One index look-up per name, where DISTINCT would read every entry.
            query = select(func.min(images.c.model)).where(
                images.c.owner_id == self._owner_id, images.c.deleted_at.is_(None)
            )
            name = connection.scalar(query.where(images.c.model > ""))
            while name is not None:
                names.append(str(name))
                name = connection.scalar(query.where(images.c.model > name))
        return tuple(names)

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Ids of a preferred picture and one that was rejected for it, the oldest choice first."""
        with self._database.read() as connection:
            return read_pairs(connection, self._owner_id)

    def get(self, image_id: int) -> ImageRecord:
        """The picture, also from the trash. Raises `NotFound`."""
        found = self.get_many([image_id])
        if not found:
            raise _not_found(image_id)
        return found[0]

    def get_many(self, ids: Sequence[int]) -> tuple[ImageRecord, ...]:
        """The pictures of ``ids`` in that order, without those that don't exist."""
        found: dict[int, ImageRecord] = {}
        for chunk in _chunks(ids):
            with self._database.read() as connection:
                rows = connection.execute(self._by_ids, {"ids": chunk}).all()
            late = [row.id for row in rows if row.width is None]
            if late:
                adoption.adopt(self._database, self._blobs, late)
                with self._database.read() as connection:
                    rows = connection.execute(self._by_ids, {"ids": chunk}).all()
            found |= {row.id: to_record(row) for row in rows}
        return tuple(found[image_id] for image_id in ids if image_id in found)

    def neighbours(self, image_id: int, f: ImageFilter) -> tuple[int | None, int | None]:
        """The ids before and after the picture in the listing of ``f``. Raises `NotFound`.

        The picture itself needn't be part of that listing (a rating may have taken it out).
        """
        image = self.get(image_id)
        with self._database.read() as connection:
            listing = self._listing(connection, f)
            before = connection.scalar(listing.beside(image, after=False))
            after = connection.scalar(listing.beside(image, after=True))
        return before, after

    def add(self, image: NewImage) -> ImageRecord:
        """Store the row of a picture whose blob is there. Raises `BlobMissing` when it isn't."""
        with self._database.write() as connection:
            if not self._blobs.exists(image.content):
                raise BlobMissing(f"Nothing is stored under {image.content[:80]}; store it first.")
            image_id = insert_image(connection, image, datetime.now(UTC))
        return self.get(image_id)

    def update(
        self, image_id: int, *, title: str | None = None, tags: Sequence[str] | None = None
    ) -> ImageRecord:
        """Change the title or the tags; ``None`` leaves them. Raises `NotFound`, `InvalidInput`."""
        values: dict[str, Any] = {}
        if title is not None:
            values["title"] = _checked_title(title)
        if tags is not None:
            values["tags"] = json.dumps(_checked_tags(tags), ensure_ascii=False)
        self.get(image_id)
        if values:
            with self._database.write() as connection:
                connection.execute(update(images).where(*self._owned([image_id])).values(values))
        return self.get(image_id)

    def trash(self, ids: Sequence[int]) -> int:
        """Move pictures to the trash; return how many weren't there yet."""
        return self._mark(ids, images.c.deleted_at.is_(None), datetime.now(UTC))

    def restore(self, ids: Sequence[int]) -> int:
        """Take pictures out of the trash; return how many were there."""
        return self._mark(ids, images.c.deleted_at.is_not(None), None)

    def purge(self, ids: Sequence[int]) -> int:
        """Delete those in the trash for ever, files included; return how many that were."""
        trashed = images.c.deleted_at.is_not(None)
        return sum(
            cleanup.delete_images(self._database, self._blobs, *self._owned(chunk), trashed)
            for chunk in _chunks(ids)
        )

    def sweep(self, grace_seconds: float = GRACE_SECONDS) -> int:
        """Delete files that no row names (a crash may leave such); return how many."""
        return cleanup.sweep(self._database, self._blobs, grace_seconds)

    def content(self, image_id: int) -> bytes:
        """The picture's bytes as they were stored, PNG for all that we drew.

        Raises:
            NotFound: no such picture.
            BlobMissing: it can't be shown; the message says why.
        """
        return self._content(self.get(image_id))

    def thumbnail(self, image_id: int) -> bytes:
        """A small JPEG of the picture (an older one is WebP), made now when there is none.

        Raises as `content`.
        """
        image = self.get(image_id)
        if image.thumbnail is not None:
            try:
                return self._blobs.get(image.thumbnail)
            except BlobMissing:
                pass  # it can be made again
        data = self._content(image)
        small = pictures.make_thumbnail(
            pictures.read_picture(
                data, max_pixels=adoption.MAX_PIXELS, formats=pictures.ADOPTED_FORMATS
            )
        )
        address = self._blobs.put(small)
        with self._database.write() as connection:
            connection.execute(
                update(images).where(images.c.id == image_id).values(thumbnail=address)
            )
        return small

    def _content(self, image: ImageRecord) -> bytes:
        if image.unreadable is not None:
            raise BlobMissing(image.unreadable)
        return self._blobs.get(image.content)

    def _listing(self, connection: Connection, f: ImageFilter) -> Listing:
        few = f.q is not None and finds_few(connection, f.q)
        return Listing(f, self._owner_id, few=few)

    def _owned(self, ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
        return images.c.id.in_(ids), images.c.owner_id == self._owner_id

    def _mark(
        self, ids: Sequence[int], only: ColumnElement[bool], deleted_at: datetime | None
    ) -> int:
        changed = 0
        with self._database.write() as connection:
            for chunk in _chunks(ids):
                statement = update(images).where(*self._owned(chunk), only)
                changed += connection.execute(statement.values(deleted_at=deleted_at)).rowcount
        return changed


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    possible = [image_id for image_id in ids if 0 < image_id <= MAX_ID]
    return [possible[start : start + _CHUNK] for start in range(0, len(possible), _CHUNK)]


def _not_found(image_id: int) -> NotFound:
    return NotFound(f"There is no image {image_id}. It may have been deleted for ever.")


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if len(title) > MAX_TITLE:
        message = f"Must be at most {MAX_TITLE} characters long."
        raise InvalidInput(f"title: {message}", (FieldError("title", message),))
    return title


def _checked_tags(tags: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(" ".join(tag.split()) for tag in tags))
    found = [tag for tag in found if tag]
    if len(found) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in found):
        message = f"Must be at most {MAX_TAGS} tags of at most {MAX_TAG} characters each."
        raise InvalidInput(f"tags: {message}", (FieldError("tags", message),))
    return found
