"""One picture from elsewhere into the gallery, with what it and the files beside it say of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Literal

from PIL import Image
from sqlalchemy import Connection, select, update

from tastemaker import infotext
from tastemaker.domain import LOCAL_OWNER_ID, NewImage
from tastemaker.errors import BlobMissing, PayloadTooLarge, UnreadableImage, UnsupportedImage
from tastemaker.exchange.lines import add_columns, whole_record
from tastemaker.infotext.carriers import READABLE, carried
from tastemaker.infotext.mapping import FindModel, recover
from tastemaker.infotext.reading import Dialect, Recovered
from tastemaker.infotext.record import PictureRecord, from_dict
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.pictures import (
    ADOPTED_FORMATS,
    MEDIA_TYPES,
    make_thumbnail,
    media_type,
    read_picture,
)
from tastemaker.storage.rows import insert_image
from tastemaker.storage.tables import images

MAX_TEXT = 200_000
MAX_TITLE = 200
MAX_TAGS = 50
MAX_TAG = 100
MAX_PARAMS = 512 * 1024
_STRIP = 64


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: a new picture, or one that was there already (``image_id``).

    ``dialect`` is whose metadata it carried, ``unmapped`` how many of its settings have no place
    here. ``rated`` says that a picture that was there got the file's rating. ``in_trash``: the one
    that was there is in the trash.
    """

    status: Literal["imported", "duplicate"]
    image_id: int
    dialect: Dialect | None = None
    unmapped: int = 0
    rated: bool = False
    in_trash: bool = False


@dataclass(frozen=True, slots=True)
class _There:
    image_id: int
    feedback: int
    in_trash: bool


