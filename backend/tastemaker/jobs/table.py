"""What all kinds of jobs share as rows of ``jobs``: accepting, finding, ending.

Every function works inside the transaction of its caller, so that a queue can combine them. A
worker is known by a token that is new each time it starts; a write on its behalf names it, so
that a worker that was given up but lives on can't change a job that isn't its own any more.

Statements that every picture takes are built once: building and compiling one anew takes as long as
running it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update

from tastemaker.domain import LOCAL_OWNER_ID, AnyJob, JobKind, JobState
from tastemaker.errors import Conflict, NotFound
from tastemaker.storage.rows import new_job, to_jobs
from tastemaker.storage.tables import jobs, settings

PAUSED = "queue_paused"
"""The name under which `settings` says that no drawing is begun."""

BEHIND = 2**40
"""Added to the number of a batch's job: its place, behind all that are asked for singly."""
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
DRAWING = jobs.c.kind.in_([kind.value for kind in JobKind if kind.draws])
SINGLE = jobs.c.batch_id.is_(None)
TRAINING = jobs.c.kind.in_([kind.value for kind in JobKind if not kind.draws])
HELD = (
    jobs.c.id == bindparam("job_id"),
    jobs.c.state == JobState.RUNNING.value,
    jobs.c.worker == bindparam("by"),
)
"""The conditions for the job ``job_id`` that runs under the worker ``by``."""

IS_PAUSED = select(settings.c.value).where(settings.c.name == PAUSED)
_NEXT_NUMBER = select(func.coalesce(func.max(jobs.c.number), 0) + 1).scalar_subquery()
_GIVE = (
    update(jobs)
    .where(jobs.c.number.in_(bindparam("numbers", expanding=True)))
    .values(attempts=jobs.c.attempts + 1)
    .returning(*jobs.c)
)
_ADD = insert(jobs).values(place=_NEXT_NUMBER).returning(*jobs.c)
_END = update(jobs).where(*HELD).returning(*jobs.c)


class JobTable:
    """The rows of one owner."""

    def __init__(self, owner_id: int = LOCAL_OWNER_ID) -> None:
        self._owner_id = owner_id
        self.mine = jobs.c.owner_id == owner_id
        self._by_id = select(jobs).where(jobs.c.id == bindparam("job_id"), self.mine)

    def repeated(
        self, connection: Connection, idempotency_key: str | None, mark: str
    ) -> AnyJob | None:
        """The job that was submitted under that key before; ``mark`` tells whether it is the same.

        Raises `Conflict` when the key was used for another request.
        """
        if idempotency_key is None:
            return None
        same = select(jobs).where(jobs.c.idempotency_key == idempotency_key, self.mine)
        first = connection.execute(same).one_or_none()
        if first is None:
            return None
        if first.fingerprint != mark:
            raise Conflict(
                "This Idempotency-Key was already used for another request."
                " Use a new key for each new request."
            )
        return to_jobs(connection, [first])[0]

    def add(
        self,
        connection: Connection,
        kind: JobKind,
        request: Mapping[str, Any],
        idempotency_key: str | None,
        mark: str,
    ) -> AnyJob:
        """Append a waiting job behind those that were asked for singly."""
        values = {
            "id": uuid.uuid4().hex,
            "kind": kind.value,
            "state": JobState.QUEUED.value,
            "request": as_json(request),
            "idempotency_key": idempotency_key,
            "fingerprint": mark,
            "created_at": datetime.now(UTC),
            "owner_id": self._owner_id,
        }
        return new_job(connection.execute(_ADD, values).one())

    def row(self, connection: Connection, job_id: str) -> Row[Any]:
        """The row of that id. Raises `NotFound`."""
        row = connection.execute(self._by_id, {"job_id": job_id}).one_or_none()
        if row is None:
            raise NotFound(f"There is no job {job_id[:80]!r}.")
        return row

    def get(self, connection: Connection, job_id: str) -> AnyJob:
        """The job of that id. Raises `NotFound`."""
        return to_jobs(connection, [self.row(connection, job_id)])[0]

    def count(self, connection: Connection, *conditions: ColumnElement[bool]) -> int:
        """How many rows fulfil ``conditions``."""
        query = select(func.count()).where(self.mine, *conditions)
        return connection.scalar(query) or 0

    def change(self, connection: Connection, job_id: str, values: Mapping[str, Any]) -> None:
        """Set some columns of a row."""
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(dict(values)))

    def give(
        self, connection: Connection, numbers: Sequence[int], worker: str
    ) -> Sequence[Row[Any]]:
        """These jobs are running under ``worker`` now, one attempt more. Rows in no order."""
        values = {
            "numbers": list(numbers),
            "state": JobState.RUNNING.value,
            "worker": worker,
            "started_at": datetime.now(UTC),
        }
        return connection.execute(_GIVE, values).all()

    def end(
        self,
        connection: Connection,
        worker: str,
        job_id: str,
        state: JobState,
        error: str | None = None,
    ) -> AnyJob | None:
        """The job of ``worker`` has ended. ``None`` when it isn't running under it (any more)."""
        mine = {"job_id": job_id, "by": worker}
        row = connection.execute(_END, {**mine, **ended(state, error)}).one_or_none()
        return to_jobs(connection, [row])[0] if row is not None else None

    def running(
        self, connection: Connection, kinds: ColumnElement[bool], worker: str | None
    ) -> Sequence[AnyJob]:
        """The jobs that run under ``worker``, or under anybody."""
        conditions = [jobs.c.state == JobState.RUNNING, self.mine, kinds]
        if worker is not None:
            conditions.append(jobs.c.worker == worker)
        query = select(jobs).where(*conditions).order_by(jobs.c.number)
        return to_jobs(connection, connection.execute(query).all())


def is_paused(connection: Connection) -> bool:
    """Whether the queue is paused: what is being drawn goes on, nothing else begins."""
    return connection.scalar(IS_PAUSED) is not None


def as_json(request: Mapping[str, Any]) -> str:
    """The text of a request; equal for equal requests."""
    return json.dumps(request, sort_keys=True, ensure_ascii=False)


def ended(state: JobState, error: str | None = None) -> dict[str, Any]:
    """The columns of a job that has ended."""
    return {
        "state": state.value,
        "worker": None,
        "error": error,
        "finished_at": datetime.now(UTC),
    }


def waiting_again(crashes: int) -> dict[str, Any]:
    """The columns of a job that goes back to the queue."""
    queued = JobState.QUEUED.value
    return {"crashes": crashes, "state": queued, "worker": None, "started_at": None}
