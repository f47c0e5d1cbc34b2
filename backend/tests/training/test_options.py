"""Defaults per method, the way through JSON, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.errors import InvalidInput
from tastemaker.training.options import Method, Precision, TrainingOptions


@pytest.mark.parametrize(
    ("method", "window", "rate"),
    [(Method.FULL, 16, 1e-5), (Method.LORA, 8, 1e-4), (Method.PREFERENCE, 32, 1e-5)],
)
def test_defaults(method: Method, window: int, rate: float) -> None:
    options = TrainingOptions.for_method(method)
    assert (options.window, options.learning_rate) == (window, rate)
    assert options.uses_adapter == (method is not Method.FULL)
    assert bool(options.min_snr_gamma) == (method is not Method.PREFERENCE)
    assert bool(options.ema_decay) == (method is Method.FULL)


@pytest.mark.parametrize("method", Method)
def test_there_and_back_through_json(method: Method) -> None:
    options = TrainingOptions.for_method(method, seed=2**63 - 1, mixed_precision="bf16")
    again = TrainingOptions.from_dict(json.loads(json.dumps(options.to_dict())))
    assert again == options
    assert again.mixed_precision is Precision.BFLOAT16


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"learning_rate": 0}, "learning_rate: Must be a number from 1e-09 to 1"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": "fast"}, "not 'fast'"),
        ({"batch_size": 2.5}, "a whole number"),
        ({"batch_size": True}, "batch_size"),
        ({"caption_dropout": 1.1}, "caption_dropout"),
        ({"ema_decay": 1.0}, "ema_decay"),
        ({"resolution": 100}, "multiple of 8"),
        ({"mixed_precision": "int3"}, "auto, no, bf16"),
        ({"speed": 3}, "There is no such setting"),
        ({"seed": -1, "keep": 0}, "seed"),
    ],
    ids=str,
)
def test_wrong_values_are_named(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        TrainingOptions.for_method("lora", **wrong)
    assert says in str(caught.value)
    assert {error.field for error in caught.value.errors} == set(wrong)


def test_unknown_methods_are_refused() -> None:
    for data in ({}, {"method": "magic"}, {"method": None}):
        with pytest.raises(InvalidInput, match="full, lora, preference"):
            TrainingOptions.from_dict(data)


def test_a_run_ends_by_steps_or_by_passes() -> None:
    options = TrainingOptions.for_method("full", max_steps=100, max_epochs=3)
    assert options.total_steps(160) == 30
    assert options.total_steps(1) == 1
    assert options.total_steps(100_000) == 100
    assert TrainingOptions.for_method("lora", max_steps=7).total_steps(100_000) == 7


@given(st.integers(1, 5000), st.integers(0, 500))
def test_learning_rate_rises_then_falls(total: int, warmup: int) -> None:
    options = TrainingOptions.for_method("lora", warmup_steps=warmup)
    rates = [options.rate_at(step, total) for step in range(0, total, max(1, total // 50))]
    assert all(0 < rate <= options.learning_rate for rate in rates)
    peak = rates.index(max(rates))
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_beta_rises_over_the_run() -> None:
    options = TrainingOptions.for_method("preference")
    assert [options.beta_at(step, 10) for step in (0, 5, 10)] == [2000, 3500, 5000]
