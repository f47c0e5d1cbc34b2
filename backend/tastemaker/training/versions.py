"""What a run leaves behind: an immutable folder with weights, lineage, metrics and sample grids.

A folder holds either ``unet/`` (a whole U-Net in diffusers layout) or a LoRA file that plain
diffusers loads, and ``version.json``. Knows no database and no active model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import torch
from peft import get_peft_model_state_dict
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from tastemaker.diffusion.adapters import LORA_FILE
from tastemaker.errors import Conflict, ModelBroken
from tastemaker.models.versions import RECORD_FILE, VersionRecord, read_version
from tastemaker.training.files import new_folder, write_json
from tastemaker.training.network import ADAPTER
from tastemaker.training.options import TrainingOptions

UNET_FOLDER = "unet"
_LIBRARIES = ("torch", "diffusers", "transformers", "accelerate", "peft")
_READ_ONLY = 0o444


def write_version(
    folder: Path,
    unet: Any,
    record: VersionRecord,
    pictures: Mapping[str, Image.Image],
    *,
    parent_lora: Path | None = None,
) -> VersionRecord:
    """Write the weights that ``unet`` holds now as the version ``folder``; returns its record.

    ``pictures`` are saved as ``<name>.png``. ``parent_lora`` is the LoRA that had been merged into
    the network before training: a new LoRA gets joined with it, so that the result goes on the same
    base.

    Raises:
        Conflict: there is a version of that name; versions never change.
    """
    if folder.exists():
        raise Conflict(f"There is a version {folder.name} already; versions are never overwritten.")
    options = TrainingOptions.from_dict(record.options)
    with new_folder(folder) as scratch:
        if options.uses_adapter:
            own = adapter_tensors(unet)
            parent = load_file(parent_lora) if parent_lora is not None else {}
            save_file(join_loras(parent, own), scratch / LORA_FILE)
        else:
            _save_unet(unet, scratch / UNET_FOLDER)
        for name, picture in pictures.items():
            picture.save(scratch / f"{name}.png")
        complete = VersionRecord(
            **{
                **asdict(record),
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "libraries": {name: installed(name) for name in _LIBRARIES},
                "weights": _weights_hashes(scratch),
            }
        )
        write_json(scratch / RECORD_FILE, asdict(complete))
        for path in scratch.rglob("*"):
            if path.is_file():
                path.chmod(_READ_ONLY)
    return complete


def check_weights(folder: Path) -> None:
    """Compare a version's weights with the hashes in its record; reads all of them.

    Raises:
        ModelBroken: a file is missing or isn't what was written.
    """
    found, expected = _weights_hashes(folder), read_version(folder).weights
    if found != expected:
        wrong = sorted({k for k in {*found, *expected} if found.get(k) != expected.get(k)})
        raise ModelBroken(
            f"The weights of version {folder.name} are not those that were written "
            f"({', '.join(wrong)}). Go back to another version and train anew."
        )


def adapter_tensors(unet: Any) -> dict[str, Tensor]:
    """The adapter in training, named as plain diffusers' ``load_lora_weights`` wants it."""
    tensors = get_peft_model_state_dict(unet, adapter_name=ADAPTER)
    return {f"unet.{name}": tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def join_loras(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """One LoRA that does exactly what two do together; its rank is the sum of theirs.

    Both must scale by 1 (alpha = rank, none stored), as those written here do:
    ``[B1 B2] @ [A1; A2] = B1 A1 + B2 A2``.
    """
    joined = {**first, **second}
    for name in first.keys() & second.keys():
        along = 0 if ".lora_A." in name else 1
        joined[name] = torch.cat([first[name], second[name]], dim=along).contiguous()
    return joined


def _save_unet(unet: Any, folder: Path) -> None:
    unet.save_pretrained(folder, safe_serialization=True, max_shard_size="100GB")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config.pop("_name_or_path", None)  # a path of the machine that trained
    write_json(folder / "config.json", config)


def _weights_hashes(folder: Path) -> dict[str, str]:
    hashes = {}
    for path in sorted(folder.rglob("*.safetensors")):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        hashes[path.relative_to(folder).as_posix()] = digest.hexdigest()
    return hashes
