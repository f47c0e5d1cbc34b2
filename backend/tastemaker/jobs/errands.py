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
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from tastemaker import errors
from tastemaker.domain import Event
from tastemaker.errors import Busy, FieldError, InvalidInput, TastemakerError
from tastemaker.jobs.child import Child, StartMethod

log = logging.getLogger(__name__)

AT_ONCE = 2
PATIENCE_SECONDS = 15.0
"""One that is asked for must be asked for again within this time, or nobody wants it any more."""
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
        """The answer, or ``None`` while it is being found: ask again soon. Raises as `run`."""

    def abandon(self, kind: str) -> None:
        """Nobody waits for errands of that kind any more."""

    def stop(self) -> None:
        """End what is under way."""


@dataclass(slots=True)
class _Errand:
    """One that is under way or was done. ``result`` is what came of it, ``until`` how long it
    holds and ``asked`` when it was last asked for (in seconds of the monotonic clock).
    """

    kind: str
    asked: float
    done: threading.Event = field(default_factory=threading.Event)
    child: Child | None = None
    result: Mapping[str, Any] | TastemakerError | None = None
    until: float = 0.0


class LocalErrands:
    """`Errands` of processes on this machine. Equal ones at the same time are done once.

    What somebody waits for doesn't queue behind what is only asked for, which is done one by one.
    """

    def __init__(
        self, task: str, setup: Mapping[str, Any], start_method: StartMethod | None = None
    ) -> None:
        self._task = task
        self._start_method = start_method
        self._setup = dict(setup)
        self._lock = threading.Lock()
        self._known: dict[str, _Errand] = {}
        self._waited_for = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="errand")
        self._asked_for = ThreadPoolExecutor(1, thread_name_prefix="errand-asked")

    def run(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        errand = self._begin(kind, arguments, self._waited_for, inf)
        errand.done.wait(WAIT_SECONDS)
        found = self._result(errand)
        if found is None:
            raise Busy("Looking takes unusually long. Try again in a moment.", retry_after=10)
        return found

    def ask(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return self._result(self._begin(kind, arguments, self._asked_for, PATIENCE_SECONDS))

    def abandon(self, kind: str) -> None:
        for errand in self._under_way():
            if errand.kind == kind:
                self._forget(errand)
                errand.asked = -inf
                if errand.child is not None:
                    errand.child.stop(patience=0)

    def stop(self) -> None:
        for threads in (self._waited_for, self._asked_for):
            threads.shutdown(wait=False, cancel_futures=True)
        for errand in self._under_way():
            if errand.child is not None:
                errand.child.stop(patience=0)

    def _under_way(self) -> list[_Errand]:
        with self._lock:
            return [errand for errand in self._known.values() if not errand.done.is_set()]

    def _forget(self, errand: _Errand) -> None:
        with self._lock:
            self._known = {key: e for key, e in self._known.items() if e is not errand}

    def _begin(
        self,
        kind: str,
        arguments: Mapping[str, Any],
        threads: ThreadPoolExecutor,
        patience: float,
    ) -> _Errand:
        """The errand that was begun and still holds, else a new one."""
        key = json.dumps([kind, dict(arguments)], sort_keys=True)
        now = time.monotonic()
        with self._lock:
            known = {k: e for k, e in self._known.items() if not e.done.is_set() or now < e.until}
            self._known = known
            if key not in known:
                known[key] = _Errand(kind, now)
                threads.submit(self._do, known[key], dict(arguments), patience)
            known[key].asked = now
            return known[key]

    def _do(self, errand: _Errand, arguments: Mapping[str, Any], patience: float) -> None:
        if time.monotonic() - errand.asked > patience:
            self._forget(errand)
            return
        heard: list[Event] = []
        name = f"looks at the {errand.kind}"
        child = Child(name, self._task, heard.append, self._start_method)
        errand.child = child
        try:
            child.run({**self._setup, "kind": errand.kind, "arguments": dict(arguments)})
            errand.result = _understood(heard)
        except Exception:
            log.exception("an errand failed")
            errand.result = _no_answer()
        finally:
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
