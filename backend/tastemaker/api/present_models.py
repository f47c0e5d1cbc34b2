"""Turns models and versions into what callers see, never where they lie on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from tastemaker.api.context import services
from tastemaker.api.schemas.models import (
    ModelKind,
    ModelList,
    ModelOut,
    RatingAucOut,
    VersionMetrics,
    VersionOut,
)
from tastemaker.domain import ModelInfo
from tastemaker.gallery import ImageFilter
from tastemaker.models.management import Standing
from tastemaker.models.versions import VersionRecord

_KINDS = {kind.value: kind for kind in ModelKind if kind is not ModelKind.BASE}


def models_out(models: Sequence[ModelInfo]) -> ModelList:
    """All models, and the active one's name."""
    standings = services().versions.standings(models)
    ratings = services().gallery.ratings_by_model()
    return ModelList(
        items=[
            _model_out(model, standings[model.name], ratings.get(model.name, (0, 0)))
            for model in models
        ],
        active=next((model.name for model in models if model.active), None),
    )


def model_out(model: ModelInfo) -> ModelOut:
    """One model."""
    return models_out([model]).items[0]


def _model_out(model: ModelInfo, standing: Standing, ratings: tuple[int, int]) -> ModelOut:
    fields = asdict(model)
    del fields["path"], fields["training"], fields["vocabulary"]
    return ModelOut.model_validate(
        {
            **fields,
            "kind": _KINDS.get(model.source, ModelKind.BASE),
            "version": _version_out(model.name, standing),
            "has_vocabulary": model.vocabulary is not None,
            "liked": ratings[0],
            "disliked": ratings[1],
            "deletable": standing.kept_because is None,
            "delete_reason": standing.kept_because,
        }
    )


def _version_out(name: str, standing: Standing) -> VersionOut | None:
    record = standing.record
    if record is None:
        return None
    address = f"/api/models/{quote(name, safe='')}/grids"
    before, after = (
        f"{address}/{side}" if side in standing.grids else None for side in ("before", "after")
    )
    return VersionOut(
        base=record.base,
        parent=record.parent,
        method=record.method,
        created_at=_time(record.created_at),
        steps=record.steps,
        trained_on=_whole(record.data.get("trained_on")),
        held_out=_whole(record.data.get("held_out")),
        data_source=record.source,
        style=_text(record.data.get("style")),
        data_hash=_text(record.data.get("hash")),
        metrics=_metrics(record),
        options=dict(record.options),
        libraries={str(key): str(value) for key, value in record.libraries.items()},
        grid_before_url=before,
        grid_after_url=after,
        images=services().gallery.count(ImageFilter(model=name)),
    )


def _metrics(record: VersionRecord) -> VersionMetrics:
    metrics = record.metrics
    better = metrics.get("better_than_parent")
    return VersionMetrics(
        better_than_parent=better if isinstance(better, bool) else None,
        parent_validation_loss=_number(metrics.get("parent_validation_loss")),
        validation_loss=_validation_loss(record),
        rating_auc=_auc(metrics.get("rating_auc")),
    )


def _validation_loss(record: VersionRecord) -> float | None:
    """The one of the step that was kept."""
    validations = record.metrics.get("validations")
    for pair in validations if isinstance(validations, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == record.steps:
            return _number(pair[1])
    return None


def _auc(value: object) -> RatingAucOut | None:
    if not isinstance(value, Mapping):
        return None
    try:
        return RatingAucOut.model_validate(dict[str, Any](value))
    except ValidationError:
        return None


def _number(value: object) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value == value
    return float(value) if good and isinstance(value, int | float) else None


def _whole(value: object) -> int | None:
    return value if type(value) is int else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
