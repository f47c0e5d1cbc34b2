"""Which architecture a checkpoint in a single file has, told from the names and shapes of tensors.

Knows the layouts of CompVis' and Stability's code; reads no values.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tastemaker.errors import ModelBroken

Shapes = Mapping[str, tuple[int, ...]]

UNET = "model.diffusion_model."
_VAE = "first_stage_model."
_FIRST = f"{UNET}input_blocks.0.0.weight"
_CLIP = "cond_stage_model.transformer.text_model.embeddings.position_embedding.weight"
_OPEN_CLIP = "cond_stage_model.model.token_embedding.weight"
_XL = "conditioner.embedders.1.model.token_embedding.weight"
_PLAIN, _INPAINTING = 4, 9
_REFINER = "conditioner.embedders.0.model.token_embedding.weight"


class Architecture(StrEnum):
    """A folder of configs beside this file; the values are their names."""

    SD1 = "sd1"
    SD2 = "sd2"
    XL = "xl"

    @property
    def family(self) -> str:
        """For people."""
        return {"sd1": "Stable Diffusion 1.x", "sd2": "Stable Diffusion 2.x"}.get(
            self.value, "Stable Diffusion XL"
        )


def architecture_of(shapes: Shapes, name: str) -> Architecture:
    """The architecture of the checkpoint that people call ``name``.

    Raises:
        ModelBroken: it is no whole checkpoint of a text-to-image model of these; says why.
    """
    if _FIRST not in shapes:
        raise ModelBroken(f"{name} {_instead(shapes)}")
    if not any(key.startswith(_VAE) for key in shapes):
        raise ModelBroken(
            f"{name} holds no VAE, so it can't make pictures by itself. Use a checkpoint that "
            "includes it."
        )
    channels = channels_of(shapes)
    if channels not in (_PLAIN, _INPAINTING):
        raise ModelBroken(
            f"{name} is for depth or for editing by instructions (its U-Net takes {channels} "
            "channels instead of 4), so it can't draw from text alone."
        )
    if _XL in shapes:
        return Architecture.XL
    if _REFINER in shapes:
        raise ModelBroken(
            f"{name} is a refiner of Stable Diffusion XL, which improves pictures but can't draw "
            "from text. Use the base model."
        )
    if _CLIP in shapes:
        return Architecture.SD1
    if _OPEN_CLIP in shapes:
        return Architecture.SD2
    raise ModelBroken(
        f"{name} holds no text encoder, so it doesn't understand prompts. Use a checkpoint that "
        "includes it."
    )


def channels_of(shapes: Shapes) -> int:
    """How many channels the U-Net takes: 4 are latents; 9 are for inpainting."""
    return shapes[_FIRST][1] if len(shapes.get(_FIRST, ())) > 1 else 0


def _instead(shapes: Shapes) -> str:
    """What a file is that is no checkpoint, as far as can be told."""
    keys = list(shapes)
    if any("double_blocks" in key or "joint_blocks" in key for key in keys):
        return (
            "is a checkpoint of Flux or Stable Diffusion 3. Of those only folders in diffusers "
            "layout can be used; put one into the models folder."
        )
    if any(key.startswith(("down_blocks.", "transformer_blocks.")) for key in keys):
        return (
            "holds a single network in diffusers layout, not a whole model. Put the whole folder "
            "that it belongs to into the models folder."
        )
    if any(key.startswith(("control_model.", "controlnet_")) for key in keys):
        return "is a ControlNet, which can't draw by itself and isn't supported."
    if any(key.startswith(("encoder.", "decoder.")) for key in keys):
        return "is a VAE alone, which can't draw by itself. Use a whole checkpoint."
    if 0 < len(keys) <= 4:
        return "is an embedding (textual inversion) or the like, which isn't supported."
    return (
        "is neither a checkpoint of Stable Diffusion 1.x, 2.x or XL in one file nor a LoRA, so it "
        "can't be used."
    )
