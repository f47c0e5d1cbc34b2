"""``/api/models/<name>``: what can be done with trained versions, and their way in and out."""

from __future__ import annotations

import hashlib
from typing import BinaryIO, cast

from flask import Response, request, send_file
from pydantic import ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from tastemaker.api.bodies import is_form, large_body, read_form
from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.errors import of_validation
from tastemaker.api.present_models import model_out, models_out
from tastemaker.api.responses import REFERENCE, answers, nothing, problems, reply, sends
from tastemaker.api.schemas.models import (
    GridPath,
    ModelChange,
    ModelImport,
    ModelList,
    ModelOut,
    ModelPath,
)
from tastemaker.errors import FieldError, InvalidInput

resource = blueprint("versions")

_BINARY = {"type": "string", "format": "binary"}
_SAFETENSORS = "application/octet-stream"
_ZIP = "application/zip"
_CACHE = "private, max-age=31536000, immutable"
_GRID_HEADERS = {"ETag": "The content's hash.", "Cache-Control": "For ever: it never changes."}
_IMPORT = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {"$ref": REFERENCE + ModelImport.__name__}}},
}


@resource.patch(
    "/api/models/<name>",
    responses={
        200: answers(ModelOut, "The version with its new title."),
        **problems(400, 404, 409, 413, 415, 422),
    },
)
def rename_model(path: ModelPath, body: ModelChange) -> Response:
    """Give a trained version another title; its name never changes."""
    return reply(model_out(services().versions.rename(path.name, body.title)))


@resource.delete(
    "/api/models/<name>",
    responses={200: answers(ModelList, "The models that are left."), **problems(404, 409)},
)
def delete_model(path: ModelPath) -> Response:
    """Delete a trained version for ever. Pictures that it drew stay."""
    here = services()
    here.versions.delete(path.name)
    return reply(models_out(here.models.list()))


@resource.get(
    "/api/models/<name>/grids/<side>",
    responses={
        200: sends({"image/png": _BINARY}, "The samples.", _GRID_HEADERS),
        304: nothing("The caller has it already (`If-None-Match`).", _GRID_HEADERS),
        **problems(404),
    },
)
def get_grid(path: GridPath) -> Response:
    """A version's samples, or its parent's of the same prompts and seeds."""
    data = services().versions.grid(path.name, path.side.value).read_bytes()
    answer = Response(data, mimetype="image/png")
    answer.set_etag(hashlib.sha256(data).hexdigest())
    answer.headers["Cache-Control"] = _CACHE
    answer.make_conditional(request)
    return answer


@resource.get(
    "/api/models/<name>/export",
    responses={
        200: sends(
            {_SAFETENSORS: _BINARY, _ZIP: _BINARY},
            "A LoRA as .safetensors, or a whole pipeline as a zip.",
            {"Content-Disposition": "A name to save it under."},
        ),
        **problems(404, 409, 503),
    },
)
def export_model(path: ModelPath) -> Response:
    """A trained version as files that plain diffusers loads.

    A LoRA is one file, to be loaded on the model it rests on; a fully trained version is the zip of
    a whole pipeline folder.
    """
    export = services().versions.export(path.name)
    if export.lora is not None:
        return send_file(
            export.lora,
            _SAFETENSORS,
            as_attachment=True,
            download_name=export.file_name,
            conditional=False,
            etag=False,
        )
    answer = Response(export.stream(), mimetype=_ZIP)
    answer.headers.set("Content-Disposition", "attachment", filename=export.file_name)
    return answer


@resource.post(
    "/api/models/import",
    responses={
        201: answers(ModelOut, "The version is there; it is not active."),
        **problems(400, 404, 409, 413, 415, 422, 503, 507),
    },
    openapi_extensions={"requestBody": _IMPORT},
)
def import_model() -> Response:
    """Take in a LoRA or an exported version made elsewhere, as a trained version.

    Only safetensors are read; pickles (.ckpt, .pt, .bin) are refused. Everything is checked before
    the version is there: that the tensors fit the model it goes on, file names, sizes.
    """
    here = services()
    with large_body():
        # The upload is on the disk already when it can be looked at.
        here.versions.check_room(request.content_length or 0)
        if not is_form():
            raise UnsupportedMediaType(
                "Send the file as Content-Type: multipart/form-data, in the field `file`."
            )
        try:
            form = ModelImport.model_validate(read_form(), strict=False)
        except ValidationError as error:
            return of_validation(error)
        if not isinstance(form.file, FileStorage):
            message = "must be an uploaded file"
            raise InvalidInput(f"file: {message}.", (FieldError("file", message),))
        model = here.versions.take_in(
            cast(BinaryIO, form.file.stream),
            form.file.filename or "",
            base=form.base_model,
            name=form.name,
            title=form.title,
        )
    return reply(model_out(model), 201)
