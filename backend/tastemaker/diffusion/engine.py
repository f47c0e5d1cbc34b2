"""The engine: tickets in, outcomes out, one U-Net evaluation (or several side by side) a step.

Images join and leave between steps. Free rows go round and round over the waiting jobs, quick
images first (`tastemaker.diffusion.turns`). Batches of unlike size or model take turns, a step
each. Whatever goes wrong with one job becomes its `Failed` outcome and leaves the others as they
were. Knows no queue, no database and no HTTP.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from math import inf

from tastemaker.diffusion.batches import Batches, Stepped
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.decoding import Decoding
from tastemaker.diffusion.drawing import Drawing, DrawnJob, Ticket, reason_for_people
from tastemaker.diffusion.limits import RowLimits
from tastemaker.diffusion.outcomes import (
    Cancelled,
    Evaluations,
    Failed,
    Finished,
    Outcome,
    Progress,
)
from tastemaker.diffusion.passes import prepare
from tastemaker.diffusion.residency import Residency, ResidentModel
from tastemaker.diffusion.singles import Singles
from tastemaker.diffusion.turns import Turns, Verdict
from tastemaker.diffusion.whole import WholePipeline

__all__ = ["Engine", "Ticket"]

MAX_JOBS = 64
"""So many jobs take turns at most; others wait outside for their first one."""

SWAP_SECONDS = 30.0
"""How long the models in memory may draw on when another one is waited for."""


class Engine:
    """Draws tickets with the models that ``load`` brings.

    ``max_rows`` bounds the U-Net rows at once (a guided image has two), ``preview_interval`` is the
    time in seconds between previews of an image (``inf``: none), ``max_models`` and ``max_bytes``
    bound the models kept in memory. ``strict_rows`` switches on strict mode: every evaluation has
    that many rows, so that a picture's bits never depend on its company. ``limits`` remembers what
    didn't fit. ``aside`` decodes on a thread of its own (by default where that pays: on CUDA).
    ``replay`` is how an image was drawn that is to be drawn again: for a ticket of one image.
    ``stamp``, ``size_of`` and ``fingerprint`` are those of `Residency`. Not thread-safe: one thread
    owns it.
    """

    def __init__(
        self,
        load: Callable[[str], Components | WholePipeline],
        *,
        max_rows: int = 16,
        strict_rows: int = 0,
        preview_interval: float = 0.4,
        max_models: int = 8,
        max_bytes: int | None = None,
        limits: RowLimits | None = None,
        aside: bool | None = None,
        replay: Sequence[Evaluations] = (),
        stamp: Callable[[str], Hashable] = lambda name: None,
        size_of: Callable[[str], int] = lambda name: 0,
        fingerprint: Callable[[str], str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_rows < 2:
            raise ValueError("max_rows must be at least 2: a guided image has two rows")
        self._models = Residency(
            load, max_models, stamp, max_bytes=max_bytes, size_of=size_of, fingerprint=fingerprint
        )
        self._max_rows = max_rows
        self._strict_rows = strict_rows
        self.previews = True
        """Whether there are any; may be changed between steps."""
        self._preview_interval = preview_interval
        self._clock = clock
        self._jobs: dict[str, DrawnJob] = {}
        self._turns: Turns[DrawnJob] = Turns(max_rows, SWAP_SECONDS, clock)
        self._batches = Batches(limits or RowLimits(), strict_rows, replay, self._make_room)
        self._singles = Singles()
        self._decoding = Decoding(aside, backlog=max_rows)
        self._cancelled: list[str] = []

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._jobs and not self._cancelled

    @property
    def active_rows(self) -> int:
        """U-Net rows in work, padding not counted."""
        return self._batches.rows + self._singles.rows + self._decoding.rows

    @property
    def wanted(self) -> int:
        """How many more jobs may be submitted now.

        As many as could soon begin; so one that arrives later gets its turn although others that
        came before have hundreds of images to go.
        """
        strangers = sum(not job.begun for job in self._turns)
        return max(0, min(self._max_rows - strangers, MAX_JOBS - len(self._jobs)))

    @property
    def wants_more(self) -> bool:
        """Whether another job may be submitted, for its images to take turns with the others'."""
        return self.wanted > 0

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
            self._turns.add(job, job.work_per_image)

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
        self._begin_decoding()
        outcomes += self._denoise()
        outcomes += self._step_single()
        outcomes += self._collect()
        return outcomes

    def _models_in_use(self) -> set[ResidentModel]:
        return self._decoding.models | self._batches.models | self._singles.models

    def _admit(self) -> Iterable[Outcome]:
        """Begin images as long as there are rows for them."""
        outcomes: list[Outcome] = []
        while self._turns and (job := self._turns.take(self._verdict)) is not None:
            name, in_use = job.ticket.request.model, self._models_in_use()
            job.begun = True
            try:
                self._begin(job, self._models.get(name, in_use))
            except Exception as error:
                outcomes.append(self._failed(job, error))
                continue
            if job.waiting:
                self._turns.add(job, job.work_per_image)
        return outcomes

    def _verdict(self, job: DrawnJob) -> Verdict:
        if self.active_rows + job.rows_per_image > self._max_rows:
            return Verdict.NO_ROWS
        return self._models.verdict(job.ticket.request.model, self._models_in_use())

    def _begin(self, job: DrawnJob, model: ResidentModel) -> None:
        """Let a job's next image join the batch of its kind, or wait for its pipeline."""
        if model.whole is not None:
            self._singles.add(job, model)
        else:
            self._batches.add(prepare(job, model))

    def _make_room(self) -> bool:
        return self._models.drop_idle(self._models_in_use())

    def _begin_decoding(self) -> None:
        """Let streams decode what is waiting, if they have something to do anyway."""
        streams = self._batches.streams
        if streams is not None and (self._batches.on_streams or streams.busy):
            self._decoding.begin(streams)

    def _denoise(self) -> Iterable[Outcome]:
        """One evaluation of one batch, or what streams have done."""
        now = self._clock()
        shown = self.previews and self._preview_interval < inf

        def is_due(drawing: Drawing) -> bool:
            if not shown or now - drawing.last_preview < self._preview_interval:
                return False
            drawing.last_preview = now
            return True

        stepped = self._batches.step(is_due, hold=self._decoding.wants_device)
        return [outcome for one in stepped for outcome in self._after(one)]

    def _after(self, stepped: Stepped) -> Iterable[Outcome]:
        """What a step brings; previews and pictures are made of what it left."""
        outcomes: list[Outcome] = [self._failed(job, error) for job, error in stepped.failed]
        for drawing, step in stepped.moved:
            job_id = drawing.job.ticket.job_id
            self._turns.worked(drawing.job.work_per_step)
            outcomes.append(Progress(job_id, drawing.index, step, drawing.steps))
        for drawing, step, guess in stepped.guesses:
            self._decoding.put_preview(drawing, step, guess)
        for drawing in stepped.done:
            self._decoding.put(drawing, self._batches.streams)
        return outcomes

    def _step_single(self) -> Iterable[Outcome]:
        """One step of the picture that a pipeline of its own draws, if there is one."""
        if not self._singles:
            return []
        while self._batches.streams is not None and self._batches.streams.busy:
            self._batches.streams.wait()
        job = self._singles.job
        self._turns.worked(job.work_per_step)
        try:
            outcomes = self._singles.step()
        except Exception as error:
            return [self._failed(job, error)]
        if any(isinstance(outcome, Finished) for outcome in outcomes):
            self._one_done(job)
        return outcomes

    def _one_done(self, job: DrawnJob) -> None:
        job.unfinished -= 1
        if not job.unfinished:
            del self._jobs[job.ticket.job_id]

    def _collect(self) -> Iterable[Outcome]:
        """Previews and finished pictures that are there by now."""
        outcomes: list[Outcome] = []
        self._begin_decoding()
        streams = self._batches.streams
        shared = self._batches.on_streams and not self._decoding.wants_device
        itself = streams is None or not (shared or streams.busy)
        wait = not self._batches and not self._singles
        for done in self._decoding.collect(wait=wait, itself=itself):
            job, result = done.owner.job, done.result
            if job.dropped:
                continue
            if done.error is not None:
                outcomes.append(self._failed(job, done.error))
            elif isinstance(result, Drawing):
                self._batches.add(result)
            elif result is not None:
                outcomes.append(result)
                if isinstance(result, Finished):
                    self._one_done(job)
        return outcomes

    def _failed(self, job: DrawnJob, error: Exception) -> Failed:
        """Drop all of a job's images and say why."""
        self._forget(job.ticket.job_id)
        return Failed(job.ticket.job_id, reason_for_people(error, job.ticket, self._strict_rows))

    def _forget(self, job_id: str) -> None:
        """Remove every trace of a job; the images of others stay as they are."""
        job = self._jobs.pop(job_id, None)
        if job is None:
            return
        job.dropped = True
        self._turns.remove(job)
        self._singles.forget(job)
        self._batches.drop(job)
