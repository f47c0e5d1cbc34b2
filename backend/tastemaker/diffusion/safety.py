"""A model's own safety checker: a flagged picture is blurred and says why.

Knows nothing of prompts or of the operator's choice to leave it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image, ImageFilter
from transformers import CLIPImageProcessorPil

from tastemaker.diffusion.layout import find_weights
from tastemaker.errors import ModelBroken

REASON = "The model's safety checker flagged this picture as possibly unsafe, so it is blurred."


@dataclass(frozen=True, eq=False)
class SafetyChecker:
    """The checker and the processor that prepares pictures for it."""

    model: Any
    processor: Any
    device: torch.device
    dtype: torch.dtype

    @torch.inference_mode()
    def screen(self, image: Image.Image) -> tuple[Image.Image, str | None]:
        """The picture and ``None``, or the picture blurred beyond recognition and the reason."""
        pixels = self.processor(images=[image], return_tensors="pt").pixel_values
        pixels = pixels.to(self.device, self.dtype)
        # The checker blackens what it flags in here; the picture itself is blurred below instead.
        scratch = [np.zeros((1, 1, 3), dtype=np.float32)]
        _, flags = self.model(clip_input=pixels, images=scratch)
        if not flags[0]:
            return image, None
        return blur(image), REASON


def blur(image: Image.Image) -> Image.Image:
    """Leave nothing but the broad colours."""
    return image.filter(ImageFilter.GaussianBlur(max(image.size) / 12))


def load_safety_checker(path: Path, device: torch.device, dtype: torch.dtype) -> SafetyChecker:
    """Load ``safety_checker/`` and ``feature_extractor/`` of a pipeline folder.

    Raises:
        ModelBroken: weights missing or incomplete.
    """
    folder = path / "safety_checker"
    model, info = StableDiffusionSafetyChecker.from_pretrained(
        folder,
        local_files_only=True,
        use_safetensors=True,
        variant=find_weights(folder, "model"),
        torch_dtype=dtype,
        output_loading_info=True,
    )
    if info["missing_keys"]:
        raise ModelBroken(
            f"The safety checker in {folder} lacks {len(info['missing_keys'])} tensors. Download "
            "the model again."
        )
    processor = CLIPImageProcessorPil.from_pretrained(
        path / "feature_extractor", local_files_only=True
    )
    return SafetyChecker(model.eval().to(device), processor, device, dtype)
