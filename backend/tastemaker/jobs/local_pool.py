"""One worker process on this machine, watched: started, spoken to, restarted when it dies.

What a worker had claimed goes back to the queue when it dies, or at the next start when the server
died too. Knows no torch: the web process stays small.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tastemaker.domain import Event
from tastemaker.jobs.child import STOP_SECONDS, Child, StartMethod
from tastemaker.jobs.events import EventBroker, job_event
from tastemaker.jobs.pool import WarmUp, WorkerStatus
from tastemaker.jobs.queue import JobQueue

log = logging.getLogger(__name__)

FIRST_RESTART_SECONDS = 0.5
LONGEST_RESTART_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0


class LocalWorkerPool:
    """A `WorkerPool` of one process.

    ``task`` is what the worker does (see `Child`), ``start_method`` how it is started. Its setup is
    ``setup`` with the worker's ``token`` added, under which it claims jobs.
    """

    def __init__(
        self,
        task: str,
        setup: Mapping[str, Any],
        queue: JobQueue,
        events: EventBroker,
        start_method: StartMethod | None = None,
    ) -> None:
        self._setup = dict(setup)
        self._queue = queue
        self._events = events
        self._child = Child("worker", task, self._hear, start_method)
        self._setup["watched"] = False
        self._watchers = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._status = WorkerStatus(ready=False, detail="The worker is starting.")
        self._restarts = 0
        self._supervisor = threading.Thread(
            target=self._supervise, name="worker-supervisor", daemon=True
        )

    def start(self) -> None:
        """Give back what dead workers of an earlier run held, then begin."""
        for job in self._queue.release(crashed=False):
            log.info("job %s was interrupted and is %s again", job.id, job.state)
        self._supervisor.start()

    def wake(self) -> None:
        self._child.send("wake")

    def cancel(self, job_id: str) -> None:
        self._child.send("cancel", job_id)

    def preload(self, model: str) -> None:
        self._setup["preload"] = model
        self._child.send("preload", model)

    def watch(self) -> None:
        self._count_watchers(1)

    def unwatch(self) -> None:
        self._count_watchers(-1)

    def _count_watchers(self, change: int) -> None:
        with self._lock:
            before, self._watchers = self._watchers, self._watchers + change
            if bool(before) != bool(self._watchers):
                self._setup["watched"] = bool(self._watchers)
                self._child.send("watched", "yes" if self._watchers else "")

    def status(self) -> WorkerStatus:
        return self._status

    @property
    def pid(self) -> int | None:
        """Process id of the running worker."""
        return self._child.pid

    def stop(self) -> None:
        self._stopping.set()
        self._child.stop()
        if self._supervisor.is_alive() and self._supervisor is not threading.current_thread():
            self._supervisor.join(STOP_SECONDS)

    def _supervise(self) -> None:
        pause = FIRST_RESTART_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > HEALTHY_AFTER_SECONDS:
                pause = FIRST_RESTART_SECONDS
            self._restarts += 1
            detail = "The worker stopped unexpectedly and is being restarted."
            self._status = WorkerStatus(ready=False, detail=detail, restarts=self._restarts)
            log.warning("the worker stopped; starting it again in %.1f s", pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_RESTART_SECONDS)

    def _run_once(self) -> None:
        """Start a worker, pass on what it says until it ends, give its jobs back."""
        self._setup["token"] = token = uuid.uuid4().hex
        # Read once the worker can be spoken to: a change is in it, or is sent.
        crashed = self._child.run(self._setup)
        for job in self._queue.release(token, crashed=crashed):
            self._events.publish(job_event(job))

    def _hear(self, event: Event) -> None:
        if event.type != "status":
            self._events.publish(event)
            return
        self._status = WorkerStatus(
            ready=bool(event.data["ready"]),
            detail=str(event.data["detail"]),
            device=event.data.get("device") or self._status.device,
            loaded_models=tuple(event.data.get("loaded_models", ())),
            restarts=self._restarts,
            warm_up=_warm_up(event.data.get("warm_up")),
        )


def _warm_up(data: Mapping[str, str] | None) -> WarmUp | None:
    if data is None:
        return None
    return WarmUp(data["model"], data["stage"], datetime.fromisoformat(data["since"]))
