"""The training process on this machine: started when there is something to train, watched, ended.

While nothing is trained there is no such process, so that an idle studio holds the model libraries
once. What a process that died had learned lies in the folder of its run: the training goes back to
the queue and the next process goes on with it. Knows no torch.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tastemaker.domain import Event
from tastemaker.jobs.child import STOP_SECONDS, Child, StartMethod
from tastemaker.jobs.events import EventBroker, job_event
from tastemaker.jobs.local_pool import FIRST_RESTART_SECONDS, LONGEST_RESTART_SECONDS
from tastemaker.jobs.training_queue import TrainingQueue

log = logging.getLogger(__name__)

DEVICE_POLL_SECONDS = 2.0


class TrainingPool(Protocol):
    """Turns the waiting training into a version and tells about it through the event broker."""

    def start(self) -> None:
        """Begin; a training that was interrupted goes on. Returns at once."""

    def wake(self) -> None:
        """There is a training to run."""

    def tell(self, verb: str) -> None:
        """The running training should ``pause`` or ``cancel``; its row already says so."""

    def stop(self) -> None:
        """End the process; its training goes on after the next `start`."""


class LocalTrainingPool:
    """A `TrainingPool` of one process at most.

    ``task``, ``setup`` and ``start_method`` are as of `LocalWorkerPool`. The process is started
    only while ``device_is_free`` says that no run of a terminal has the device. ``on_event`` hears
    news that belong to no job (of models).
    """

    def __init__(
        self,
        task: str,
        setup: Mapping[str, Any],
        queue: TrainingQueue,
        events: EventBroker,
        start_method: StartMethod | None = None,
        *,
        device_is_free: Callable[[], bool] = lambda: True,
        on_event: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self._setup = dict(setup)
        self._queue = queue
        self._events = events
        self._device_is_free = device_is_free
        self._on_event = on_event
        self._child = Child("training process", task, self._hear, start_method)
        self._stopping = threading.Event()
        self._wanted = threading.Event()
        self._supervisor = threading.Thread(
            target=self._supervise, name="training-supervisor", daemon=True
        )

    def start(self) -> None:
        job = self._queue.release(crashed=False)
        if job is not None:
            log.info("the training %s was interrupted and is %s", job.request.name, job.state)
        self._wanted.set()
        self._supervisor.start()

    def wake(self) -> None:
        self._wanted.set()

    def tell(self, verb: str) -> None:
        self._child.send(verb)

    @property
    def pid(self) -> int | None:
        """Process id while something is trained."""
        return self._child.pid

    def stop(self) -> None:
        self._stopping.set()
        self._wanted.set()
        self._child.stop()
        if self._supervisor.is_alive() and self._supervisor is not threading.current_thread():
            self._supervisor.join(STOP_SECONDS)

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._run_all()
            except Exception:
                # A database that is locked for too long must not end training for good.
                log.exception("the training could not be looked after; trying again")
                self._stopping.wait(LONGEST_RESTART_SECONDS)
                self._wanted.set()

    def _run_all(self) -> None:
        """Run what waits, again and again, until nothing does."""
        pause = FIRST_RESTART_SECONDS
        while not self._stopping.is_set() and self._queue.claimable():
            if not self._device_is_free():
                self._stopping.wait(DEVICE_POLL_SECONDS)
            elif self._run_once():
                log.warning("the training process died; starting it again in %.1f s", pause)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_RESTART_SECONDS)
            else:
                pause = FIRST_RESTART_SECONDS

    def _run_once(self) -> bool:
        """Run a process until it ends and settle its training; whether it left that undone."""
        token = uuid.uuid4().hex
        crashed = self._child.run({**self._setup, "token": token})
        job = self._queue.release(token, crashed=crashed)
        if job is None:
            return False
        self._events.publish(job_event(job))
        return not (job.paused or job.state.is_final)

    def _hear(self, event: Event) -> None:
        if event.job_id is None:
            self._on_event(event)
        else:
            self._events.publish(event)
