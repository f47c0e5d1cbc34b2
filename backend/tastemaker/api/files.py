"""The bytes of pictures and thumbnails, cached for ever; and pictures to save, with settings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Response, request

from tastemaker.api.context import context, services
from tastemaker.api.document import blueprint
from tastemaker.api.responses import nothing, problems, sends
from tastemaker.api.schemas.images import FileFormat, FileQuery, ImagePath
from tastemaker.domain import ImageRecord
from tastemaker.exchange.naming import EXTENSIONS, file_name
from tastemaker.infotext.embedding import convert, embed
from tastemaker.infotext.record import of_image
from tastemaker.storage.pictures import ADOPTED_FORMATS, MEDIA_TYPES, media_type, read_picture

resource = blueprint("files")

# The second kind is what earlier versions made.
_SMALL = ("image/jpeg", "image/webp")
_CACHE = "private, max-age=31536000, immutable"
_BINARY = {"type": "string", "format": "binary"}
_HEADERS = {"ETag": "The content's hash.", "Cache-Control": "For ever, but for downloads."}
_FORMATS = {FileFormat.PNG: "PNG", FileFormat.JPEG: "JPEG", FileFormat.WEBP: "WEBP"}
_MAX_PIXELS = 500_000_000


@resource.get(
    "/api/images/<int:image_id>/file",
    responses={
        200: sends(dict.fromkeys(EXTENSIONS, _BINARY), "The picture, as it was stored.", _HEADERS),
        304: nothing("The caller has it already (`If-None-Match`)."),
        **problems(404, 422),
    },
)
def get_file(path: ImagePath, query: FileQuery) -> Response:
    """The picture itself: PNG for all that was drawn here."""
    gallery = services().gallery
    image = gallery.get(path.image_id)
    if query.download or query.format is not None:
        return _download(image, gallery.content(image.id), query.format)
    etag = image.content.removeprefix("sha256:")
    return _serve(image, etag, lambda: gallery.content(image.id))


@resource.get(
    "/api/images/<int:image_id>/thumbnail",
    responses={
        200: sends(dict.fromkeys(_SMALL, _BINARY), "A small version.", _HEADERS),
        304: nothing("The caller has it already (`If-None-Match`)."),
        **problems(404),
    },
)
def get_thumbnail(path: ImagePath) -> Response:
    """A small version of the picture: JPEG, or WebP if it was made by an earlier version."""
    gallery = services().gallery
    image = gallery.get(path.image_id)
    # Named after the picture, whose content decides: the thumbnail may still have to be made.
    etag = f"{image.content.removeprefix('sha256:')}-thumbnail"
    return _serve(image, etag, lambda: gallery.thumbnail(image.id))


def _serve(image: ImageRecord, etag: str, read: Callable[[], bytes]) -> Response:
    if image.unreadable is None and request.if_none_match.contains_weak(etag):
        answer = Response(status=304)
    else:
        data = read()
        answer = Response(data, content_type=media_type(data))
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = _CACHE
    return answer


def _download(image: ImageRecord, data: bytes, wanted: FileFormat | None) -> Response:
    """The picture with its settings in it: of the moment, so it isn't cached."""
    kind = media_type(data)
    record = of_image(image)
    if wanted is None or kind == MEDIA_TYPES[_FORMATS[wanted]]:
        data = embed(data, record)
    else:
        kind = MEDIA_TYPES[_FORMATS[wanted]]
        with context().decoding:
            picture = read_picture(data, max_pixels=_MAX_PIXELS, formats=ADOPTED_FORMATS)
            data = convert(picture, _FORMATS[wanted], record)
    answer = Response(data, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(image, kind))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(hashlib.sha256(data).hexdigest())
    return answer
