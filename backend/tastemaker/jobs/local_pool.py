"""One worker process on this machine, watched: started, spoken to, restarted when it dies.

Commands go to its standard input and events come from its standard output, one JSON object a line.
A worker whose input ends (because the server died, however) exits at once, and what it had claimed
goes back to the queue at the next start. Knows no torch: the web process stays small.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tastemaker.domain import Event
from tastemaker.jobs.events import EventBroker
from tastemaker.jobs.pool import WorkerStatus
from tastemaker.jobs.queue import JobQueue

log = logging.getLogger(__name__)

FIRST_RESTART_SECONDS = 0.5
LONGEST_RESTART_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0
STOP_SECONDS = 4.0


class LocalWorkerPool:
    """A `WorkerPool` of one process.

    ``command`` starts the worker; its first line of input is ``setup`` with the worker's ``token``
    added, under which it claims jobs.
    """

    def __init__(
        self,
        command: Sequence[str],
        setup: Mapping[str, Any],
        queue: JobQueue,
        events: EventBroker,
    ) -> None:
        self._command = tuple(command)
        self._setup = dict(setup)
        self._queue = queue
        self._events = events
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
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
        self._send("wake")

    def cancel(self, job_id: str) -> None:
        self._send("cancel", job_id)

    def preload(self, model: str) -> None:
        self._setup["preload"] = model
        self._send("preload", model)

    def status(self) -> WorkerStatus:
        return self._status

    @property
    def pid(self) -> int | None:
        """Process id of the running worker."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def stop(self) -> None:
        self._stopping.set()
        self._send("stop")
        process = self._process
        if process is not None:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._supervisor.is_alive() and self._supervisor is not threading.current_thread():
            self._supervisor.join(STOP_SECONDS)

    def _send(self, verb: str, argument: str = "") -> None:
        """Speak to the worker. One that is gone reads the queue when it is back."""
        with self._lock:
            process = self._process
            if process is None or process.stdin is None:
                return
            try:
                process.stdin.write(json.dumps([verb, argument]) + "\n")
                process.stdin.flush()
            except (BrokenPipeError, ValueError):
                log.debug("the worker is not listening")

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
            self._set_status(WorkerStatus(ready=False, detail=detail, restarts=self._restarts))
            log.warning("the worker stopped; starting it again in %.1f s", pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_RESTART_SECONDS)

    def _run_once(self) -> None:
        """Start a worker, pass on what it says until it ends, give its jobs back."""
        token = uuid.uuid4().hex
        kills_before = memory_kills()
        with self._lock:
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self._process = process
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps({**self._setup, "token": token}) + "\n")
                process.stdin.flush()
            except BrokenPipeError:
                log.error("the worker ended before it was told what to do")
        self._listen(process.stdout)
        code = process.wait()
        if code not in (0, None) and not self._stopping.is_set():
            log.error("the worker ended with status %s", code)
        killed_from_outside = code == -signal.SIGKILL and memory_kills() == kills_before
        crashed = not killed_from_outside and not self._stopping.is_set()
        for job in self._queue.release(token, crashed=crashed):
            data = {
                "state": job.state,
                "error": job.error,
                "attempts": job.attempts,
                "image_ids": list(job.image_ids),
            }
            self._events.publish(Event("job", data, job.id))

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            try:
                message = json.loads(line)
                event = Event(message["type"], message["data"], message.get("job_id"))
            except (ValueError, KeyError, TypeError):
                log.info("worker: %s", line.rstrip())
                continue
            if event.type == "status":
                self._set_status(
                    WorkerStatus(
                        ready=bool(event.data["ready"]),
                        detail=str(event.data["detail"]),
                        device=event.data.get("device") or self._status.device,
                        loaded_models=tuple(event.data.get("loaded_models", ())),
                        restarts=self._restarts,
                    )
                )
            else:
                self._events.publish(event)

    def _set_status(self, status: WorkerStatus) -> None:
        self._status = status


def memory_kills() -> int:
    """How many processes the kernel has ended for want of memory; 0 where that is not told.

    Tells a worker that was too large from one that somebody killed: both die of SIGKILL.
    """
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
