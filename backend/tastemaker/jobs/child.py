"""A process that works for the server: started, spoken to, listened to, told apart how it died.

It is told its setup and then commands, and tells events, all as JSON through one pipe
(`tastemaker.jobs.worker_process` is its other end). A child whose pipe ends (because the server
died, however) exits at once. Knows no jobs and no torch.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tastemaker.domain import Event
from tastemaker.jobs.worker_process import begin

log = logging.getLogger(__name__)

STOP_SECONDS = 4.0
StartMethod = SpawnContext | ForkServerContext
"""How a process begins: anew, or as a copy of one that has loaded what it needs."""

# Whenever `multiprocessing` starts a process, it also looks which others have ended; two threads
# that learn of the same end take its exit status from each other.
_processes = threading.Lock()


class Child:
    """At most one process at a time, which does ``task``. Safe for many threads.

    ``name`` is for people: the log and the list of processes. ``task`` names a function
    ("package.module:function") that is called in the process with a
    `tastemaker.jobs.worker_process.Pipe`. ``on_event`` hears what the process says, on the thread
    of `run`.
    """

    def __init__(
        self,
        name: str,
        task: str,
        on_event: Callable[[Event], None],
        start_method: StartMethod | None = None,
    ) -> None:
        self._name = name
        self._task = task
        self._on_event = on_event
        self._start_method = start_method or multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._ended = threading.Event()
        self._stopping = threading.Event()

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        process = self._process
        return None if process is None or self._ended.is_set() else process.pid

    def run(self, setup: Mapping[str, Any]) -> bool:
        """Start the process and pass on what it says until it ends.

        Returns whether it died of itself: not when it was ended from outside, nor after `stop`.
        """
        if self._stopping.is_set():
            return False
        kills_before = memory_kills()
        try:
            process, pipe = self._start()
        except (OSError, EOFError) as error:
            if self._stopping.is_set():
                return False
            log.error("the %s could not be started: %s", self._name, error)
            return True
        with self._lock:
            self._process, self._pipe = process, pipe
            self._ended.clear()
            if self._stopping.is_set():
                process.kill()
            else:
                self._say(dict(setup))
        self._listen(pipe)
        code = _exit_status(process)
        self._ended.set()
        with self._lock:
            pipe.close()
        if code != 0 and not self._stopping.is_set():
            log.error("the %s ended with status %s", self._name, code)
        killed_from_outside = code == -signal.SIGKILL and memory_kills() == kills_before
        return not killed_from_outside and not self._stopping.is_set()

    def send(self, verb: str, argument: str = "") -> None:
        """Speak to the process. One that isn't there reads the truth when it is back."""
        with self._lock:
            self._say([verb, argument])

    def stop(self, patience: float = STOP_SECONDS) -> None:
        """Ask it to end, wait so many seconds, then end it; no other is started afterwards."""
        self._stopping.set()
        self.send("stop")
        process = self._process
        if process is not None and not self._ended.wait(patience):
            process.kill()

    def _start(self) -> tuple[BaseProcess, Connection]:
        ours, theirs = self._start_method.Pipe()
        process = self._start_method.Process(
            target=begin, args=(self._name, self._task, theirs), daemon=True
        )
        with _processes:
            process.start()
        # With two holders of that end, its closing would go unnoticed.
        theirs.close()
        return process, ours

    def _say(self, message: object) -> None:
        if self._pipe is None or self._pipe.closed:
            return
        try:
            self._pipe.send_bytes(json.dumps(message).encode())
        except OSError:
            log.debug("the %s is not listening", self._name)

    def _listen(self, pipe: Connection) -> None:
        while True:
            try:
                message = json.loads(pipe.recv_bytes())
            except (EOFError, OSError):
                return
            self._on_event(Event(message["type"], message["data"], message.get("job_id")))


def _exit_status(process: BaseProcess) -> int:
    """Wait for its end; negative numbers are signals."""
    wait([process.sentinel])
    with _processes:
        process.join()
    assert process.exitcode is not None
    return process.exitcode


def memory_kills() -> int:
    """How many processes the kernel has ended for want of memory; 0 where that is not told.

    Tells a process that was too large from one that somebody killed: both die of SIGKILL.
    """
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