class Importer:
    """Takes pictures into one gallery. Safe for many threads and beside a running server."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        *,
        max_bytes: int,
        max_pixels: int,
        find_model: FindModel,
        owner_id: int = LOCAL_OWNER_ID,
    ) -> None:
        """``find_model``: the name here of a model that other programs call so."""
        self._database = database
        self._blobs = blobs
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._find_model = find_model
        self._owner_id = owner_id

    def take(
        self,
        name: str,
        data: bytes,
        *,
        line: Mapping[str, Any] | None = None,
        caption: str | None = None,
        modified: datetime | None = None,
    ) -> Taken:
        """Take in the file ``name`` with the bytes ``data``.

        ``line`` is its line of a ``metadata.jsonl``, ``caption`` a text that lies beside it,
        ``modified`` when the file was made; what the picture itself says of that goes before.

        Raises:
            PayloadTooLarge, UnsupportedImage, UnreadableImage: it isn't taken, and why.
        """
        self.check_size(len(data))
        content = f"sha256:{sha256(data).hexdigest()}"
        picture = read_picture(data, max_pixels=self._max_pixels, formats=ADOPTED_FORMATS)
        told, found = self._told(name, data, line, caption)
        there = self._find(content) or self._same_pixels(told, picture)
        dialect = None if found is None else found.dialect
        missing = 0 if found is None else len(found.unmapped)
        if there is not None:
            return self._duplicate(there, told, dialect)
        address, small = self._blobs.put(data), self._blobs.put(make_thumbnail(picture))
        image = NewImage(
            prompt=told.prompt,
            negative_prompt=told.negative_prompt,
            seed=told.seed or 0,
            params=told.params,
            width=picture.width,
            height=picture.height,
            model=told.model,
            content=address,
            thumbnail=small,
            flagged=told.flagged,
            owner_id=self._owner_id,
        )
        with self._database.write() as connection:
            # Somebody may have brought the same file meanwhile.
            there = self._look(connection, content)
            if there is None:
                created = told.created_at or modified or datetime.now(UTC)
                image_id = insert_image(connection, image, created)
                said = {
                    "seed": told.seed,
                    "feedback": told.feedback,
                    "title": told.title,
                    "tags": json.dumps(told.tags, ensure_ascii=False),
                }
                connection.execute(update(images).where(images.c.id == image_id).values(said))
                return Taken("imported", image_id, dialect, missing)
        return self._duplicate(there, told, dialect)

    def check_size(self, size: int) -> None:
        """Raises `PayloadTooLarge` for a file of more bytes than are taken."""
        if size > self._max_bytes:
            raise PayloadTooLarge(
                f"The file has {size:,} bytes; at most {self._max_bytes:,} are taken. "
                "TASTEMAKER_MAX_UPLOAD_MB sets the limit."
            )

    def _told(
        self, name: str, data: bytes, line: Mapping[str, Any] | None, caption: str | None
    ) -> tuple[PictureRecord, Recovered | None]:
        """All that is known of the picture, and what was recovered from the file itself."""
        told, found = self._unbounded(name, data, line, caption)
        tags = tuple(_clean(tag)[:MAX_TAG] for tag in told.tags[:MAX_TAGS])
        params = told.params if len(json.dumps(told.params)) <= MAX_PARAMS else {}
        return (
            replace(
                told,
                prompt=_clean(told.prompt)[:MAX_TEXT],
                negative_prompt=_clean(told.negative_prompt)[:MAX_TEXT],
                model=_clean(told.model)[:MAX_TITLE],
                title=_clean(told.title)[:MAX_TITLE],
                tags=tags,
                params=params,
                flagged=None if told.flagged is None else _clean(told.flagged)[:MAX_TEXT],
            ),
            found,
        )

    def _unbounded(
        self, name: str, data: bytes, line: Mapping[str, Any] | None, caption: str | None
    ) -> tuple[PictureRecord, Recovered | None]:
        whole = None if line is None else whole_record(line)
        if whole is not None:
            return whole, None
        told, found = self._carried(data)
        if told is None:
            stem = PurePosixPath(name.replace("\\", "/")).stem
            told = PictureRecord("", "", None, 0, 0, "", title="" if caption else stem)
        if caption is not None and caption.strip() and not told.prompt:
            told = replace(told, prompt=caption.strip())
        return (told if line is None else add_columns(told, line)), found

    def _carried(self, data: bytes) -> tuple[PictureRecord | None, Recovered | None]:
        try:
            there = carried(data, max_pixels=self._max_pixels)
        except (UnsupportedImage, UnreadableImage):
            # Of a format that carries no settings; the picture itself was read.
            assert media_type(data) not in {MEDIA_TYPES[kind] for kind in READABLE}
            return None, None
        reading = infotext.read(there)
        if reading is None:
            return None, None
        found = recover(reading, (there.width, there.height), self._find_model)
        if reading.record is not None:
            return from_dict(reading.record), replace(found, unmapped=())
        return _of_foreign(found, reading.prompt), found

    def _same_pixels(self, told: PictureRecord, picture: Image.Image) -> _There | None:
        """The picture that its record names, if it is there and looks exactly the same.

        A download carries its record, so its bytes differ from those that are stored.
        """
        there = self._find(told.content) if told.content else None
        if there is None or told.content is None:
            return None
        try:
            stored = read_picture(
                self._blobs.get(told.content),
                max_pixels=self._max_pixels,
                formats=ADOPTED_FORMATS,
            )
        except (BlobMissing, UnreadableImage, UnsupportedImage):
            return None
        return there if _equal(stored, picture) else None

    def _find(self, content: str) -> _There | None:
        with self._database.read() as connection:
            return self._look(connection, content)

    def _look(self, connection: Connection, content: str) -> _There | None:
        query = (
            select(images.c.id, images.c.feedback, images.c.deleted_at)
            .where(
                images.c.image_data == content,
                images.c.width.is_not(None),
                images.c.owner_id == self._owner_id,
            )
            .order_by(images.c.deleted_at.is_not(None), images.c.id)
            .limit(1)
        )
        row = connection.execute(query).one_or_none()
        return None if row is None else _There(row.id, row.feedback, row.deleted_at is not None)

    def _duplicate(self, there: _There, told: PictureRecord, dialect: Dialect | None) -> Taken:
        """Leaves it as it is, but for a rating that it doesn't have yet."""
        rated = there.feedback == 0 and told.feedback != 0
        if rated:
            with self._database.write() as connection:
                connection.execute(
                    update(images)
                    .where(images.c.id == there.image_id, images.c.feedback == 0)
                    .values(feedback=told.feedback)
                )
        return Taken("duplicate", there.image_id, dialect, rated=rated, in_trash=there.in_trash)


def _equal(one: Image.Image, other: Image.Image) -> bool:
    """Whether two RGB pictures have the same pixels; compared in strips, to copy little."""
    if one.size != other.size:
        return False
    width, height = one.size
    strips = [(0, top, width, min(top + _STRIP, height)) for top in range(0, height, _STRIP)]
    return all(one.crop(box).tobytes() == other.crop(box).tobytes() for box in strips)


def _of_foreign(found: Recovered, prompt: str) -> PictureRecord:
    """A picture of another program: its prompt word for word, and what of it can be drawn here."""
    params: dict[str, Any] = {
        "num_inference_steps": found.num_inference_steps,
        "guidance_scale": found.guidance_scale,
        "sampler": None if found.sampler is None else found.sampler.value,
        "schedule": None if found.schedule is None else found.schedule.value,
        "strength": found.strength,
    }
    kept = {name: value for name, value in params.items() if value is not None}
    kept["imported_from"] = found.dialect.label
    return PictureRecord(
        prompt=prompt,
        negative_prompt=found.negative_prompt,
        seed=found.seed,
        width=0,
        height=0,
        model=found.model or found.model_text,
        params=kept,
    )


def _clean(text: str) -> str:
    """Text as a database takes it: no NUL, no halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-16", "replace").decode("utf-16")
