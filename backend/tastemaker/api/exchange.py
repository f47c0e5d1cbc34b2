"""``/api/images/import`` and ``/export``: many pictures at once, in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from pydantic import ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from tastemaker.api.bodies import is_form, large_body
from tastemaker.api.context import context, services
from tastemaker.api.document import blueprint
from tastemaker.api.errors import of_validation
from tastemaker.api.images import filter_of
from tastemaker.api.responses import REFERENCE, answers, problems, reply, sends
from tastemaker.api.schemas.exchange import (
    ExportForm,
    ImportedFile,
    ImportOut,
    ImportUpload,
)
from tastemaker.api.schemas.images import ImageFilters
from tastemaker.errors import FieldError, InvalidInput, TastemakerError
from tastemaker.exchange.exporting import Exporter
from tastemaker.exchange.importing import Taken
from tastemaker.exchange.lines import normal, read_lines

resource = blueprint("exchange")

_ZIP = "application/zip"
_BINARY = {"type": "string", "format": "binary"}
_SENDS_ZIP = sends(
    {_ZIP: _BINARY},
    "A zip of the pictures, in a folder for each rating, and a `metadata.jsonl` that tells all of "
    'them. `datasets.load_dataset("imagefolder")` loads it, and so does `tastemaker import`.',
    {"Content-Disposition": "A name to save it under."},
)
_IMPORT = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {"$ref": REFERENCE + ImportUpload.__name__}}},
}
_EXPORT = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {"schema": {"$ref": REFERENCE + ExportForm.__name__}}
    },
}
_MAX_NAME = 300


@resource.post(
    "/api/images/import",
    responses={
        200: answers(ImportOut, "What became of each file."),
        **problems(400, 413, 415, 422, 503),
    },
    openapi_extensions={"requestBody": _IMPORT},
)
def import_images() -> Response:
    """Take pictures into the gallery, with the prompt, settings and rating they come with.

    These are read from `metadata`, or from the pictures themselves as `/api/infotext` does. A
    picture that is there already isn't taken twice. A file that can't be taken costs no other.
    """
    if not is_form():
        raise UnsupportedMediaType(
            "Send the pictures as Content-Type: multipart/form-data, in the field `files`."
        )
    with large_body():
        sent = {**request.form.to_dict(), **request.files.to_dict()}
        if "files" in request.files:
            sent["files"] = request.files.getlist("files")
        elif "files" in sent:
            message = "must be uploaded files"
            raise InvalidInput(f"files: {message}", (FieldError("files", message),))
        try:
            form = ImportUpload.model_validate(sent, strict=False)
        except ValidationError as error:
            return of_validation(error)
        lines = read_lines(form.metadata.splitlines())
        items = [_take(file, lines) for file in form.files]
    return reply(ImportOut(items=items))


@resource.get("/api/images/export", responses={200: _SENDS_ZIP, **problems(404, 422)})
def export_filtered(query: ImageFilters) -> Response:
    """The pictures that fit the filters of the gallery, as a zip that is made while it is sent."""
    exporter = Exporter(services().gallery)
    return _zip(exporter.stream(exporter.filtered(filter_of(query))))


@resource.post(
    "/api/images/export",
    responses={200: _SENDS_ZIP, **problems(404, 413, 415, 422)},
    openapi_extensions={"requestBody": _EXPORT},
)
def export_chosen() -> Response:
    """The pictures of these ids, as the same zip. A form, so that a browser saves the answer."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType(
            "Send the ids as Content-Type: application/x-www-form-urlencoded: ids=1,2,3."
        )
    try:
        form = ExportForm.model_validate(request.form.to_dict(), strict=False)
    except ValidationError as error:
        return of_validation(error)
    ids = list(dict.fromkeys(int(one) for one in form.ids.split(",")))
    exporter = Exporter(services().gallery)
    return _zip(exporter.stream(exporter.chosen(ids)))


def _zip(chunks: Iterator[bytes]) -> Response:
    answer = Response(chunks, mimetype=_ZIP)
    name = f"tastemaker-{datetime.now(UTC):%Y-%m-%d}.zip"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _take(file: object, lines: Mapping[str, Mapping[str, Any]]) -> ImportedFile:
    if not isinstance(file, FileStorage):
        message = "must be uploaded files"
        raise InvalidInput(f"files: {message}", (FieldError("files", message),))
    name = (file.filename or "picture")[:_MAX_NAME]
    most = services().settings.max_upload_mb * 1024 * 1024
    data = file.stream.read(most + 1)
    try:
        with context().decoding:
            taken = services().importer.take(name, data, line=lines.get(normal(name)))
    except TastemakerError as error:
        return ImportedFile(
            file_name=name, status="failed", image_id=None, program=None, detail=str(error)
        )
    return ImportedFile(
        file_name=name,
        status=taken.status,
        image_id=taken.image_id,
        program=None if taken.dialect is None else taken.dialect.label,
        detail=_detail(taken),
    )


def _detail(taken: Taken) -> str | None:
    if taken.in_trash:
        return "It is there already, in the trash."
    if taken.rated:
        return "It was there already and has the file's rating now."
    if taken.status == "duplicate":
        return "It is there already."
    if taken.unmapped:
        number = f"{taken.unmapped} of its settings have" if taken.unmapped > 1 else "One has"
        return f"{number} no place here; the file keeps them."
    return None
