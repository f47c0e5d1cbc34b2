"""LoRA files and pipelines with real headers and few values, as their makers name things."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save, save_file

from tests.models.fakes import write_pipeline

LAYER = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
CONV = "down_blocks.0.resnets.0.conv1"
UNET = {f"{LAYER}.weight": (6, 8), f"{CONV}.weight": (4, 4, 3, 3), f"{CONV}.bias": (4,)}

Tensors = Mapping[str, np.ndarray]


def values(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def peft_lora(rank: int = 2) -> dict[str, np.ndarray]:
    """As this studio and diffusers write them."""
    return {
        f"unet.{LAYER}.lora_A.weight": values(rank, 8),
        f"unet.{LAYER}.lora_B.weight": values(6, rank),
        f"unet.{CONV}.lora_A.weight": values(rank, 4, 3, 3),
        f"unet.{CONV}.lora_B.weight": values(4, rank, 1, 1),
    }


def kohya_lora(rank: int = 2) -> dict[str, np.ndarray]:
    """As kohya's trainers write them."""
    name = "lora_unet_" + LAYER.replace(".", "_")
    return {
        f"{name}.lora_down.weight": values(rank, 8),
        f"{name}.lora_up.weight": values(6, rank),
        f"{name}.alpha": np.float32(1).reshape(()),
    }


def unet_tensors(seed: int = 0) -> dict[str, np.ndarray]:
    """The whole U-Net of `write_model`."""
    return {name: values(*shape, seed=seed) for name, shape in UNET.items()}


def as_file(tensors: Tensors) -> bytes:
    return save({name: np.array(value, order="C") for name, value in tensors.items()})


def write_model(folder: Path) -> Path:
    """A pipeline folder whose networks have a few real tensors."""
    write_pipeline(folder)
    save_file(unet_tensors(), folder / "unet" / "diffusion_pytorch_model.safetensors")
    save_file({"x": values(3)}, folder / "vae" / "diffusion_pytorch_model.safetensors")
    save_file({"y": values(3)}, folder / "text_encoder" / "model.safetensors")
    return folder


def write_full_version(models_dir: Path, name: str, base: str) -> Path:
    """A fully trained version of `write_model`."""
    folder = models_dir / "versions" / name
    (folder / "unet").mkdir(parents=True)
    save_file(unet_tensors(9), folder / "unet" / "diffusion_pytorch_model.safetensors")
    config = write_pipeline(models_dir / ".scratch") / "unet" / "config.json"
    (folder / "unet" / "config.json").write_bytes(config.read_bytes())
    _write_record(folder, name, base, "full")
    return folder


def write_lora_version(models_dir: Path, name: str, base: str, parent: str | None = None) -> Path:
    """A version that is a LoRA, with both samples."""
    folder = models_dir / "versions" / name
    folder.mkdir(parents=True)
    save_file(peft_lora(), folder / "pytorch_lora_weights.safetensors")
    for side in ("before", "after"):
        (folder / f"grid-{side}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + side.encode())
    _write_record(folder, name, base, "preference", parent)
    for path in folder.iterdir():
        path.chmod(0o444)
    return folder


def _write_record(
    folder: Path, name: str, base: str, method: str, parent: str | None = None
) -> None:
    record = {
        "name": name,
        "base": base,
        "parent": parent or base,
        "options": {"method": method, "learning_rate": 1e-5},
        "data": {"source": "gallery", "hash": "abc", "trained_on": 12, "held_out": 3},
        "metrics": {
            "better_than_parent": True,
            "parent_validation_loss": 0.5,
            "validations": [[4, 0.6], [8, 0.4]],
            "rating_auc": {"auc": 0.8, "low": 0.6, "high": 0.9, "liked": 2, "disliked": 1},
        },
        "steps": 8,
        "created_at": "2026-01-02T03:04:05+00:00",
        "libraries": {"torch": "2"},
        "format": 1,
    }
    (folder / "version.json").write_text(json.dumps(record))


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def pipeline_members(folder: Path, unet: Tensors | None = None) -> dict[str, bytes]:
    """The files of `write_model`'s folder as members of an archive, with another U-Net."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    if unet is not None:
        found["unet/diffusion_pytorch_model.safetensors"] = as_file(unet)
    return found
