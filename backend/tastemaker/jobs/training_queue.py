"""What is special about trainings as rows of ``jobs``: one at a time, paused and resumed.

A paused training is a waiting one with ``pause_requested``; nobody claims it. What it had learned
lies in the folder of its run, so that a row that goes back to the queue goes on from there. Knows
no HTTP, no torch and no processes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from tastemaker.domain import (
    LOCAL_OWNER_ID,
    JobKind,
    JobState,
    TrainingJob,
    TrainingRequest,
    is_training,
)
from tastemaker.errors import Conflict, NotFound
from tastemaker.jobs.table import (
    TRAINING,
    UNFINISHED,
    JobTable,
    as_json,
    ended,
    waiting_again,
)
from tastemaker.storage.database import Database
from tastemaker.storage.rows import to_jobs
from tastemaker.storage.tables import jobs

_CLAIMABLE = (TRAINING, jobs.c.state == JobState.QUEUED, jobs.c.pause_requested == 0)


class TrainingQueue:
    """The trainings of one owner. Safe for many threads and processes at once."""

    def __init__(
        self, database: Database, *, max_crashes: int = 3, owner_id: int = LOCAL_OWNER_ID
    ) -> None:
        self._database = database
        self._max_crashes = max_crashes
        self._table = JobTable(owner_id)

    def submit(
        self,
        request: TrainingRequest,
        *,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
    ) -> tuple[TrainingJob, bool]:
        """Accept a training for good; returns it and whether it is new, as `JobQueue.submit`.

        Raises:
            Conflict: another training is waiting, running or paused, or the key was used for
                another request.
        """
        body = request.to_dict()
        mark = fingerprint if fingerprint is not None else as_json(body)
        with self._database.write() as connection:
            first = self._table.repeated(connection, idempotency_key, mark)
            if first is not None:
                if not is_training(first):
                    raise Conflict("This Idempotency-Key was already used for a drawing.")
                return first, False
            self._refuse_second(connection)
            job = self._table.add(connection, JobKind.RETRAIN, body, idempotency_key, mark)
            return self._get(connection, job.id), True

    def repeated(self, idempotency_key: str | None, fingerprint: str) -> TrainingJob | None:
        """The training that was accepted under that key before. Raises as `submit`."""
        with self._database.read() as connection:
            first = self._table.repeated(connection, idempotency_key, fingerprint)
            return first if first is not None and is_training(first) else None

    def get(self, job_id: str) -> TrainingJob:
        """The training as it is now. Raises `NotFound`, also for a job that draws."""
        with self._database.read() as connection:
            return self._get(connection, job_id)

    def latest(self) -> TrainingJob | None:
        """The unfinished training, else the one that was started last."""
        with self._database.read() as connection:
            return self._unfinished(connection) or self._newest(connection)

    def unfinished(self) -> TrainingJob | None:
        """The training that is waiting, running or paused."""
        with self._database.read() as connection:
            return self._unfinished(connection)

    def named(self, name: str) -> TrainingJob | None:
        """The newest training whose run has that name."""
        query = select(jobs).where(TRAINING, self._table.mine).order_by(jobs.c.number.desc())
        with self._database.read() as connection:
            found = to_jobs(connection, connection.execute(query).all())
        return next((job for job in found if is_training(job) and job.request.name == name), None)

    def refuse_second(self) -> None:
        """Raises `Conflict` while a training is waiting, running or paused."""
        with self._database.read() as connection:
            self._refuse_second(connection)

    def claimable(self) -> bool:
        """Whether a training waits to be run."""
        with self._database.read() as connection:
            return self._table.count(connection, *_CLAIMABLE) > 0

    def claim(self, worker: str) -> TrainingJob | None:
        """Give the waiting training to ``worker``: it is running now, one attempt more."""
        query = select(jobs).where(*_CLAIMABLE, self._table.mine).order_by(jobs.c.number).limit(1)
        with self._database.write() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            self._table.give(connection, [row.number], worker)
            return self._get(connection, row.id)

    def request_pause(self) -> TrainingJob:
        """Ask the training to stop until it is resumed; one that only waits is paused at once.

        Raises:
            Conflict: there is none, or it is paused or being cancelled already.
        """
        with self._database.write() as connection:
            job = self._unfinished(connection)
            if job is None:
                raise Conflict("There is no training that could be paused.")
            if job.pause_requested:
                raise Conflict("The training is paused already, or about to be.")
            if job.cancel_requested:
                raise Conflict("The training is being cancelled; it saves and ends.")
            self._table.change(connection, job.id, {"pause_requested": 1})
            return self._get(connection, job.id)

    def resume(self, job_id: str) -> TrainingJob:
        """Let a paused training go on, or start one that was cancelled or failed once more.

        Raises:
            NotFound: no such training.
            Conflict: it is going on, has succeeded, or another one isn't finished.
        """
        with self._database.write() as connection:
            job = self._get(connection, job_id)
            if job.state is JobState.SUCCEEDED:
                raise Conflict(f"The training {job.request.name} has ended; its version is there.")
            if job.state is JobState.RUNNING:
                stopping = job.pause_requested or job.cancel_requested
                raise Conflict(
                    "The training is about to stop; resume it once it has."
                    if stopping
                    else "The training is running; there is nothing to resume."
                )
            if job.state is JobState.QUEUED and not job.paused:
                raise Conflict("The training is about to begin; there is nothing to resume.")
            if job.state.is_final:
                self._refuse_second(connection)
            again = {"pause_requested": 0, "cancel_requested": 0}
            ended_never = {"error": None, "finished_at": None, **waiting_again(crashes=0)}
            self._table.change(connection, job_id, {**again, **ended_never})
            return self._get(connection, job_id)

    def stop_requests(self, worker: str, job_id: str) -> tuple[bool, bool]:
        """Whether the worker should pause, and whether it should cancel (also if it lost it)."""
        with self._database.read() as connection:
            row = self._table.row(connection, job_id)
        lost = row.state != JobState.RUNNING or row.worker != worker
        return bool(row.pause_requested), bool(row.cancel_requested) or lost

    def succeed(self, worker: str, job_id: str) -> TrainingJob | None:
        """The version is there. ``None`` when the job isn't running under ``worker`` (any more)."""
        return self._end(worker, job_id, JobState.SUCCEEDED)

    def fail(self, worker: str, job_id: str, error: str) -> TrainingJob | None:
        """It can't go on, for the reason ``error``. ``None`` as in `succeed`."""
        return self._end(worker, job_id, JobState.FAILED, error)

    def release(self, worker: str | None = None, *, crashed: bool = False) -> TrainingJob | None:
        """``worker`` (any, when ``None``) doesn't run its training any more: settle the row.

        It goes back to the queue (where it is paused if that was asked for), unless it was to be
        cancelled or workers died over it too often (failed). ``crashed`` says that the worker died
        of itself. Returns the training as it is now.
        """
        with self._database.write() as connection:
            for job in self._table.running(connection, TRAINING, worker):
                crashes = job.crashes + crashed
                if job.cancel_requested:
                    values = ended(JobState.CANCELLED)
                elif crashes >= self._max_crashes:
                    values = {"crashes": crashes, **ended(JobState.FAILED, _gave_up(crashes))}
                else:
                    values = waiting_again(crashes)
                self._table.change(connection, job.id, values)
                return self._get(connection, job.id)
        return None

    def _end(
        self, worker: str, job_id: str, state: JobState, error: str | None = None
    ) -> TrainingJob | None:
        with self._database.write() as connection:
            job = self._table.end(connection, worker, job_id, state, error)
            return job if job is not None and is_training(job) else None

    def _refuse_second(self, connection: Connection) -> None:
        first = self._unfinished(connection)
        if first is not None:
            state = "paused" if first.paused else first.state.value
            raise Conflict(
                f"The training {first.request.name} is {state} already, and there can be only one "
                "at a time. Wait until it has ended, or cancel it: it saves and can be resumed."
            )

    def _unfinished(self, connection: Connection) -> TrainingJob | None:
        query = select(jobs).where(TRAINING, self._table.mine, jobs.c.state.in_(UNFINISHED))
        return _first(connection, query.order_by(jobs.c.number.desc()).limit(1))

    def _newest(self, connection: Connection) -> TrainingJob | None:
        # One that was resumed may have ended after those that were submitted later.
        moment = func.coalesce(jobs.c.finished_at, jobs.c.created_at).desc()
        query = select(jobs).where(TRAINING, self._table.mine)
        return _first(connection, query.order_by(moment, jobs.c.number.desc()).limit(1))

    def _get(self, connection: Connection, job_id: str) -> TrainingJob:
        job = self._table.get(connection, job_id)
        if not is_training(job):
            raise NotFound(f"The job {job_id[:80]} is no training.")
        return job


def _first(connection: Connection, query: Select[Any]) -> TrainingJob | None:
    found = to_jobs(connection, connection.execute(query).all())
    return next((job for job in found if is_training(job)), None)


def _gave_up(crashes: int) -> str:
    return (
        f"The training process ended {crashes} times without a reason of its own, perhaps for want "
        "of memory, so it was given up. What it had learned is saved: resume it, or start again "
        "with fewer pictures at once. The server's log says more."
    )
