"""Short-lived processes that do one thing for the web process, which must stay small, and answer.

They load what the web process must not (the model libraries, pandas), and their memory goes when
they end. Knows not what the errands are.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from tastemaker import errors
from tastemaker.domain import Event
from tastemaker.errors import Busy, FieldError, InvalidInput, TastemakerError
from tastemaker.jobs.child import Child

log = logging.getLogger(__name__)

AT_ONCE = 2
WAIT_SECONDS = 90.0
KEPT_SECONDS = 300.0
FAILURE_KEPT_SECONDS = 30.0
ANSWER = "answer"
FAILURE = "failure"


class Errands(Protocol):
    """Has things done elsewhere. Answers are JSON-ready."""

    def run(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do it and wait for the answer; one that is still fresh is given again.

        Raises:
            TastemakerError: whatever stood in the way. Busy: it took too long.
        """

    def ask(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The answer, or ``None`` while it is being found. Raises as `run`."""

    def stop(self) -> None:
        """End what is under way."""


@dataclass(slots=True)
class _Errand:
    """One that is under way or was done. ``result`` is what came of it, ``until`` how long it
    holds (in seconds of the monotonic clock).
    """

    done: threading.Event
    result: Mapping[str, Any] | TastemakerError | None = None
    until: float = 0.0


class LocalErrands:
    """`Errands` of processes on this machine. Equal ones at the same time are done once."""

    def __init__(self, command: Sequence[str], setup: Mapping[str, Any]) -> None:
        self._command = tuple(command)
        self._setup = dict(setup)
        self._lock = threading.Lock()
        self._known: dict[str, _Errand] = {}
        self._children: set[Child] = set()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="errand")

    def run(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        errand = self._begin(kind, arguments)
        errand.done.wait(WAIT_SECONDS)
        found = self._result(errand)
        if found is None:
            raise Busy("Looking takes unusually long. Try again in a moment.", retry_after=10)
        return found

    def ask(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return self._result(self._begin(kind, arguments))

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            children = tuple(self._children)
        for child in children:
            child.stop(patience=0)

    def _begin(self, kind: str, arguments: Mapping[str, Any]) -> _Errand:
        """The errand that was begun and still holds, else a new one."""
        key = json.dumps([kind, dict(arguments)], sort_keys=True)
        now = time.monotonic()
        with self._lock:
            known = {k: e for k, e in self._known.items() if not e.done.is_set() or now < e.until}
            self._known = known
            if key not in known:
                known[key] = _Errand(threading.Event())
                self._threads.submit(self._do, known[key], kind, dict(arguments))
            return known[key]

    def _do(self, errand: _Errand, kind: str, arguments: Mapping[str, Any]) -> None:
        heard: list[Event] = []
        child = Child(f"process that looks at the {kind}", self._command, heard.append)
        with self._lock:
            self._children.add(child)
        try:
            child.run({**self._setup, "kind": kind, "arguments": dict(arguments)})
            errand.result = _understood(heard)
        except Exception:
            log.exception("an errand failed")
            errand.result = _no_answer()
        finally:
            with self._lock:
                self._children.discard(child)
            failed = isinstance(errand.result, TastemakerError)
            errand.until = time.monotonic() + (FAILURE_KEPT_SECONDS if failed else KEPT_SECONDS)
            errand.done.set()

    def _result(self, errand: _Errand) -> Mapping[str, Any] | None:
        if isinstance(errand.result, TastemakerError):
            raise errand.result
        return errand.result


def failure(error: TastemakerError) -> dict[str, Any]:
    """An error as an errand sends it home."""
    fields = error.errors if isinstance(error, InvalidInput) else ()
    return {
        "kind": type(error).__name__,
        "detail": str(error),
        "errors": [[item.field, item.message] for item in fields],
    }


def _understood(heard: Sequence[Event]) -> Mapping[str, Any] | TastemakerError:
    for event in reversed(heard):
        if event.type == ANSWER:
            return event.data
        if event.type == FAILURE:
            return _error(event.data)
    return _no_answer()


def _error(data: Mapping[str, Any]) -> TastemakerError:
    kind = getattr(errors, str(data["kind"]), None)
    if not (isinstance(kind, type) and issubclass(kind, TastemakerError)):
        return _no_answer()
    if issubclass(kind, InvalidInput):
        return kind(data["detail"], tuple(FieldError(*item) for item in data["errors"]))
    return kind(data["detail"])


def _no_answer() -> TastemakerError:
    return Busy(
        "Looking failed: the process that does it ended without an answer, perhaps for want of "
        "memory. The server's log says more."
    )
