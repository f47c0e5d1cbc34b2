"""The picture that a variation or an edit starts from: one of the gallery, or one sent along."""

from __future__ import annotations

from PIL import Image

from tastemaker.api.context import context, services
from tastemaker.domain import ImageRecord, ModelInfo
from tastemaker.errors import FieldError, InvalidInput, ModelUnavailable, NotFound
from tastemaker.storage.pictures import ADOPTED_FORMATS, media_type, read_picture
from tastemaker.storage.png import encode_png


def model_for(source: ImageRecord, wanted: str | None) -> ModelInfo:
    """The model asked for, else the one that drew the source, else the active one."""
    models = services().models
    if wanted is None and source.model:
        try:
            return starting_from_pictures(models.require_ready(source.model))
        except (NotFound, ModelUnavailable):
            pass
    return starting_from_pictures(models.require_ready(wanted))


def starting_from_pictures(model: ModelInfo) -> ModelInfo:
    """The model, if it can start from a picture. Raises `InvalidInput`."""
    if model.own_sampler:
        message = f"{model.title} draws from text alone; choose a Stable Diffusion model"
        raise InvalidInput(f"model: {message}.", (FieldError("model", message),))
    return model


def address_of(source: ImageRecord) -> str:
    """The content address of a picture of the gallery, as a PNG that the worker reads."""
    here = services()
    data = here.gallery.content(source.id)
    if media_type(data) == "image/png":
        return source.content
    with context().decoding:
        picture = read_picture(
            data, max_pixels=here.settings.max_upload_pixels, formats=ADOPTED_FORMATS
        )
        return stored(picture)


def stored(picture: Image.Image) -> str:
    """The content address of a picture that was sent along."""
    return services().blobs.put(encode_png(picture, {}))


def prompt_of_upload(prompt: str | None) -> str:
    """The prompt for a picture that has none of its own. Raises `InvalidInput` without one."""
    if prompt is None:
        message = "is required with an uploaded picture: say what it should show"
        raise InvalidInput(f"prompt {message}.", (FieldError("prompt", message),))
    return prompt


def one_of_two(name: str) -> InvalidInput:
    """What is wrong with a body that names no picture, or two; ``name`` is what one wants to do."""
    message = "give either image_id or image"
    return InvalidInput(
        f"To {name} a picture, {message}.",
        (FieldError("image_id", message), FieldError("image", message)),
    )


def max_bytes() -> int:
    """How large a picture that is sent along may be."""
    return services().settings.max_upload_mb * 1024 * 1024
