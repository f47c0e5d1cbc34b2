"""Names for pictures outside the gallery, such as every file system takes."""

from __future__ import annotations

import re
import unicodedata

from tastemaker.domain import ImageRecord

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/avif": "avif",
    "image/tiff": "tif",
}
_FOLDERS = {1: "liked", 0: "unrated", -1: "disliked"}
_MAX_NAME = 60


def file_name(image: ImageRecord, kind: str) -> str:
    """Words of the title or the prompt, the id, and the ending of the media type ``kind``."""
    words = unicodedata.normalize("NFKD", image.title or image.prompt)
    plain = re.sub(r"[^a-z0-9]+", "-", words.encode("ascii", "ignore").decode().lower())
    stem = plain[:_MAX_NAME].strip("-") or "picture"
    return f"{stem}-{image.id}.{EXTENSIONS.get(kind, 'bin')}"


def rated_name(image: ImageRecord, kind: str) -> str:
    """The same within a folder for its rating: ``liked/a-red-apple-7.png``."""
    return f"{_FOLDERS.get(image.feedback, 'unrated')}/{file_name(image, kind)}"
