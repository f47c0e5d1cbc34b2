"""Writes trained versions of a tiny model, without the training: real files, made-up metrics."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import load_file, save_file

RANK = 2
GRID = (128, 128)


def write_version(
    models_dir: Path, name: str, parent: str = "tiny", *, base: str = "tiny", better: bool = True
) -> Path:
    """A LoRA on ``base`` that draws a little differently, with samples; return its folder."""
    folder = models_dir / "versions" / name
    folder.mkdir(parents=True)
    weights = load_file(models_dir / base / "unet" / "diffusion_pytorch_model.safetensors")
    random = np.random.default_rng(0)
    lora = {}
    for key, value in weights.items():
        if key.endswith("attn1.to_q.weight"):
            layer = f"unet.{key.removesuffix('.weight')}"
            rows, columns = value.shape
            lora[f"{layer}.lora_A.weight"] = random.standard_normal((RANK, columns), np.float32)
            lora[f"{layer}.lora_B.weight"] = random.standard_normal((rows, RANK), np.float32)
    assert lora, "the model has no attention"
    save_file(lora, folder / "pytorch_lora_weights.safetensors")
    for side, colour in (("before", (180, 60, 60)), ("after", (60, 60, 180))):
        Image.new("RGB", GRID, colour).save(folder / f"grid-{side}.png")
    after = 0.45 if better else 0.55
    record = {
        "name": name,
        "base": base,
        "parent": parent,
        "options": {"method": "lora", "learning_rate": 1e-4, "lora_rank": RANK},
        "data": {"source": "gallery", "hash": "abc", "trained_on": 12, "held_out": 3},
        "metrics": {
            "better_than_parent": better,
            "parent_validation_loss": 0.5,
            "validations": [[8, after]],
            "rating_auc": {"auc": 0.8, "low": 0.6, "high": 0.9, "liked": 6, "disliked": 5},
        },
        "steps": 8,
        "created_at": "2026-01-02T03:04:05+00:00",
        "libraries": {"torch": "2"},
        "format": 1,
    }
    (folder / "version.json").write_text(json.dumps(record), encoding="utf-8")
    return folder
