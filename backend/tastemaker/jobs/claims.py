"""Jobs for a worker, looked for on a thread of its own: a look takes the database's write lock,
which others may hold, and the picture that is being drawn must not wait for them.

Knows no engine: whoever draws says how many jobs it can take.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

from tastemaker.domain import DrawingJob
from tastemaker.jobs.queue import JobQueue

POLL_SECONDS = 1.0
"""How often to look for jobs of which nobody told."""


class Claims:
    """Claims jobs under ``token``. Used by one thread, the one that draws.

    While there is something to draw, a look is taken only when there may be something: after
    `wake`, after finding as much as was wanted, and now and then.
    """

    def __init__(self, queue: JobQueue, token: str) -> None:
        self._queue = queue
        self._token = token
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="claims")
        self._look: Future[tuple[DrawingJob, ...]] | None = None
        self._wanted = 0
        self._next_look = 0.0

    @property
    def looking(self) -> bool:
        """Whether jobs may be claimed already that `take` hasn't returned."""
        return self._look is not None

    def wake(self) -> None:
        """There may be something new."""
        self._next_look = 0.0

    def take(self, wanted: int, *, idle: bool) -> tuple[DrawingJob, ...]:
        """Jobs to begin now, at most as many as were ``wanted`` when the look for them began.

        ``idle``: there is nothing to draw, so look at once and wait for what is found.
        """
        if self._look is None:
            if not wanted or (not idle and time.monotonic() < self._next_look):
                return ()
            # Before the look: a wake that comes meanwhile asks for another one.
            self._next_look = time.monotonic() + POLL_SECONDS
            self._wanted = wanted
            self._look = self._thread.submit(self._queue.claim, self._token, limit=wanted)
        if not idle and not self._look.done():
            return ()
        look, self._look = self._look, None
        jobs = look.result()
        if len(jobs) == self._wanted:
            self.wake()
        if idle and not jobs and time.monotonic() >= self._next_look:
            # Woken during a look that had begun before.
            return self.take(wanted, idle=True)
        return jobs

    def close(self) -> None:
        """Wait for the look that is under way; what it claims goes back when the worker is gone."""
        self._thread.shutdown(wait=True)
