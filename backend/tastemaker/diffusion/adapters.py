"""LoRA files and trained U-Nets put into a loaded model, so that it draws as fast as before.

Knows what such files look like, not where they come from or who trained them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from tastemaker.diffusion.layout import LORA_FILE, check_safetensors
from tastemaker.errors import ModelBroken

__all__ = ["LORA_FILE", "merge_lora"]

_NAME = "merged"


def merge_lora(unet: Any, file: Path) -> None:
    """Add a LoRA's change to the weights of a U-Net of diffusers, for good.

    Reads every format that diffusers does; layers of a text encoder are refused.

    Raises:
        ModelBroken: the file is missing, damaged, or not for this U-Net.
    """
    check_safetensors(file)
    # Takes a second to import, and only models with a LoRA need it.
    from diffusers import StableDiffusionPipeline

    try:
        tensors, alphas = StableDiffusionPipeline.lora_state_dict(
            file.parent,
            weight_name=file.name,
            local_files_only=True,
            use_safetensors=True,
            unet_config=unet.config,
        )
        _check(tensors, file)
        unet.load_lora_adapter(tensors, prefix="unet", network_alphas=alphas, adapter_name=_NAME)
        unet.fuse_lora()
        unet.unload_lora()
    except ModelBroken:
        raise
    except (ValueError, KeyError, RuntimeError, TypeError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelBroken(
            f"The LoRA {file.name} in {file.parent} doesn't fit this model: {reason[0]}"
        ) from error
    unet.eval().requires_grad_(False)


def _check(tensors: Mapping[str, Tensor], file: Path) -> None:
    others = sorted({name.split(".")[0] for name in tensors} - {"unet"})
    if others or not tensors:
        found = ", ".join(others) or "nothing"
        raise ModelBroken(
            f"The LoRA {file.name} in {file.parent} changes {found}; only a LoRA of the U-Net "
            "alone is supported."
        )
    bad = [name for name, tensor in tensors.items() if not tensor.isfinite().all()]
    if bad:
        raise ModelBroken(
            f"The LoRA {file.name} in {file.parent} holds values that are no numbers ({bad[0]})."
        )
