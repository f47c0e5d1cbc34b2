"""LoRA files and trained U-Nets put into a loaded model, so that it draws as fast as before.

Knows what such files look like, not where they come from or who trained them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from tastemaker.diffusion.layout import LORA_FILE, check_safetensors
from tastemaker.errors import ModelBroken

__all__ = ["LORA_FILE", "merge_lora"]

_NAME = "merged"
# kohya's trainers count the encoders from 1 when there are two; diffusers writes their names.
_ENCODERS = {
    "lora_te_": 0,
    "lora_te1_": 0,
    "lora_te2_": 1,
    "text_encoder.": 0,
    "text_encoder_2.": 1,
}
_PART = re.compile(
    r"(?P<layer>.+?)(?P<old>\.lora_linear_layer)?\.(?P<part>lora_A|lora_B|lora\.down|lora\.up"
    r"|lora_down|lora_up|down|up)\.weight|(?P<scaled>.+)\.alpha"
)
_DOWN = ("lora_A", "lora.down", "lora_down", "down")
_WRAPPER = "text_model."


def merge_lora(unet: Any, file: Path, text_encoders: Sequence[Any] = ()) -> None:
    """Add a LoRA's change to the weights of a U-Net of diffusers, for good.

    Reads every format that diffusers does. Layers of text encoders go into ``text_encoders``, the
    model's in their order; without any given they are refused.

    Raises:
        ModelBroken: the file is missing, damaged, or not for this model.
    """
    check_safetensors(file)
    # Takes a second to import, and only models with a LoRA need it.
    from diffusers import StableDiffusionPipeline

    try:
        content = load_file(file)
        _check_numbers(content, file)
        texts = {key: value for key, value in content.items() if _encoder_of(key) is not None}
        if texts and text_encoders:
            _merge_texts(text_encoders, texts, file)
            content = {key: value for key, value in content.items() if key not in texts}
            if not content:
                return
        tensors, alphas = StableDiffusionPipeline.lora_state_dict(content, unet_config=unet.config)
        _check_parts(tensors, file)
        unet.load_lora_adapter(tensors, prefix="unet", network_alphas=alphas, adapter_name=_NAME)
        unet.fuse_lora()
        unet.unload_lora()
    except ModelBroken:
        raise
    except (ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelBroken(
            f"The LoRA {file.name} in {file.parent} doesn't fit this model: {reason[0]}"
        ) from error
    unet.eval().requires_grad_(False)


def _encoder_of(key: str) -> str | None:
    """The prefix by which a tensor says that it belongs to a text encoder."""
    return next((prefix for prefix in _ENCODERS if key.startswith(prefix)), None)


@torch.no_grad()
def _merge_texts(encoders: Sequence[Any], tensors: Mapping[str, Tensor], file: Path) -> None:
    """Weight += alpha / rank · up · down, layer by layer."""
    halves: dict[tuple[int, str], dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        prefix = _encoder_of(key) or ""
        match = _PART.fullmatch(key.removeprefix(prefix))
        if match is None:
            raise _unfit(file, key)
        layer = match["layer"] or match["scaled"]
        part = "alpha" if match["scaled"] else "down" if match["part"] in _DOWN else "up"
        name = layer.replace(".", "_").removeprefix(_WRAPPER.replace(".", "_"))
        halves.setdefault((_ENCODERS[prefix], name), {})[part] = tensor
    layers = [_linear_layers(encoder) for encoder in encoders]
    for (number, name), half in halves.items():
        layer = layers[number].get(name) if number < len(layers) else None
        if layer is None or "down" not in half or "up" not in half:
            raise _unfit(file, f"{name} of text encoder {number + 1}")
        down, up = half["down"].float(), half["up"].float()
        rank = down.shape[0]
        scale = float(half["alpha"]) / rank if "alpha" in half else 1.0
        change = scale * (up.reshape(up.shape[0], rank) @ down.reshape(rank, -1))
        if change.shape != layer.weight.shape:
            raise _unfit(file, f"{name} of text encoder {number + 1}")
        layer.weight += change.to(layer.weight)


def _linear_layers(encoder: Any) -> dict[str, Any]:
    """By flat name, without the wrapper that some versions of transformers put around them."""
    return {
        name.removeprefix(_WRAPPER).replace(".", "_"): module
        for name, module in encoder.named_modules()
        if isinstance(module, torch.nn.Linear)
    }


def _unfit(file: Path, what: str) -> ModelBroken:
    return ModelBroken(
        f"The LoRA {file.name} in {file.parent} doesn't fit this model: it changes {what[:200]}, "
        "which the model doesn't have in that shape."
    )


def _check_parts(tensors: Mapping[str, Tensor], file: Path) -> None:
    others = sorted({name.split(".")[0] for name in tensors} - {"unet"})
    if others or not tensors:
        found = ", ".join(others) or "nothing"
        raise ModelBroken(
            f"The LoRA {file.name} in {file.parent} changes {found}; only a LoRA of the U-Net "
            "alone is supported."
        )


def _check_numbers(tensors: Mapping[str, Tensor], file: Path) -> None:
    bad = [name for name, tensor in tensors.items() if not tensor.isfinite().all()]
    if bad:
        raise ModelBroken(
            f"The LoRA {file.name} in {file.parent} holds values that are no numbers ({bad[0]})."
        )
