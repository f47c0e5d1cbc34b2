"""What an image goes through before its steps, and between its two passes if it has two.

Knows no batches and no order of admission.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from tastemaker.diffusion.batch_image import BatchImage, Known
from tastemaker.diffusion.drawing import Drawing, DrawnJob, SecondPass
from tastemaker.diffusion.fitting import resized
from tastemaker.diffusion.latents import (
    decode_latents,
    draw_noise,
    encode_image,
    enlarged,
    seeded_generator,
)
from tastemaker.diffusion.residency import ResidentModel
from tastemaker.diffusion.samplers import sampler_table
from tastemaker.diffusion.starts import blank_condition, start_of
from tastemaker.diffusion.tables import SamplerTable
from tastemaker.diffusion.text import Conditioning
from tastemaker.domain import GenerationRequest, ResizeMode, Upscaler


@torch.inference_mode()
def prepare(job: DrawnJob, model: ResidentModel) -> Drawing:
    """Begin a job's next image: check its size, encode its text, compute its table, draw its noise.

    Raises:
        InvalidInput: a size or step count that the model can't draw.
    """
    request, parts = job.ticket.request, model.components
    height, width = parts.latent_size(request.width, request.height)
    if job.start is None:
        adapter = model.ip_adapters.get() if request.style_reference is not None else None
        with model.vae_lock:
            pictures = (*job.ticket.read(), job.ticket.read_style())
            job.start = start_of(parts, request, *pictures, adapter)
    start = job.start
    table = _table(model, request, request.num_inference_steps, start.strength)
    index = job.waiting[0]
    second = _second(job, model, index)
    text = _text(job, model, index, (request.width, request.height))
    job.waiting.popleft()
    generator = seeded_generator(request.seed_of(index))
    noise = draw_noise((parts.latent_channels, height, width), generator)
    latents = table.noise_scale * noise
    if start.latents is not None:
        latents = latents + table.image_scale * start.latents
    image = _image(job, model, table, text, latents, generator)
    image.condition = _there(start.condition, parts.device)
    image.look = start.look
    image.image_prompt = start.image_prompt
    if start.hold is not None and start.latents is not None:
        known = (tensor.to(parts.device) for tensor in (start.latents, noise, start.hold))
        image.known = Known(*known)
    after = second.table.steps if second is not None else 0
    dropped = text.dropped_tokens
    return Drawing(job, index, image, model, dropped, second=second, steps_after=after)


@torch.inference_mode()
def enlarge(drawing: Drawing) -> Drawing | None:
    """The second pass of an image whose first is done: it goes on from that, made larger.

    ``None`` when nobody wants it any more.

    Raises:
        NumericalFailure: the model produced NaN or infinity.
    """
    job, model, second = drawing.job, drawing.model, drawing.second
    assert second is not None
    assert drawing.latents is not None
    request, parts = job.ticket.request, model.components
    assert request.hires is not None
    if job.dropped:
        return None
    height, width = parts.latent_size(*request.final_size)
    with model.vae_lock:
        if request.hires.upscaler is Upscaler.LATENT:
            larger = enlarged(drawing.latents, height, width)
        else:
            picture, _ = decode_latents(parts, drawing.latents, job.ticket.tile)
            larger = encode_image(parts, resized(picture, *request.final_size, ResizeMode.STRETCH))
        condition = blank_condition(parts, *request.final_size)
    # The picture's own generator goes on, so that its noise is the same whatever else is drawn.
    generator = drawing.image.generator
    noise = draw_noise((parts.latent_channels, height, width), generator)
    latents = second.table.noise_scale * noise + second.table.image_scale * larger.cpu()
    image = _image(job, model, second.table, second.text, latents, generator)
    image.condition = _there(condition, parts.device)
    image.look = drawing.image.look
    image.image_prompt = drawing.image.image_prompt
    image.evaluations = drawing.image.evaluations
    before = drawing.image.table.steps
    return replace(
        drawing, image=image, latents=None, second=None, steps_before=before, steps_after=0
    )


def _second(job: DrawnJob, model: ResidentModel, index: int) -> SecondPass | None:
    request = job.ticket.request
    hires = request.hires
    if hires is None:
        return None
    size = request.final_size
    model.components.latent_size(*size)
    table = _table(model, request, hires.num_inference_steps, hires.strength)
    return SecondPass(table, _text(job, model, index, size))


def _table(
    model: ResidentModel, request: GenerationRequest, steps: int, strength: float | None
) -> SamplerTable:
    parts = model.components
    is_xl = parts.text_encoder_2 is not None
    config, sampler, schedule = parts.scheduler_config, request.sampler, request.schedule
    return sampler_table(config, sampler, schedule, steps, strength, is_xl=is_xl)


def _text(job: DrawnJob, model: ResidentModel, index: int, size: tuple[int, int]) -> Conditioning:
    request = job.ticket.request
    negative = request.negative_prompt if job.rows_per_image == 2 else None
    return model.prompts.condition(request.prompt_of(index), negative, *size)


def _image(
    job: DrawnJob,
    model: ResidentModel,
    table: SamplerTable,
    text: Conditioning,
    latents: torch.Tensor,
    generator: torch.Generator,
) -> BatchImage:
    return BatchImage(
        table,
        job.ticket.request.guidance_scale,
        text.conditional,
        text.unconditional,
        latents,
        generator,
        text.added,
    )


def _there(tensor: torch.Tensor | None, device: torch.device) -> torch.Tensor | None:
    return tensor.to(device) if tensor is not None else None
