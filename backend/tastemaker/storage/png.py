"""Writing PNG (https://www.w3.org/TR/png-3/), quickly: meanwhile another picture is being drawn.

Every row of an RGB picture is filtered by the one above it, and ISA-L compresses. Pillow, which
tries all filters, takes at least five times as long for a fifth less (``benchmarks/png.py``).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO

from isal import isal_zlib
from PIL import Image, ImageChops, PngImagePlugin

from tastemaker.errors import UnsupportedImage

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB_8_BITS = struct.pack(">5B", 8, 2, 0, 0, 0)
_UP = b"\x02"


def encode_png(image: Image.Image, metadata: Mapping[str, str]) -> bytes:
    """The picture as PNG with ``metadata`` as text chunks; equal input gives equal bytes."""
    info = PngImagePlugin.PngInfo()
    for key, value in metadata.items():
        # tEXt where Latin-1 suffices, else iTXt: some programs read only the first kind.
        info.add_text(key, value)
    if image.mode != "RGB":
        out = BytesIO()
        image.save(out, "PNG", pnginfo=info)
        return out.getvalue()
    return b"".join((_SIGNATURE, *_chunks(image, info)))


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG from its header alone. Raises `UnsupportedImage`."""
    if len(data) < 24 or not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR":
        raise UnsupportedImage("These bytes are not a PNG picture.")
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def _chunks(image: Image.Image, info: PngImagePlugin.PngInfo) -> Iterator[bytes]:
    yield _chunk(b"IHDR", struct.pack(">II", *image.size) + _RGB_8_BITS)
    for name, data, *_ in info.chunks:
        yield _chunk(name, data)
    yield _chunk(b"IDAT", isal_zlib.compress(_filtered(image), 1))
    yield _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(data)), name, data, _checksum(name, data)))


def _checksum(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))


def _filtered(image: Image.Image) -> bytes:
    """The rows, each as its difference from the row above (of the first: from zero), modulo 256."""
    above = Image.new("RGB", image.size)
    above.paste(image, (0, 1))
    data = ImageChops.subtract_modulo(image, above).tobytes()
    row = 3 * image.width
    return b"".join(_UP + data[start : start + row] for start in range(0, len(data), row))
