"""Which part of a picture an edit draws, and at what size. Whole numbers only, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tastemaker.domain.editing import Box, Extend


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a model draws: sides are multiples of ``multiple``, at most ``largest``, best ``best``
    (width, height).
    """

    multiple: int
    largest: int
    best: tuple[int, int]

    def up(self, side: float) -> int:
        """The smallest allowed side that holds ``side`` pixels, or the largest of all."""
        most = self.largest // self.multiple * self.multiple
        # A side that was computed may exceed a multiple by what floats can't hold.
        return min(most, max(self.multiple, math.ceil(side / self.multiple - 1e-6) * self.multiple))


def new_part(width: int, height: int, extend: Extend, masked: Box | None) -> Box:
    """The box around all that is new in a picture of ``width`` x ``height`` after ``extend``.

    ``masked`` is the box around the mask, in the picture itself; something must be new.
    """
    whole_width, whole_height = extend.size(width, height)
    strips = [
        Box(0, 0, extend.left, whole_height),
        Box(0, 0, whole_width, extend.top),
        Box(extend.left + width, 0, whole_width, whole_height),
        Box(0, extend.top + height, whole_width, whole_height),
    ]
    boxes = [strip for strip in strips if strip.width and strip.height]
    if masked is not None:
        right, bottom = masked.right + extend.left, masked.bottom + extend.top
        boxes.append(Box(masked.left + extend.left, masked.top + extend.top, right, bottom))
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def size_for_whole(width: int, height: int, sizes: Sizes) -> tuple[int, int]:
    """The size at which a whole picture is drawn.

    It has a margin where the picture's own sides aren't allowed, so that no pixel is resampled.
    A picture larger than the model can draw is made smaller, one smaller than it draws well larger.
    """
    side, best = max(width, height), max(sizes.best)
    scale = 1.0
    if side > sizes.largest:
        scale = sizes.largest // sizes.multiple * sizes.multiple / side
    elif side < best:
        scale = best / side
    return sizes.up(width * scale), sizes.up(height * scale)


def size_for_part(part: Box, sizes: Sizes) -> tuple[int, int]:
    """The size at which a part of a picture is drawn: its proportions, the model's best area."""
    area = sizes.best[0] * sizes.best[1]
    # Beyond 3 to 1 models repeat themselves; what lacks is drawn from the surroundings.
    ratio = min(3.0, max(1 / 3, part.width / part.height))
    width = math.sqrt(area * ratio)
    nearest = [round(side / sizes.multiple) * sizes.multiple for side in (width, area / width)]
    return sizes.up(nearest[0]), sizes.up(nearest[1])


def around(part: Box, padding: int, width: int, height: int) -> Box:
    """``part`` with ``padding`` pixels on each side, within ``width`` x ``height``."""
    return Box(
        max(0, part.left - padding),
        max(0, part.top - padding),
        min(width, part.right + padding),
        min(height, part.bottom + padding),
    )


def grown(part: Box, shape: tuple[int, int], width: int, height: int) -> Box:
    """``part`` with as much more of its surroundings as it takes to get the proportions ``shape``.

    It stays within ``width`` x ``height``, so that it may fall short of them.
    """
    wide = max(part.width, round(part.height * shape[0] / shape[1]))
    high = max(part.height, round(part.width * shape[1] / shape[0]))
    left, right = _spread(part.left, part.right, wide, width)
    top, bottom = _spread(part.top, part.bottom, high, height)
    return Box(left, top, right, bottom)


def _spread(start: int, end: int, wanted: int, limit: int) -> tuple[int, int]:
    length = min(wanted, limit)
    first = start - (length - (end - start)) // 2
    first = min(max(0, first), limit - length)
    return first, first + length
