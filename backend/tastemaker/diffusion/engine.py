"""The engine: tickets in, outcomes out, one U-Net evaluation of one batch per `Engine.step`.

Images join and leave between steps. Free rows go round-robin over the waiting jobs, oldest first,
so a job of a hundred images doesn't hold up one of a single image. Whatever goes wrong with one job
becomes its `Failed` outcome and leaves the others as they were. Knows no queue, no database and no
HTTP.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable

from tastemaker.diffusion.batch import Batch, BatchImage, EvaluationOutOfMemory
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.drawing import (
    Drawing,
    DrawnJob,
    Ticket,
    finish,
    prepare,
    reason_for_people,
)
from tastemaker.diffusion.outcomes import Cancelled, Failed, Outcome, Preview, Progress
from tastemaker.diffusion.residency import Residency, ResidentModel

__all__ = ["Engine", "Ticket"]

# Model, latent height and width, text tokens: what the images of a batch have in common.
_Key = tuple[str, int, int, int]


class Engine:
    """Draws tickets with the models that ``load`` brings; ``stamp`` is that of `Residency`.

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
        stamp: Callable[[str], Hashable] = lambda name: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_rows < 2:
            raise ValueError("max_rows must be at least 2: a guided image has two rows")
        self._models = Residency(load, max_models, stamp)
        self._max_rows = max_rows
        self._preview_interval = preview_interval
        self._clock = clock
        self._jobs: dict[str, DrawnJob] = {}
        self._turns: deque[DrawnJob] = deque()
        self._batches: OrderedDict[_Key, Batch] = OrderedDict()
        self._drawings: dict[BatchImage, Drawing] = {}
        self._decoding: deque[Drawing] = deque()
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
        """Whether another job may be submitted, for its images to take turns with the others'."""
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
        job = DrawnJob(ticket, deque(ticket.indices), len(ticket.indices))
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
        return decoding | {key[0] for key in self._batches}

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

    def _begin(self, job: DrawnJob, model: ResidentModel) -> None:
        """Let a job's next image join the batch of its model and size."""
        drawing = prepare(job, model)
        parts = model.components
        height, width = drawing.image.latents.shape[-2:]
        key = (job.ticket.request.model, height, width, len(drawing.image.conditional))
        if key not in self._batches:
            self._batches[key] = Batch(parts.unet, parts.device, parts.dtype)
        self._batches[key].add(drawing.image)
        self._drawings[drawing.image] = drawing

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
                outcomes.append(finish(drawing))
            except Exception as error:
                outcomes.append(self._failed(job, error))
            else:
                job.unfinished -= 1
                if not job.unfinished:
                    del self._jobs[job.ticket.job_id]
            if len(self._decoding) <= self._max_rows:
                break
        return outcomes

    def _failed(self, job: DrawnJob, error: Exception) -> Failed:
        """Drop all of a job's images and say why."""
        self._forget(job.ticket.job_id)
        return Failed(job.ticket.job_id, reason_for_people(error, job.ticket))

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
