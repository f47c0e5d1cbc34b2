"""The bytes of pictures and thumbnails: immutable, cached by browsers for ever."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from flask import Response, request

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.responses import nothing, problems, sends
from tastemaker.api.schemas.images import FileQuery, ImagePath
from tastemaker.domain import ImageRecord
from tastemaker.storage.pictures import media_type

resource = blueprint("files")

_CACHE = "private, max-age=31536000, immutable"
_BINARY = {"type": "string", "format": "binary"}
_HEADERS = {"ETag": "The content's hash.", "Cache-Control": "For ever: content never changes."}
_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/avif": "avif",
    "image/tiff": "tif",
}
_MAX_NAME = 60


@resource.get(
    "/api/images/<int:image_id>/file",
    responses={
        200: sends(dict.fromkeys(_EXTENSIONS, _BINARY), "The picture, as it was stored.", _HEADERS),
        304: nothing("The caller has it already (`If-None-Match`)."),
        **problems(404, 422),
    },
)
def get_file(path: ImagePath, query: FileQuery) -> Response:
    """The picture itself: PNG for all that was drawn here."""
    gallery = services().gallery
    image = gallery.get(path.image_id)
    etag = image.content.removeprefix("sha256:")
    return _serve(image, etag, lambda: gallery.content(image.id), download=query.download)


@resource.get(
    "/api/images/<int:image_id>/thumbnail",
    responses={
        200: sends({"image/webp": _BINARY}, "A small version.", _HEADERS),
        304: nothing("The caller has it already (`If-None-Match`)."),
        **problems(404),
    },
)
def get_thumbnail(path: ImagePath) -> Response:
    """A small WebP of the picture."""
    gallery = services().gallery
    image = gallery.get(path.image_id)
    # Named after the picture, whose content decides: the thumbnail may still have to be made.
    etag = f"{image.content.removeprefix('sha256:')}-thumbnail"
    return _serve(image, etag, lambda: gallery.thumbnail(image.id), download=False)


def _serve(image: ImageRecord, etag: str, read: Callable[[], bytes], *, download: bool) -> Response:
    if image.unreadable is None and request.if_none_match.contains_weak(etag):
        answer = Response(status=304)
    else:
        data = read()
        kind = media_type(data)
        answer = Response(data, content_type=kind)
        if download:
            answer.headers.set("Content-Disposition", "attachment", filename=file_name(image, kind))
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = _CACHE
    return answer


def file_name(image: ImageRecord, kind: str) -> str:
    """A name that every file system takes: words of the prompt, the id, the format."""
    words = unicodedata.normalize("NFKD", image.title or image.prompt)
    plain = re.sub(r"[^a-z0-9]+", "-", words.encode("ascii", "ignore").decode().lower())
    stem = plain[:_MAX_NAME].strip("-") or "picture"
    return f"{stem}-{image.id}.{_EXTENSIONS.get(kind, 'bin')}"
