"""What callers may ask to be drawn: text to image, variations of a picture, edits of a part."""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from tastemaker.api.schemas.common import ImageId, RequestModel, Text, Words
from tastemaker.domain import MAX_SEED, ResizeMode, Sampler, Schedule, Upscaler

MAX_STEPS = 150
MAX_GUIDANCE = 50.0
MAX_IMAGES = 100
MAX_SIDE = 16384
MAX_BLUR = 64
MAX_PADDING = 1024
MAX_UPSCALE = 4.0
DEFAULT_STYLE_STRENGTH = 0.75

Side = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_SIDE,
        description="Pixels; a multiple of the model's `size_multiple`, at most its `max_size`.",
    ),
]
Steps = Annotated[int, Field(ge=1, le=MAX_STEPS)]
GuidanceScale = Annotated[float, Field(ge=0, le=MAX_GUIDANCE, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=MAX_IMAGES)]
Strength = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Added = Annotated[int, Field(ge=0, le=MAX_SIDE)]
Base64Picture = Annotated[str, Field(min_length=1)]
PictureFile = Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})]


def _from_form(value: object) -> object:
    """An object that stands in a form as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except (ValueError, RecursionError) as error:
        raise ValueError("must be a JSON object, as text") from error


T = TypeVar("T")
InForm = Annotated[
    T,
    BeforeValidator(_from_form),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}]}),
]


StyleNames = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=10)
]


class SamplingParameters(RequestModel):
    """How to draw. What is absent or null comes from the model's defaults."""

    negative_prompt: Text | None = Field(None, description="What the picture should not show.")
    width: Side | None = None
    height: Side | None = None
    num_inference_steps: Steps | None = None
    guidance_scale: GuidanceScale | None = Field(
        None, description="How strongly the prompt is followed; up to 1 means no guidance."
    )
    seed: Annotated[int, Field(ge=-1, le=MAX_SEED)] | None = Field(
        None, description="Absent or -1 draws a random seed; the seed used is always reported."
    )
    sampler: Annotated[Sampler, Field(strict=False)] | None = Field(
        None,
        description="`heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models "
        "distilled for it, takes at most 50 steps and keeps its own schedule.",
    )
    schedule: Annotated[Schedule, Field(strict=False)] | None = Field(
        None,
        description="`ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with "
        "levels of its own.",
    )
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Name of a model; absent means the active one."
    )


class HiresRequest(RequestModel):
    """A second pass at a larger size: the picture is enlarged, then drawn over."""

    scale: Annotated[float, Field(gt=1, le=MAX_UPSCALE, allow_inf_nan=False)] = Field(
        2.0,
        description="Times `width` and `height`, rounded to what the model can draw; at most its "
        "`max_size`.",
    )
    strength: Strength = Field(
        0.5, description="How much the second pass redraws: near 0 almost nothing, 1 everything."
    )
    num_inference_steps: Steps | None = Field(None, description="Absent: as in the first pass.")
    upscaler: Annotated[Upscaler, Field(strict=False)] = Field(
        Upscaler.LATENT,
        description="`latent` enlarges the latents, which invents more detail and wants a strength "
        "of 0.5 or more; `lanczos` enlarges the pixels and stays closer to the first pass.",
    )


class StyleReferenceRequest(RequestModel):
    """A picture whose look carries over, but not what it shows: one of the gallery (`image_id`) or
    a given one (`image`).
    """

    image_id: ImageId | None = None
    image: Base64Picture | None = Field(None, description="A picture as base64 or as a data URI.")
    strength: Strength = Field(
        DEFAULT_STYLE_STRENGTH, description="How much of its look: near 0 almost nothing, 1 all."
    )


class DrawingParameters(SamplingParameters):
    """Text to image, without the text."""

    num_images: Count = Field(1, description="Image i is drawn with the seed plus i.")
    styles: StyleNames = Field(
        default_factory=list, description="Names of styles to put on the prompt, in this order."
    )
    alternatives: bool = Field(
        True,
        description="`{a|b}` and `__wildcard__` in the prompt are chosen by the seed of each "
        "picture, whose record keeps both the prompt and its template. false: the prompt is drawn "
        "as it is written.",
    )
    hires: HiresRequest | None = None


