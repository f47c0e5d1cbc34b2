"""``POST /api/infotext``: the settings that a picture carries, whoever wrote them."""

from __future__ import annotations

from dataclasses import replace

from flask import Response
from pydantic import ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from tastemaker import infotext
from tastemaker.api.bodies import is_form, large_body, read_form, uploaded_bytes
from tastemaker.api.context import context, services
from tastemaker.api.document import blueprint
from tastemaker.api.errors import of_validation
from tastemaker.api.responses import REFERENCE, answers, problems, reply
from tastemaker.api.sampling import fitting_size
from tastemaker.api.schemas.exchange import (
    InfotextOut,
    InfotextUpload,
    RecoveredSettings,
    UnmappedSetting,
)
from tastemaker.domain import ModelInfo
from tastemaker.infotext.carriers import Carried, carried
from tastemaker.infotext.mapping import recover
from tastemaker.infotext.reading import Dialect, Reading, Recovered, Unmapped
from tastemaker.models.aliases import model_called

resource = blueprint("infotext")

_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": {"$ref": REFERENCE + InfotextUpload.__name__}},
    },
}


@resource.post(
    "/api/infotext",
    responses={
        200: answers(InfotextOut, "What it says; `settings` is null if it says nothing."),
        **problems(400, 413, 415, 422, 503),
    },
    openapi_extensions={"requestBody": _BODY},
)
def read_infotext() -> Response:
    """Read the settings out of a picture of this or another program.

    Tastemaker's own record, AUTOMATIC1111's infotext (Forge, SD.Next and others write it too), and
    the metadata of ComfyUI, InvokeAI, SwarmUI and Fooocus. The picture isn't kept.
    """
    if not is_form():
        raise UnsupportedMediaType(
            "Send the picture as Content-Type: multipart/form-data, in the field `image`."
        )
    settings = services().settings
    with large_body():
        try:
            form = InfotextUpload.model_validate(read_form(), strict=False)
        except ValidationError as error:
            return of_validation(error)
        data = uploaded_bytes(form.image, settings.max_upload_mb * 1024 * 1024)
        # Texts behind the pixels are found by decoding them, and large texts take memory too.
        with context().decoding:
            there = carried(data, max_pixels=settings.max_upload_pixels)
            return reply(_answer(there, infotext.read(there)))


def _answer(there: Carried, reading: Reading | None) -> InfotextOut:
    notes = [f"“{key[:80]}” in this picture is too long to be read." for key in there.too_long[:5]]
    if reading is None:
        return InfotextOut(dialect=None, program=None, settings=None, unmapped=[], notes=notes)
    models = services().models.list()
    found = recover(reading, (there.width, there.height), lambda name: model_called(name, models))
    draws = next((model for model in models if model.name == found.model), None)
    found = _fitted(found, draws or next(model for model in models if model.active))
    if found.dialect is not Dialect.TASTEMAKER and found.seed is not None:
        notes.append(
            f"{found.dialect.label} draws its noise in its own way: "
            "the same seed gives another picture here."
        )
    return InfotextOut(
        dialect=found.dialect,
        program=found.dialect.label,
        settings=RecoveredSettings.model_validate(found, from_attributes=True),
        unmapped=[UnmappedSetting.model_validate(o, from_attributes=True) for o in found.unmapped],
        notes=notes,
    )


def _fitted(found: Recovered, model: ModelInfo) -> Recovered:
    """The same in a size that the model which would draw it can draw."""
    if found.width is None or found.height is None:
        return found
    width, height = fitting_size(found.width, found.height, model)
    if (width, height) == (found.width, found.height):
        return found
    reason = f"{model.title} draws {width} × {height} instead"
    size = Unmapped("Size", f"{found.width} × {found.height}", reason)
    return replace(found, width=width, height=height, unmapped=(size, *found.unmapped))
