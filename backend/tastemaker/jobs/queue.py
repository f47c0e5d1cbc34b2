"""The queue of jobs as rows of the database: the row is the truth, whatever happens to a process.

A worker is known by a token that is new each time it starts; every write on its behalf checks, in
the same transaction, that the job is still its own. So a worker that was given up but lives on can
neither finish a job nor add a picture twice. Knows no HTTP, no torch and no processes. Trainings
are rows of the same table; `tastemaker.jobs.training_queue` says what is special about them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select

from tastemaker.domain import (
    LOCAL_OWNER_ID,
    AnyJob,
    DrawingJob,
    GenerationRequest,
    JobKind,
    JobState,
    NewImage,
    is_drawing,
)
from tastemaker.errors import Conflict, QueueFull
from tastemaker.jobs.table import (
    DRAWING,
    HELD,
    IS_PAUSED,
    SINGLE,
    UNFINISHED,
    JobTable,
    as_json,
    ended,
    waiting_again,
)
from tastemaker.storage.database import Database
from tastemaker.storage.rows import insert_image, new_job, to_jobs
from tastemaker.storage.tables import images, jobs

_CRASHES_OF_HELD = (
    select(func.max(jobs.c.crashes))
    .where(jobs.c.state == JobState.RUNNING.value, jobs.c.worker == bindparam("by"))
    .scalar_subquery()
)
_SAME_PICTURE = select(images.c.id).where(
    images.c.job_id == bindparam("job_id"), images.c.batch_index == bindparam("index")
)
_WANTS_PICTURE = select(jobs.c.id).where(*HELD, ~_SAME_PICTURE.exists()).with_for_update()


class JobQueue:
    """All jobs of one owner, and the drawing of those that draw.

    Safe for many threads, processes and workers at once.
    """

    def __init__(
        self,
        database: Database,
        *,
        max_queue: int,
        max_crashes: int = 3,
        max_attempts: int = 30,
        owner_id: int = LOCAL_OWNER_ID,
    ) -> None:
        self._database = database
        self._max_queue = max_queue
        self._max_crashes = max_crashes
        self._max_attempts = max_attempts
        self._table = JobTable(owner_id)
        self._count_waiting = select(func.count()).where(
            self._table.mine, jobs.c.state == JobState.QUEUED.value, DRAWING, SINGLE
        )
        self._next = (
            select(jobs.c.number, jobs.c.crashes, _CRASHES_OF_HELD.label("crashes_of_held"))
            .where(
                ~IS_PAUSED.exists(),
                jobs.c.state == JobState.QUEUED.value,
                jobs.c.pause_requested == 0,
                self._table.mine,
                DRAWING,
            )
            .order_by(jobs.c.place, jobs.c.number)
            .limit(bindparam("limit"))
            .with_for_update(skip_locked=True)
        )

    def submit(
        self,
        kind: JobKind,
        request: GenerationRequest,
        *,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        beside: Callable[[Connection], None] | None = None,
    ) -> tuple[AnyJob, bool]:
        """Put a job at the end of the queue; when this returns, it is accepted for good.

        Returns the job and whether it is new: a second submission under the same
        ``idempotency_key`` gives the first one's job. ``fingerprint`` tells whether the two are the
        same request; pass one of what the caller sent when defaults or a random seed were filled in
        since. Without it the whole request counts. ``beside`` is done in the same transaction when
        the job is new.

        Raises:
            QueueFull: as many jobs wait as may.
            Conflict: the key was used for another request.
        """
        body = request.to_dict()
        mark = fingerprint if fingerprint is not None else f"{kind.value} {as_json(body)}"
        with self._database.write() as connection:
            first = self._table.repeated(connection, idempotency_key, mark)
            if first is not None:
                return first, False
            waiting = connection.scalar(self._count_waiting) or 0
            if waiting >= self._max_queue:
                raise QueueFull(
                    f"{waiting} jobs are waiting already, which is as many as are allowed."
                    " Try again when some are done."
                )
            if beside is not None:
                beside(connection)
            return self._table.add(connection, kind, body, idempotency_key, mark), True

    def get(self, job_id: str) -> AnyJob:
        """The job as it is now, with its pictures, trashed ones included. Raises `NotFound`."""
        with self._database.read() as connection:
            return self._table.get(connection, job_id)

    def get_many(self, job_ids: Sequence[str]) -> tuple[AnyJob, ...]:
        """Those of the jobs that there are, in the order of ``job_ids``."""
        query = select(jobs).where(jobs.c.id.in_(job_ids), self._table.mine)
        with self._database.read() as connection:
            found = {j.id: j for j in to_jobs(connection, connection.execute(query).all())}
        return tuple(found[job_id] for job_id in job_ids if job_id in found)

    def list(
        self,
        *,
        states: Sequence[JobState] = (),
        kinds: Sequence[JobKind] = (),
        limit: int = 50,
        before: str | None = None,
        batch_id: str | None = None,
        single: bool = False,
    ) -> tuple[AnyJob, ...]:
        """Jobs in ``states`` and of ``kinds`` (all, when empty), newest first.

        Only those of the batch ``batch_id``, or only those of no batch when ``single``. With
        ``before`` only those older than that job; raises `NotFound` when there is none.
        """
        query = select(jobs).where(self._table.mine)
        if states:
            query = query.where(jobs.c.state.in_([state.value for state in states]))
        if kinds:
            query = query.where(jobs.c.kind.in_([kind.value for kind in kinds]))
        if batch_id is not None:
            query = query.where(jobs.c.batch_id == batch_id)
        if single:
            query = query.where(SINGLE)
        with self._database.read() as connection:
            if before is not None:
                query = query.where(jobs.c.number < self._table.row(connection, before).number)
            rows = connection.execute(query.order_by(jobs.c.number.desc()).limit(limit)).all()
            return to_jobs(connection, rows)

    def counts(self) -> dict[JobState, int]:
        """How many jobs there are in each state, with zeros."""
        number = func.count().label("number")
        query = select(jobs.c.state, number).where(self._table.mine)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(jobs.c.state)).all()
        found = {row.state: row.number for row in rows}
        return {state: found.get(state.value, 0) for state in JobState}

    def position(self, job_id: str) -> int:
        """How many unfinished drawings came before it; 0 if it isn't waiting. Raises `NotFound`."""
        with self._database.read() as connection:
            row = self._table.row(connection, job_id)
            if row.state != JobState.QUEUED:
                return 0
            ahead = or_(jobs.c.state == JobState.RUNNING, jobs.c.place < row.place)
            return self._table.count(connection, jobs.c.state.in_(UNFINISHED), DRAWING, ahead)

    def positions(self) -> dict[str, int]:
        """By id, how many unfinished drawings come before each that waits."""
        with self._database.read() as connection:
            running = self._table.count(connection, jobs.c.state == JobState.RUNNING, DRAWING)
            query = select(jobs.c.id).where(
                jobs.c.state == JobState.QUEUED, self._table.mine, DRAWING
            )
            waiting = connection.scalars(query.order_by(jobs.c.place, jobs.c.number)).all()
            return {job_id: running + place for place, job_id in enumerate(waiting)}

    def claim(self, worker: str, *, limit: int = 1) -> tuple[DrawingJob, ...]:
        """Give the next waiting jobs to ``worker``: they are running now, one attempt more.

        None while the queue is paused; those that are paused themselves are passed over.

        A job over which a worker died is given alone, to a worker with nothing else, and nothing
        else is given beside it: what kills workers must not take other jobs down with it.
        """
        with self._database.write() as connection:
            waiting = connection.execute(self._next, {"limit": limit, "by": worker}).all()
            numbers = _together(waiting)
            if not numbers:
                return ()
            rows = self._table.give(connection, numbers, worker)
            rows = sorted(rows, key=lambda row: (row.place, row.number))
            if all(row.attempts == 1 for row in rows):
                found = tuple(new_job(row) for row in rows)
            else:
                found = to_jobs(connection, rows)
            return tuple(job for job in found if is_drawing(job))

    def finished_indices(self, job_id: str) -> frozenset[int]:
        """Which pictures of the job (by index in the request) are stored already."""
        query = select(images.c.batch_index).where(images.c.job_id == job_id)
        with self._database.read() as connection:
            return frozenset(connection.scalars(query))

    def add_image(self, worker: str, image: NewImage) -> int | None:
        """Store the row of a finished picture of a running job and return its id.

        ``None``, and nothing stored, when the job isn't running under ``worker`` any more or has a
        picture of that index already.
        """
        with self._database.write() as connection:
            return self._add_image(connection, worker, image)

    def add_last_image(self, worker: str, image: NewImage) -> tuple[int | None, AnyJob | None]:
        """What `add_image` and then `succeed` would do and return, in one transaction."""
        with self._database.write() as connection:
            image_id = self._add_image(connection, worker, image)
            job_id, state = image.job_id or "", JobState.SUCCEEDED
            return image_id, self._table.end(connection, worker, job_id, state)

    def _add_image(self, connection: Connection, worker: str, image: NewImage) -> int | None:
        wanted = {"job_id": image.job_id or "", "by": worker, "index": image.batch_index}
        if connection.scalar(_WANTS_PICTURE, wanted) is None:
            return None
        return insert_image(connection, image, datetime.now(UTC))

    def succeed(self, worker: str, job_id: str) -> AnyJob | None:
        """The worker has drawn everything. ``None`` when the job isn't running under it (now)."""
        return self._end(worker, job_id, JobState.SUCCEEDED)

    def fail(self, worker: str, job_id: str, error: str) -> AnyJob | None:
        """The worker can't draw it, for the reason ``error``. ``None`` as in `succeed`."""
        return self._end(worker, job_id, JobState.FAILED, error)

    def cancelled(self, worker: str, job_id: str) -> AnyJob | None:
        """The worker has stopped drawing as it was asked to. ``None`` as in `succeed`."""
        return self._end(worker, job_id, JobState.CANCELLED)

    def request_cancel(self, job_id: str) -> AnyJob:
        """Cancel a waiting job at once; ask the worker of a running one to stop.

        Raises:
            NotFound: no such job.
            Conflict: it has ended already.
        """
        with self._database.write() as connection:
            row = self._table.row(connection, job_id)
            if JobState(row.state).is_final:
                raise Conflict(f"Job {job_id} has already {row.state}; there is nothing to cancel.")
            values: dict[str, Any] = {"cancel_requested": 1}
            if row.state == JobState.QUEUED:
                values |= ended(JobState.CANCELLED)
            self._table.change(connection, job_id, values)
            return self._table.get(connection, job_id)

    def release(self, worker: str | None = None, *, crashed: bool = True) -> tuple[AnyJob, ...]:
        """``worker`` (every worker, when ``None``) is dead: settle what it was drawing.

        They go back to the queue in their old place, unless their pictures are all there
        (succeeded), they were to be cancelled, or workers died over them too often (failed).
        ``crashed`` says that the worker died of itself, perhaps of one of these jobs; when it was
        ended from outside, that is no job's fault. Returns them as they are now.
        """
        with self._database.write() as connection:
            found = self._table.running(connection, DRAWING, worker)
            for job in found:
                if is_drawing(job):
                    self._table.change(connection, job.id, self._after_death(job, crashed))
            return tuple(self._table.get(connection, job.id) for job in found)

    def clear_finished(self, older_than: datetime) -> int:
        """Forget jobs that ended before ``older_than``; their pictures stay. Returns how many."""
        with self._database.write() as connection:
            statement = delete(jobs).where(
                jobs.c.state.not_in(UNFINISHED),
                jobs.c.finished_at < older_than,
                self._table.mine,
            )
            return connection.execute(statement).rowcount

    def _after_death(self, job: DrawingJob, crashed: bool) -> dict[str, Any]:
        if len(job.image_ids) >= job.request.num_images:
            return ended(JobState.SUCCEEDED)
        if job.cancel_requested:
            return ended(JobState.CANCELLED)
        crashes = job.crashes + crashed
        if crashes >= self._max_crashes or job.attempts >= self._max_attempts:
            times = "once" if job.attempts == 1 else f"{job.attempts} times"
            reason = (
                f"The worker stopped {times} while drawing this, so it was given up. A smaller size"
                " or fewer images may help; the server's log says why the worker stopped."
            )
            return {"crashes": crashes, **ended(JobState.FAILED, reason)}
        return waiting_again(crashes)

    def _end(
        self, worker: str, job_id: str, state: JobState, error: str | None = None
    ) -> AnyJob | None:
        with self._database.write() as connection:
            return self._table.end(connection, worker, job_id, state, error)


def _together(waiting: Sequence[Row[int, int, int | None]]) -> list[int]:
    """Which of the ``waiting`` jobs to give to a worker, of whose jobs one has led to so many
    crashes, or ``None`` when it has no job.
    """
    if not waiting or waiting[0].crashes_of_held:
        return []
    if waiting[0].crashes:
        return [] if waiting[0].crashes_of_held is not None else [waiting[0].number]
    return [row.number for row in itertools.takewhile(lambda row: not row.crashes, waiting)]
