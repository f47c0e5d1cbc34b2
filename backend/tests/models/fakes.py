"""Model folders that look right to everything that doesn't open weights, and small helpers."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WEIGHT_BYTES = 3_000_000
NETWORKS = {
    "text_encoder": ("transformers", "CLIPTextModel", "model"),
    "unet": ("diffusers", "UNet2DConditionModel", "diffusion_pytorch_model"),
    "vae": ("diffusers", "AutoencoderKL", "diffusion_pytorch_model"),
}
_CONFIGS: dict[str, dict[str, Any]] = {
    "text_encoder": {"hidden_size": 768},
    "unet": {"sample_size": 64, "in_channels": 4, "block_out_channels": [320, 640, 1280, 1280]},
    "vae": {"block_out_channels": [128, 256, 512, 512], "latent_channels": 4},
}


class Pointer:
    """The active model's name in memory, as the database would keep it."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def get(self) -> str | None:
        return self.name

    def set(self, name: str) -> None:
        self.name = name


def write_json(path: Path, content: object) -> None:
    """Write ``content`` and make the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def random_safetensors(size: int, *, seed: str) -> bytes:
    """A well-formed safetensors file of ``size`` bytes (at least 200) with one random tensor."""
    count = size - 136
    header = json.dumps({"x": {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}})
    start = (128).to_bytes(8, "little") + header.encode().ljust(128)
    return start + random.Random(seed).randbytes(count)


def write_pipeline(folder: Path, *, weight_bytes: int = 1000, variants: str = "plain") -> Path:
    """A folder laid out like Stable Diffusion v1-4, with random bytes for weights.

    ``variants`` names the kinds of weights per network, of ``plain``, ``fp16`` and ``bin``.
    """
    index: dict[str, Any] = {
        "_class_name": "StableDiffusionPipeline",
        "safety_checker": [None, None],
        "scheduler": ["diffusers", "PNDMScheduler"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
    }
    for seed, (name, (library, kind, stem)) in enumerate(NETWORKS.items()):
        index[name] = [library, kind]
        write_json(folder / name / "config.json", _CONFIGS[name])
        for variant in variants.split():
            suffix = {"plain": ".safetensors", "fp16": ".fp16.safetensors", "bin": ".bin"}[variant]
            size = weight_bytes // 2 if variant == "fp16" else weight_bytes
            weights = random_safetensors(size, seed=f"{seed} {variant}")
            (folder / name / f"{stem}{suffix}").write_bytes(weights)
    write_json(folder / "model_index.json", index)
    write_json(folder / "scheduler" / "scheduler_config.json", {"num_train_timesteps": 1000})
    write_json(folder / "tokenizer" / "vocab.json", {"a": 0})
    write_json(folder / "tokenizer" / "tokenizer_config.json", {"model_max_length": 77})
    (folder / "tokenizer" / "merges.txt").write_text("#version: 0.2\n")
    return folder


def wait_until(condition: Callable[[], bool]) -> None:
    """Return as soon as ``condition`` holds; fail after a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it never happened")
        time.sleep(0.01)
