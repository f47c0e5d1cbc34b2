"""Completes a request with the model's defaults and holds it to what the model can do."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tastemaker.api.present import image_params
from tastemaker.api.schemas.generate import (
    MAX_IMAGES,
    GuidanceScale,
    HiresRequest,
    SamplingParameters,
    Steps,
)
from tastemaker.domain import (
    MAX_LCM_STEPS,
    GenerationDefaults,
    GenerationRequest,
    Hires,
    ImageRecord,
    ModelInfo,
    Sampler,
)
from tastemaker.errors import FieldError, InvalidInput, ModelUnavailable

# JavaScript keeps integers exact below 2^53; the images of one request count on from the seed.
_RANDOM_SEEDS = 2**53 - MAX_IMAGES


def complete(
    body: SamplingParameters,
    model: ModelInfo,
    defaults: GenerationDefaults,
    *,
    prompt: str,
    negative_prompt: str,
    num_images: int,
) -> GenerationRequest:
    """The request with nothing left open.

    Raises:
        InvalidInput: a size that the model can't draw; names the nearest that it can. More steps
            than the sampler has.
    """
    request = GenerationRequest(
        prompt=prompt,
        negative_prompt=negative_prompt if body.negative_prompt is None else body.negative_prompt,
        model=model.name,
        width=defaults.width if body.width is None else body.width,
        height=defaults.height if body.height is None else body.height,
        num_inference_steps=body.num_inference_steps or defaults.num_inference_steps,
        guidance_scale=(
            defaults.guidance_scale if body.guidance_scale is None else body.guidance_scale
        ),
        seed=secrets.randbelow(_RANDOM_SEEDS) if body.seed in (None, -1) else body.seed,
        sampler=body.sampler or defaults.sampler,
        schedule=body.schedule or defaults.schedule,
        num_images=num_images,
    )
    check_size(request.width, request.height, model)
    if not model.own_sampler:
        check_steps(request)
    return request


def with_hires(
    request: GenerationRequest, hires: HiresRequest | None, model: ModelInfo
) -> GenerationRequest:
    """The request with a second pass, if one is asked for.

    Raises:
        InvalidInput: the model has none, or can't draw that size; names the largest scale.
    """
    if hires is None:
        return request
    if model.own_sampler:
        raise _wrong("hires", f"{model.title} draws in one pass; choose a Stable Diffusion model")
    multiple = model.size_multiple
    largest = model.max_size // multiple * multiple
    scale = hires.scale
    sides = [round(side * scale / multiple) * multiple for side in (request.width, request.height)]
    if max(sides) > largest:
        most = largest / max(request.width, request.height)
        raise _wrong(
            "hires.scale",
            f"makes {sides[0]} × {sides[1]} pixels of {request.width} × {request.height}, but "
            f"{model.title} draws at most {largest} a side; "
            + (f"the largest scale is {most:g}" if most > 1 else "begin with a smaller size"),
        )
    if sides == [request.width, request.height]:
        least = multiple / min(request.width, request.height)
        raise _wrong(
            "hires.scale",
            f"is too small to make {request.width} × {request.height} pixels larger: sides are "
            f"multiples of {multiple}; the next one is {1 + least:g}",
        )
    check_steps(replace(request, num_inference_steps=hires.num_inference_steps or 1))
    second = Hires(
        scale=scale,
        strength=hires.strength,
        num_inference_steps=hires.num_inference_steps or request.num_inference_steps,
        upscaler=hires.upscaler,
    )
    return replace(request, hires=second, final_width=sides[0], final_height=sides[1])


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field} {message}.", (FieldError(field, message),))


def model_defaults(model: ModelInfo) -> GenerationDefaults:
    """What a ready model draws with by itself."""
    if model.defaults is None:
        raise ModelUnavailable(f"{model.title} is not ready to draw.")
    return model.defaults


def source_defaults(image: ImageRecord, model: ModelInfo) -> GenerationDefaults:
    """What a variation draws with: as its source was drawn, as far as that is known and allowed."""
    params = image_params(image.params)
    width, height = fitting_size(image.width, image.height, model)
    known: dict[str, Any] = {
        "num_inference_steps": _allowed(Steps, params.num_inference_steps),
        "guidance_scale": _allowed(GuidanceScale, params.guidance_scale),
        "sampler": params.sampler,
        "schedule": params.schedule,
    }
    given = {name: value for name, value in known.items() if value is not None}
    return replace(model_defaults(model), width=width, height=height, **given)


def fitting_size(width: int, height: int, model: ModelInfo) -> tuple[int, int]:
    """The size nearest to ``width`` × ``height`` that the model can draw, proportions kept."""
    multiple = model.size_multiple
    largest = model.max_size // multiple * multiple
    scale = min(1.0, largest / max(width, height, 1))

    def fit(side: int) -> int:
        return min(largest, max(multiple, round(side * scale / multiple) * multiple))

    return fit(width), fit(height)


def check_size(width: int, height: int, model: ModelInfo) -> None:
    """Raises `InvalidInput`, naming each wrong side and the nearest allowed values."""
    wrong = tuple(
        FieldError(name, message)
        for name, side in (("width", width), ("height", height))
        if (message := _wrong_side(side, model)) is not None
    )
    if wrong:
        raise InvalidInput("; ".join(f"{e.field} {e.message}" for e in wrong), wrong)


def check_steps(request: GenerationRequest) -> None:
    """Raises `InvalidInput` where the sampler has no more steps to take."""
    steps = request.num_inference_steps
    if request.sampler is Sampler.LCM and steps > MAX_LCM_STEPS:
        message = f"LCM draws in 1 to {MAX_LCM_STEPS} steps, and 4 to 8 are usual; not in {steps}"
        error = FieldError("num_inference_steps", message)
        raise InvalidInput(f"{error.field}: {error.message}", (error,))


def _wrong_side(side: int, model: ModelInfo) -> str | None:
    multiple = model.size_multiple
    largest = model.max_size // multiple * multiple
    if side % multiple == 0 and multiple <= side <= largest:
        return None
    below = min(largest, max(multiple, side // multiple * multiple))
    above = min(largest, below + multiple) if side > below else below
    nearest = f"{below} and {above}" if above != below else str(below)
    return (
        f"must be a multiple of {multiple} from {multiple} to {largest} pixels for {model.title}; "
        f"nearest allowed: {nearest}"
    )


def _allowed(kind: Any, value: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None
