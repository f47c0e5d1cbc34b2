"""Models that only their own pipeline can draw with: whatever diffusers loads that is no Stable
Diffusion, such as PixArt, Stable Diffusion 3, Flux or Kandinsky.

Such a pipeline draws one picture after the other, with the scheduler that its model comes with;
`WholePipeline.settings` says so for the record.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from transformers.utils import logging as transformers_logging

from tastemaker.diffusion.device import is_out_of_memory
from tastemaker.diffusion.families import check_parts, family_of
from tastemaker.diffusion.latents import seeded_generator
from tastemaker.diffusion.layout import read_json
from tastemaker.diffusion.safety import REASON
from tastemaker.domain import GenerationRequest
from tastemaker.errors import InvalidInput, ModelBroken, NumericalFailure

log = logging.getLogger(__name__)

_PROMPT = ("self", "prompt")
Told = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class WholePipeline:
    """A loaded pipeline of diffusers on ``device``; ``accepts`` are its call's arguments."""

    name: str
    pipeline: Any
    accepts: frozenset[str]
    device: torch.device
    dtype: torch.dtype

    @property
    def networks(self) -> tuple[Any, ...]:
        """Everything in it that has weights."""
        parts = self.pipeline.components.values()
        return tuple(part for part in parts if isinstance(part, torch.nn.Module))

    @property
    def settings(self) -> Mapping[str, Any]:
        """What draws in place of the engine's own samplers and schedules, for the record."""
        return {
            "pipeline": type(self.pipeline).__name__,
            "scheduler": type(self.pipeline.scheduler).__name__,
            "sampler": type(self.pipeline.scheduler).__name__,
            "schedule": "own",
        }

    def draw(self, request: GenerationRequest, index: int, told: Told) -> Picture:
        """The ``index``-th picture of a request; ``told(step, total)`` hears of every step.

        Raises:
            InvalidInput: it starts from a picture, or has a size that the pipeline refuses.
            NumericalFailure: the model produced NaN or infinity.
        """
        if request.init_image is not None:
            raise InvalidInput(
                f"{request.model} draws from text alone; it can't make variations of a picture. "
                "Choose a Stable Diffusion model for them."
            )
        if request.style_reference is not None:
            raise InvalidInput(
                f"{request.model} draws from text alone; it can't take over a picture's look. "
                "Choose a Stable Diffusion model for that."
            )
        if request.hires is not None:
            raise InvalidInput(
                f"{request.model} draws in one pass. Choose a Stable Diffusion model for a second "
                "one at a larger size."
            )
        asked: dict[str, Any] = {
            "num_inference_steps": request.num_inference_steps,
            "guidance_scale": request.guidance_scale,
            "width": request.width,
            "height": request.height,
            "generator": seeded_generator(request.seed_of(index)),
            "output_type": "np",
            # Pictures have the size that was asked for, not the nearest one of a list.
            "use_resolution_binning": False,
            "clean_caption": False,
        }
        if request.negative_prompt:
            asked["negative_prompt"] = request.negative_prompt
        given = {name: value for name, value in asked.items() if name in self.accepts}
        given |= self._listeners(told)
        try:
            result = self.pipeline(prompt=request.prompt_of(index), **given)
        except ValueError as error:
            raise InvalidInput(f"{request.model} can't draw this: {error}") from error
        values = np.asarray(result.images[0])
        if not np.isfinite(values).all():
            raise NumericalFailure(
                "The model produced values that are no numbers (NaN or infinity). Try another seed "
                "or a lower guidance scale; if it keeps happening, the model is damaged."
            )
        pixels = (values.clip(0, 1) * 255).round().astype(np.uint8)
        flags = getattr(result, "nsfw_content_detected", None)
        flagged = REASON if flags and any(flags) else None
        return Picture(Image.fromarray(pixels).convert("RGB"), flagged)

    def _listeners(self, told: Told) -> dict[str, Any]:
        """The argument by which this pipeline tells of its steps, newer or older; or none."""

        def total() -> int:
            return int(getattr(self.pipeline, "num_timesteps", 0) or 0)

        def on_step_end(
            _pipe: Any, step: int, _time: Any, values: dict[str, Any]
        ) -> dict[str, Any]:
            told(step + 1, total())
            return values

        def callback(step: int, *_rest: Any) -> None:
            told(step + 1, total())

        if "callback_on_step_end" in self.accepts:
            return {"callback_on_step_end": on_step_end}
        return {"callback": callback} if "callback" in self.accepts else {}


@dataclass(frozen=True, eq=False)
class Picture:
    """A finished RGB image; ``flagged`` is the safety checker's reason if it was blanked."""

    image: Image.Image
    flagged: str | None


def load_whole(path: Path, device: torch.device, *, safety_checker: bool = True) -> WholePipeline:
    """Load a pipeline folder as diffusers does: local files, safetensors and no foreign code.

    float32 on the CPU and MPS, bfloat16 on CUDA: these families overflow float16.

    Raises:
        ModelBroken: naming the file that is missing or damaged, or what the pipeline lacks.
    """
    from diffusers import DiffusionPipeline

    index = read_json(path / "model_index.json")
    family = family_of(index)
    check_parts(path, family)
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    # What a folder says it does without has to be said again, or diffusers misses it.
    without = {name: None for name, value in index.items() if value == [None, None]}
    if not safety_checker and "safety_checker" in family.parts:
        without["safety_checker"] = None
    kind = _class_of(family.pipeline)
    accepts = _accepted(kind)
    try:
        pipeline = DiffusionPipeline.from_pretrained(
            path,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=dtype,
            **without,
        )
        pipeline.set_progress_bar_config(disable=True)
        pipeline.to(device)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        log.warning("loading %s failed", path, exc_info=True)
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelBroken(
            f"The {family.title} model in {path.name} can't be loaded: {reason[0]}"
        ) from error
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            part.eval().requires_grad_(False)
    return WholePipeline(path.name, pipeline, accepts, device, dtype)


def _class_of(name: str) -> Any:
    import diffusers

    kind = getattr(diffusers, name, None)
    if not inspect.isclass(kind) or not issubclass(kind, diffusers.DiffusionPipeline):
        raise ModelBroken(
            f"This version of diffusers ({diffusers.__version__}) has no {name}, so the model "
            "can't be used."
        )
    return kind


def _accepted(kind: Any) -> frozenset[str]:
    """The names of a pipeline's arguments.

    Raises:
        ModelBroken: it wants more than a prompt, or doesn't take one.
    """
    parameters = inspect.signature(kind.__call__).parameters
    needed = [
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and name not in _PROMPT
    ]
    if "prompt" not in parameters or needed:
        wants = ", ".join(needed) or "no prompt at all"
        raise ModelBroken(
            f"A {kind.__name__} doesn't draw from a prompt alone (it wants {wants}). Choose a "
            "text-to-image model."
        )
    return frozenset(parameters)
