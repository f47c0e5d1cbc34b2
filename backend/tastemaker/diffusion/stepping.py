"""Somebody else's loop, one step at a time: it runs on a thread of its own, and only when told.

Either the thread works or the one that steps it, never both. Knows no pictures.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Stopped(BaseException):
    """Raised inside of the loop to end it; no exception of a library's may catch it."""


class SteppedCall(Generic[T]):
    """Calls ``work``, which calls `pause` between its steps; `step` lets it go on until then."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        self._work = work
        self._go = threading.Semaphore(0)
        self._paused = threading.Semaphore(0)
        self._stopping = False
        self._done = False
        self._result: T | None = None
        self._error: BaseException | None = None
        # A process that ends doesn't wait for a picture that nobody will see.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def step(self) -> bool:
        """Let it work until its next pause; whether it has ended. Raises what it raised."""
        if not self._done:
            self._go.release()
            self._paused.acquire()
        if self._error is not None:
            raise self._error
        return self._done

    @property
    def result(self) -> T:
        """What it returned; only once it has ended."""
        if not self._done or self._result is None:
            raise RuntimeError("it hasn't ended, or without a result")
        return self._result

    def stop(self) -> None:
        """End it where it pauses, and wait until it has."""
        if not self._done:
            self._stopping = True
            self._go.release()
            self._paused.acquire()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._go.acquire()
            if not self._stopping:
                self._result = self._work()
        except _Stopped:
            pass
        except BaseException as error:
            self._error = error
        self._done = True
        self._paused.release()

    def pause(self) -> None:
        """From inside of the work: wait until it may go on. Raises to end it."""
        self._paused.release()
        self._go.acquire()
        if self._stopping:
            raise _Stopped
