"""Masks that nobody vouches for: decoded, held to their picture's size, white where to redraw.

Knows no storage and no torch.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageOps

from tastemaker.errors import FieldError, InvalidInput
from tastemaker.storage.pictures import decoded

_HALF = 128


def read_mask(data: bytes, size: tuple[int, int], *, max_pixels: int) -> Image.Image:
    """Decode untrusted bytes to a mask of ``size``: mode L, 255 where to redraw and else 0.

    White is redrawn and black is kept. In a picture of one colour with transparency the transparent
    part is redrawn; otherwise what is transparent counts as black. A mask of the same proportions
    but another size is scaled.

    Raises:
        UnsupportedImage, UnreadableImage: as `read_picture`.
        InvalidInput: another shape, naming both sizes.
    """
    mask = _black_and_white(decoded(data, max_pixels=max_pixels))
    if mask.size != size and not _same_proportions(mask.size, size):
        message = (
            f"the mask has {mask.width} × {mask.height} pixels, but the picture has "
            f"{size[0]} × {size[1]}; it must have the same size, or at least the same proportions"
        )
        raise InvalidInput(f"mask: {message}.", (FieldError("mask", message),))
    if mask.size != size:
        mask = mask.resize(size, Image.Resampling.BILINEAR)
    return mask.point(lambda value: 255 if value >= _HALF else 0)


def _black_and_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("F").point(lambda value: value / 257).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        alpha = layer.getchannel("A")
        extrema = [layer.getchannel(band).getextrema() for band in "RGB"]
        if alpha.getextrema() != (255, 255) and all(low == high for low, high in extrema):
            return ImageOps.invert(alpha)
        return ImageChops.multiply(layer.convert("RGB").convert("L"), alpha)
    return image.convert("L")


def _same_proportions(mask: tuple[int, int], picture: tuple[int, int]) -> bool:
    """Whether a mask of that size is the picture's, scaled and rounded to whole pixels."""
    by_width = abs(picture[1] * mask[0] / picture[0] - mask[1]) < 1
    by_height = abs(picture[0] * mask[1] / picture[1] - mask[0]) < 1
    return by_width or by_height
