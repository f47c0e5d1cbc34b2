"""Looking for jobs beside the drawing: never in its way, and no call to look is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tastemaker.jobs import claims as claims_module
from tastemaker.jobs.claims import Claims


class FakeQueue:
    """Answers each look with the next of ``answers`` when it may, then with nothing."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, ...]] = []
        self.looks: list[int] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def claim(self, token: str, *, limit: int) -> tuple[str, ...]:
        self.looks.append(limit)
        answer = self.answers.pop(0) if self.answers else ()
        self.begun.release()
        assert self.go.acquire(timeout=30)
        return answer


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> FakeQueue:
    monkeypatch.setattr(claims_module, "POLL_SECONDS", 3600.0)
    return FakeQueue()


@pytest.fixture
def claims(queue: Any) -> Iterator[Claims]:
    made = Claims(queue, "token")
    yield made
    queue.go.release(10)
    made.close()


def until_found(claims: Claims, wanted: int) -> tuple[Any, ...]:
    for _ in range(3000):
        if found := claims.take(wanted, idle=False):
            return found
        threading.Event().wait(0.01)
    raise AssertionError("nothing was found")


def test_whoever_draws_does_not_wait_for_a_look(claims: Claims, queue: FakeQueue) -> None:
    queue.answers = [("a",)]
    assert claims.take(4, idle=False) == ()
    assert queue.begun.acquire(timeout=30)
    assert claims.take(4, idle=False) == ()
    assert claims.looking
    queue.go.release()
    assert until_found(claims, 4) == ("a",)
    assert not claims.looking
    assert queue.looks == [4]


def test_whoever_has_nothing_to_draw_waits_for_it(claims: Claims, queue: FakeQueue) -> None:
    queue.answers = [("a",), ()]
    queue.go.release(2)
    assert claims.take(4, idle=True) == ("a",)
    assert claims.take(4, idle=True) == ()
    assert queue.looks == [4, 4]


def test_there_is_no_look_without_need(claims: Claims, queue: FakeQueue) -> None:
    queue.go.release(10)
    assert claims.take(0, idle=True) == ()
    assert queue.looks == []
    queue.answers = [("a", "b"), ("c",)]
    assert until_found(claims, 2) == ("a", "b")
    # As many as were wanted: there may be more.
    assert until_found(claims, 2) == ("c",)
    assert claims.take(2, idle=False) == ()
    assert queue.looks == [2, 2]
    queue.answers = [("d",)]
    claims.wake()
    assert until_found(claims, 2) == ("d",)


def test_a_call_during_a_look_leads_to_another_one(claims: Claims, queue: FakeQueue) -> None:
    """What was submitted just now may have been missed by the look that had begun before."""
    queue.answers = [(), ("late",)]
    assert claims.take(4, idle=False) == ()
    assert queue.begun.acquire(timeout=30)
    claims.wake()
    queue.go.release(2)
    assert claims.take(4, idle=True) == ("late",)
