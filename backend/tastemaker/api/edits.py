"""``POST /api/edits``: redraw a part of a picture, or extend it; the rest stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from tastemaker.api.sampling import complete, model_defaults, source_defaults
from tastemaker.api.schemas.generate import MAX_SIDE, EditRequest, EditUpload
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
from tastemaker.domain import (
    Box,
    Extend,
    GenerationDefaults,
    GenerationRequest,
    JobKind,
    ModelInfo,
)
from tastemaker.domain.regions import Sizes, around, grown, new_part, size_for_part, size_for_whole
from tastemaker.errors import FieldError, InvalidInput
from tastemaker.storage.masks import read_mask
from tastemaker.storage.pictures import ADOPTED_FORMATS, read_picture

resource = blueprint("edits")
_Body = EditRequest | EditUpload

_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": REFERENCE + EditRequest.__name__}},
        "multipart/form-data": {"schema": {"$ref": REFERENCE + EditUpload.__name__}},
    },
}


@resource.post("/api/edits", responses=DOCUMENTED, openapi_extensions={"requestBody": _BODY})
def edits(header: SubmitHeaders) -> Response:
    """Redraw a part of a picture, or extend it.

    The source is a picture of the gallery (`image_id`), or one sent along (`image`). `mask` says
    what is redrawn, `extend` what is added; everything else keeps its pixels, but for `mask_blur`
    pixels around it.
    """
    try:
        with large_body():
            request, mark = _read()
    except ValidationError as error:
        return of_validation(error)
    return submit(JobKind.EDITS, request, header, mark)


def _read() -> tuple[GenerationRequest, str]:
    """What the body asks for, complete, and its fingerprint. Nothing of the body is kept."""
    body: _Body
    if is_form():
        body = EditUpload.model_validate(read_form(), strict=False)
    else:
        body = EditRequest.model_validate(read_json())
    if (body.image_id is None) is (body.image is None):
        raise one_of_two("edit")
    extend = Extend(**body.extend.model_dump()) if body.extend is not None else Extend()
    if body.mask is None and extend.is_empty:
        message = "is required, or extend: it says what to redraw"
        raise InvalidInput(
            f"mask {message}. To redraw a whole picture use POST /api/variations.",
            (FieldError("mask", message), FieldError("extend", "or mask is required")),
        )
    mask = _sent(body, "mask") if body.mask is not None else None
    if body.image_id is not None:
        return _of_gallery(body, body.image_id, mask, extend)
    return _of_picture(body, _sent(body, "image"), mask, extend)


def _sent(body: _Body, name: str) -> bytes:
    """The bytes of a picture in the body. Raises `InvalidInput`, `PayloadTooLarge`."""
    given = getattr(body, name)
    read = uploaded_bytes if is_form() else decoded_bytes
    return read(given, max_bytes(), name)


def _of_gallery(
    body: _Body, image_id: int, mask: bytes | None, extend: Extend
) -> tuple[GenerationRequest, str]:
    here = services()
    source = here.gallery.get(image_id)
    model = model_for(source, body.model)
    address = address_of(source)
    with context().decoding:
        picture = read_picture(
            here.blobs.get(address),
            max_pixels=here.settings.max_upload_pixels,
            formats=ADOPTED_FORMATS,
        )
        size = picture.size
        del picture
        parts = _parts(size, mask, extend)
    request = _complete(
        body,
        model,
        source_defaults(source, model),
        parts,
        source.prompt if body.prompt is None else body.prompt,
        source.negative_prompt,
    )
    return _marked(body, replace(request, init_image=address, parent_id=source.id))


def _of_picture(
    body: _Body, data: bytes, mask: bytes | None, extend: Extend
) -> tuple[GenerationRequest, str]:
    prompt = prompt_of_upload(body.prompt)
    here = services()
    model = starting_from_pictures(here.models.require_ready(body.model))
    with context().decoding:
        picture = read_picture(data, max_pixels=here.settings.max_upload_pixels)
        parts = _parts(picture.size, mask, extend)
        request = _complete(body, model, model_defaults(model), parts, prompt, "")
        init_image = stored(picture)
    return _marked(body, replace(request, init_image=init_image))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is new in a picture: ``size`` after ``extend``, and the ``box`` around all that is new.

    ``mask`` is the content address of the mask, if it marks anything.
    """

    size: tuple[int, int]
    box: Box
    mask: str | None
    extend: Extend


def _parts(size: tuple[int, int], mask: bytes | None, extend: Extend) -> _Parts:
    """Hold mask and extension to a picture of ``size``. Raises `InvalidInput`."""
    most = services().settings.max_upload_pixels
    whole = extend.size(*size)
    if not extend.is_empty and (max(whole) > MAX_SIDE or whole[0] * whole[1] > most):
        message = (
            f"makes {whole[0]} × {whole[1]} pixels; at most {MAX_SIDE} a side and {most:,} pixels "
            "are allowed"
        )
        raise InvalidInput(f"extend {message}.", (FieldError("extend", message),))
    box, address = None, None
    if mask is not None:
        found = read_mask(mask, size, max_pixels=most)
        box = found.getbbox()
        if box is not None:
            address = stored(found)
        elif extend.is_empty:
            message = "marks nothing: what is to be redrawn must be white"
            raise InvalidInput(f"mask {message}.", (FieldError("mask", message),))
    return _Parts(whole, new_part(*size, extend, Box(*box) if box else None), address, extend)


def _complete(
    body: _Body,
    model: ModelInfo,
    defaults: GenerationDefaults,
    parts: _Parts,
    prompt: str,
    negative_prompt: str,
) -> GenerationRequest:
    """The request without the picture. Raises `InvalidInput`."""
    best = model_defaults(model)
    sizes = Sizes(model.size_multiple, model.max_size, (best.width, best.height))
    region = Box(0, 0, *parts.size)
    width, height = size_for_whole(*parts.size, sizes)
    if body.only_masked:
        # The transition lies within what is drawn.
        region = around(parts.box, max(body.padding, body.mask_blur), *parts.size)
        width, height = size_for_part(region, sizes)
    request = complete(
        body,
        model,
        replace(defaults, width=width, height=height),
        prompt=prompt,
        negative_prompt=negative_prompt,
        num_images=body.num_images,
    )
    if body.only_masked:
        region = grown(region, (request.width, request.height), *parts.size)
    return replace(
        request,
        strength=body.strength,
        mask=parts.mask,
        mask_blur=body.mask_blur,
        only_masked=body.only_masked,
        padding=body.padding if body.only_masked else None,
        extend=None if parts.extend.is_empty else parts.extend,
        region=region,
        final_width=parts.size[0],
        final_height=parts.size[1],
    )


def _marked(body: _Body, request: GenerationRequest) -> tuple[GenerationRequest, str]:
    sent = body.model_dump_json(exclude_none=True, exclude={"image", "mask"})
    return request, fingerprint(JobKind.EDITS, sent, request.init_image or "", request.mask or "")
