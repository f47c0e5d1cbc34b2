"""What one training learns from, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

TRAINING_METHODS = ("full", "lora", "preference")


class DataSource(StrEnum):
    """What a training learns from: the ratings in the gallery, a dataset, both together, or the
    look of a few chosen pictures, whatever their rating.
    """

    FEEDBACK = "feedback"
    DATASET = "dataset"
    BOTH = "both"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """Everything that determines one training: the ``name`` of its run and version, and the data.

    ``model`` is what it goes on from. ``dataset`` is a hub id or a path, only with a source that
    has one; ``image_ids`` are the pictures of the source pictures, and ``style`` the words that
    are put behind their captions, to call for their look later. ``method`` is full, lora,
    preference or auto (the number of ratings decides). ``changes`` are settings that differ from
    the method's defaults, named as in `TrainingOptions`. ``captions`` are edits by key of the
    example; ``None`` leaves one out. ``activate`` switches the version on if it came out better
    than ``model``.
    """

    name: str
    model: str
    source: DataSource = DataSource.FEEDBACK
    dataset: str | None = None
    image_ids: tuple[int, ...] = ()
    style: str | None = None
    method: str = "auto"
    changes: Mapping[str, Any] = field(default_factory=dict)
    captions: Mapping[str, str | None] = field(default_factory=dict)
    activate: bool = False

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary that `from_dict` turns back into an equal request."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`; keys that this version doesn't know are ignored."""
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known["source"] = DataSource(known["source"])
        known["image_ids"] = tuple(known.get("image_ids", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class TrainingDefaults:
    """How a model is best retrained, in its maker's opinion.

    ``method`` is one of `TRAINING_METHODS`; ``None`` leaves the choice to the number of ratings.
    ``settings`` are, by method, those that differ from the method's own, named as in
    `TrainingOptions`.
    """

    method: str | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
