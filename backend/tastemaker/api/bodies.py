"""Reading request bodies: JSON that can be trusted to be an object, pictures within bounds."""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar

from flask import Request, request
from flask.json.provider import DefaultJSONProvider
from flask_openapi3.utils import parse_rule
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from tastemaker.api.context import context
from tastemaker.api.document import DocumentedApp
from tastemaker.api.limits import IMPORT_UPLOADS, MAX_JSON_BYTES, MAX_TABLE_BYTES
from tastemaker.errors import Busy, FieldError, InvalidInput, PayloadTooLarge
from tastemaker.settings import Settings

_FORM = "multipart/form-data"
_IMPORT = "/api/models/import"


class LargeUploads(Request):
    """Keeps the file of a model import on the models' disk: it may not fit into the system's own
    folder for temporary files, which often is memory.
    """

    folder: ClassVar[Path]

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.path == _IMPORT:
            return tempfile.TemporaryFile(dir=self.folder)
        return super()._get_file_stream(
            total_content_length, content_type, filename, content_length
        )


class JSONProvider(DefaultJSONProvider):
    """Flask's, but nesting that exhausts the stack is bad JSON and not a crash.

    Whole numbers may be written as 20.0, as JSON Schema has it.
    """

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, parse_float=_number, **kwargs)
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value


def register(app: DocumentedApp, settings: Settings) -> None:
    """Bound every body, and check JSON bodies before the views see them."""
    app.json = JSONProvider(app)
    app.request_class = type("Upload", (LargeUploads,), {"folder": settings.models_dir})
    uploads = settings.max_upload_mb * 1024 * 1024
    # Base64 takes four bytes for three.
    bounds = {
        "/api/generate": uploads * 4 // 3 + MAX_JSON_BYTES,
        "/api/variations": uploads * 4 // 3 + MAX_JSON_BYTES,
        # The picture, and a mask that may be as large.
        "/api/edits": 2 * uploads * 4 // 3 + MAX_JSON_BYTES,
        "/api/batches": MAX_TABLE_BYTES,
        "/api/batches/preview": MAX_TABLE_BYTES,
        "/api/styles/import": MAX_TABLE_BYTES,
        "/api/wildcards/<path:name>": MAX_TABLE_BYTES,
        "/api/infotext": uploads + MAX_JSON_BYTES,
        "/api/images/import": uploads * IMPORT_UPLOADS + MAX_JSON_BYTES,
        _IMPORT: settings.max_model_mb * 1024 * 1024 + MAX_JSON_BYTES,
    }
    wanted = _json_operations(app)

    @app.before_request
    def check_body() -> None:
        rule = request.url_rule.rule if request.url_rule is not None else ""
        request.max_content_length = bounds.get(rule, MAX_JSON_BYTES)
        if (rule, request.method) in wanted:
            read_json()


def _json_operations(app: DocumentedApp) -> frozenset[tuple[str, str]]:
    """Rule and method of each operation whose document asks for JSON and nothing else."""
    found = set()
    for rule in app.url_map.iter_rules():
        path = app.api_doc["paths"].get(parse_rule(rule.rule), {})
        for method, operation in path.items():
            if list(operation.get("requestBody", {}).get("content", ())) == ["application/json"]:
                found.add((rule.rule, method.upper()))
    return frozenset(found)


def read_json() -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        UnsupportedMediaType: another content type. BadRequest: no JSON. InvalidInput: no object.
    """
    if not request.is_json:
        sent = f"not {request.mimetype}" if request.mimetype else "but no Content-Type was sent"
        raise UnsupportedMediaType(f"Send the body as Content-Type: application/json, {sent}.")
    try:
        data = request.get_json()
    except BadRequest as error:
        cause = error.__cause__ or error
        reason = getattr(cause, "description", None) or str(cause)
        raise BadRequest(f"The body is not valid JSON. {reason}") from error
    if not isinstance(data, dict):
        message = "must be a JSON object, such as {}"
        raise InvalidInput(f"The body {message}.", (FieldError("body", message),))
    return data


@contextmanager
def large_body() -> Iterator[None]:
    """Bounds how many large bodies are in memory at once. Raises `Busy`."""
    length = request.content_length
    if length is not None and length <= MAX_JSON_BYTES:
        yield
        return
    places = context().large_bodies
    if not places.take():
        raise Busy("Too many pictures are being uploaded at once. Try again in a moment.")
    try:
        yield
    finally:
        places.give_back()


def is_form() -> bool:
    """Whether the request is a form with files."""
    return request.mimetype == _FORM


def read_form() -> dict[str, Any]:
    """The fields of a form, as text, and its files."""
    return {**request.form.to_dict(), **request.files.to_dict()}


def uploaded_bytes(file: object, limit: int, field: str = "image") -> bytes:
    """The bytes of an uploaded file. Raises `InvalidInput`, `PayloadTooLarge`."""
    if not isinstance(file, FileStorage):
        message = "must be an uploaded file"
        raise InvalidInput(f"{field}: {message}", (FieldError(field, message),))
    return _within(file.stream.read(limit + 1), limit)


def decoded_bytes(text: str, limit: int, field: str = "image") -> bytes:
    """The bytes of a picture given as base64 or as a data URI. Raises as `uploaded_bytes`."""
    if text.startswith("data:"):
        header, comma, text = text.partition(",")
        if not comma or not header.endswith(";base64"):
            message = "a data URI must look like data:image/png;base64,..."
            raise InvalidInput(f"{field}: {message}", (FieldError(field, message),))
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "must be base64 or a data URI"
        raise InvalidInput(f"{field}: {message}", (FieldError(field, message),)) from error
    return _within(data, limit)


def _within(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise PayloadTooLarge(
            f"The picture has more than {limit:,} bytes, which is the most allowed."
        )
    return data
