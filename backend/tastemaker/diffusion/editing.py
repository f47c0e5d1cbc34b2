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


def part_of(
    request: GenerationRequest, source: Image.Image, mask: Image.Image | None, multiple: int
) -> Part:
    """What an edit draws of ``source`` (RGB). ``multiple`` is that of the model's sides.

    Raises:
        InvalidInput: the request's region or mask doesn't belong to this picture.
    """
    masked, added = _new(request, source, mask)
    region = _region(request, source)
    extend = request.extend or Extend()
    picture = extended(source, extend.left, extend.top, extend.right, extend.bottom)
    corners = (region.left, region.top, region.right, region.bottom)
    inner = _inner_size(request, region, multiple)
    margin = (0, 0, request.width - inner[0], request.height - inner[1])
    small = picture.crop(corners)
    if small.size != inner:
        small = small.resize(inner, _LANCZOS)
    return Part(
        extended(small, *margin),
        _scaled(masked, region, inner, (request.width, request.height)),
        _scaled(added, region, inner, (request.width, request.height)),
    )


def put_back(
    request: GenerationRequest,
    source: Image.Image,
    mask: Image.Image | None,
    multiple: int,
    drawn: Image.Image,
) -> Image.Image:
    """The whole picture with what was ``drawn`` in it where it is wanted.

    Around the mask old and new merge over ``mask_blur`` pixels; all else is as in ``source``.
    """
    masked, added = _new(request, source, mask)
    region = _region(request, source)
    extend = request.extend or Extend()
    result = extended(source, extend.left, extend.top, extend.right, extend.bottom).copy()
    inner = _inner_size(request, region, multiple)
    new = drawn.crop((0, 0, *inner))
    if inner != (region.width, region.height):
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


def _inner_size(request: GenerationRequest, region: Box, multiple: int) -> tuple[int, int]:
    """How large the region is within the size that is drawn, proportions kept.

    It isn't resampled when the size differs only because sides are multiples.
    """
    spare = (request.width - region.width, request.height - region.height)
    scale = min(request.width / region.width, request.height / region.height)
    if all(0 <= side < multiple for side in spare):
        scale = 1.0
    return (
        min(request.width, max(1, round(region.width * scale))),
        min(request.height, max(1, round(region.height * scale))),
    )


def _scaled(where: Mask, region: Box, inner: tuple[int, int], size: tuple[int, int]) -> Mask:
    """The region's part of ``where`` at the drawn size; a pixel that is set in part is set.

    The margin is new where it touches what is new: its pixels are no reason to draw anything.
    """
    part = where[region.top : region.bottom, region.left : region.right]
    if inner != (region.width, region.height):
        image = Image.fromarray(part.astype(np.uint8) * 255)
        enlarged = inner[0] >= region.width
        how = Image.Resampling.NEAREST if enlarged else Image.Resampling.BOX
        part = np.asarray(image.resize(inner, how)) > 0
    return np.pad(part, ((0, size[1] - inner[1]), (0, size[0] - inner[0])), mode="edge")
