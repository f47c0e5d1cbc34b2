"""The owner's word goes before the model's recommendation, that before the method's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tastemaker.domain import TRAINING_METHODS, ModelInfo, ModelState, TrainingDefaults
from tastemaker.errors import InvalidInput, ModelBroken
from tastemaker.training.defaults import method_for, options_for, recommended_method
from tastemaker.training.options import Method, TrainingOptions


def model(method: str | None = None, **settings: Mapping[str, Any]) -> ModelInfo:
    training = TrainingDefaults(method, settings)
    return ModelInfo("own", "Own", "local", ModelState.READY, training=training)


def test_a_card_may_name_exactly_the_methods_that_there_are() -> None:
    assert set(TRAINING_METHODS) == set(Method)
    assert recommended_method(model()) is None
    assert [recommended_method(model(name)) for name in TRAINING_METHODS] == list(TRAINING_METHODS)


@pytest.mark.parametrize(
    ("recommended", "ratings", "method"),
    [
        (None, (20, 20, 0), Method.LORA),
        (None, (40, 40, 0), Method.PREFERENCE),
        ("full", (40, 40, 0), Method.FULL),
        ("lora", (40, 40, 0), Method.LORA),
        ("preference", (20, 20, 0), Method.LORA),
        ("full", (0, 30, 20), Method.PREFERENCE),
    ],
)
def test_the_recommended_method_needs_likes(
    recommended: str | None, ratings: tuple[int, int, int], method: Method
) -> None:
    assert method_for(model(recommended), *ratings) is method


def test_settings_come_from_the_owner_then_the_model_then_the_method() -> None:
    own = model(full={"learning_rate": 3e-4, "max_steps": 120}, lora={"lora_rank": 4})
    made = options_for(own, Method.FULL, {"max_steps": 7})
    assert (made.learning_rate, made.max_steps) == (3e-4, 7)
    assert made.window == TrainingOptions.for_method(Method.FULL).window
    assert options_for(own, Method.LORA, {}).lora_rank == 4
    assert options_for(own, Method.PREFERENCE, {}) == TrainingOptions.for_method("preference")


def test_a_wrong_setting_is_blamed_on_whoever_made_it() -> None:
    with pytest.raises(ModelBroken, match=r"own .*max_steps.*tastemaker\.json"):
        options_for(model(full={"max_steps": 0}), Method.FULL, {"max_steps": 7})
    with pytest.raises(InvalidInput, match="no such setting"):
        options_for(model(), Method.FULL, {"max_step": 7})
