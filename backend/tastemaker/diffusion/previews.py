"""Cheap previews: latents become a small picture through a linear map instead of the whole VAE.

The map is fitted once per model, by encoding a patchwork of colours with its own VAE, so it works
for any number of latent channels. Knows no steps and no jobs.
"""

from __future__ import annotations

import torch
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.latents import encode_pixels, to_image, unscaled

MAX_SIDE = 128
_PATCHES = 8
_LATENTS_PER_PATCH = 2


class Previewer:
    """Turns one model's latents into pictures; fits its map at the first one."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._map: torch.Tensor | None = None

    @torch.inference_mode()
    def preview(self, latents: torch.Tensor) -> Image.Image:
        """Scaled latents (channels, h, w) → RGB, its longer side 128 pixels."""
        if self._map is None:
            self._map = _fit(self._components)
        plain = unscaled(self._components.vae.config, latents.float().cpu())
        colours = torch.einsum("rc,chw->rhw", self._map, _with_constant(plain))
        small = to_image(colours)
        scale = MAX_SIDE / max(small.size)
        size = (max(1, round(small.width * scale)), max(1, round(small.height * scale)))
        return small.resize(size, Image.Resampling.BICUBIC)


def _with_constant(latents: torch.Tensor) -> torch.Tensor:
    return torch.cat([latents, torch.ones_like(latents[:1])])


def _fit(components: Components) -> torch.Tensor:
    """The least-squares map (3, channels + 1) from unscaled latents to colours in [-1, 1]."""
    generator = torch.Generator().manual_seed(0)
    patches = torch.rand(1, 3, _PATCHES, _PATCHES, generator=generator) * 2 - 1
    side = _PATCHES * _LATENTS_PER_PATCH
    colours = torch.nn.functional.interpolate(patches, size=(side, side), mode="nearest")
    pixels = torch.nn.functional.interpolate(
        patches, size=(side * components.vae_scale_factor,) * 2, mode="nearest"
    )
    latents = encode_pixels(components, pixels).cpu()
    inputs = _with_constant(latents).flatten(1).T
    targets = colours[0].flatten(1).T
    # A little ridge keeps the map small where a channel hardly varies with colour.
    gram = inputs.T @ inputs + 1e-3 * len(inputs) * torch.eye(inputs.shape[1])
    solution: torch.Tensor = torch.linalg.solve(gram, inputs.T @ targets)
    return solution.T.contiguous()
