"""Whose image begins next: round and round over the waiting jobs, one image each, quick ones first.

So a job of a hundred images holds up one of a single image by one image. An image of few steps
needn't wait for one of many that came just before, and no image can be overtaken for long: each has
a moment in line, by which it goes before all that come later (cf. Zhang, "VirtualClock", 1990).
Knows no torch and no images.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar

T = TypeVar("T")

OVERTAKING = 3.0
"""Who comes later may go first until so many times an image's own work was done since it came."""


class Verdict(Enum):
    """Whether a job's next image can begin now, and if not, what it waits for.

    ``SWAPS``: it can, but another model must leave memory for it, perhaps to be loaded again soon.
    """

    FITS = auto()
    SWAPS = auto()
    NO_ROWS = auto()
    NO_MODEL = auto()


@dataclass(slots=True)
class _Waiting:
    """When an image is ``due``, in work done by then; how many that need no other model in memory
    have overtaken it, and since when.
    """

    due: float
    overtaken: int = 0
    since: float = math.inf


class Turns(Generic[T]):
    """The waiting jobs in the order of their turns.

    Work has any unit that is the same throughout. A job's image is due when `OVERTAKING` times its
    work was done since it joined, and the first to be due is the first in line: of equal images,
    the one that came first. What waits for rows holds its place and all that gets free is kept for
    it, or wide images would wait for ever behind narrow ones. What waits for its model's place in
    memory may be overtaken by ``patience`` images within ``seconds``, and as many again after each
    change of models: so models aren't changed for every image. A job's next image waits, then, for
    at most as many images as there were jobs ahead of it, for quicker ones that came before it was
    due, and for ``patience`` more for each model that was asked for before its.
    """

    def __init__(
        self,
        patience: int,
        seconds: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience
        self._seconds = seconds
        self._clock = clock
        self._line: dict[T, _Waiting] = {}
        self._done = 0.0

    def __len__(self) -> int:
        return len(self._line)

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._line))

    def worked(self, amount: float) -> None:
        """So much work was done on whatever image."""
        self._done += amount

    def add(self, job: T, work: float) -> None:
        """Let a job join whose next image takes so much work; one that is there keeps its place."""
        if job in self._line:
            return
        self._line[job] = _Waiting(self._done + OVERTAKING * work)
        self._line = dict(sorted(self._line.items(), key=lambda entry: entry[1].due))

    def remove(self, job: T) -> None:
        """Take a job out of the line; nothing happens when it isn't there."""
        self._line.pop(job, None)

    def take(self, verdict: Callable[[T], Verdict]) -> T | None:
        """The job whose image begins now, out of the line (`add` it again if it has more).

        ``None`` when nothing may begin before something else ends.
        """
        passed: list[_Waiting] = []
        swaps: tuple[T, int] | None = None
        for job, waiting in self._line.items():
            found = verdict(job)
            if found is Verdict.FITS:
                return self._begins(job, passed)
            if found is Verdict.NO_ROWS:
                break
            if found is Verdict.SWAPS and swaps is None:
                swaps = job, len(passed)
            if self._is_out_of_patience(waiting):
                break
            passed.append(waiting)
        if swaps is None:
            return None
        job, before = swaps
        self._begins(job, passed[:before])
        for waiting in self._line.values():
            waiting.overtaken, waiting.since = 0, math.inf
        return job

    def _begins(self, job: T, overtaken: Iterable[_Waiting]) -> T:
        now = self._clock()
        for waiting in overtaken:
            waiting.overtaken += 1
            waiting.since = min(waiting.since, now)
        self.remove(job)
        return job

    def _is_out_of_patience(self, waiting: _Waiting) -> bool:
        return waiting.overtaken >= self._patience or self._clock() - waiting.since >= self._seconds
