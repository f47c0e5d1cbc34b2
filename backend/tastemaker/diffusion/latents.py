"""Latents at both ends of an image's life: noise or a picture in, pixels out.

Every image has its own generator on the CPU, so its noise is the same on every device and whatever
else is drawn. Knows no steps and no batches.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import available_memory, free_memory, is_out_of_memory
from tastemaker.diffusion.tiles import SIZES, in_tiles
from tastemaker.errors import NumericalFailure

log = logging.getLogger(__name__)

_LAYERS_AT_ONCE = 4


def seeded_generator(seed: int) -> torch.Generator:
    """The source of all noise of one image; ``seed`` in 0…2^63-1."""
    return torch.Generator().manual_seed(seed)


def draw_noise(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """The image's next noise: float32 on the CPU, standard normal."""
    return torch.randn(shape, generator=generator, dtype=torch.float32)


@torch.inference_mode()
def encode_image(
    components: Components, image: Image.Image, grey: NDArray[np.bool_] | None = None
) -> torch.Tensor:
    """A picture's latents: float32 (channels, height/f, width/f), the mode of the VAE's posterior.

    Its sides are multiples of the model's. Where ``grey`` (height, width) is set it is middle grey.
    """
    array = np.asarray(image.convert("RGB"), dtype=np.float32) / 127.5 - 1.0
    if grey is not None:
        array[grey] = 0.0
    pixels = torch.from_numpy(array).permute(2, 0, 1)[None]
    return scaled(components.vae.config, encode_pixels(components, pixels))


def enlarged(latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Latents (channels, h, w) stretched to another size."""
    found: torch.Tensor = torch.nn.functional.interpolate(
        latents[None], size=(height, width), mode="bicubic"
    )
    return found[0]


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
    """Pixels in [-1, 1], (1, 3, height, width) → unscaled float32 latents (channels, h, w).

    In tiles when memory runs out.
    """
    vae = components.vae

    def encode(part: torch.Tensor) -> torch.Tensor:
        latents: torch.Tensor = vae.encode(part.to(vae.device, vae.dtype)).latent_dist.mode()
        return latents

    factor = components.vae_scale_factor
    latents, _ = _within_memory(components, encode, pixels, 0, Fraction(1, factor))
    if not latents.isfinite().all() and vae.dtype == torch.float16:
        with _Upcast(components):
            latents, _ = _within_memory(components, encode, pixels, 0, Fraction(1, factor))
    return latents[0].to(vae.device, torch.float32)


@torch.inference_mode()
def decode_latents(
    components: Components, latents: torch.Tensor, tile: int = 0, share: int = 1
) -> tuple[Image.Image, int]:
    """Scaled latents (channels, h, w) → an RGB image, and the tiles that it was decoded in.

    ``tile`` is how many latent pixels a tile's side has; 0: all at once, or as memory allows, of
    which ``share`` decode at the same time. What overflows a float16 VAE is decoded again in
    float32.

    Raises:
        NumericalFailure: latents or pixels are not finite.
    """
    if not latents.isfinite().all():
        raise NumericalFailure(
            "The model produced values that are no numbers (NaN or infinity). Try a lower guidance "
            "scale, another sampler or another seed; if it keeps happening, the model is damaged."
        )
    vae = components.vae
    factor = components.vae_scale_factor
    encoded = unscaled(vae.config, latents)[None]

    def decode(part: torch.Tensor) -> torch.Tensor:
        pixels: torch.Tensor = vae.decode(part.to(vae.dtype)).sample
        return pixels

    scale = Fraction(factor)
    pixels, tile = _within_memory(components, decode, encoded, tile, scale, share)
    if not pixels.isfinite().all() and vae.dtype == torch.float16:
        log.info("the VAE overflowed float16; decoding in float32")
        with _Upcast(components):
            pixels, tile = _within_memory(components, decode, encoded, tile, scale, share)
    if not pixels.isfinite().all():
        raise NumericalFailure(
            "The model's VAE produced values that are no numbers (NaN or infinity). Try another "
            "seed; if it keeps happening, the model is damaged: download it again."
        )
    return to_image(pixels[0]), tile


def _within_memory(
    components: Components,
    work: Callable[[torch.Tensor], torch.Tensor],
    whole: torch.Tensor,
    tile: int,
    scale: Fraction,
    share: int = 1,
) -> tuple[torch.Tensor, int]:
    """What ``work`` makes of ``whole``, and the tile it took, in latent pixels; 0: all at once.

    ``tile`` is the first to try. The next smaller one follows whenever memory runs out. ``share``
    of them do so at the same time.
    """
    # Tiles are measured in latent pixels, whichever side of the VAE is cut.
    unit = 1 if scale > 1 else components.vae_scale_factor
    height, width = (side // unit for side in whole.shape[-2:])
    if not tile and _is_short(components, height, width, share):
        tile = SIZES[0]
    # Once more after making room; a tile as large as the picture would save nothing.
    sizes = [0, 0, *SIZES] if not tile else [tile, *(size for size in SIZES if size < tile)]
    tries = [size for size in sizes if size < max(height, width)] or [0]
    for number, size in enumerate(tries, start=1):
        try:
            if not size:
                return work(whole), 0
            return in_tiles(work, whole, size * unit, scale), size
        except Exception as error:
            if not is_out_of_memory(error) or number == len(tries):
                raise
        free_memory(components.device)
        log.info("memory is short for a picture of %d x %d latents; it is cut", width, height)
    raise AssertionError("unreachable")


def _is_short(components: Components, height: int, width: int, share: int) -> bool:
    """Whether the VAE's layers at full size are likely to take more memory than there is."""
    pixels = height * width * components.vae_scale_factor**2
    widest = max(components.vae.config.block_out_channels[:2])
    needed = int(pixels * widest * _LAYERS_AT_ONCE * components.vae.dtype.itemsize)
    return needed * share > available_memory(components.device)


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
