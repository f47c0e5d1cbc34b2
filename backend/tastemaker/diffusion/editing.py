"""Edits in pixels: which part of a picture is drawn, what of it is new, and how it is put back.

What lies outside of the mask and the transition around it keeps every bit. Knows Pillow and numpy,
no torch and no models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tastemaker.diffusion.fitting import extended
from tastemaker.domain import Box, Extend, GenerationRequest
from tastemaker.errors import InvalidInput

_LANCZOS = Image.Resampling.LANCZOS
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Part:
    """The part of a picture that is drawn, at the size at which it is drawn.

    ``picture`` is RGB; what is added shows the edge's pixels. ``masked`` and ``added`` are bool of
    (height, width): where the picture is to be redrawn, and where there was none.
    """

    picture: Image.Image
    masked: Mask
    added: Mask

    @property
    def new(self) -> Mask:
        """Where the result is wanted."""
        new: Mask = self.masked | self.added
        return new


@dataclass(frozen=True, slots=True)
class Grid:
    """What a model can draw: sides that are multiples of ``multiple``, in latents of ``pixels``."""

    multiple: int
    pixels: int


def part_of(
    request: GenerationRequest, source: Image.Image, mask: Image.Image | None, grid: Grid
) -> Part:
    """What an edit draws of ``source`` (RGB).

    Raises:
        InvalidInput: the request's region or mask doesn't belong to this picture.
    """
    masked, added = _new(request, source, mask)
    region = _region(request, source)
    extend = request.extend or Extend()
    picture = extended(source, extend.left, extend.top, extend.right, extend.bottom)
    corners = (region.left, region.top, region.right, region.bottom)
    place = _place(request, region, grid)
    small = picture.crop(corners)
    if small.size != (place.width, place.height):
        small = small.resize((place.width, place.height), _LANCZOS)
    margin = (
        place.left,
        place.top,
        request.width - place.right,
        request.height - place.bottom,
    )
    return Part(
        extended(small, *margin),
        _scaled(masked, region, place, margin),
        _scaled(added, region, place, margin),
    )


def put_back(
    request: GenerationRequest,
    source: Image.Image,
    mask: Image.Image | None,
    grid: Grid,
    drawn: Image.Image,
) -> Image.Image:
    """The whole picture with what was ``drawn`` in it where it is wanted.

    Around the mask old and new merge over ``mask_blur`` pixels; all else is as in ``source``.
    """
    masked, added = _new(request, source, mask)
    region = _region(request, source)
    extend = request.extend or Extend()
    result = extended(source, extend.left, extend.top, extend.right, extend.bottom).copy()
    place = _place(request, region, grid)
    new = drawn.crop((place.left, place.top, place.right, place.bottom))
    if new.size != (region.width, region.height):
        new = new.resize((region.width, region.height), _LANCZOS)
    inside = (masked | added)[region.top : region.bottom, region.left : region.right]
    reach = request.mask_blur or 0
    rows, columns = _touched(inside, reach)
    weights = Image.fromarray(transition(inside[rows, columns], reach))
    patch = new.crop((columns.start, rows.start, columns.stop, rows.stop))
    result.paste(patch, (region.left + columns.start, region.top + rows.start), weights)
    return result


def transition(mask: Mask, reach: int) -> NDArray[np.uint8]:
    """255 inside of the mask, falling to 0 at more than ``reach`` pixels from it.

    Distances are those of a king's moves.
    """
    inner = reach - reach // 2
    grown = _box_sum(mask, inner) > 0
    outer = reach // 2
    weights = _box_sum(grown, outer) / (2 * outer + 1) ** 2
    weights[mask] = 1.0
    found: NDArray[np.uint8] = np.rint(weights * 255).astype(np.uint8)
    return found


def _touched(mask: Mask, reach: int) -> tuple[slice, slice]:
    """Rows and columns that hold all of a mask and ``reach`` pixels around it."""
    found = []
    for axis in (1, 0):
        places = np.flatnonzero(mask.any(axis=axis))
        first, last = (places[0], places[-1]) if len(places) else (0, 0)
        found.append(
            slice(max(0, int(first) - reach), min(mask.shape[1 - axis], int(last) + 1 + reach))
        )
    return found[0], found[1]


def _box_sum(mask: Mask, radius: int) -> NDArray[np.float32]:
    """How many pixels are set within ``radius`` of each, the edge repeated outwards."""
    found = mask.astype(np.int32)
    for axis in (0, 1):
        beyond = [(0, 0), (0, 0)]
        beyond[axis] = (radius + 1, radius)
        sums = np.cumsum(np.pad(found, beyond, mode="edge"), axis=axis)
        width = 2 * radius + 1
        length = found.shape[axis]
        high = np.take(sums, np.arange(width, width + length), axis=axis)
        found = high - np.take(sums, np.arange(length), axis=axis)
    return found.astype(np.float32)


def _new(
    request: GenerationRequest, source: Image.Image, mask: Image.Image | None
) -> tuple[Mask, Mask]:
    """Where the extended picture is masked, and where it is added."""
    if mask is not None and mask.size != source.size:
        raise InvalidInput(
            f"The mask has {mask.width} x {mask.height} pixels, but the picture has "
            f"{source.width} x {source.height}."
        )
    extend = request.extend or Extend()
    width, height = extend.size(*source.size)
    added = np.ones((height, width), dtype=bool)
    rows = slice(extend.top, extend.top + source.height)
    columns = slice(extend.left, extend.left + source.width)
    added[rows, columns] = False
    masked = np.zeros((height, width), dtype=bool)
    if mask is not None:
        masked[rows, columns] = np.asarray(mask.convert("L")) >= 128
    return masked, added


def _region(request: GenerationRequest, source: Image.Image) -> Box:
    width, height = (request.extend or Extend()).size(*source.size)
    region = request.region or Box(0, 0, width, height)
    if not (0 <= region.left < region.right <= width and 0 <= region.top < region.bottom <= height):
        raise InvalidInput(
            f"The region to draw lies outside of the picture of {width} x {height} pixels."
        )
    return region


def _place(request: GenerationRequest, region: Box, grid: Grid) -> Box:
    """Where the region lies within what is drawn, proportions kept.

    It isn't resampled when the size differs only because sides are multiples. Then, as far as there
    is room, an extended picture begins where a latent pixel does: one that is old in part would be
    drawn anew as a whole, and the seam would run through it.
    """
    spare = (request.width - region.width, request.height - region.height)
    if all(0 <= side < grid.multiple for side in spare):
        extend = request.extend or Extend()
        left = (region.left - extend.left) % grid.pixels
        top = (region.top - extend.top) % grid.pixels
        left, top = left if left <= spare[0] else 0, top if top <= spare[1] else 0
        return Box(left, top, left + region.width, top + region.height)
    scale = min(request.width / region.width, request.height / region.height)
    width = min(request.width, max(1, round(region.width * scale)))
    return Box(0, 0, width, min(request.height, max(1, round(region.height * scale))))


def _scaled(where: Mask, region: Box, place: Box, margin: tuple[int, int, int, int]) -> Mask:
    """The region's part of ``where`` at the drawn size; a pixel that is set in part is set.

    The margin is new where it touches what is new: its pixels are no reason to draw anything.
    """
    part = where[region.top : region.bottom, region.left : region.right]
    if (place.width, place.height) != (region.width, region.height):
        image = Image.fromarray(part.astype(np.uint8) * 255)
        enlarged = place.width >= region.width
        how = Image.Resampling.NEAREST if enlarged else Image.Resampling.BOX
        part = np.asarray(image.resize((place.width, place.height), how)) > 0
    left, top, right, bottom = margin
    return np.pad(part, ((top, bottom), (left, right)), mode="edge")
