"""The picture whose look a request takes over: one of the gallery, or one sent along."""

from __future__ import annotations

from tastemaker.api.bodies import decoded_bytes
from tastemaker.api.context import context, services
from tastemaker.api.schemas.generate import StyleReferenceRequest
from tastemaker.api.sources import address_of, max_bytes, stored
from tastemaker.diffusion.fitting import resized
from tastemaker.domain import ModelInfo, ResizeMode, StyleReference
from tastemaker.errors import FieldError, InvalidInput
from tastemaker.storage.pictures import read_picture

_FIELD = "style_reference"


def style_reference(asked: StyleReferenceRequest, model: ModelInfo) -> StyleReference:
    """What is asked for, with its picture stored.

    Raises:
        InvalidInput: no picture or two, or a model that can't; names the field. NotFound: no such
            picture in the gallery.
    """
    if model.own_sampler:
        message = f"{model.title} draws from text alone; choose a Stable Diffusion model"
        raise InvalidInput(f"{_FIELD}: {message}.", (FieldError(_FIELD, message),))
    if (asked.image_id is None) is (asked.image is None):
        message = "give either image_id or image"
        wrong = tuple(FieldError(f"{_FIELD}.{name}", message) for name in ("image_id", "image"))
        raise InvalidInput(f"For a style reference, {message}.", wrong)
    if asked.image_id is not None:
        address = address_of(services().gallery.get(asked.image_id))
        return StyleReference(address, asked.strength, asked.image_id)
    data = decoded_bytes(asked.image or "", max_bytes(), f"{_FIELD}.image")
    with context().decoding:
        picture = read_picture(data, max_pixels=services().settings.max_upload_pixels)
        longest = max(picture.size)
        if longest > model.max_size:
            # Its look is all that is wanted; so a photo isn't kept, and read, at its full size.
            width, height = (max(1, side * model.max_size // longest) for side in picture.size)
            picture = resized(picture, width, height, ResizeMode.STRETCH)
        return StyleReference(stored(picture), asked.strength)
