"""The worker's loop: rows of ``jobs`` in, pictures in the gallery and news for the browser out.

One process per device runs it. The engine evaluates on the main thread; what is finished goes to
disk and database in order on one writer thread, so that encoding a picture overlaps the next
denoising step, and new jobs are looked for on another one. Knows no HTTP and not who supervises it.
"""

from __future__ import annotations

import logging
import math
import queue as thread_queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from tastemaker.diffusion.compiled.warm_up import WarmUp, WarmUpStatus
from tastemaker.diffusion.device import trim_memory
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
from tastemaker.jobs.claims import POLL_SECONDS, Claims
from tastemaker.jobs.queue import JobQueue
from tastemaker.jobs.recorder import Recorder
from tastemaker.jobs.running import RunningJob, preview_uri
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.pictures import read_picture

log = logging.getLogger(__name__)

REST_SECONDS = 30.0
"""With so long nothing to draw, memory that is free goes back to the system."""
LATE_PREVIEWS = 8
"""With so much to write, previews are left out: what is finished goes first."""

Command = tuple[str, str]


class Worker:
    """Claims jobs under its own token, so that a stale worker can never finish another's job.

    ``commands`` brings ``("wake", "")``, ``("cancel", job_id)``, ``("preload", model)`` and
    ``("stop", "")``; ``emit`` takes events for the browser and ``status`` for the supervisor.
    ``warm_up`` is who makes the engine's networks faster, if anybody does.
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
        warm_up: WarmUp | None = None,
    ) -> None:
        self._queue = queue
        self._blobs = blobs
        self._engine = engine
        self._commands = commands
        self._emit = emit
        self._max_pixels = max_pixels
        self._warm_up = warm_up
        self._warming: WarmUpStatus | None = None
        self._state: tuple[bool, str] | None = None
        self._jobs: dict[str, RunningJob] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._recorder = Recorder(token, queue, blobs, emit)
        self._unwritten = 0
        self._count = threading.Lock()
        self._claims = Claims(queue, token)
        self._cancelled_early: set[str] = set()
        self._stopping = False
        self._rest_at = math.inf

    def run(self, preload: str | None = None, *, watched: bool = True) -> None:
        """Work until told to stop; then let the writer finish what is drawn.

        Previews are made while somebody watches, and progress is told more often.
        """
        self._engine.previews = watched
        if preload is not None:
            self._preload(preload)
        while not self._stopping:
            self._warm()
            idle = self._engine.idle and not self._claim()
            self._rest(idle=idle)
            self._obey(wait=idle)
            for outcome in self._engine.step():
                self._handle(outcome)
            if not self._engine.idle:
                self._claim()
        if self._warm_up is not None:
            self._warm_up.close()
        self._claims.close()
        self._writer.shutdown(wait=True)

    def _warm(self) -> None:
        """Between steps: take up networks that got ready, tell what is being made ready."""
        if self._warm_up is None:
            return
        status = self._warm_up.tick()
        if status != self._warming:
            self._warming = status
            ready, detail = self._state or (True, "Ready.")
            self._report(ready=ready, detail=detail)

    def _rest(self, *, idle: bool) -> None:
        """Give memory back once when drawing has ended a while ago: the next picture may be far."""
        now = time.monotonic()
        if not idle:
            self._rest_at = now + REST_SECONDS
        elif now >= self._rest_at:
            trim_memory()
            self._rest_at = math.inf

    def _obey(self, *, wait: bool) -> None:
        """Carry out the commands that are there; with nothing to draw, wait a moment for one."""
        try:
            command = self._commands.get(timeout=POLL_SECONDS) if wait else None
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
            if self._claims.looking and argument not in self._jobs:
                self._cancelled_early.add(argument)
        elif verb == "preload":
            self._preload(argument)
        elif verb == "watched":
            self._engine.previews = bool(argument)
        elif verb == "wake":
            self._claims.wake()

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
        self._state = (ready, detail)
        data = {
            "ready": ready,
            "detail": detail,
            "loaded_models": list(self._engine.loaded_models),
            "warm_up": self._warming and self._warming.to_dict(),
        }
        self._emit(Event("status", data))

    def _claim(self) -> bool:
        """Begin what fits of the queue; True if there is something new to draw."""
        jobs = self._claims.take(self._engine.wanted, idle=self._engine.idle)
        for job in jobs:
            if job.id in self._cancelled_early:
                self._write(self._recorder.cancelled, job.id)
            else:
                self._begin(job)
        if not self._claims.looking:
            self._cancelled_early.clear()
        return bool(jobs)

    def _begin(self, job: DrawingJob) -> None:
        done = self._queue.finished_indices(job.id) if job.image_ids else frozenset[int]()
        todo = tuple(i for i in range(job.request.num_images) if i not in done)
        running = RunningJob(job, done=len(done))
        self._jobs[job.id] = running
        self._emit(Event("job", {"state": JobState.RUNNING, "attempts": job.attempts}, job.id))
        if not todo:
            self._finish(job.id)
            return
        init_image, mask, style = map(self._reader, job.request.pictures)
        self._engine.submit(Ticket(job.id, job.request, todo, init_image, mask, style))

    def _reader(self, address: str | None) -> Callable[[], Image.Image] | None:
        """How the engine gets a picture when it needs it; large ones don't wait in memory."""
        if address is None:
            return None
        return lambda: read_picture(self._blobs.get(address), max_pixels=self._max_pixels)

    def _handle(self, outcome: Outcome) -> None:
        running = self._jobs.get(outcome.job_id)
        if running is None:
            return
        match outcome:
            case Progress():
                self._progress(running, outcome)
            case Preview():
                if self._unwritten < LATE_PREVIEWS:
                    self._write(self._preview, outcome.job_id, outcome)
            case Finished():
                running.done += 1
                last = running.done >= running.job.request.num_images
                if last:
                    self._forget(outcome.job_id)
                self._write(self._recorder.store, running.job, outcome, last)
            case Failed():
                self._fail(outcome.job_id, str(outcome.error))
            case Cancelled():
                self._forget(outcome.job_id)
                self._write(self._recorder.cancelled, outcome.job_id)

    def _progress(self, running: RunningJob, outcome: Progress) -> None:
        now = time.monotonic()
        eta = running.advance(outcome.image_index, outcome.step, outcome.total_steps, now)
        final = outcome.step == outcome.total_steps
        if not running.is_news(now, final=final, watched=self._engine.previews):
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

    def _preview(self, job_id: str, preview: Preview) -> None:
        """On the writer thread, so that encoding it overlaps the next step."""
        data = {
            "image_index": preview.image_index,
            "step": preview.step,
            "preview": preview_uri(preview.image),
        }
        self._emit(Event("preview", data, job_id))

    def _finish(self, job_id: str) -> None:
        self._forget(job_id)
        self._write(self._recorder.succeeded, job_id)

    def _fail(self, job_id: str, reason: str) -> None:
        self._forget(job_id)
        self._write(self._recorder.failed, job_id, reason)

    def _forget(self, job_id: str) -> None:
        self._jobs.pop(job_id, None)

    def _write(self, action: Callable[..., None], *arguments: object) -> None:
        with self._count:
            self._unwritten += 1
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
        finally:
            with self._count:
                self._unwritten -= 1
