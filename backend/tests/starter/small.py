"""A recipe so small that it runs in seconds, with glyphs that need no font."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from tastemaker.starter.loop import Schedule
from tastemaker.starter.presets import TINY

STEPS = 3
_SCHEDULE = Schedule(steps=STEPS, learning_rate=1e-3, warmup=1)
SMALL = replace(
    TINY,
    resolution=32,
    vae_channels=(8, 8, 8, 16),
    vae_groups=4,
    vae_batch=2,
    text_width=32,
    text_layers=1,
    unet_channels=(16, 16, 32),
    unet_batch=4,
    unet_heads=2,
    cached_latents=100,
    lanes=1,
    inner=_SCHEDULE,
    text=_SCHEDULE,
    decoder=_SCHEDULE,
    unet=_SCHEDULE,
    judge=_SCHEDULE,
)


def disc_glyphs(names: Sequence[str], size: int) -> torch.Tensor:
    """Discs of different colours, ``[len(names), 4, size, size]``, premultiplied."""
    line = torch.linspace(-1, 1, size)
    disc = ((line[:, None] ** 2 + line[None] ** 2) < 0.9).float()
    colours = torch.rand(len(names), 3, 1, 1, generator=torch.Generator().manual_seed(0))
    return torch.cat([colours * disc, disc.expand(len(names), 1, size, size)], dim=1)
