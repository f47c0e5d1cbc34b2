"""Tiny random IP-Adapters and their image encoder on disk, for tests: the published layout, no
meaning. Built for whatever U-Net a model has.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

IMAGE_SIZE = 32
EMBEDDING, HIDDEN = 12, 24
_QUERIES, _DEPTH, _HEAD = 3, 4, 64
_RESAMPLED = 20

Tensors = dict[str, torch.Tensor]


def write_image_encoder(folder: Path, *, seed: int = 5, **config: Any) -> Path:
    """A CLIP that sees pictures of 32x32; ``config`` changes its config."""
    sizes: dict[str, Any] = {
        "hidden_size": HIDDEN,
        "intermediate_size": 32,
        "projection_dim": EMBEDDING,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": IMAGE_SIZE,
        "patch_size": 8,
    }
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = CLIPVisionModelWithProjection(CLIPVisionConfig(**sizes | config)).eval()
        for name, parameter in model.named_parameters():
            if "embedding" in name or "projection" in name:
                parameter.normal_(std=0.5)
    model.save_pretrained(folder)
    return folder


def write_ip_adapter(
    file: Path, unet: Any, *, plus: bool = False, seed: int = 6, **changes: torch.Tensor | None
) -> Path:
    """An IP-Adapter for a U-Net; ``changes`` replace tensors by name, or take them out."""
    generator = torch.Generator().manual_seed(seed)

    def values(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator) / math.sqrt(shape[-1])

    width = int(unet.config.cross_attention_dim)
    projection = _resampler(width, values) if plus else _plain(width, values)
    tensors = {f"image_proj.{name}": tensor for name, tensor in projection.items()}
    names = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number, name in enumerate(names):
        inner = unet.get_submodule(name.removesuffix(".processor")).to_k.out_features
        for what in ("to_k_ip", "to_v_ip"):
            tensors[f"ip_adapter.{2 * number + 1}.{what}.weight"] = 2 * values(inner, width)
    changed: dict[str, torch.Tensor | None] = {**tensors, **changes}
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor for name, tensor in changed.items() if tensor is not None}, file)
    return file


def _plain(width: int, values: Any) -> Tensors:
    return {
        "proj.weight": values(4 * width, EMBEDDING),
        "proj.bias": values(4 * width),
        "norm.weight": 1 + values(width),
        "norm.bias": values(width),
    }


def _resampler(width: int, values: Any) -> Tensors:
    """As the original code names them: attention and feed-forward by numbers, key and value as one.

    https://github.com/tencent-ailab/IP-Adapter/blob/main/ip_adapter/resampler.py
    """
    size = _RESAMPLED
    found = {
        "latents": values(1, _QUERIES, size),
        "proj_in.weight": values(size, HIDDEN),
        "proj_in.bias": values(size),
        "proj_out.weight": values(width, size),
        "proj_out.bias": values(width),
        "norm_out.weight": 1 + values(width),
        "norm_out.bias": values(width),
    }
    for layer in range(_DEPTH):
        attention, forward = f"layers.{layer}.0", f"layers.{layer}.1"
        for norm in (f"{attention}.norm1", f"{attention}.norm2", f"{forward}.0"):
            found |= {f"{norm}.weight": 1 + values(size), f"{norm}.bias": values(size)}
        found |= {
            f"{attention}.to_q.weight": values(_HEAD, size),
            f"{attention}.to_kv.weight": values(2 * _HEAD, size),
            f"{attention}.to_out.weight": values(size, _HEAD),
            f"{forward}.1.weight": values(4 * size, size),
            f"{forward}.3.weight": values(size, 4 * size),
        }
    return found
