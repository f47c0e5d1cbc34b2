"""Latents at both ends of an image's life: noise or a picture in, pixels out.

Every image has its own generator on the CPU, so its noise is the same on every device and whatever
else is drawn. Knows no steps and no batches.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps

from tastemaker.diffusion.components import Components
from tastemaker.errors import NumericalFailure

log = logging.getLogger(__name__)


def seeded_generator(seed: int) -> torch.Generator:
    """The source of all noise of one image; ``seed`` in 0…2^63-1."""
    return torch.Generator().manual_seed(seed)


def draw_noise(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """The image's next noise: float32 on the CPU, standard normal."""
    return torch.randn(shape, generator=generator, dtype=torch.float32)


@torch.inference_mode()
def encode_image(
    components: Components, image: Image.Image, width: int, height: int
) -> torch.Tensor:
    """A picture's latents: float32 (channels, height/f, width/f), the mode of the VAE's posterior.

    The picture is scaled to cover ``width`` x ``height`` pixels and cropped around its middle.
    """
    fitted = ImageOps.fit(image.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
    array = np.asarray(fitted, dtype=np.float32) / 127.5 - 1.0
    pixels = torch.from_numpy(array).permute(2, 0, 1)[None]
    return scaled(components.vae.config, encode_pixels(components, pixels))


def scaled(config: Any, latents: torch.Tensor) -> torch.Tensor:
    """What a VAE encodes, (channels, h, w), in the scale that its U-Net works in."""
    mean, spread = _statistics(config, latents)
    result: torch.Tensor = (latents - mean) * config.scaling_factor / spread
    return result


def unscaled(config: Any, latents: torch.Tensor) -> torch.Tensor:
    """Inverse of `scaled`."""
    mean, spread = _statistics(config, latents)
    result: torch.Tensor = latents * spread / config.scaling_factor + mean
    return result


def _statistics(config: Any, latents: torch.Tensor) -> tuple[Any, Any]:
    """What a model's latents are shifted by and divided by, for each channel or for all alike."""
    mean, spread = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is None or spread is None:
        return config.shift_factor or 0.0, 1.0
    pair = (latents.new_tensor(numbers).view(-1, 1, 1) for numbers in (mean, spread))
    return next(pair), next(pair)


@torch.inference_mode()
def encode_pixels(components: Components, pixels: torch.Tensor) -> torch.Tensor:
    """Pixels in [-1, 1], (1, 3, height, width) → unscaled float32 latents (channels, h, w)."""
    vae = components.vae
    latents: torch.Tensor = vae.encode(pixels.to(vae.device, vae.dtype)).latent_dist.mode()[0]
    if not latents.isfinite().all() and vae.dtype == torch.float16:
        with _Upcast(components):
            latents = vae.encode(pixels.to(vae.device, torch.float32)).latent_dist.mode()[0]
    return latents.float()


@torch.inference_mode()
def decode_latents(components: Components, latents: torch.Tensor) -> Image.Image:
    """Scaled latents (channels, h, w) → an RGB image.

    What overflows a float16 VAE is decoded again in float32.

    Raises:
        NumericalFailure: latents or pixels are not finite.
    """
    if not latents.isfinite().all():
        raise NumericalFailure(
            "The model produced values that are no numbers (NaN or infinity). Try a lower guidance "
            "scale, another sampler or another seed; if it keeps happening, the model is damaged."
        )
    vae = components.vae
    encoded = unscaled(vae.config, latents)[None]
    pixels = vae.decode(encoded.to(vae.dtype)).sample[0]
    if not pixels.isfinite().all() and vae.dtype == torch.float16:
        log.info("the VAE overflowed float16; decoding in float32")
        with _Upcast(components):
            pixels = vae.decode(encoded.float()).sample[0]
    if not pixels.isfinite().all():
        raise NumericalFailure(
            "The model's VAE produced values that are no numbers (NaN or infinity). Try another "
            "seed; if it keeps happening, the model is damaged: download it again."
        )
    return to_image(pixels)


def to_image(pixels: torch.Tensor) -> Image.Image:
    """Pixels (3, height, width) in [-1, 1] → an RGB image."""
    scaled = ((pixels.float() / 2 + 0.5).clamp(0, 1) * 255).round()
    array = scaled.to("cpu", torch.uint8).permute(1, 2, 0).contiguous().numpy()
    return Image.fromarray(array, "RGB")


class _Upcast:
    """The VAE in float32 for the length of a ``with`` block."""

    def __init__(self, components: Components) -> None:
        self._vae = components.vae
        self._dtype = components.vae.dtype

    def __enter__(self) -> None:
        self._vae.to(torch.float32)

    def __exit__(self, *_: object) -> None:
        self._vae.to(self._dtype)
