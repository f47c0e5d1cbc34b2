"""The worker's loop: rows of ``jobs`` in, pictures in the gallery and news for the browser out.

One process per device runs it. The engine evaluates on the main thread; everything that touches the
disk or the database happens in order on one writer thread, so that encoding a picture overlaps the
next denoising step. Knows no HTTP and not who supervises it.
"""

from __future__ import annotations

import logging
import queue as thread_queue
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import (
    Cancelled,
    Failed,
    Finished,
    Outcome,
    Preview,
    Progress,
)
from tastemaker.domain import DrawingJob, Event, Job, JobState
from tastemaker.errors import TastemakerError
from tastemaker.jobs.queue import JobQueue
from tastemaker.jobs.recorder import Recorder
from tastemaker.jobs.running import RunningJob, preview_uri
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.pictures import read_picture

log = logging.getLogger(__name__)

IDLE_POLL_SECONDS = 1.0
CLAIM_AT_ONCE = 4

Command = tuple[str, str]


class Worker:
    """Claims jobs under its own token, so that a stale worker can never finish another's job.

    ``commands`` brings ``("wake", "")``, ``("cancel", job_id)``, ``("preload", model)`` and
    ``("stop", "")``; ``emit`` takes events for the browser and ``status`` for the supervisor.
    """

    def __init__(
        self,
        token: str,
        queue: JobQueue,
        blobs: BlobStore,
        engine: Engine,
        commands: thread_queue.Queue[Command],
        emit: Callable[[Event], None],
        *,
        max_pixels: int,
    ) -> None:
        self._token = token
        self._queue = queue
        self._blobs = blobs
        self._engine = engine
        self._commands = commands
        self._emit = emit
        self._max_pixels = max_pixels
        self._jobs: dict[str, RunningJob] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._recorder = Recorder(token, queue, blobs, emit)
        self._stopping = False

    def run(self, preload: str | None = None) -> None:
        """Work until told to stop; then let the writer finish what is drawn."""
        if preload is not None:
            self._preload(preload)
        while not self._stopping:
            self._obey(wait=self._engine.idle and not self._claim())
            for outcome in self._engine.step():
                self._handle(outcome)
            if not self._engine.idle:
                self._claim()
        self._writer.shutdown(wait=True)

    def _obey(self, *, wait: bool) -> None:
        """Carry out the commands that are there; with nothing to draw, wait a moment for one."""
        try:
            command = self._commands.get(timeout=IDLE_POLL_SECONDS) if wait else None
            while True:
                if command is not None:
                    self._carry_out(*command)
                command = self._commands.get_nowait()
        except thread_queue.Empty:
            return

    def _carry_out(self, verb: str, argument: str) -> None:
        if verb == "stop":
            self._stopping = True
        elif verb == "cancel":
            self._engine.cancel(argument)
        elif verb == "preload":
            self._preload(argument)

    def _preload(self, model: str) -> None:
        self._report(ready=bool(self._engine.loaded_models), detail=f"Loading {model}.")
        try:
            self._engine.preload(model)
        except TastemakerError as error:
            log.error("%s could not be loaded: %s", model, error)
            self._report(ready=False, detail=f"{model} could not be loaded: {error}")
            return
        self._report(ready=True, detail="Ready.")

    def _report(self, *, ready: bool, detail: str) -> None:
        loaded = list(self._engine.loaded_models)
        self._emit(Event("status", {"ready": ready, "detail": detail, "loaded_models": loaded}))

    def _claim(self) -> bool:
        """Take what fits from the queue; True if there is something new to draw."""
        if not self._engine.wants_more:
            return False
        jobs = self._queue.claim(self._token, limit=CLAIM_AT_ONCE)
        for job in jobs:
            self._begin(job)
        return bool(jobs)

    def _begin(self, job: DrawingJob) -> None:
        done = self._queue.finished_indices(job.id)
        todo = tuple(i for i in range(job.request.num_images) if i not in done)
        running = RunningJob(job, done=len(done), started=time.monotonic())
        self._jobs[job.id] = running
        self._emit(Event("job", {"state": JobState.RUNNING, "attempts": job.attempts}, job.id))
        if not todo:
            self._finish(job.id)
            return
        try:
            source = job.request.init_image
            init_image = (
                read_picture(self._blobs.get(source), max_pixels=self._max_pixels)
                if source
                else None
            )
            self._engine.submit(Ticket(job.id, job.request, todo, init_image))
        except TastemakerError as error:
            self._fail(job.id, str(error))

    def _handle(self, outcome: Outcome) -> None:
        running = self._jobs.get(outcome.job_id)
        if running is None:
            return
        match outcome:
            case Progress():
                self._progress(running, outcome)
            case Preview():
                data = {
                    "image_index": outcome.image_index,
                    "step": outcome.step,
                    "preview": preview_uri(outcome.image),
                }
                self._emit(Event("preview", data, outcome.job_id))
            case Finished():
                running.done += 1
                self._write(self._recorder.store, running.job, outcome)
                if running.done >= running.job.request.num_images:
                    self._finish(outcome.job_id)
            case Failed():
                self._fail(outcome.job_id, str(outcome.error))
            case Cancelled():
                self._jobs.pop(outcome.job_id)
                self._write(self._recorder.cancelled, outcome.job_id)

    def _progress(self, running: RunningJob, outcome: Progress) -> None:
        eta = running.advance(outcome.image_index, outcome.step, time.monotonic())
        if not running.is_news(time.monotonic(), final=outcome.step == outcome.total_steps):
            return
        data = {
            "image_index": outcome.image_index,
            "step": outcome.step,
            "total_steps": outcome.total_steps,
            "finished_images": running.done,
            "num_images": running.job.request.num_images,
            "eta_seconds": eta,
        }
        self._emit(Event("progress", data, outcome.job_id))

    def _finish(self, job_id: str) -> None:
        self._jobs.pop(job_id)
        self._write(self._recorder.succeeded, job_id)

    def _fail(self, job_id: str, reason: str) -> None:
        self._jobs.pop(job_id, None)
        self._write(self._recorder.failed, job_id, reason)

    def _write(self, action: Callable[..., None], *arguments: object) -> None:
        self._writer.submit(self._guarded, action, arguments)

    def _guarded(self, action: Callable[..., None], arguments: tuple[object, ...]) -> None:
        """Run a writer's task; whatever goes wrong fails that job, with the reason."""
        try:
            action(*arguments)
        except Exception as error:
            log.exception("writing failed")
            first = arguments[0]
            job_id = first.id if isinstance(first, Job) else str(first)
            self._recorder.failed(
                job_id,
                f"The picture was drawn but could not be stored: {error}. Free some space "
                "or check the data folder, then try again.",
            )
