"""``POST /api/variations``: new pictures that start from one that is there."""

from __future__ import annotations

from dataclasses import replace

from flask import Response
from pydantic import ValidationError

from tastemaker.api.bodies import (
    decoded_bytes,
    is_form,
    large_body,
    read_form,
    read_json,
    uploaded_bytes,
)
from tastemaker.api.context import context, services
from tastemaker.api.document import blueprint
from tastemaker.api.errors import of_validation
from tastemaker.api.responses import REFERENCE
from tastemaker.api.sampling import complete, fitting_size, model_defaults, source_defaults
from tastemaker.api.schemas.generate import (
    VariationParameters,
    VariationsRequest,
    VariationsUpload,
)
from tastemaker.api.schemas.jobs import SubmitHeaders
from tastemaker.api.submission import DOCUMENTED, fingerprint, submit
from tastemaker.domain import GenerationRequest, ImageRecord, JobKind, ModelInfo
from tastemaker.errors import FieldError, InvalidInput, ModelUnavailable, NotFound
from tastemaker.storage.pictures import ADOPTED_FORMATS, encode_png, media_type, read_picture

resource = blueprint("variations")

_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": REFERENCE + VariationsRequest.__name__}},
        "multipart/form-data": {"schema": {"$ref": REFERENCE + VariationsUpload.__name__}},
    },
}


@resource.post("/api/variations", responses=DOCUMENTED, openapi_extensions={"requestBody": _BODY})
def variations(header: SubmitHeaders) -> Response:
    """Draw variations of a picture.

    The source is a picture of the gallery (`image_id`), or one sent along as base64 (`image`) or as
    a file of a form. Whatever is absent is as in the source, or as the model has it by default.
    """
    try:
        with large_body():
            request, mark = _read()
    except ValidationError as error:
        return of_validation(error)
    return submit(JobKind.VARIATIONS, request, header, mark)


def _read() -> tuple[GenerationRequest, str]:
    """What the body asks for, complete, and its fingerprint. Nothing of the body is kept."""
    if is_form():
        form = VariationsUpload.model_validate(read_form(), strict=False)
        return _of_picture(form, uploaded_bytes(form.image, _max_bytes()))
    body = VariationsRequest.model_validate(read_json())
    if body.image_id is not None and body.image is None:
        return _of_gallery(body, body.image_id)
    if body.image is None or body.image_id is not None:
        message = "give either image_id or image"
        raise InvalidInput(
            f"To vary a picture, {message}.",
            (FieldError("image_id", message), FieldError("image", message)),
        )
    return _of_picture(body, decoded_bytes(body.image, _max_bytes()))


def _of_gallery(body: VariationsRequest, image_id: int) -> tuple[GenerationRequest, str]:
    source = services().gallery.get(image_id)
    model = _model_for(source, body.model)
    request = complete(
        body,
        model,
        source_defaults(source, model),
        prompt=source.prompt if body.prompt is None else body.prompt,
        negative_prompt=source.negative_prompt,
        num_images=body.num_variations,
    )
    return _started(body, request, _start_of(source), source.id)


def _of_picture(body: VariationParameters, data: bytes) -> tuple[GenerationRequest, str]:
    if body.prompt is None:
        message = "is required with an uploaded picture: say what it should show"
        raise InvalidInput(f"prompt {message}.", (FieldError("prompt", message),))
    here = services()
    model = _varying(here.models.require_ready(body.model))
    with context().decoding:
        picture = read_picture(data, max_pixels=here.settings.max_upload_pixels)
        width, height = fitting_size(picture.width, picture.height, model)
        request = complete(
            body,
            model,
            replace(model_defaults(model), width=width, height=height),
            prompt=body.prompt,
            negative_prompt="",
            num_images=body.num_variations,
        )
        init_image = here.blobs.put(encode_png(picture, {}))
    return _started(body, request, init_image, None)


def _started(
    body: VariationParameters, request: GenerationRequest, init_image: str, parent_id: int | None
) -> tuple[GenerationRequest, str]:
    started = replace(request, strength=body.strength, init_image=init_image, parent_id=parent_id)
    sent = body.model_dump_json(exclude_none=True, exclude={"image"})
    return started, fingerprint(JobKind.VARIATIONS, sent, init_image)


def _model_for(source: ImageRecord, wanted: str | None) -> ModelInfo:
    """The model asked for, else the one that drew the source, else the active one."""
    models = services().models
    if wanted is None and source.model:
        try:
            return _varying(models.require_ready(source.model))
        except (NotFound, ModelUnavailable):
            pass
    return _varying(models.require_ready(wanted))


def _varying(model: ModelInfo) -> ModelInfo:
    """The model, if it can start from a picture. Raises `InvalidInput`."""
    if model.own_sampler:
        message = f"{model.title} draws from text alone; choose a Stable Diffusion model"
        raise InvalidInput(f"model: {message}.", (FieldError("model", message),))
    return model


def _start_of(source: ImageRecord) -> str:
    """The content address of the source as a picture that the worker reads."""
    here = services()
    data = here.gallery.content(source.id)
    if media_type(data) == "image/png":
        return source.content
    with context().decoding:
        picture = read_picture(
            data, max_pixels=here.settings.max_upload_pixels, formats=ADOPTED_FORMATS
        )
        return here.blobs.put(encode_png(picture, {}))


def _max_bytes() -> int:
    return services().settings.max_upload_mb * 1024 * 1024
