"""What callers may ask to be drawn: text to image, and variations of a picture."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from tastemaker.api.schemas.common import ImageId, RequestModel, Text, Words
from tastemaker.domain import MAX_SEED, Sampler, Schedule

MAX_STEPS = 150
MAX_GUIDANCE = 50.0
MAX_IMAGES = 100
MAX_SIDE = 16384

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


class GenerateRequest(SamplingParameters):
    """Text to image."""

    prompt: Words = Field(description="What the picture should show.")
    num_images: Count = Field(1, description="Image i is drawn with the seed plus i.")


class VariationParameters(SamplingParameters):
    """What both ways of asking for variations share."""

    prompt: Words | None = Field(
        None, description="Required with an uploaded picture; otherwise the source's prompt."
    )
    strength: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = Field(
        0.5, description="How much is redrawn: near 0 almost nothing, 1 everything."
    )
    num_variations: Count = 4


class VariationsRequest(VariationParameters):
    """Variations of a picture: one of the gallery (`image_id`) or a given one (`image`)."""

    image_id: ImageId | None = None
    image: Annotated[str, Field(min_length=1)] | None = Field(
        None, description="A picture as base64 or as a data URI."
    )


class VariationsUpload(VariationParameters):
    """The same as a form with an uploaded file."""

    image: Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})] = Field(
        description="The picture's file (PNG, JPEG, WebP, ...)."
    )
