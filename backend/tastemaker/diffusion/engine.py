"""The engine: tickets in, outcomes out, one U-Net evaluation of one batch per `Engine.step`.

Images join and leave between steps. Free rows go round-robin over the waiting jobs, oldest first, so
a job of a hundred images doesn't hold up one of a single image. Whatever goes wrong with one job
becomes its `Failed` outcome and leaves the others as they were. Knows no queue, no database, no HTTP.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf

import torch
from PIL import Image

from tastemaker.diffusion.batch import Batch, BatchImage, EvaluationOutOfMemory
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import free_memory, is_out_of_memory
from tastemaker.diffusion.latents import decode_latents, draw_noise, encode_image, seeded_generator
from tastemaker.diffusion.outcomes import Cancelled, Failed, Finished, Outcome, Preview, Progress
from tastemaker.diffusion.residency import Residency, ResidentModel
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
class _Job:
    ticket: Ticket
    waiting: deque[int]
    unfinished: int
    image_latents: torch.Tensor | None = None

    @property
    def rows_per_image(self) -> int:
        return 2 if self.ticket.request.guidance_scale > 1 else 1


@dataclass(eq=False)
class _Drawing:
    """An image between admission and its outcome."""

    job: _Job
    index: int
    image: BatchImage
    model: ResidentModel
    dropped_tokens: int
    last_preview: float = -inf
    latents: torch.Tensor | None = field(default=None)


_Key = tuple[str, int, int]


class Engine:
    """Draws tickets with the models that ``load`` brings.

    ``max_rows`` bounds the U-Net rows at once (a guided image has two), ``preview_interval`` is the
    time in seconds between previews of an image (``inf``: none), ``max_models`` the models kept in
    memory. Not thread-safe: one thread owns it.
    """

    def __init__(
        self,
        load: Callable[[str], Components],
        *,
        max_rows: int = 16,
        preview_interval: float = 0.4,
        max_models: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_rows < 2:
            raise ValueError("max_rows must be at least 2: a guided image has two rows")
        self._models = Residency(load, max_models)
        self._max_rows = max_rows
        self._preview_interval = preview_interval
        self._clock = clock
        self._jobs: dict[str, _Job] = {}
        self._turns: deque[_Job] = deque()
        self._batches: OrderedDict[_Key, Batch] = OrderedDict()
        self._drawings: dict[BatchImage, _Drawing] = {}
        self._decoding: deque[_Drawing] = deque()
        self._cancelled: list[str] = []

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._jobs and not self._cancelled

    @property
    def active_rows(self) -> int:
        """U-Net rows in work, padding not counted."""
        return sum(batch.rows for batch in self._batches.values())

    @property
    def wants_more(self) -> bool:
        """Whether another job should be submitted, for its images to take turns with the others'."""
        return len(self._jobs) < self._max_rows

    @property
    def loaded_models(self) -> tuple[str, ...]:
        """Names of the models in memory."""
        return self._models.names

    def preload(self, model: str) -> None:
        """Load a model ahead of its first job; the least recently used one may have to go.

        Raises:
            ModelBroken, OutOfMemory: why it can't be loaded.
        """
        in_use = self._models_in_use()
        if self._models.has_room_for(model, in_use):
            self._models.get(model, in_use)

    def submit(self, ticket: Ticket) -> None:
        """Accept work. What is wrong with it is told by a `Failed` outcome of a later step."""
        if ticket.job_id in self._jobs:
            raise ValueError(f"job {ticket.job_id} is being drawn already")
        job = _Job(ticket, deque(ticket.indices), len(ticket.indices))
        if job.unfinished:
            self._jobs[ticket.job_id] = job
            self._turns.append(job)

    def cancel(self, job_id: str) -> None:
        """Stop a job before the next step; a job that isn't there is ignored."""
        if job_id in self._jobs and job_id not in self._cancelled:
            self._cancelled.append(job_id)

    def step(self) -> list[Outcome]:
        """Admit what fits, evaluate the U-Net once for one batch, and decode a finished image."""
        outcomes: list[Outcome] = []
        for job_id in self._cancelled:
            self._forget(job_id)
            outcomes.append(Cancelled(job_id))
        self._cancelled.clear()
        outcomes += self._admit()
        outcomes += self._denoise()
        outcomes += self._decode()
        return outcomes

    def _models_in_use(self) -> set[str]:
        decoding = {d.job.ticket.request.model for d in self._decoding}
        return decoding | {name for name, _, _ in self._batches}

    def _admit(self) -> Iterable[Outcome]:
        """Give free rows to waiting jobs in turn; the first that doesn't fit holds its place."""
        outcomes: list[Outcome] = []
        while self._turns:
            job = self._turns[0]
            if self.active_rows + job.rows_per_image > self._max_rows:
                break
            model = job.ticket.request.model
            in_use = self._models_in_use()
            if not self._models.has_room_for(model, in_use):
                break
            self._turns.popleft()
            try:
                self._begin(job, self._models.get(model, in_use))
            except Exception as error:
                outcomes.append(self._failed(job, error))
                continue
            if job.waiting:
                self._turns.append(job)
        return outcomes

    @torch.inference_mode()
    def _begin(self, job: _Job, model: ResidentModel) -> None:
        """Prepare a job's next image: text, table and first noise; then let it join its batch."""
        request, parts = job.ticket.request, model.components
        height, width = parts.latent_size(request.width, request.height)
        source, strength = job.ticket.init_image, None
        if source is not None:
            strength = 1.0 if request.strength is None else request.strength
            if job.image_latents is None:
                job.image_latents = encode_image(parts, source, request.width, request.height).cpu()
        table = sampler_table(
            parts.scheduler_config,
            request.sampler,
            request.schedule,
            request.num_inference_steps,
            strength,
        )
        index = job.waiting.popleft()
        generator = seeded_generator(request.seed_of(index))
        latents = table.noise_scale * draw_noise((parts.latent_channels, height, width), generator)
        if job.image_latents is not None:
            latents = latents + table.image_scale * job.image_latents
        prompt = model.prompts.encode(request.prompt)
        guided = job.rows_per_image == 2
        negative = model.prompts.encode(request.negative_prompt).states if guided else None
        image = BatchImage(
            table, request.guidance_scale, prompt.states, negative, latents, generator
        )
        key = (request.model, height, width)
        if key not in self._batches:
            self._batches[key] = Batch(parts.unet, parts.device, parts.dtype)
        self._batches[key].add(image)
        self._drawings[image] = _Drawing(job, index, image, model, prompt.dropped_tokens)

    def _denoise(self) -> Iterable[Outcome]:
        """One evaluation of the batch that has waited longest."""
        if not self._batches:
            return []
        key, batch = next(iter(self._batches.items()))
        self._batches.move_to_end(key)
        now = self._clock()
        due = [
            image
            for image in batch.images
            if image.step + 1 < len(image.table)
            and now - self._drawings[image].last_preview >= self._preview_interval
        ]
        try:
            guesses = batch.step(due)
        except EvaluationOutOfMemory as error:
            drawing = self._drawings[batch.images[error.position]]
            return [self._failed(drawing.job, MemoryError())]
        except Exception as error:
            jobs = {self._drawings[image].job: None for image in batch.images}
            return [self._failed(job, error) for job in jobs]
        outcomes: list[Outcome] = []
        for image in batch.images:
            drawing = self._drawings[image]
            job_id = drawing.job.ticket.job_id
            outcomes.append(Progress(job_id, drawing.index, image.step, len(image.table)))
        for image, guess in zip(due, guesses, strict=True):
            drawing = self._drawings[image]
            drawing.last_preview = now
            picture = drawing.model.previewer.preview(guess)
            outcomes.append(Preview(drawing.job.ticket.job_id, drawing.index, image.step, picture))
        self._leave(key, [image for image in batch.images if image.is_done], decode=True)
        return outcomes

    def _leave(self, key: _Key, images: list[BatchImage], *, decode: bool) -> None:
        """Take images out of their batch; what is finished goes on to be decoded."""
        if not images:
            return
        batch = self._batches[key]
        for image, latents in zip(images, batch.remove(images), strict=True):
            drawing = self._drawings.pop(image)
            if decode:
                drawing.latents = latents
                self._decoding.append(drawing)
        if not batch.images:
            del self._batches[key]

    def _decode(self) -> Iterable[Outcome]:
        """Decode the oldest finished image, so that the others' next step isn't kept waiting."""
        outcomes: list[Outcome] = []
        while self._decoding:
            drawing = self._decoding.popleft()
            job = drawing.job
            try:
                outcomes.append(self._finish(drawing))
            except Exception as error:
                outcomes.append(self._failed(job, error))
            else:
                job.unfinished -= 1
                if not job.unfinished:
                    del self._jobs[job.ticket.job_id]
            if len(self._decoding) <= self._max_rows:
                break
        return outcomes

    def _finish(self, drawing: _Drawing) -> Finished:
        parts, request = drawing.model.components, drawing.job.ticket.request
        assert drawing.latents is not None
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
        )

    def _failed(self, job: _Job, error: Exception) -> Failed:
        """Drop all of a job's images; the reason in words for people."""
        request = job.ticket.request
        self._forget(job.ticket.job_id)
        if isinstance(error, TastemakerError):
            return Failed(job.ticket.job_id, error)
        if is_out_of_memory(error):
            return Failed(
                job.ticket.job_id,
                OutOfMemory(
                    f"The device has too little memory to draw {request.width} x {request.height} "
                    f"pixels with {request.model}. Ask for a smaller size, or close other programs "
                    "that use the device's memory."
                ),
            )
        log.error("drawing job %s failed", job.ticket.job_id, exc_info=error)
        return Failed(
            job.ticket.job_id,
            GenerationFailed(
                f"Drawing failed unexpectedly ({type(error).__name__}: {error}). Try again; if it "
                "keeps happening, the server's log has the details."
            ),
        )

    def _forget(self, job_id: str) -> None:
        """Remove every trace of a job; the images of others stay as they are."""
        job = self._jobs.pop(job_id, None)
        if job is None:
            return
        if job in self._turns:
            self._turns.remove(job)
        self._decoding = deque(d for d in self._decoding if d.job is not job)
        for key, batch in list(self._batches.items()):
            mine = [image for image in batch.images if self._drawings[image].job is job]
            self._leave(key, mine, decode=False)


def generate(
    components: Components,
    request: GenerationRequest,
    init_image: Image.Image | None = None,
    on_step: Callable[[Progress], None] | None = None,
) -> list[Finished]:
    """Draw a whole request with a loaded model; the images in the order of their index.

    Raises:
        TastemakerError: why it failed (`InvalidInput`, `OutOfMemory`, `NumericalFailure` …).
    """
    engine = Engine(lambda _: components, preview_interval=inf)
    engine.submit(Ticket("", request, tuple(range(request.num_images)), init_image))
    finished: list[Finished] = []
    while not engine.idle:
        for outcome in engine.step():
            match outcome:
                case Failed():
                    raise outcome.error
                case Finished():
                    finished.append(outcome)
                case Progress() if on_step is not None:
                    on_step(outcome)
    return sorted(finished, key=lambda image: image.image_index)
