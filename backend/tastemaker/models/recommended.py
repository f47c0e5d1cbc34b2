"""What a pipeline folder draws with when nobody says: size, steps and guidance, from its configs.

Reads JSON only. Sizes are in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tastemaker.diffusion.families import CONFIG_FILE, XL, Family, check_unet, generation
from tastemaker.diffusion.layout import read_json

_STEPS, _GUIDANCE = 30, 7.5
# Steps and guidance scale by which diffusers' own pipelines draw.
_OWN = {
    XL: (30, 5.0),
    "AuraFlowPipeline": (50, 3.5),
    "ChromaPipeline": (35, 5.0),
    "CogView3PlusPipeline": (50, 5.0),
    "CogView4Pipeline": (50, 5.0),
    "FluxPipeline": (28, 3.5),
    "HunyuanDiTPipeline": (50, 5.0),
    "Kandinsky3Pipeline": (25, 3.0),
    "LatentConsistencyModelPipeline": (4, 8.5),
    "Lumina2Pipeline": (30, 4.0),
    "PixArtAlphaPipeline": (20, 4.5),
    "PixArtSigmaPipeline": (20, 4.5),
    "SanaPipeline": (20, 4.5),
    "StableDiffusion3Pipeline": (28, 7.0),
}
# What denoises: the first of these that a pipeline has.
_DENOISERS = ("transformer", "unet", "prior")
_AUTOENCODERS = ("vae", "movq", "vqvae")
_SAMPLE = {True: 64, False: 128}


@dataclass(frozen=True, slots=True)
class Recommended:
    """``multiple``: width and height must be multiples of it. ``family`` is for people.

    ``inpainting``: its U-Net sees a mask and a picture, too; it draws from text as well.
    """

    family: str
    width: int
    height: int
    multiple: int
    num_inference_steps: int
    guidance_scale: float
    inpainting: bool = False


def recommended(folder: Path, family: Family) -> Recommended:
    """What suits the model in ``folder``.

    Raises:
        ModelBroken: a config is missing, or the U-Net wants more than a prompt.
        KeyError, TypeError, ValueError: a config makes no sense.
    """
    denoiser = _config(folder, family, _DENOISERS)
    autoencoder = _config(folder, family, _AUTOENCODERS)
    if family.batched:
        check_unet(folder, denoiser, autoencoder, family.pipeline == XL)
    levels = autoencoder["block_out_channels"] if family.batched else _levels(autoencoder)
    factor = 2 ** (len(levels) - 1)
    multiple = factor * _divisor(family, denoiser)
    sample = denoiser.get("sample_size") or _SAMPLE[family.batched]
    height, width = (sample, sample) if isinstance(sample, int) else (sample[0], sample[1])
    steps, guidance = _OWN.get(family.pipeline, (_STEPS, _GUIDANCE))
    channels = denoiser.get("in_channels", 4)
    inpainting = family.batched and channels != autoencoder.get("latent_channels", 4)
    title = generation(family, denoiser)
    return Recommended(
        family=f"{title}, for inpainting" if inpainting else title,
        width=fit(width * factor, multiple),
        height=fit(height * factor, multiple),
        multiple=multiple,
        num_inference_steps=steps,
        guidance_scale=guidance,
        inpainting=inpainting,
    )


def fit(size: int, multiple: int) -> int:
    """The nearest multiple that isn't larger, but at least one."""
    return max(multiple, size // multiple * multiple)


def _config(folder: Path, family: Family, names: tuple[str, ...]) -> Mapping[str, Any]:
    """The config of the first of ``names`` that the pipeline has; nothing when it has none."""
    found = next((name for name in names if name in family.parts), None)
    return read_json(folder / found / CONFIG_FILE) if found else {}


def _levels(autoencoder: Mapping[str, Any]) -> list[int]:
    """The channels of each level; autoencoders name them differently, most have four."""
    for name in ("block_out_channels", "encoder_block_out_channels", "dim_mult"):
        if isinstance(autoencoder.get(name), list):
            return list(autoencoder[name])
    return [1] * 4


def _divisor(family: Family, denoiser: Mapping[str, Any]) -> int:
    """By what the denoiser divides latents: a U-Net level by level, a transformer into patches."""
    if "block_out_channels" in denoiser:
        return int(2 ** (len(denoiser["block_out_channels"]) - 1))
    patch = denoiser.get("patch_size")
    return max(2, patch) if isinstance(patch, int) else 2
