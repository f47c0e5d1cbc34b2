"""One loader for every model: who draws with a folder follows from what lies in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from tastemaker.diffusion.checkpoints import load_checkpoint
from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.families import INDEX_FILE, family_of
from tastemaker.diffusion.layout import IP_ADAPTERS, read_json
from tastemaker.diffusion.whole import WholePipeline, load_whole
from tastemaker.errors import ModelBroken


def load_model(
    path: Path,
    device: torch.device,
    *,
    trained: Sequence[Path] = (),
    safety_checker: bool = True,
    ip_adapters: Path | None = None,
) -> Components | WholePipeline:
    """A model for the batching engine, or the pipeline that alone can draw with it.

    ``path`` is a folder in diffusers layout, or a checkpoint in a single file. ``trained`` are
    versions to put on a Stable Diffusion model, as for `load_components`; a checkpoint takes LoRA
    files only. ``ip_adapters`` is where IP-Adapters for the batching engine lie, a folder or one
    file; where none there fits, a model folder's own in ``ip-adapter/`` is used. ``None``: none.

    Raises:
        ModelBroken: naming what is missing, damaged or not to be used, and what to do.
    """
    if path.is_file():
        if any(not file.is_file() for file in trained):
            raise ModelBroken(
                f"{trained[-1].name} can't be put on {path.name}: versions rest on models in "
                "diffusers layout, not on checkpoints in a single file."
            )
        places = () if ip_adapters is None else (ip_adapters,)
        return replace(load_checkpoint(path, device, loras=trained), ip_adapters=places)
    family = family_of(read_json(path / INDEX_FILE))
    if family.batched:
        parts = load_components(path, device, safety_checker=safety_checker, trained=trained)
        return replace(parts, ip_adapters=_places(ip_adapters, path))
    if trained:
        raise ModelBroken(
            f"{trained[-1].name} can't be put on {path.name}: only Stable Diffusion models carry "
            "versions and LoRA files."
        )
    return load_whole(path, device, safety_checker=safety_checker)


def _places(ip_adapters: Path | None, folder: Path) -> tuple[Path, ...]:
    """Where to look for an IP-Adapter, first what was put there by the owner."""
    if ip_adapters is None:
        return ()
    own = folder / IP_ADAPTERS
    is_one = ip_adapters.suffix.lower() == ".safetensors"
    return (ip_adapters, own / ip_adapters.name if is_one else own)
