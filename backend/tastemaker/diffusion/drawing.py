"""One image from ticket to picture: what happens once per image, before and after its steps.

Knows no batches and no order of admission.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from math import inf

import torch
from PIL import Image

from tastemaker.diffusion.batch import BatchImage
from tastemaker.diffusion.device import free_memory, is_out_of_memory
from tastemaker.diffusion.environment import place
from tastemaker.diffusion.latents import decode_latents, draw_noise, encode_image, seeded_generator
from tastemaker.diffusion.outcomes import Finished, Preview
from tastemaker.diffusion.residency import ResidentModel
from tastemaker.diffusion.samplers import sampler_table
from tastemaker.domain import GenerationRequest
from tastemaker.errors import GenerationFailed, OutOfMemory, TastemakerError

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Ticket:
    """Images ``indices`` of a request, to be drawn from ``init_image`` if there is one."""

    job_id: str
    request: GenerationRequest
    indices: tuple[int, ...]
    init_image: Image.Image | None = None


@dataclass(eq=False)
class DrawnJob:
    """A ticket in work: ``waiting`` indices aren't begun, ``unfinished`` counts missing images.

    ``begun`` says that its first image is under way, ``dropped`` that nobody wants the rest.
    """

    ticket: Ticket
    waiting: deque[int]
    unfinished: int
    begun: bool = False
    dropped: bool = False
    image_latents: torch.Tensor | None = None

    @property
    def rows_per_image(self) -> int:
        return 2 if self.ticket.request.guidance_scale > 1 else 1


@dataclass(eq=False)
class Drawing:
    """An image between admission and its outcome."""

    job: DrawnJob
    index: int
    image: BatchImage
    model: ResidentModel
    dropped_tokens: int
    last_preview: float = -inf
    latents: torch.Tensor | None = None


@torch.inference_mode()
def prepare(job: DrawnJob, model: ResidentModel) -> Drawing:
    """Begin a job's next image: check its size, encode its text, compute its table, draw its noise.

    Raises:
        InvalidInput: a size or step count that the model can't draw.
    """
    request, parts = job.ticket.request, model.components
    height, width = parts.latent_size(request.width, request.height)
    source, strength = job.ticket.init_image, None
    if source is not None:
        strength = 1.0 if request.strength is None else request.strength
        if job.image_latents is None:
            with model.vae_lock:
                encoded = encode_image(parts, source, request.width, request.height)
            job.image_latents = encoded.cpu()
    table = sampler_table(
        parts.scheduler_config,
        request.sampler,
        request.schedule,
        request.num_inference_steps,
        strength,
        is_xl=parts.text_encoder_2 is not None,
    )
    index = job.waiting.popleft()
    generator = seeded_generator(request.seed_of(index))
    latents = table.noise_scale * draw_noise((parts.latent_channels, height, width), generator)
    if job.image_latents is not None:
        latents = latents + table.image_scale * job.image_latents
    negative = request.negative_prompt if job.rows_per_image == 2 else None
    prompt = request.prompt_of(index)
    text = model.prompts.condition(prompt, negative, request.width, request.height)
    image = BatchImage(
        table,
        request.guidance_scale,
        text.conditional,
        text.unconditional,
        latents,
        generator,
        text.added,
    )
    return Drawing(job, index, image, model, text.dropped_tokens)


def preview(drawing: Drawing, step: int, guess: torch.Tensor) -> Preview | None:
    """What an image is about to look like, from a guess of its latents (channels, h, w)."""
    if drawing.job.dropped:
        return None
    with drawing.model.vae_lock:
        picture = drawing.model.previewer.preview(guess)
    return Preview(drawing.job.ticket.job_id, drawing.index, step, picture)


def finish(drawing: Drawing) -> Finished | None:
    """Decode an image's latents and show the picture to the model's safety checker.

    One at a time: a picture must not depend on which others are done at the same moment. ``None``
    when nobody wants it any more.

    Raises:
        NumericalFailure: the model produced NaN or infinity.
    """
    if drawing.job.dropped:
        return None
    parts, request = drawing.model.components, drawing.job.ticket.request
    assert drawing.latents is not None
    with drawing.model.vae_lock:
        try:
            image = decode_latents(parts, drawing.latents)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            free_memory(parts.device)
            image = decode_latents(parts, drawing.latents)
    flagged = None
    if parts.safety_checker is not None:
        image, flagged = parts.safety_checker.screen(image)
    return Finished(
        job_id=drawing.job.ticket.job_id,
        image_index=drawing.index,
        seed=request.seed_of(drawing.index),
        image=image,
        flagged=flagged,
        device=str(parts.device),
        dtype=str(parts.dtype).removeprefix("torch."),
        dropped_tokens=drawing.dropped_tokens,
        evaluations=tuple(drawing.image.evaluations),
        place=place(str(parts.device)),
        model_hash=drawing.model.fingerprint,
    )


def reason_for_people(error: Exception, ticket: Ticket, strict_rows: int = 0) -> TastemakerError:
    """What went wrong with a ticket, in words for people; what is so already stays as it is."""
    if isinstance(error, TastemakerError):
        return error
    request = ticket.request
    if is_out_of_memory(error) and strict_rows > 1:
        return OutOfMemory(
            f"The device has too little memory to evaluate {strict_rows} rows of {request.width} x "
            f"{request.height} pixels at once with {request.model}, as strict mode demands. Lower "
            "TASTEMAKER_STRICT_ROWS, or ask for a smaller size."
        )
    if is_out_of_memory(error):
        return OutOfMemory(
            f"The device has too little memory to draw {request.width} x {request.height} pixels "
            f"with {request.model}. Ask for a smaller size or fewer images, or close other "
            "programs that use the device's memory."
        )
    log.error("drawing job %s failed", ticket.job_id, exc_info=error)
    return GenerationFailed(
        f"Drawing failed unexpectedly ({type(error).__name__}: {error}). Try again; if it keeps "
        "happening, the server's log has the details."
    )
