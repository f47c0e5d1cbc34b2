"""The texts that a picture file carries, whatever the format, within bounded memory.

PNG text chunks keep their keyword. What EXIF and XMP hold is put under the keyword that the same
program uses in a PNG, so that a dialect needn't know in which kind of file it is.
"""

from __future__ import annotations

import html
import json
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import ExifTags, Image, PngImagePlugin

from tastemaker.infotext import a1111, record
from tastemaker.infotext.json_text import parse_object
from tastemaker.storage.pictures import FORMATS, open_header

READABLE = (*FORMATS, "AVIF")
MAX_TEXT = 2 * 1024 * 1024
MAX_TEXTS = 64
USER_COMMENT = 0x9286
MAKE, MODEL, IMAGE_DESCRIPTION = 0x010F, 0x0110, 0x010E
_CODE_BYTES = 8
_NAMED = re.compile(r"(prompt|workflow):\s*(?=\{)", re.IGNORECASE)
_RECORD = re.compile(r"<tastemaker:record>(.*?)</tastemaker:record>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Carried:
    """The texts by keyword, and the picture's size as it is shown. ``too_long`` were left out."""

    texts: Mapping[str, str]
    width: int
    height: int
    too_long: tuple[str, ...] = ()


def carried(data: bytes, *, max_pixels: int) -> Carried:
    """Read what the picture carries; its pixels are decoded only if the texts lie behind them.

    Raises:
        UnsupportedImage: no picture of one of `READABLE`.
        UnreadableImage: the header is damaged, or says that there are more than 2^31 pixels.
    """
    image = open_header(data, READABLE)
    texts: dict[str, str] = {}
    too_long: list[str] = []

    def put(key: str, text: str) -> None:
        if not text or key in texts:
            return
        if len(text) > MAX_TEXT:
            too_long.append(key)
        elif len(texts) < MAX_TEXTS:
            texts[key] = text

    for key, value in _chunks(image, max_pixels).items():
        put(key, value)
    width, height = image.size
    exif = _exif(image)
    if exif.get(ExifTags.Base.Orientation) in (5, 6, 7, 8):
        width, height = height, width
    for tag in (MAKE, MODEL, IMAGE_DESCRIPTION):
        value = _text(exif.get(tag)).strip()
        named = _NAMED.match(value)
        if named is not None:
            put(named[1].lower(), value[named.end() :])
        elif value.startswith("{"):
            put(a1111.KEY, value)
    comment = _comment(exif)
    if comment:
        _put_comment(comment, put)
    xmp = _RECORD.search(_text(image.info.get("xmp"))[: MAX_TEXT * 2])
    if xmp is not None:
        put(record.KEY, html.unescape(xmp[1]))
    return Carried(texts, width, height, tuple(too_long))


def _put_comment(comment: str, put: Callable[[str, str], None]) -> None:
    """Put the user comment where its writer would have put it in a PNG."""
    data = parse_object(comment)
    graph = {} if data is None else {k: data[k] for k in ("prompt", "workflow") if k in data}
    if graph and all(isinstance(part, Mapping) for part in graph.values()):
        for key, part in graph.items():
            put(key, json.dumps(part))
        return
    put(a1111.KEY, comment)


def _chunks(image: Image.Image, max_pixels: int) -> Mapping[str, str]:
    """The text chunks of a PNG; those behind the pixels only if there are none before."""
    if not isinstance(image, PngImagePlugin.PngImageFile):
        return {}
    found = {str(key): str(value) for key, value in image.info.items() if isinstance(value, str)}
    if found or image.width * image.height > max_pixels:
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {key: str(value) for key, value in image.text.items()}
    except MemoryError:
        raise
    except Exception:  # damaged behind the header: then there is nothing to read
        return {}


def _exif(image: Image.Image) -> Mapping[int, object]:
    """The main directory, with the user comment of the Exif directory; empty if it is damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif = image.getexif()
            return {**exif.get_ifd(ExifTags.IFD.Exif), **exif}
    except MemoryError:
        raise
    except Exception:  # Pillow raises nearly anything on damaged EXIF
        return {}


def _comment(exif: Mapping[int, object]) -> str:
    """The user comment: eight bytes name its encoding, and not every writer keeps to them."""
    value = exif.get(USER_COMMENT)
    if isinstance(value, str):
        return _text(value).strip("\x00")
    if not isinstance(value, bytes) or len(value) > 2 * MAX_TEXT:
        return ""
    code, body = value[:_CODE_BYTES], value[_CODE_BYTES:]
    if code == b"UNICODE\x00":
        return _utf16(body).strip("\x00")
    if code in (b"ASCII\x00\x00\x00", b"JIS\x00\x00\x00\x00\x00", bytes(_CODE_BYTES)):
        return _text(body).strip("\x00")
    return _text(value).strip("\x00")


def _utf16(body: bytes) -> str:
    """UTF-16 of either byte order: of plain text, the zero bytes tell."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    little = body[1::2].count(0) > body[::2].count(0)
    return body.decode("utf-16-le" if little else "utf-16-be", "replace")


def _text(value: object) -> str:
    """Text as it was written: Pillow reads as Latin-1 what often is UTF-8."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
