"""One image from ticket to picture: what is known of it on its way, and what its latents become.

Knows no batches and no order of admission.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import torch
from PIL import Image

from tastemaker.diffusion.batch_image import BatchImage
from tastemaker.diffusion.device import is_out_of_memory, threads
from tastemaker.diffusion.editing import put_back
from tastemaker.diffusion.environment import place
from tastemaker.diffusion.latents import decode_latents
from tastemaker.diffusion.outcomes import IP_ADAPTER, STATISTICS, Finished, Preview
from tastemaker.diffusion.residency import ResidentModel
from tastemaker.diffusion.starts import Start, grid_of
from tastemaker.diffusion.tables import SamplerTable
from tastemaker.diffusion.text import Conditioning
from tastemaker.domain import GenerationRequest
from tastemaker.errors import GenerationFailed, OutOfMemory, TastemakerError

log = logging.getLogger(__name__)

Given = Image.Image | Callable[[], Image.Image] | None
"""A picture, or how to read one when it is needed: many large ones needn't be in memory at once."""


@dataclass(frozen=True, eq=False)
class Ticket:
    """Images ``indices`` of a request, to be drawn from ``init_image`` if there is one.

    ``mask``, of the same size, is white where an edit redraws it; ``style`` is the picture of the
    request's style reference. ``tile`` and ``vae_threads`` are of a picture that is to be drawn
    again: how large the tiles were in which it was decoded (0: as memory allows), and by how many
    threads (0: all).
    """

    job_id: str
    request: GenerationRequest
    indices: tuple[int, ...]
    init_image: Given = None
    mask: Given = None
    style: Given = None
    tile: int = 0
    vae_threads: int = 0

    def read(self) -> tuple[Image.Image | None, Image.Image | None]:
        """The picture, RGB, and the mask. Raises whatever reading them raises."""
        source, mask = _read(self.init_image), _read(self.mask)
        return source.convert("RGB") if source is not None else None, mask

    def read_style(self) -> Image.Image | None:
        """The style reference's picture, RGB. Raises whatever reading it raises."""
        style = _read(self.style)
        return style.convert("RGB") if style is not None else None


def _read(given: Given) -> Image.Image | None:
    return given() if callable(given) else given


@dataclass(eq=False)
class DrawnJob:
    """A ticket in work: ``waiting`` indices aren't begun, ``unfinished`` counts missing images.

    ``begun`` says that its first image is under way, ``dropped`` that nobody wants the rest.
    ``start`` is what all its images start from, once that is known.
    """

    ticket: Ticket
    waiting: deque[int]
    unfinished: int
    begun: bool = False
    dropped: bool = False
    start: Start | None = None

    @property
    def rows_per_image(self) -> int:
        return 2 if self.ticket.request.guidance_scale > 1 else 1

    @property
    def work_per_step(self) -> int:
        """What a step of one of its images costs beside those of others: rows times pixels."""
        request = self.ticket.request
        return self.rows_per_image * request.width * request.height

    @property
    def work_per_image(self) -> int:
        return self.work_per_step * self.ticket.request.num_inference_steps


@dataclass(frozen=True, eq=False)
class SecondPass:
    """What an image's second pass at a larger size takes, known before its first."""

    table: SamplerTable
    text: Conditioning


@dataclass(eq=False)
class Drawing:
    """An image between admission and its outcome.

    ``second`` is the pass that follows this one, ``steps_before`` and ``steps_after`` count the
    steps of other passes.
    """

    job: DrawnJob
    index: int
    image: BatchImage
    model: ResidentModel
    dropped_tokens: int
    last_preview: float = -inf
    latents: torch.Tensor | None = None
    second: SecondPass | None = None
    steps_before: int = 0
    steps_after: int = 0

    @property
    def steps_done(self) -> int:
        return self.steps_before + self.image.table.steps_after(self.image.step)

    @property
    def steps(self) -> int:
        """All steps of all passes."""
        return self.steps_before + self.image.table.steps + self.steps_after


def preview(drawing: Drawing, step: int, guess: torch.Tensor) -> Preview | None:
    """What an image is about to look like, from a guess of its latents (channels, h, w)."""
    if drawing.job.dropped:
        return None
    with drawing.model.vae_lock:
        picture = drawing.model.previewer.preview(drawing.image.settled(guess))
    return Preview(drawing.job.ticket.job_id, drawing.index, step, picture)


def finish(drawing: Drawing, streams: int = 1) -> Finished | None:
    """Decode an image's latents and show the picture to the model's safety checker.

    One at a time: a picture must not depend on which others are done at the same moment. An edit is
    put back into its picture. ``streams`` is how many there are if this is one of them. ``None``
    when nobody wants the picture any more.

    Raises:
        NumericalFailure: the model produced NaN or infinity.
    """
    if drawing.job.dropped:
        return None
    parts, ticket = drawing.model.components, drawing.job.ticket
    request = ticket.request
    assert drawing.latents is not None
    all_threads = torch.get_num_threads() * streams
    with drawing.model.vae_lock, threads(ticket.vae_threads or torch.get_num_threads()):
        latents = drawing.image.settled(drawing.latents)
        image, tile = decode_latents(parts, latents, ticket.tile, share=streams)
        # Their number decides some last bits.
        by = torch.get_num_threads()
    if request.is_edit:
        source, mask = ticket.read()
        assert source is not None
        image = put_back(request, source, mask, grid_of(parts), image)
    flagged = None
    if parts.safety_checker is not None:
        image, flagged = parts.safety_checker.screen(image)
    here = place(str(parts.device), all_threads) | _manner(drawing.image)
    if tile:
        here["vae_tile"] = tile
    if by != all_threads:
        here["vae_threads"] = by
    return Finished(
        job_id=ticket.job_id,
        image_index=drawing.index,
        seed=request.seed_of(drawing.index),
        image=image,
        flagged=flagged,
        device=str(parts.device),
        dtype=str(parts.dtype).removeprefix("torch."),
        dropped_tokens=drawing.dropped_tokens,
        evaluations=tuple(drawing.image.evaluations),
        place=here,
        model_hash=drawing.model.fingerprint,
    )


def _manner(image: BatchImage) -> dict[str, str]:
    """How the look of a style reference was taken over, for the record."""
    if image.image_prompt is not None:
        layers = image.image_prompt.layers
        return {
            "style_method": IP_ADAPTER,
            "style_adapter": layers.name,
            "style_adapter_hash": layers.fingerprint,
        }
    return {"style_method": STATISTICS} if image.look is not None else {}


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
