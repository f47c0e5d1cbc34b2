"""Decoding pictures that nobody vouches for, within bounded memory; thumbnails of ours.

Knows no storage and no torch. Pillow does the work; this module decides what is let in.
"""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from tastemaker.errors import UnreadableImage, UnsupportedImage

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
THUMBNAIL_SIZE = 384
_MAX_PIXELS_EVER = 2**31
_DAMAGED = "The picture is truncated or damaged. Save or download it again and retry."


def read_picture(
    data: bytes, *, max_pixels: int, formats: tuple[str, ...] = FORMATS
) -> Image.Image:
    """Decode untrusted bytes to an upright RGB picture; transparency becomes white.

    Of an animation the first frame is taken. The size is checked before any pixel is decoded.

    Raises:
        UnsupportedImage: no picture of one of ``formats``.
        UnreadableImage: truncated, damaged, or of more than ``max_pixels`` pixels.
    """
    image = decoded(data, max_pixels=max_pixels, formats=formats)
    try:
        return _to_rgb(image)
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableImage(_DAMAGED) from error


def decoded(data: bytes, *, max_pixels: int, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Decode untrusted bytes to an upright picture of whatever mode it has. Raises as
    `read_picture`.
    """
    image = open_header(data, formats)
    width, height = image.size
    if width * height > max_pixels:
        raise UnreadableImage(
            f"The picture has {width} × {height} pixels; at most {max_pixels:,} pixels are allowed."
            " Make it smaller first."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
            return ImageOps.exif_transpose(image)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise nearly anything on damaged data
        raise UnreadableImage(_DAMAGED) from error


def read_size(data: bytes, *, formats: tuple[str, ...] = FORMATS) -> tuple[int, int]:
    """Width and height from the header alone. Raises `UnsupportedImage`."""
    return open_header(data, formats).size


def media_type(data: bytes) -> str:
    """The MIME type of a stored picture, from its own bytes; octet-stream when it is none."""
    try:
        found = MEDIA_TYPES.get(open_header(data, ADOPTED_FORMATS).format or "")
    except (UnsupportedImage, UnreadableImage):
        found = None
    return found or "application/octet-stream"


# Also read from databases of other programs, whose pictures are kept as they are.
ADOPTED_FORMATS = (*FORMATS, "BMP", "AVIF", "TIFF")
# Pillow has such a table, but only of the formats that it has met in this process. MPO is what it
# calls a JPEG with further pictures behind the first, as some cameras write them.
MEDIA_TYPES = {name: f"image/{name.lower()}" for name in ADOPTED_FORMATS} | {"MPO": "image/jpeg"}


def make_thumbnail(image: Image.Image, size: int = THUMBNAIL_SIZE) -> bytes:
    """A JPEG of at most ``size`` × ``size`` pixels, proportions kept, never enlarged.

    WebP would be half as large and takes ten times as long, while another picture is being drawn.
    """
    small = image.convert("RGB")
    small.thumbnail((size, size), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "JPEG", quality=85)
    return out.getvalue()


def open_header(data: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The picture with its header read and no pixel decoded.

    Raises:
        UnsupportedImage: no picture of one of ``formats``.
        UnreadableImage: a damaged header, or one that says there are more than 2^31 pixels.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns above its own limit; ours is checked by the caller.
            warnings.simplefilter("ignore")
            image = Image.open(BytesIO(data), formats=formats)
    except Image.DecompressionBombError as error:
        raise UnreadableImage(
            "The picture has far too many pixels to be opened. Make it smaller first."
        ) from error
    except UnidentifiedImageError as error:
        raise UnsupportedImage(
            f"These bytes are no picture that can be read. Allowed formats: {', '.join(formats)}."
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # a header that fits but lies
        raise UnreadableImage(_DAMAGED) from error
    if image.width * image.height > _MAX_PIXELS_EVER:
        raise UnreadableImage("The picture has far too many pixels to be opened.")
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        # 16-bit greyscale: Pillow's own conversion would clip it to white.
        image = image.convert("F").point(lambda value: value / 257).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return image.convert("RGB")
