"""How a model is retrained: every setting of a run, its default per method, and what is allowed.

Knows no torch, no files and no data; a run's options are stored with its checkpoints and version.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self, TypeVar

from tastemaker.domain import MAX_SEED
from tastemaker.errors import FieldError, InvalidInput

_Choice = TypeVar("_Choice", bound=StrEnum)


class Method(StrEnum):
    """What is trained, and on what."""

    FULL = "full"
    """All weights of the U-Net, on pictures with captions."""
    LORA = "lora"
    """A low-rank adapter on attention and feed-forward layers, on pictures with captions."""
    PREFERENCE = "preference"
    """A low-rank adapter, on liked and disliked pictures (Diffusion-KTO)."""


class Precision(StrEnum):
    """Number format of the U-Net's evaluations; weights and optimiser state stay float32."""

    AUTO = "auto"
    """bfloat16 on a GPU that has it, else float32."""
    FLOAT32 = "no"
    BFLOAT16 = "bf16"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """Settings of one run; build them with `for_method`, whose defaults fit the method.

    One optimiser step sees ``batch_size * gradient_accumulation`` pictures, ``batch_size`` of them
    at once. A run ends after ``max_steps`` steps or ``max_epochs`` passes, whichever comes first,
    or earlier when ``patience`` validations in a row brought nothing better (0: never). Warm-up
    takes ``warmup_steps``, but at most a fifth of the run.
    ``ema_decay``, ``min_snr_gamma`` and ``replay_weight`` switch off at 0. ``beta`` rises linearly
    to ``final_beta`` over the run; both are for 16,384 latent values and get scaled to the model's.
    ``caption_dropout`` is the share of pictures trained without their caption; with
    ``avoid_disliked`` disliked ones take their place (see `Division`), if there are any.
    ``resolution`` is the side in pixels of the square that pictures are fitted to (``None``: the
    model's own size). A checkpoint with a validation is made every ``checkpoint_every`` steps; the
    newest ``keep`` and the best stay.
    """

    method: Method
    learning_rate: float
    batch_size: int = 4
    gradient_accumulation: int
    max_steps: int
    max_epochs: float | None = None
    warmup_steps: int = 20
    ema_decay: float = 0.0
    min_snr_gamma: float = 0.0
    lora_rank: int = 16
    beta: float = 2000.0
    final_beta: float = 5000.0
    replay_weight: float = 0.5
    caption_dropout: float = 0.1
    avoid_disliked: bool = True
    resolution: int | None = None
    seed: int = 0
    checkpoint_every: int = 50
    keep: int = 2
    patience: int = 5
    weight_decay: float = 0.01
    max_gradient_norm: float = 1.0
    mixed_precision: Precision = Precision.AUTO
    gradient_checkpointing: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", _choice("method", self.method, Method))
        precision = _choice("mixed_precision", self.mixed_precision, Precision)
        object.__setattr__(self, "mixed_precision", precision)
        errors = [error for field in fields(self) if (error := self._wrong(field.name))]
        if errors:
            raise InvalidInput("; ".join(f"{e.field}: {e.message}" for e in errors), tuple(errors))

    @classmethod
    def for_method(cls, method: Method | str, **changes: Any) -> Self:
        """The defaults of a method, with changes.

        Raises:
            InvalidInput: a name that is no setting, or a value that isn't allowed; says what is.
        """
        method = _choice("method", method, Method)
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(changes) - known)
        if unknown:
            message = f"There is no such setting. There are: {', '.join(sorted(known))}."
            errors = tuple(FieldError(name, message) for name in unknown)
            raise InvalidInput(f"{', '.join(unknown)}: {message}", errors)
        return cls(**{**_DEFAULTS[method], **changes, "method": method})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`; what is missing gets the method's default.

        Raises:
            InvalidInput: no method, an unknown name or a wrong value.
        """
        rest = dict(data)
        return cls.for_method(rest.pop("method", ""), **rest)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {k: v.value if isinstance(v, StrEnum) else v for k, v in asdict(self).items()}

    @property
    def window(self) -> int:
        """Pictures per optimiser step."""
        return self.batch_size * self.gradient_accumulation

    @property
    def uses_adapter(self) -> bool:
        """Whether a LoRA is trained rather than the U-Net's own weights."""
        return self.method is not Method.FULL

    def total_steps(self, pictures: int) -> int:
        """Optimiser steps of a run on so many pictures, at least 1."""
        if self.max_epochs is None:
            return self.max_steps
        return max(1, min(self.max_steps, math.ceil(self.max_epochs * pictures / self.window)))

    def rate_at(self, step: int, total: int) -> float:
        """Learning rate of a step (0…total-1): linear warm-up, then half a cosine to 10 %."""
        warmup_steps = min(self.warmup_steps, total // 5)
        warmup = min(1.0, (step + 1) / (warmup_steps + 1))
        cosine = 0.5 * (1 + math.cos(math.pi * step / total))
        return self.learning_rate * warmup * (0.1 + 0.9 * cosine)

    def beta_at(self, step: int, total: int) -> float:
        """The preference loss's ``beta`` at a step, for 16,384 latent values."""
        return self.beta + (self.final_beta - self.beta) * step / total

    def _wrong(self, name: str) -> FieldError | None:
        if name not in _RANGES:
            return None
        value = getattr(self, name)
        low, high, whole = _RANGES[name]
        if value is None and name in ("max_epochs", "resolution"):
            return None
        kinds = (int,) if whole else (int, float)
        if type(value) not in kinds or not low <= value <= high:
            kind = "a whole number" if whole else "a number"
            return FieldError(name, f"Must be {kind} from {low:g} to {high:g}, not {value!r}.")
        if name == "resolution" and value % 8:
            return FieldError(name, f"Must be a multiple of 8, not {value}.")
        return None


_RANGES: dict[str, tuple[float, float, bool]] = {
    "learning_rate": (1e-9, 1.0, False),
    "batch_size": (1, 1024, True),
    "gradient_accumulation": (1, 1024, True),
    "max_steps": (1, 10_000_000, True),
    "max_epochs": (1e-3, 100_000, False),
    "warmup_steps": (0, 1_000_000, True),
    "ema_decay": (0.0, 0.999999, False),
    "min_snr_gamma": (0.0, 1000.0, False),
    "lora_rank": (1, 1024, True),
    "beta": (1e-3, 1e6, False),
    "final_beta": (1e-3, 1e6, False),
    "replay_weight": (0.0, 100.0, False),
    "caption_dropout": (0.0, 1.0, False),
    "resolution": (8, 4096, True),
    "seed": (0, MAX_SEED, True),
    "checkpoint_every": (1, 1_000_000, True),
    "keep": (1, 100, True),
    "patience": (0, 1000, True),
    "weight_decay": (0.0, 1.0, False),
    "max_gradient_norm": (1e-6, 1e6, False),
}

_DEFAULTS: dict[Method, dict[str, Any]] = {
    Method.FULL: {
        "learning_rate": 1e-5,
        "batch_size": 4,
        "gradient_accumulation": 4,
        "max_steps": 100_000,
        "max_epochs": 30.0,
        "ema_decay": 0.999,
        "min_snr_gamma": 5.0,
    },
    Method.LORA: {
        "learning_rate": 1e-4,
        "batch_size": 4,
        "gradient_accumulation": 2,
        "max_steps": 1000,
        "min_snr_gamma": 5.0,
        "lora_rank": 16,
    },
    Method.PREFERENCE: {
        "learning_rate": 1e-5,
        "batch_size": 4,
        "gradient_accumulation": 8,
        "max_steps": 1000,
        "max_epochs": 20.0,
        "lora_rank": 8,
    },
}


def _choice(name: str, value: object, kind: type[_Choice]) -> _Choice:
    try:
        return kind(str(value))
    except ValueError:
        message = f"Must be one of {', '.join(kind)}, not {value!r}."
        raise InvalidInput(f"{name}: {message}", (FieldError(name, message),)) from None
