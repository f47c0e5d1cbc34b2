"""A VAE in parts, for when the whole picture doesn't fit into memory.

Tiles overlap, and what two of them say is mixed in proportion to how far their edges are. The tones
of tiles differ slightly, because the VAE's norms look at a tile alone; the overlap hides it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import torch

SIZES = (64, 32, 16)
"""Latent pixels along a tile's side, tried in this order."""
_OVERLAP = 4


def in_tiles(
    work: Callable[[torch.Tensor], torch.Tensor], whole: torch.Tensor, tile: int, scale: Fraction
) -> torch.Tensor:
    """What ``work`` makes of ``whole`` (1, c, h, w), float32 on the CPU, ``scale`` times as large.

    ``tile`` is the side of a tile in pixels of ``whole``; the result's sides must be whole numbers.
    """
    overlap = tile // _OVERLAP
    total = seen = torch.empty(0)
    for top, left in product(*(_starts(side, tile, overlap) for side in whole.shape[-2:])):
        part = whole[..., top : top + tile, left : left + tile]
        made = work(part).float().cpu()
        if not total.numel():
            sides = (int(side * scale) for side in whole.shape[-2:])
            total = torch.zeros(1, made.shape[1], *sides)
            seen = torch.zeros(1, 1, *total.shape[-2:])
        width = int(overlap * scale)
        weights = _ramp(made.shape[-2], width)[:, None] * _ramp(made.shape[-1], width)
        y, x = int(top * scale), int(left * scale)
        rows, columns = slice(y, y + made.shape[-2]), slice(x, x + made.shape[-1])
        total[..., rows, columns] += made * weights
        seen[..., rows, columns] += weights
    return total / seen


def _starts(side: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin, so that they cover ``side`` and each overlaps the next."""
    if side <= tile:
        return [0]
    return [*range(0, side - tile, tile - overlap), side - tile]


def _ramp(length: int, width: int) -> torch.Tensor:
    """Weights that rise over ``width`` pixels from either end, none of them 0."""
    place = torch.arange(1, length + 1, dtype=torch.float32)
    return torch.minimum(place, place.flip(0)).clamp(max=max(1, width)) / max(1, width)
