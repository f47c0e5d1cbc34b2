"""The order in which waiting drawings are taken: seeing it, changing it, pausing, clearing.

What is asked for singly goes before batches, unless a batch was put in front of it; whatever comes
later goes behind everything of its kind.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from tastemaker.domain import LOCAL_OWNER_ID, JobState
from tastemaker.errors import Conflict, NotFound
from tastemaker.jobs.table import BEHIND, DRAWING, PAUSED, UNFINISHED, JobTable, ended, is_paused
from tastemaker.storage.database import Database
from tastemaker.storage.tables import jobs, settings


@dataclass(frozen=True, slots=True)
class Entry:
    """One job, or those of a batch that follow each other; in order. ``paused``: all of them."""

    job_ids: tuple[str, ...]
    batch_id: str | None
    running: bool
    paused: bool


class QueueOrder:
    """The waiting and running drawings of one owner. Safe for many threads and processes."""

    def __init__(self, database: Database, owner_id: int = LOCAL_OWNER_ID) -> None:
        self._database = database
        self._table = JobTable(owner_id)

    @property
    def paused(self) -> bool:
        """Whether nothing new is begun."""
        with self._database.read() as connection:
            return is_paused(connection)

    def pause(self, paused: bool) -> None:
        """Begin nothing new from now on, or go on. What is being drawn is finished."""
        with self._database.write() as connection:
            connection.execute(delete(settings).where(settings.c.name == PAUSED))
            if paused:
                connection.execute(insert(settings).values(name=PAUSED, value="1"))

    def entries(self) -> tuple[Entry, ...]:
        """What runs, then what waits in the order in which it is taken."""
        with self._database.read() as connection:
            rows = self._rows(connection, UNFINISHED)
        rows.sort(key=lambda row: row.state != JobState.RUNNING)
        groups = itertools.groupby(rows, key=lambda row: (row.state, row.batch_id or row.id))
        return tuple(_entry(list(group)) for _, group in groups)

    def move(
        self, *, job_id: str | None = None, batch_id: str | None = None, before: str | None
    ) -> None:
        """Put a waiting job, or all that waits of a batch, in front of the job ``before``.

        Behind everything when ``before`` is ``None``.

        Raises:
            NotFound: nothing of that name waits. Conflict: in front of itself.
        """
        with self._database.write() as connection:
            rows = self._rows(connection, (JobState.QUEUED,))
            moved = [r for r in rows if r.id == job_id or (batch_id and r.batch_id == batch_id)]
            if not moved:
                raise NotFound("It doesn't wait any more: it has begun or ended.")
            if any(row.id == before for row in moved):
                raise Conflict("Nothing can be put in front of itself.")
            taken = {row.id for row in moved}
            rest = [row for row in rows if row.id not in taken]
            place = len(rest)
            if before is not None:
                found = [at for at, row in enumerate(rest) if row.id == before]
                if not found:
                    raise NotFound("What it should come before doesn't wait any more.")
                place = found[0]
            order = [*rest[:place], *moved, *rest[place:]]
            newest = connection.scalar(select(func.max(jobs.c.number))) or 0
            for row, place in zip(order, _places(order, newest), strict=True):
                if row.place != place:
                    self._table.change(connection, row.id, {"place": place})

    def clear(self) -> int:
        """Cancel everything that waits; what is being drawn goes on. Returns how many."""
        with self._database.write() as connection:
            statement = (
                update(jobs)
                .where(jobs.c.state == JobState.QUEUED, self._table.mine, DRAWING)
                .values(cancel_requested=1, **ended(JobState.CANCELLED))
            )
            return connection.execute(statement).rowcount

    def _rows(self, connection: Connection, states: Sequence[JobState]) -> list[Row[Any]]:
        query = (
            select(jobs.c.id, jobs.c.state, jobs.c.place, jobs.c.batch_id, jobs.c.pause_requested)
            .where(jobs.c.state.in_([state.value for state in states]), self._table.mine, DRAWING)
            .order_by(jobs.c.place, jobs.c.number)
        )
        return [*connection.execute(query)]


def _places(order: Sequence[Row[Any]], newest: int) -> list[int]:
    """Ascending places for jobs in this order.

    Up to the last one that was asked for singly they are before that of any single request to come,
    which is more than ``newest``; behind it they are before that of any batch to come.
    """
    singles = [at for at, row in enumerate(order) if row.batch_id is None]
    ahead = singles[-1] + 1 if singles else 0
    behind = len(order) - ahead
    return [
        *range(newest - ahead + 1, newest + 1),
        *range(BEHIND + newest - behind + 1, BEHIND + newest + 1),
    ]


def _entry(rows: Sequence[Row[Any]]) -> Entry:
    return Entry(
        tuple(row.id for row in rows),
        rows[0].batch_id,
        rows[0].state == JobState.RUNNING,
        all(row.pause_requested for row in rows),
    )
