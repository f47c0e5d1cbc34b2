"""How much a run on a model will write, told from the model's files without loading a weight.

Knows no torch, so the web process may ask.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

from tastemaker.errors import ModelBroken
from tastemaker.training.options import TrainingOptions
from tastemaker.training.readiness import disk_bytes

ADAPTED_LAYERS = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2")
"""Endings of the names of the layers that a LoRA changes."""
_LONGEST_HEADER = 100_000_000


def run_bytes(model: Path, options: TrainingOptions, pictures: int) -> int:
    """About how many bytes a run on the pipeline folder ``model`` writes.

    Raises:
        ModelBroken: the folder can't be understood.
    """
    shapes = unet_shapes(model / "unet")
    learning = sum(math.prod(shape) for shape in shapes.values())
    if options.uses_adapter:
        learning = adapter_values(shapes, options.lora_rank)
    unet, vae = _config(model / "unet"), _config(model / "vae")
    try:
        factor = 2 ** (len(vae["block_out_channels"]) - 1)
        size = unet["sample_size"]
        height, width = (size, size) if isinstance(size, int) else size
        if options.resolution:
            height = width = options.resolution // factor
        values = int(vae["latent_channels"]) * int(height) * int(width)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelBroken(
            f"The model in {model} doesn't say how large its pictures are."
        ) from error
    return disk_bytes(options, learning, pictures, values)


def unet_shapes(folder: Path) -> dict[str, list[int]]:
    """The shapes of a network's weights by name, from the headers of its safetensors files.

    Raises:
        ModelBroken: a file is missing or damaged.
    """
    found: dict[str, list[int]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                if length > _LONGEST_HEADER:
                    raise ValueError("too long a header")
                header = json.loads(file.read(length))
            shapes = {name: x["shape"] for name, x in header.items() if name != "__metadata__"}
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise ModelBroken(f"The weights {path} can't be read.") from error
        found.update(shapes)
    if not found:
        raise ModelBroken(f"There are no weights in {folder}.")
    return found


def adapter_values(shapes: dict[str, list[int]], rank: int) -> int:
    """How many numbers a LoRA of ``rank`` on a network of these ``shapes`` holds."""
    adapted = tuple(f"{name}.weight" for name in ADAPTED_LAYERS)
    return sum(
        rank * sum(shape)
        for name, shape in shapes.items()
        if name.endswith(adapted) and len(shape) == 2
    )


def _config(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelBroken(f"There is no readable config.json in {folder}.") from error
    if not isinstance(found, dict):
        raise ModelBroken(f"The config.json in {folder} is none of a network.")
    return found
