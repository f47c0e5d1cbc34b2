"""Batches: many requests accepted together, all or none, and looked after as one.

Each request is a job of its own, so that it is claimed, drawn, retried and recorded like any
other; a batch only remembers what belongs together. Its jobs wait behind everything that was asked
for singly. Knows no HTTP.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from tastemaker.domain import LOCAL_OWNER_ID, GenerationRequest, JobKind, JobState
from tastemaker.domain.batches import Batch, BatchKind, GridLayout
from tastemaker.errors import Conflict, NotFound, QueueFull
from tastemaker.jobs.table import BEHIND, DRAWING, SINGLE, UNFINISHED, JobTable, as_json, ended
from tastemaker.storage.database import Database
from tastemaker.storage.tables import batches, images, jobs

_LATEST = 20
_SHOWN = 4


class BatchQueue:
    """The batches of one owner. ``max_waiting`` bounds the jobs of all of them that wait."""

    def __init__(
        self, database: Database, *, max_waiting: int, owner_id: int = LOCAL_OWNER_ID
    ) -> None:
        self._database = database
        self._max_waiting = max_waiting
        self._owner_id = owner_id
        self._table = JobTable(owner_id)

    def submit(
        self,
        kind: BatchKind,
        title: str,
        requests: Sequence[GenerationRequest],
        *,
        layout: GridLayout | None = None,
        idempotency_key: str | None = None,
        fingerprint: str = "",
    ) -> tuple[Batch, bool]:
        """Accept all ``requests``; when this returns, none of them can be lost.

        Returns the batch and whether it is new: a second submission under the same
        ``idempotency_key`` gives the first one's.

        Raises:
            QueueFull: more would wait than may. Conflict: the key was used for another batch.
        """
        batch_id, now = uuid.uuid4().hex, datetime.now(UTC)
        with self._database.write() as connection:
            first = self._repeated(connection, idempotency_key, fingerprint)
            if first is not None:
                return self._batches(connection, [first])[0], False
            queued = jobs.c.state == JobState.QUEUED
            waiting = self._table.count(connection, queued, DRAWING, ~SINGLE)
            if waiting + len(requests) > self._max_waiting:
                raise QueueFull(
                    f"{waiting:,} requests of batches are waiting already, and at most"
                    f" {self._max_waiting:,} may; this one has {len(requests):,}. Try again when"
                    " some are done, or make it smaller.",
                    retry_after=60,
                )
            connection.execute(
                insert(batches).values(
                    id=batch_id,
                    kind=kind.value,
                    title=title,
                    layout=json.dumps(layout.to_dict() if layout else {}, ensure_ascii=False),
                    num_jobs=len(requests),
                    num_images=sum(request.num_images for request in requests),
                    idempotency_key=idempotency_key,
                    fingerprint=fingerprint,
                    created_at=now,
                    owner_id=self._owner_id,
                )
            )
            connection.execute(
                insert(jobs),
                [self._row(batch_id, row, one, now) for row, one in enumerate(requests)],
            )
            mine = jobs.c.batch_id == batch_id
            connection.execute(update(jobs).where(mine).values(place=jobs.c.number + BEHIND))
            return self._get(connection, batch_id), True

    def _row(
        self, batch_id: str, row: int, request: GenerationRequest, now: datetime
    ) -> dict[str, Any]:
        return {
            "id": uuid.uuid4().hex,
            "kind": JobKind.GENERATE.value,
            "state": JobState.QUEUED.value,
            "request": as_json(request.to_dict()),
            "fingerprint": "",
            "created_at": now,
            "owner_id": self._owner_id,
            "batch_id": batch_id,
            "batch_row": row,
        }

    def get(self, batch_id: str) -> Batch:
        """The batch as it is now. Raises `NotFound`."""
        with self._database.read() as connection:
            return self._get(connection, batch_id)

    def list(self, limit: int = 50) -> tuple[Batch, ...]:
        """The newest batches, newest first."""
        query = select(batches).where(batches.c.owner_id == self._owner_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(batches.c.number.desc()).limit(limit)).all()
            return self._batches(connection, rows)

    def titles(self, batch_ids: Sequence[str]) -> dict[str, str]:
        """By id, what each of these batches is called."""
        query = select(batches.c.id, batches.c.title).where(batches.c.id.in_(batch_ids))
        with self._database.read() as connection:
            rows = connection.execute(query.where(batches.c.owner_id == self._owner_id)).all()
        return {row.id: row.title for row in rows}

    def job_ids(self, batch_id: str, states: Sequence[JobState] = ()) -> tuple[str, ...]:
        """Its jobs (only those in ``states``, when given) in the order of its rows."""
        query = select(jobs.c.id).where(jobs.c.batch_id == batch_id, self._table.mine)
        if states:
            query = query.where(jobs.c.state.in_([state.value for state in states]))
        with self._database.read() as connection:
            return tuple(connection.scalars(query.order_by(jobs.c.batch_row)))

    def cells(self, batch_id: str) -> tuple[tuple[JobState, int | None], ...]:
        """Of each job, row by row: its state and its first picture outside the trash."""
        shown = (
            select(images.c.job_id, func.min(images.c.id).label("image_id"))
            .where(images.c.deleted_at.is_(None), images.c.job_id.is_not(None))
            .where(images.c.job_id.in_(select(jobs.c.id).where(jobs.c.batch_id == batch_id)))
            .group_by(images.c.job_id)
            .subquery()
        )
        query = (
            select(jobs.c.state, shown.c.image_id)
            .join_from(jobs, shown, shown.c.job_id == jobs.c.id, isouter=True)
            .where(jobs.c.batch_id == batch_id, self._table.mine)
            .order_by(jobs.c.batch_row)
        )
        with self._database.read() as connection:
            return tuple((JobState(row.state), row.image_id) for row in connection.execute(query))

    def cancel(self, batch_id: str) -> tuple[Batch, tuple[str, ...]]:
        """Cancel what waits, ask for the end of what runs; what is drawn stays.

        Returns the batch and the jobs that a worker has to stop.

        Raises:
            NotFound: no such batch. Conflict: nothing of it waits or runs.
        """
        with self._database.write() as connection:
            before = self._get(connection, batch_id)
            mine = (jobs.c.batch_id == batch_id, self._table.mine)
            running = (*mine, jobs.c.state == JobState.RUNNING)
            stopping = tuple(connection.scalars(select(jobs.c.id).where(*running)))
            queued = (*mine, jobs.c.state == JobState.QUEUED)
            if not stopping and not before.counts[JobState.QUEUED]:
                raise Conflict("Everything of this batch has ended; there is nothing to cancel.")
            connection.execute(
                update(jobs).where(*queued).values(cancel_requested=1, **ended(JobState.CANCELLED))
            )
            connection.execute(update(jobs).where(*running).values(cancel_requested=1))
            return self._get(connection, batch_id), stopping

    def pause(self, batch_id: str, paused: bool) -> Batch:
        """Let what waits of it wait on, or go on. Raises `NotFound`."""
        with self._database.write() as connection:
            self._get(connection, batch_id)
            connection.execute(
                update(jobs)
                .where(
                    jobs.c.batch_id == batch_id,
                    self._table.mine,
                    jobs.c.state == JobState.QUEUED,
                )
                .values(pause_requested=int(paused))
            )
            return self._get(connection, batch_id)

    def _repeated(self, connection: Connection, key: str | None, mark: str) -> Row[Any] | None:
        if key is None:
            return None
        same = (batches.c.idempotency_key == key, batches.c.owner_id == self._owner_id)
        row = connection.execute(select(batches).where(*same)).one_or_none()
        if row is not None and row.fingerprint != mark:
            raise Conflict(
                "This Idempotency-Key was already used for another batch."
                " Use a new key for each new batch."
            )
        return row

    def _get(self, connection: Connection, batch_id: str) -> Batch:
        mine = (batches.c.id == batch_id, batches.c.owner_id == self._owner_id)
        row = connection.execute(select(batches).where(*mine)).one_or_none()
        if row is None:
            raise NotFound(f"There is no batch {batch_id[:80]!r}.")
        return self._batches(connection, [row])[0]

    def _batches(self, connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Batch, ...]:
        return tuple(_to_batch(row, *_facts(connection, row.id)) for row in rows)


def _facts(
    connection: Connection, batch_id: str
) -> tuple[Mapping[JobState, int], int, Mapping[str, int], Sequence[datetime]]:
    mine = jobs.c.batch_id == batch_id
    states = select(
        jobs.c.state, func.count().label("jobs"), func.sum(jobs.c.pause_requested).label("paused")
    )
    counts = dict.fromkeys(JobState, 0)
    paused = 0
    for row in connection.execute(states.where(mine).group_by(jobs.c.state)):
        counts[JobState(row.state)] = row.jobs
        paused += (row.paused or 0) if row.state == JobState.QUEUED else 0
    drawn = (
        select(jobs.c.state, images.c.id)
        .join_from(images, jobs, images.c.job_id == jobs.c.id)
        .where(mine)
        .order_by(images.c.id.desc())
    )
    found = connection.execute(drawn).all()
    of_unfinished = sum(row.state in UNFINISHED for row in found)
    ends = select(jobs.c.finished_at).where(mine, jobs.c.finished_at.is_not(None))
    times = connection.scalars(ends.order_by(jobs.c.finished_at.desc()).limit(_LATEST)).all()
    numbers = {"images": len(found), "of_unfinished": of_unfinished}
    numbers |= {f"image {place}": row.id for place, row in enumerate(found[:_SHOWN])}
    return counts, paused, numbers, [time for time in times if time is not None]


def _to_batch(
    row: Row[Any],
    counts: Mapping[JobState, int],
    paused: int,
    numbers: Mapping[str, int],
    times: Sequence[datetime],
) -> Batch:
    layout = json.loads(row.layout)
    waiting = counts[JobState.QUEUED] + counts[JobState.RUNNING]
    per_job = row.num_images / max(1, row.num_jobs)
    pace = None
    if len(times) >= 3:
        pace = (times[0] - times[-1]).total_seconds() / (len(times) - 1) / per_job
    return Batch(
        id=row.id,
        kind=BatchKind(row.kind),
        title=row.title,
        num_jobs=row.num_jobs,
        num_images=row.num_images,
        created_at=row.created_at,
        counts=counts,
        finished_images=numbers["images"],
        paused_jobs=paused,
        remaining_images=max(0, round(waiting * per_job) - numbers["of_unfinished"]),
        finished_at=times[0] if times and not waiting else None,
        seconds_per_image=pace,
        layout=GridLayout.from_dict(layout) if layout else None,
        first_images=tuple(numbers[name] for name in numbers if name.startswith("image ")),
    )
