"""How a training goes when its owner leaves that open: the model's own recommendation first, then
what fits the number of ratings.

Imports no torch, so the web process may ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tastemaker.domain import ModelInfo
from tastemaker.errors import InvalidInput, ModelBroken
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.readiness import choose_method


def recommended_method(model: ModelInfo) -> Method | None:
    """The method that the model's card recommends, if any."""
    return None if model.training.method is None else Method(model.training.method)


def method_for(model: ModelInfo, liked: int, disliked: int, pairs: int = 0) -> Method:
    """The method for so many ratings; ``pairs`` are pictures that were preferred to others."""
    recommended = recommended_method(model)
    if recommended in (Method.FULL, Method.LORA) and liked:
        return recommended
    return choose_method(liked, disliked, pairs)


def options_for(model: ModelInfo, method: Method, changes: Mapping[str, Any]) -> TrainingOptions:
    """All settings: the owner's ``changes``, else what the model recommends, else the method's.

    Raises:
        InvalidInput: a wrong name or value among the changes.
        ModelBroken: one in the model's card.
    """
    recommended = model.training.settings.get(method.value, {})
    try:
        TrainingOptions.for_method(method, **recommended)
    except InvalidInput as error:
        raise ModelBroken(
            f"The card of {model.name} recommends settings of training that can't be: {error} "
            "Correct its tastemaker.json."
        ) from error
    return TrainingOptions.for_method(method, **{**recommended, **changes})
