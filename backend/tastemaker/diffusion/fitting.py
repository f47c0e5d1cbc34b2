"""Brings a picture to another size. Knows Pillow only, no torch and no models."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

from tastemaker.domain import ResizeMode

_LANCZOS = Image.Resampling.LANCZOS


def resized(image: Image.Image, width: int, height: int, mode: ResizeMode) -> Image.Image:
    """An RGB picture of exactly ``width`` x ``height`` pixels.

    `ResizeMode.FIT` expects a size of the picture's own proportions (`fitting_inside`).
    """
    image = image.convert("RGB")
    size = (width, height)
    if image.size == size:
        return image
    if mode is ResizeMode.CROP:
        return ImageOps.fit(image, size, _LANCZOS)
    if mode is ResizeMode.PAD:
        scale = min(width / image.width, height / image.height)
        inner = (
            min(width, max(1, round(image.width * scale))),
            min(height, max(1, round(image.height * scale))),
        )
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        return extended(
            image.resize(inner, _LANCZOS),
            left,
            top,
            width - inner[0] - left,
            height - inner[1] - top,
        )
    return image.resize(size, _LANCZOS)


def extended(image: Image.Image, left: int, top: int, right: int, bottom: int) -> Image.Image:
    """The picture with its outermost pixels repeated so many times on each side."""
    if not (left or top or right or bottom):
        return image
    beyond = ((top, bottom), (left, right), (0, 0))
    return Image.fromarray(np.pad(np.asarray(image), beyond, mode="edge"))


def fitting_inside(
    width: int, height: int, limits: tuple[int, int], multiple: int
) -> tuple[int, int]:
    """The largest size of the proportions of ``width`` x ``height`` within ``limits``, whose sides
    are multiples.
    """
    scale = min(limits[0] / width, limits[1] / height)

    def side(length: int, limit: int) -> int:
        return min(limit, max(multiple, round(length * scale / multiple) * multiple))

    return side(width, limits[0]), side(height, limits[1])