class GenerateRequest(DrawingParameters):
    """Text to image."""

    prompt: Words = Field(description="What the picture should show.")
    style_reference: StyleReferenceRequest | None = None


class VariationParameters(SamplingParameters):
    """What both ways of asking for variations share."""

    prompt: Words | None = Field(
        None, description="Required with an uploaded picture; otherwise the source's prompt."
    )
    strength: Strength = Field(
        0.5, description="How much is redrawn: near 0 almost nothing, 1 everything."
    )
    num_variations: Count = 4
    resize_mode: Annotated[ResizeMode, Field(strict=False)] = Field(
        ResizeMode.CROP,
        description="How the source gets to `width` × `height`. `fit`: all of it inside, one side "
        "smaller than asked where its proportions ask for that; `crop`: it fills the size, cut "
        "around its middle; `pad`: all of it inside, the rest filled by its edge; `stretch`.",
    )


class VariationsRequest(VariationParameters):
    """Variations of a picture: one of the gallery (`image_id`) or a given one (`image`)."""

    image_id: ImageId | None = None
    image: Base64Picture | None = Field(None, description="A picture as base64 or as a data URI.")
    hires: HiresRequest | None = None


class VariationsUpload(VariationParameters):
    """The same as a form with an uploaded file."""

    image: PictureFile = Field(description="The picture's file (PNG, JPEG, WebP, ...).")
    hires: InForm[HiresRequest | None] = Field(None, description="As JSON text.")


class ExtendRequest(RequestModel):
    """Pixels to add on each side."""

    left: Added = 0
    top: Added = 0
    right: Added = 0
    bottom: Added = 0


class EditParameters(SamplingParameters):
    """What all ways of asking for edits share.

    `width` and `height` are the size at which the region is drawn; the finished picture has the
    source's size and what `extend` adds.
    """

    prompt: Words | None = Field(
        None,
        description="What the new part should show. Required with an uploaded picture; otherwise "
        "the source's prompt.",
    )
    strength: Strength = Field(
        1.0,
        description="How much of the masked part is redrawn: near 0 almost nothing, 1 everything. "
        "What `extend` adds is always wholly new.",
    )
    num_images: Count = Field(1, description="Image i is drawn with the seed plus i.")
    mask_blur: Annotated[int, Field(ge=0, le=MAX_BLUR)] = Field(
        4, description="Pixels around the mask over which new and old merge."
    )
    only_masked: bool = Field(
        False,
        description="true: the masked area alone is drawn, at the model's full resolution, and put "
        "back; false: the whole picture is.",
    )
    padding: Annotated[int, Field(ge=0, le=MAX_PADDING)] = Field(
        32, description="Pixels of its surroundings that are drawn along with `only_masked`."
    )


class EditRequest(EditParameters):
    """Redraw what the mask marks, or extend the picture, or both; the rest stays as it is."""

    image_id: ImageId | None = None
    image: Base64Picture | None = Field(None, description="A picture as base64 or as a data URI.")
    mask: Base64Picture | None = Field(
        None,
        description="A PNG as base64 or as a data URI, of the picture's proportions: white is "
        "redrawn, black is kept. With transparency and otherwise one colour, the transparent part "
        "is redrawn.",
    )
    extend: ExtendRequest | None = None


class EditUpload(EditParameters):
    """The same as a form with uploaded files."""

    image_id: ImageId | None = None
    image: PictureFile | None = Field(
        None, description="The picture's file (PNG, JPEG, WebP, ...)."
    )
    mask: PictureFile | None = Field(None, description="The mask's file, as in `EditRequest`.")
    extend: InForm[ExtendRequest | None] = Field(None, description="As JSON text.")
