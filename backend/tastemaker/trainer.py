"""The training process: claims the waiting training, sees it through, tells the server how it goes.

Started by the server when there is something to train, and ended with it: the run goes on at the
next start. Knows no HTTP.
"""

from __future__ import annotations

import logging
import os
import queue as thread_queue
from typing import Any

from tastemaker.domain import Event, TrainingJob
from tastemaker.errors import TastemakerError
from tastemaker.jobs.errands import ANSWER, FAILURE, failure
from tastemaker.jobs.events import job_event
from tastemaker.jobs.training_queue import TrainingQueue
from tastemaker.jobs.worker_process import Pipe
from tastemaker.models.describe import model_event
from tastemaker.models.registry import Registry
from tastemaker.settings import Settings
from tastemaker.storage.database import Database
from tastemaker.storage.pointer import ActiveModel
from tastemaker.training.data.combined import source_text
from tastemaker.training.options import Method
from tastemaker.training.progress import Observer, Stop
from tastemaker.training.runs import read_plan, run_folder, tidy
from tastemaker.training.status import News, Reporter, read_status, training_event

log = logging.getLogger(__name__)

NICENESS = 10
_STATES = {None: "running", Stop.PAUSE: "pausing", Stop.CANCEL: "cancelling"}


class TrainingProcess:
    """One training under one token."""

    def __init__(self, token: str, settings: Settings, queue: TrainingQueue, pipe: Pipe) -> None:
        self._token = token
        self._settings = settings
        self._queue = queue
        self._pipe = pipe
        self._stop: Stop | None = None
        self._job: TrainingJob | None = None

    def run(self) -> None:
        """Claim the training and end its row in this process's name, whatever comes of it."""
        job = self._queue.claim(self._token)
        if job is None:
            return
        self._job = job
        self._pipe.emit(job_event(job))
        folder = run_folder(self._settings, job.request.name)
        Reporter(folder, Observer(), self._news).begin()
        # Takes seconds: the model libraries are loaded.
        from tastemaker import retraining

        try:
            done = self._train(job, retraining)
        except retraining.DeviceTaken as error:
            # The server looks when the device is free again.
            log.warning("%s", error)
            self._settle(self._queue.release(self._token), note=str(error))
        except TastemakerError as error:
            self._settle(self._queue.fail(self._token, job.id, str(error)))
        else:
            if done.version is None:
                self._settle(self._queue.release(self._token))
                return
            if job.request.activate:
                self._activate(job, done.version.metrics)
            self._settle(self._queue.succeed(self._token, job.id))
            tidy(self._settings, job.request.name)
            registry = self._registry()
            self._pipe.emit(model_event(registry.get(done.version.name)))

    def _train(self, job: TrainingJob, retraining: Any) -> Any:
        request, settings = job.request, self._settings
        observer = Observer(requested_stop=self._requested_stop)
        if read_plan(run_folder(settings, request.name)) is not None:
            return retraining.resume(settings, request.name, observer, self._news)
        return retraining.start(
            settings,
            source_text(request),
            observer,
            name=request.name,
            model=request.model,
            method=None if request.method == "auto" else Method(request.method),
            changes=request.changes,
            captions=request.captions,
            style=request.style,
            on_news=self._news,
        )

    def _requested_stop(self) -> Stop | None:
        """What the server asked for; its own end means: save, and go on after the next start."""
        verbs = {"pause": Stop.PAUSE, "cancel": Stop.CANCEL, "stop": Stop.PAUSE}
        try:
            while True:
                verb, _ = self._pipe.commands.get_nowait()
                if verb in verbs and self._stop is not Stop.CANCEL:
                    self._stop = verbs[verb]
        except thread_queue.Empty:
            return self._stop

    def _activate(self, job: TrainingJob, metrics: Any) -> None:
        """Switch the version on, if it came out better than what it was trained from."""
        if metrics.get("better_than_parent") is True:
            self._registry().activate(job.request.name)

    def _registry(self) -> Registry:
        database = Database(self._settings.database_url)
        return Registry(self._settings, ActiveModel(database), self._pipe.emit)

    def _news(self, news: News) -> None:
        assert self._job is not None
        state = _STATES[self._requested_stop()]
        self._pipe.emit(training_event(self._job.id, state, news))

    def _settle(self, job: TrainingJob | None, note: str | None = None) -> None:
        """Tell what became of the training; ``None`` when it isn't ours any more."""
        if job is None:
            return
        status = read_status(run_folder(self._settings, job.request.name))
        state = "paused" if job.paused else job.state.value
        self._pipe.emit(training_event(job.id, state, News(status, note)))
        self._pipe.emit(job_event(job))


def run(pipe: Pipe) -> None:
    """What `tastemaker.jobs.training_pool` starts."""
    setup = pipe.read_setup()
    settings = Settings.model_validate(setup["settings"])
    _log_as("training", settings)
    _step_aside()
    queue = TrainingQueue(Database(settings.database_url))
    TrainingProcess(setup["token"], settings, queue, pipe).run()


def errand(pipe: Pipe) -> None:
    """What `tastemaker.jobs.errands` starts."""
    setup = pipe.read_setup()
    settings = Settings.model_validate(setup["settings"])
    _log_as("errand", settings)
    _step_aside()
    from tastemaker.looking import ERRANDS

    try:
        answer = ERRANDS[setup["kind"]](settings, setup["arguments"])
    except TastemakerError as error:
        pipe.emit(Event(FAILURE, failure(error)))
    else:
        pipe.emit(Event(ANSWER, answer))


def _log_as(name: str, settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format=f"{name}: %(message)s")
    for noisy in ("alembic", "httpx", "httpx2", "httpcore2", "filelock"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _step_aside() -> None:
    """Whoever waits for a picture comes first."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
