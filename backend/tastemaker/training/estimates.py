"""What a training will cost, from measurements that are kept: time, memory and disk, in words too.

`estimate` makes the measurements; here they are kept and looked up. Knows no torch, so the web
process may ask.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tastemaker.models.versions import RUNS
from tastemaker.settings import Settings
from tastemaker.training.files import new_file, write_json
from tastemaker.training.options import TrainingOptions

MOST_KEPT = 200
# The optimiser's state, checkpoints and other programs want some of what is free now.
TIGHT_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Measurement:
    """One dry run: seconds per optimiser step, the most memory in bytes, and what there was."""

    seconds_per_step: float
    memory_bytes: int
    memory_available_bytes: int | None
    device: str
    fits: bool = True


def key_of(settings: Settings, model: Path, options: TrainingOptions) -> str:
    """Names all that time and memory depend on: the weights, what a step does, the device."""
    unet = sorted((model / "unet").glob("*.safetensors"))
    files = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in unet]
    step = [
        options.method.value,
        options.batch_size,
        options.gradient_accumulation,
        options.lora_rank if options.uses_adapter else 0,
        options.resolution,
        options.gradient_checkpointing,
        options.mixed_precision.value,
        bool(options.replay_weight),
        bool(options.ema_decay),
    ]
    text = json.dumps([str(model), files, step, settings.device, settings.threads])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def kept(settings: Settings, key: str) -> Measurement | None:
    """The measurement of that key, if it was made before."""
    try:
        return Measurement(**_read(_path(settings))[key])
    except (KeyError, TypeError):
        return None


def keep(settings: Settings, key: str, measured: Measurement) -> None:
    """Remember a measurement."""
    path = _path(settings)
    known = {**_read(path), key: asdict(measured)}
    latest = dict(list(known.items())[-MOST_KEPT:])
    with new_file(path) as scratch:
        write_json(scratch, latest)


def in_words(measured: Measurement, seconds: float, steps: int) -> str:
    """What the numbers mean, for people; a warning when the memory is too small."""
    if not measured.fits:
        return (
            "Even the first step ran out of memory. Choose lora instead of full, fewer pictures "
            "at once, or a smaller model, or close other programs that use the device."
        )
    needs = f"needs {_gigabytes(measured.memory_bytes)} of memory"
    text = f"About {_duration(seconds)} for {steps} steps on {measured.device}; {needs}."
    available = measured.memory_available_bytes
    if available is not None and measured.memory_bytes > TIGHT_SHARE * available:
        text += (
            f" That is too much for the {_gigabytes(available)} that are free: train with fewer "
            "pictures at once, choose lora, or close other programs."
        )
    return text


def _path(settings: Settings) -> Path:
    return settings.data_dir / RUNS / "estimates.json"


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
