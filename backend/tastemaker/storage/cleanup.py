"""Which blobs are still wanted, and deleting the others. Knows rows and blobs, no pictures."""

from __future__ import annotations

import json
import time
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from tastemaker.domain import JobState
from tastemaker.storage.blobs import GRACE_SECONDS, BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.tables import images, jobs

_UNFINISHED = (JobState.QUEUED.value, JobState.RUNNING.value)


def delete_images(database: Database, blobs: BlobStore, *which: ColumnElement[bool]) -> int:
    """Delete rows, then every blob that only they named; return how many rows.

    A crash in between leaves files without a row, which `sweep` finds, never the other way round.
    """
    columns = (images.c.image_data, images.c.thumbnail, images.c.created_at)
    with database.write() as connection:
        gone = connection.execute(delete(images).where(*which).returning(*columns)).all()
    # With the write lock held, so that no row naming a blob can appear while it is deleted.
    with database.write() as connection:
        for row in gone:
            _delete_content(connection, blobs, row.image_data, row.created_at)
            # One thumbnail too many deleted does no harm: they are made again on demand.
            if row.thumbnail is not None and not _is_named(connection, row.thumbnail):
                blobs.delete(row.thumbnail)
    return len(gone)


def sweep(database: Database, blobs: BlobStore, grace_seconds: float = GRACE_SECONDS) -> int:
    """Delete blobs that no row names (a crash may leave such); return how many.

    What was stored within ``grace_seconds`` stays, since its row may be on the way.
    """
    known: set[str] = set()
    with database.read() as connection:
        adopted = images.c.width.is_not(None)
        known.update(connection.scalars(select(images.c.image_data).where(adopted)))
        named = images.c.thumbnail.is_not(None)
        known.update(connection.scalars(select(images.c.thumbnail).where(named)))
        starts = select(jobs.c.request).where(jobs.c.request.contains("sha256:"))
        for request in connection.scalars(starts):
            wanted = json.loads(request)
            known.update(str(wanted.get(name)) for name in ("init_image", "mask"))
            known.add(str((wanted.get("style_reference") or {}).get("image")))
    return blobs.sweep(known, grace_seconds)


def _delete_content(
    connection: Connection, blobs: BlobStore, address: str, created_at: datetime
) -> None:
    if not blobs.exists(address) or _is_named(connection, address):
        return
    # A waiting variation or edit starts from it.
    waiting = select(jobs.c.id).where(
        jobs.c.state.in_(_UNFINISHED), jobs.c.request.contains(address, autoescape=True)
    )
    if connection.scalar(waiting.limit(1)) is not None:
        return
    # Put again since this row was written: another row may be on its way. `sweep` decides later.
    put_at = blobs.modified(address)
    if put_at > created_at.timestamp() and time.time() - put_at < GRACE_SECONDS:
        return
    blobs.delete(address)


def _is_named(connection: Connection, address: str) -> bool:
    for column in (images.c.image_data, images.c.thumbnail):
        query = select(images.c.id).where(column == address, images.c.width.is_not(None))
        if connection.scalar(query.limit(1)) is not None:
            return True
    return False
