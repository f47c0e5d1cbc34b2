"""Streams: threads that evaluate and decode side by side, each on one core of the CPU.

Threads that share an evaluation wait for the slowest of them at its end, and for whatever else
kept its core; two evaluations of half the rows don't. Knows no images and no models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch

T = TypeVar("T")


class Evaluate(Protocol):
    """A U-Net by position: sample (rows, channels, height, width), timesteps, text and the rest."""

    def __call__(
        self,
        sample: torch.Tensor,
        timesteps: torch.Tensor,
        text: torch.Tensor,
        added: Mapping[str, torch.Tensor],
    ) -> torch.Tensor: ...


@dataclass(frozen=True, slots=True)
class StreamUnet:
    """A compiled U-Net on one stream: evaluates ``size`` rows at once with one thread.

    Its rows get the bits that they get when ``rows`` are evaluated by all streams together, each
    with its share; ``kind`` is what records call that.
    """

    size: int
    rows: int
    kind: str
    evaluate: Evaluate


class Streams:
    """``count`` threads, on each of which torch has one thread. Owned by one thread."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pools = [ThreadPoolExecutor(1, f"stream-{number}") for number in range(count)]
        # Only what goes on: what is done must not keep a picture and its model in memory.
        self._work: dict[int, Future[Any]] = {}
        wait([pool.submit(_begin) for pool in self._pools])
        # New threads (of others) take the number that was set last, on whatever thread.
        torch.set_num_threads(torch.get_num_threads())

    @property
    def busy(self) -> bool:
        """Whether something is going on in one of them."""
        return bool(self._going_on())

    @property
    def free(self) -> int | None:
        """The number of one that has nothing to do; ``None`` when all have."""
        taken = self._going_on()
        return next((number for number in range(self.count) if number not in taken), None)

    def start(self, number: int, work: Callable[[], T]) -> Future[T]:
        """Begin ``work`` on a stream that is free."""
        future = self._pools[number].submit(work)
        self._work[number] = future
        return future

    def wait(self) -> None:
        """Until one more of them has nothing to do; no time at all if none has anything."""
        wait(self._going_on().values(), return_when=FIRST_COMPLETED)

    def _going_on(self) -> dict[int, Future[Any]]:
        self._work = {number: work for number, work in self._work.items() if not work.done()}
        return self._work


def _begin() -> None:
    """Settings of a thread of its own; both are per thread."""
    # Asked for the first time, torch would set the number of others once more.
    torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
