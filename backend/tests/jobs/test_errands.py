"""Short-lived processes with an answer: given once, failures in words, ended with the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tastemaker.errors import Busy, FieldError, HubUnreachable, InvalidInput, TastemakerError
from tastemaker.jobs import errands as module
from tastemaker.jobs.errands import LocalErrands, failure
from tests.jobs.children import ERRAND
from tests.jobs.test_local_pool import eventually


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def errands(log: Path) -> Iterator[LocalErrands]:
    made = LocalErrands(ERRAND, {"log": str(log)})
    yield made
    made.stop()


def saying(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"say": {"type": kind, "data": data}}


def test_equal_errands_are_done_once(errands: LocalErrands, log: Path) -> None:
    asked = saying("answer", {"x": 1})
    assert errands.run("short", asked) == {"x": 1}
    assert errands.run("short", asked) == {"x": 1}
    assert errands.ask("short", asked) == {"x": 1}
    assert len(started(log)) == 1
    assert errands.run("short", saying("answer", {"x": 2})) == {"x": 2}


def test_one_may_ask_again_until_it_is_there(errands: LocalErrands) -> None:
    asked = saying("answer", {"x": 1})
    found = [errands.ask("short", asked)]
    eventually(lambda: found.append(errands.ask("short", asked)) or found[-1])
    assert found[0] is None
    assert found[-1] == {"x": 1}


@pytest.mark.parametrize(
    "error",
    [
        HubUnreachable("The hub can't be reached."),
        InvalidInput("Wrong.", (FieldError("dataset", "wrong"),)),
    ],
)
def test_what_went_wrong_there_is_told_here(errands: LocalErrands, error: TastemakerError) -> None:
    with pytest.raises(type(error), match=str(error)) as caught:
        errands.run("short", saying("failure", failure(error)))
    if isinstance(caught.value, InvalidInput):
        assert caught.value.errors == (FieldError("dataset", "wrong"),)


def test_no_answer_is_told_in_words(errands: LocalErrands) -> None:
    with pytest.raises(Busy, match="ended without an answer"):
        errands.run("short", {})
    with pytest.raises(Busy, match="ended without an answer"):
        errands.run("short", saying("failure", {"kind": "Path", "detail": "", "errors": []}))


def test_they_end_with_the_server(errands: LocalErrands, log: Path) -> None:
    assert errands.ask("long", {}) is None
    eventually(log.exists)
    pid = started(log)[0]
    errands.stop()
    eventually(lambda: not psutil.pid_exists(pid) or is_zombie(pid))


def test_what_is_abandoned_ends_and_can_be_asked_again(errands: LocalErrands, log: Path) -> None:
    assert errands.ask("long", {"x": 1}) is None
    eventually(log.exists)
    assert errands.ask("long", {"x": 2}) is None
    errands.abandon("other")
    errands.abandon("long")
    pid = started(log)[0]
    eventually(lambda: not psutil.pid_exists(pid) or is_zombie(pid))
    asked = saying("answer", {"x": 1})
    eventually(lambda: errands.ask("short", asked))
    assert len(started(log)) == 2


def test_what_somebody_waits_for_does_not_queue_behind_what_is_asked_for(
    errands: LocalErrands, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", -1.0)
    assert errands.ask("long", {}) is None
    assert errands.run("short", saying("answer", {"x": 1})) == {"x": 1}
    # Nobody has asked for the long one since: it was not begun.
    assert len(started(log)) == 1


def started(log: Path) -> list[int]:
    """The processes that were started."""
    return [int(line) for line in log.read_text().split()]


def is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
