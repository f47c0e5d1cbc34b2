"""Work on pictures beside the denoising: decoding and previews, in the order they were handed in.

On a device that works by itself (CUDA) it is done on a thread of its own, because reading a result
back makes the host wait, and a host that waits doesn't hand out the next step. On the CPU the steps
need all cores themselves, so it is done in between, one picture at a time, or by a stream where
steps are, too (`tastemaker.diffusion.streams`). Knows no images.
"""

from __future__ import annotations

import queue
import threading
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from tastemaker.diffusion.streams import Streams

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Done(Generic[T, R]):
    """What came of a task: a ``result``, or the ``error`` that it raised."""

    owner: T
    heavy: bool
    result: R | None = None
    error: Exception | None = None


@dataclass(eq=False)
class _Task(Generic[T, R]):
    owner: T
    heavy: bool
    work: Callable[[], R]
    on_stream: Callable[[], R] | None
    begun: Future[Done[T, R]] | None = field(default=None, init=False)

    def run(self) -> Done[T, R]:
        return self._done(self.work)

    def begin(self, streams: Streams, number: int) -> None:
        assert self.on_stream is not None
        self.begun = streams.start(number, partial(self._done, self.on_stream))

    def _done(self, work: Callable[[], R]) -> Done[T, R]:
        try:
            return Done(self.owner, self.heavy, result=work())
        except Exception as error:
            return Done(self.owner, self.heavy, error=error)


class Aside(Generic[T, R]):
    """Runs tasks one after the other; results come in the same order.

    A ``heavy`` task is one that a step shouldn't be kept waiting for more than once; ``backlog`` is
    how many of them may wait before that doesn't count any more. Owned by one thread.
    """

    def __init__(self, *, threaded: bool, backlog: int) -> None:
        self._threaded = threaded
        self._backlog = backlog
        self._waiting: deque[_Task[T, R]] = deque()
        self._inbox: queue.SimpleQueue[_Task[T, R] | None] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Done[T, R]] = queue.SimpleQueue()
        self._started = False

    def __len__(self) -> int:
        """Tasks whose results weren't collected yet."""
        return len(self._waiting)

    @property
    def owners(self) -> list[T]:
        """Whose tasks weren't collected yet."""
        return [task.owner for task in self._waiting]

    @property
    def wants_device(self) -> bool:
        """Whether the first one that hasn't begun is none for a stream."""
        first = next((task for task in self._waiting if task.begun is None), None)
        return not self._threaded and first is not None and first.on_stream is None

    def put(
        self,
        owner: T,
        work: Callable[[], R],
        *,
        heavy: bool,
        on_stream: Callable[[], R] | None = None,
    ) -> None:
        """Hand in a task; ``on_stream`` is how a stream does it, if it can."""
        task = _Task(owner, heavy, work, on_stream)
        self._waiting.append(task)
        if self._threaded:
            if not self._started:
                self._begin()
            self._inbox.put(task)

    def begin(self, streams: Streams) -> None:
        """Let streams that are free begin tasks that they can do, where no thread does."""
        if self._threaded:
            return
        for task in self._waiting:
            if task.begun is None:
                number = streams.free
                if number is None or task.on_stream is None:
                    return
                task.begin(streams, number)

    def collect(self, *, wait: bool, itself: bool = True) -> list[Done[T, R]]:
        """What is done. ``wait``: there is nothing else to do, so don't come back with nothing.

        ``itself``: it may do now what no stream has begun.
        """
        if self._threaded:
            return self._from_thread(wait)
        done: list[Done[T, R]] = []
        while self._waiting:
            begun = self._waiting[0].begun
            if begun is not None and (begun.done() or (wait and not done)):
                done.append(begun.result())
            elif begun is None and itself:
                done.append(self._waiting[0].run())
            else:
                break
            self._waiting.popleft()
            if begun is None and done[-1].heavy and len(self._waiting) <= self._backlog:
                break
        return done

    def _from_thread(self, wait: bool) -> list[Done[T, R]]:
        done: list[Done[T, R]] = []
        while self._waiting:
            try:
                done.append(self._outbox.get(block=wait and not done))
            except queue.Empty:
                break
            self._waiting.popleft()
        return done

    def _begin(self) -> None:
        """Start the thread; it knows only the queues, and ends with this object."""
        inbox, outbox = self._inbox, self._outbox

        def work() -> None:
            while (task := inbox.get()) is not None:
                outbox.put(task.run())
                del task

        threading.Thread(target=work, name="aside", daemon=True).start()
        weakref.finalize(self, inbox.put, None)
        self._started = True
