"""Which checkpoint of a run is kept, and when it has stopped getting better."""

from __future__ import annotations

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from tastemaker.training.state import LEAST_GAIN, TIE, Outcome, RunState


def after(losses: list[float], parent: float | None = 1.0) -> RunState:
    """The state after validations at steps 10, 20 and so on."""
    state = RunState(parent_loss=parent)
    for number, loss in enumerate(losses, start=1):
        state.step = 10 * number
        state.note_validation(loss)
    return state


def test_of_equal_checkpoints_the_latest_is_kept() -> None:
    assert after([0.9, 0.8, 0.8 + 0.2 * TIE * 0.9]).best_step == 30
    assert after([0.9, 0.8, 0.8 + 0.2 * TIE * 1.1]).best_step == 20
    assert after([0.9, 0.8, 0.8001], parent=None).best_step == 20


def test_ties_do_not_add_up() -> None:
    tie = 0.2 * TIE * 0.9
    assert after([0.8, 0.8 + tie, 0.8 + 2 * tie]).best_step == 20


def test_a_tie_does_not_make_a_good_run_worse_than_its_parent() -> None:
    state = after([0.99, 1.0])
    assert state.best_step == 10
    assert Outcome.of(state, None, 20).better


def test_a_hair_below_the_parent_is_not_better() -> None:
    assert Outcome.of(after([0.9997]), None, 10).better is False


def test_patience_is_lost_by_what_is_clearly_worse() -> None:
    assert after([0.8, 0.81, 0.9, 0.9]).worse_in_a_row == 2
    assert after([1.2, 1.1]).worse_in_a_row == 2
    assert after([1.2, 1.1, 0.9]).worse_in_a_row == 0


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=20), st.none() | st.floats(0.01, 10))
def test_the_kept_one_is_as_good_as_the_best_and_survives_json(
    losses: list[float], parent: float | None
) -> None:
    state = after(losses, parent)
    assert state.best_step is not None
    kept = losses[state.best_step // 10 - 1]
    gained = 0.0 if parent is None else max(0.0, parent - min(losses))
    assert kept <= min(losses) + TIE * gained + 1e-12
    if parent is not None:
        enough = parent - LEAST_GAIN * parent
        assert Outcome.of(state, None, 1000).better == (min(losses) < enough)
    assert RunState.from_dict(json.loads(json.dumps(asdict(state)))) == state
