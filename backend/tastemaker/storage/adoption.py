"""Rows that another program wrote: their pictures move from base64 in the row to the blob store.

Works row by row, blob first and row second, so that it can be interrupted anywhere and goes on
where it stopped. What can't be understood is kept in ``image_originals``, never thrown away.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from sqlalchemy import Connection, LargeBinary, cast, func, select, text, type_coerce, update
from sqlalchemy.types import NullType

from tastemaker.errors import UnreadableImage, UnsupportedImage
from tastemaker.storage import pictures
from tastemaker.storage.blobs import BlobStore, is_address
from tastemaker.storage.tables import images, parse_time

if TYPE_CHECKING:
    from tastemaker.storage.database import Database

log = logging.getLogger(__name__)

# Enough for any picture that fits in a row, and at most about 1 GiB while it is decoded.
MAX_PIXELS = 150_000_000
_BATCH = 100
_KEPT = "What the other program stored is kept in the table image_originals."


def adopt(database: Database, blobs: BlobStore, ids: Sequence[int] | None = None) -> int:
    """Take in the rows that another program wrote (of these ``ids``, or all); return how many."""
    adopted = 0
    for image_id in _waiting(database, ids):
        _adopt_row(database, blobs, image_id)
        adopted += 1
        if adopted % _BATCH == 0:
            log.info("%d pictures of another program taken in so far", adopted)
    if adopted and ids is None:
        log.info("%d pictures of another program taken in", adopted)
        database.vacuum_if_worthwhile()
    return adopted


def _waiting(database: Database, ids: Sequence[int] | None) -> Iterator[int]:
    last = -(2**63)
    while True:
        query = select(images.c.id).where(images.c.width.is_(None), images.c.id > last)
        if ids is not None:
            query = query.where(images.c.id.in_(ids))
        with database.read() as connection:
            batch = connection.scalars(query.order_by(images.c.id).limit(_BATCH)).all()
        if not batch:
            return
        yield from batch
        last = batch[-1]


def _adopt_row(database: Database, blobs: BlobStore, image_id: int) -> None:
    # As bytes, since another program may have stored a BLOB, or text that isn't UTF-8.
    query = select(
        cast(images.c.image_data, LargeBinary).label("data"),
        type_coerce(images.c.created_at, NullType()).label("created_at"),
    ).where(images.c.id == image_id)
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return
    values = _store_picture(blobs, bytes(row.data or b""))
    with database.write() as connection:
        values["created_at"] = parse_time(row.created_at) or _time_before(connection, image_id)
        values["feedback"] = func.coalesce(images.c.feedback, 0)
        if values["unreadable"]:
            _keep_original(connection, image_id, "image_data")
        if row.created_at is not None and parse_time(row.created_at) is None:
            _keep_original(connection, image_id, "created_at")
        # Unless another process was faster.
        connection.execute(
            update(images).where(images.c.id == image_id, images.c.width.is_(None)).values(values)
        )


def _store_picture(blobs: BlobStore, stored: bytes) -> dict[str, Any]:
    """The new values of a row that held ``stored``."""
    text_form = stored.decode("ascii", "replace")
    try:
        if is_address(text_form) and blobs.exists(text_form):
            data = blobs.get(text_form)
        else:
            data = picture_bytes(stored)
        image = pictures.read_picture(data, max_pixels=MAX_PIXELS, formats=pictures.ADOPTED_FORMATS)
    except (UnreadableImage, UnsupportedImage) as error:
        reason = f"This picture can't be shown: {error} {_KEPT}"
        return {"image_data": "", "width": 0, "height": 0, "unreadable": reason}
    return {
        "image_data": blobs.put(data),
        "thumbnail": blobs.put(pictures.make_thumbnail(image)),
        "width": image.width,
        "height": image.height,
        "unreadable": None,
    }


def picture_bytes(stored: bytes) -> bytes:
    """The picture in what a program stored: base64 in any spelling, a data URI, or raw bytes.

    Whitespace, missing padding, the URL-safe alphabet and quotes around it don't matter.

    Raises:
        UnreadableImage: it is none of these.
    """
    try:
        pictures.read_size(stored, formats=pictures.ADOPTED_FORMATS)
        return stored
    except (UnsupportedImage, UnreadableImage):
        pass
    body = stored.strip()
    if body[:2] in (b"b'", b'b"'):
        body = body[1:]
    body = body.strip(b"\"' \t\r\n")
    if body[:5].lower() == b"data:":
        head, _, body = body.partition(b",")
        if not head.lower().rstrip().endswith(b";base64"):
            return unquote_to_bytes(body)
    if b"%" in body:
        body = unquote_to_bytes(body)
    body = b"".join(body.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    if not body:
        raise UnreadableImage("The row holds no picture data.")
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableImage("The stored text is no valid base64.") from error


def _time_before(connection: Connection, image_id: int) -> datetime:
    """The time of the row before, which came earlier; now, when there is none."""
    query = (
        select(images.c.created_at)
        .where(images.c.id < image_id, images.c.width.is_not(None))
        .order_by(images.c.id.desc())
        .limit(1)
    )
    return connection.scalar(query) or datetime.now(UTC)


def _keep_original(connection: Connection, image_id: int, column: str) -> None:
    connection.execute(
        text(
            "INSERT INTO image_originals (image_id, name, value)"
            f" SELECT id, :name, {column} FROM images WHERE id = :id AND width IS NULL"
            " ON CONFLICT DO NOTHING"
        ),
        {"name": column, "id": image_id},
    )
