"""One row's picture and caption: decode, check, and either an `Example` or a `Rejected`.

Knows no files and no columns. A broken row is never repaired by guessing or by a blank picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from tastemaker.errors import UnreadableImage, UnsupportedImage
from tastemaker.storage import adoption, pictures
from tastemaker.training.data.examples import Example, Reason, Record, Rejected

_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Limits:
    """What is let in: pixels per picture, shorter side in pixels, caption length in characters."""

    max_pixels: int = 40_000_000
    min_side: int = 16
    max_caption: int = 4000


class RowError(Exception):
    """The row can't be trained on, for ``reason``."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.detail = detail

    def rejected(self, key: str, source: str) -> Rejected:
        """The record of it."""
        return Rejected(key, self.reason, self.detail, source=source)


def make_record(
    key: str,
    picture: bytes,
    caption: object,
    source: str,
    limits: Limits,
    *,
    feedback: int = 0,
    model: str | None = None,
) -> Record:
    """Check one row: its encoded picture, and a caption that may be anything."""
    try:
        check_picture(picture, limits)
    except RowError as error:
        return error.rejected(key, source)
    try:
        text = clean_caption(caption, limits)
    except RowError as error:
        return Rejected(
            key, error.reason, error.detail, picture, source, feedback=feedback, model=model
        )
    return Example.of(key, picture, text, source, feedback=feedback, model=model)


def picture_bytes(value: object) -> bytes:
    """The encoded picture in a dataset's cell.

    Raw bytes, base64 as bytes or text (data URI, white space, missing padding, URL-safe alphabet)
    or a dictionary with such a thing under ``bytes``.

    Raises:
        RowError: there is none, or the text is no base64.
    """
    if isinstance(value, Mapping):
        value = value.get("bytes")
    if value is None or (isinstance(value, float) and value != value):
        raise RowError(Reason.NO_PICTURE)
    if isinstance(value, str):
        if not value.strip():
            raise RowError(Reason.NO_PICTURE)
        if value.lstrip()[:8].lower().startswith(("http://", "https://")):
            raise RowError(
                Reason.NOT_BASE64, "It is a web address; the pictures must be in the dataset."
            )
        # Anything but ASCII becomes a question mark, which no base64 has.
        value = value.encode("ascii", "replace")
    if isinstance(value, bytearray | memoryview):
        value = bytes(value)
    if not isinstance(value, bytes):
        raise RowError(Reason.NO_PICTURE, f"It holds {_shown(value)}.")
    if not value:
        raise RowError(Reason.NO_PICTURE)
    if _is_picture(value):
        return value
    try:
        return adoption.picture_bytes(value)
    except UnreadableImage as error:
        raise RowError(Reason.NOT_BASE64, f"It begins with {_shown(value)}.") from error


def check_picture(data: bytes, limits: Limits) -> None:
    """Decode it once, within the limits. Raises `RowError`."""
    try:
        width, height = pictures.read_size(data, formats=pictures.ADOPTED_FORMATS)
        if width * height > limits.max_pixels:
            raise RowError(Reason.TOO_MANY_PIXELS, _size(width, height))
        if min(width, height) < limits.min_side:
            raise RowError(Reason.TOO_SMALL, _size(width, height))
        pictures.read_picture(data, max_pixels=limits.max_pixels, formats=pictures.ADOPTED_FORMATS)
    except UnsupportedImage as error:
        raise RowError(Reason.NOT_A_PICTURE, f"It begins with {_shown(data)}.") from error
    except UnreadableImage as error:
        if isinstance(error.__cause__, Image.DecompressionBombError) or not error.__cause__:
            raise RowError(Reason.TOO_MANY_PIXELS) from error
        raise RowError(Reason.DAMAGED) from error


def clean_caption(value: object, limits: Limits) -> str:
    """The caption without white space around it. Raises `RowError`."""
    if value is None or (isinstance(value, float) and value != value):
        raise RowError(Reason.NO_CAPTION)
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RowError(Reason.CAPTION_NOT_TEXT, "It is no valid UTF-8.") from error
    if not isinstance(value, str):
        raise RowError(Reason.CAPTION_NOT_TEXT, f"It holds {_shown(value)}.")
    # Lone surrogates can be neither tokenized nor written to disk.
    text = value.encode("utf-8", "replace").decode("utf-8").replace("\0", " ").strip()
    if not text:
        raise RowError(Reason.NO_CAPTION)
    if len(text) > limits.max_caption:
        raise RowError(
            Reason.CAPTION_TOO_LONG,
            f"It has {len(text):,} characters; {limits.max_caption:,} are allowed.",
        )
    return text


def _is_picture(data: bytes) -> bool:
    try:
        pictures.read_size(data, formats=pictures.ADOPTED_FORMATS)
    except (UnsupportedImage, UnreadableImage) as error:
        # A header that was understood is a picture's, however broken the rest of it.
        return isinstance(error, UnreadableImage)
    return True


def _size(width: int, height: int) -> str:
    return f"It has {width} × {height} pixels."


def _shown(value: object) -> str:
    if isinstance(value, str | bytes) and len(value) > _LONGEST_SHOWN:
        return f"{value[:_LONGEST_SHOWN]!r}…"
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
