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
from tastemaker.api.sampling import (
    complete,
    fitting_size,
    model_defaults,
    source_defaults,
    with_hires,
)
from tastemaker.api.schemas.generate import VariationsRequest, VariationsUpload
from tastemaker.api.schemas.jobs import SubmitHeaders
from tastemaker.api.sources import (
    address_of,
    max_bytes,
    model_for,
    one_of_two,
    prompt_of_upload,
    starting_from_pictures,
    stored,
)
from tastemaker.api.submission import DOCUMENTED, fingerprint, submit
from tastemaker.diffusion.fitting import fitting_inside, resized
from tastemaker.domain import GenerationDefaults, GenerationRequest, JobKind, ModelInfo, ResizeMode
from tastemaker.storage.pictures import read_picture

resource = blueprint("variations")
_Body = VariationsRequest | VariationsUpload

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
        return _of_picture(form, uploaded_bytes(form.image, max_bytes()))
    body = VariationsRequest.model_validate(read_json())
    if body.image_id is not None and body.image is None:
        return _of_gallery(body, body.image_id)
    if body.image is None or body.image_id is not None:
        raise one_of_two("vary")
    return _of_picture(body, decoded_bytes(body.image, max_bytes()))


def _of_gallery(body: VariationsRequest, image_id: int) -> tuple[GenerationRequest, str]:
    source = services().gallery.get(image_id)
    model = model_for(source, body.model)
    prompt = source.prompt if body.prompt is None else body.prompt
    defaults = source_defaults(source, model)
    size = (source.width, source.height)
    request = _request(body, model, defaults, prompt, source.negative_prompt, size)
    return _started(body, model, request, address_of(source), source.id)


def _of_picture(body: _Body, data: bytes) -> tuple[GenerationRequest, str]:
    prompt = prompt_of_upload(body.prompt)
    here = services()
    model = starting_from_pictures(here.models.require_ready(body.model))
    with context().decoding:
        picture = read_picture(data, max_pixels=here.settings.max_upload_pixels)
        width, height = fitting_size(picture.width, picture.height, model)
        defaults = replace(model_defaults(model), width=width, height=height)
        request = _request(body, model, defaults, prompt, "", picture.size)
        if picture.width * picture.height > request.width * request.height:
            # As the worker would; so a photo isn't kept, and read, at its full size.
            picture = resized(picture, request.width, request.height, body.resize_mode)
        init_image = stored(picture)
    return _started(body, model, request, init_image, None)


def _request(
    body: _Body,
    model: ModelInfo,
    defaults: GenerationDefaults,
    prompt: str,
    negative_prompt: str,
    size: tuple[int, int],
) -> GenerationRequest:
    """The request from a picture of ``size``, without the picture."""
    request = complete(
        body,
        model,
        defaults,
        prompt=prompt,
        negative_prompt=negative_prompt,
        num_images=body.num_variations,
    )
    if body.resize_mode is not ResizeMode.FIT or 0 in size:
        return request
    limits = (request.width, request.height)
    width, height = fitting_inside(*size, limits, model.size_multiple)
    return replace(request, width=width, height=height)


def _started(
    body: _Body,
    model: ModelInfo,
    request: GenerationRequest,
    init_image: str,
    parent_id: int | None,
) -> tuple[GenerationRequest, str]:
    started = replace(
        with_hires(request, body.hires, model),
        strength=body.strength,
        init_image=init_image,
        parent_id=parent_id,
        resize_mode=body.resize_mode,
    )
    sent = body.model_dump_json(exclude_none=True, exclude={"image"})
    return started, fingerprint(JobKind.VARIATIONS, sent, init_image)
