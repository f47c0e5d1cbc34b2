"""Somebody else's loop, stepped from outside."""

from __future__ import annotations

import threading

import pytest

from tastemaker.diffusion.stepping import SteppedCall


def counting(heard: list[int], steps: int = 3) -> SteppedCall[str]:
    def work() -> str:
        for number in range(steps):
            heard.append(number)
            call.pause()
        return "done"

    call: SteppedCall[str] = SteppedCall(work, "counting")
    return call


def test_it_works_only_when_told() -> None:
    heard: list[int] = []
    call = counting(heard)
    assert heard == []
    assert not call.step()
    assert heard == [0]
    assert not call.step()
    assert not call.step()
    assert call.step()
    assert call.step(), "it has ended, and stays so"
    assert heard == [0, 1, 2]
    assert call.result == "done"


def test_there_is_no_result_before_the_end() -> None:
    call = counting([])
    call.step()
    with pytest.raises(RuntimeError):
        _ = call.result
    call.stop()


@pytest.mark.parametrize("steps", [0, 1, 3, 4])
def test_stopped_wherever_it_is(steps: int) -> None:
    """The work ends, whatever it catches, and its thread with it."""
    before = threading.active_count()
    heard: list[int] = []

    def work() -> str:
        for number in range(3):
            heard.append(number)
            try:
                call.pause()
            except Exception:
                heard.append(-1)
        return "done"

    call: SteppedCall[str] = SteppedCall(work, "stubborn")
    for _ in range(steps):
        call.step()
    call.stop()
    assert heard == list(range(min(steps, 3)))
    assert threading.active_count() == before


def test_errors_come_out_at_the_step_that_met_them() -> None:
    def work() -> str:
        call.pause()
        raise ValueError("no such number")

    call: SteppedCall[str] = SteppedCall(work, "failing")
    assert not call.step()
    with pytest.raises(ValueError, match="no such number"):
        call.step()
    call.stop()
