"""Whose image begins next: round and round over the waiting jobs, one image each.

So a job of a hundred images holds up one of a single image by one image, and any number of small
jobs hold up a large one by one image each. Knows no torch and no images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Generic, TypeVar

T = TypeVar("T")


class Verdict(Enum):
    """Whether a job's next image can begin now, and if not, what it waits for."""

    FITS = auto()
    NO_ROWS = auto()
    NO_MODEL = auto()


class Turns(Generic[T]):
    """The waiting jobs in the order of their turns.

    What waits for rows holds its place and all that gets free is kept for it, or wide images would
    wait for ever behind narrow ones. What waits for its model's place in memory may be overtaken by
    ``patience`` images: so models aren't changed for every image. A job's next image waits, then,
    for at most as many images as there were jobs ahead of it, and ``patience`` more.
    """

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._overtaken: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self._overtaken)

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._overtaken))

    def add(self, job: T) -> None:
        """Let a job join at the end of the line; one that is there keeps its place."""
        self._overtaken.setdefault(job, 0)

    def remove(self, job: T) -> None:
        """Take a job out of the line; nothing happens when it isn't there."""
        self._overtaken.pop(job, None)

    def take(self, verdict: Callable[[T], Verdict]) -> T | None:
        """The job whose image begins now, out of the line (`add` it again if it has more).

        ``None`` when nothing may begin before something else ends.
        """
        passed: list[T] = []
        for job in self:
            found = verdict(job)
            if found is Verdict.FITS:
                for overtaken in passed:
                    self._overtaken[overtaken] += 1
                self.remove(job)
                return job
            if found is Verdict.NO_ROWS or self._overtaken[job] >= self._patience:
                return None
            passed.append(job)
        return None
