"""A process that works for the server: started, spoken to, listened to, told apart how it died.

Its first line of input is its setup, further lines are commands; its output is events, one JSON
object a line. A child whose input ends (because the server died, however) exits at once. Knows no
jobs and no torch.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tastemaker.domain import Event

log = logging.getLogger(__name__)

STOP_SECONDS = 4.0


class Child:
    """At most one process at a time, of the ``command``. Safe for many threads.

    ``name`` is for the log; ``on_event`` hears what the process says, on the thread of `run`.
    """

    def __init__(
        self, name: str, command: Sequence[str], on_event: Callable[[Event], None]
    ) -> None:
        self._name = name
        self._command = tuple(command)
        self._on_event = on_event
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def run(self, setup: Mapping[str, Any]) -> bool:
        """Start the process and pass on what it says until it ends.

        Returns whether it died of itself: not when it was ended from outside, nor after `stop`.
        """
        kills_before = memory_kills()
        with self._lock:
            if self._stopping:
                return False
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self._process = process
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(dict(setup)) + "\n")
                process.stdin.flush()
            except BrokenPipeError:
                log.error("the %s ended before it was told what to do", self._name)
        self._listen(process.stdout)
        code = process.wait()
        with self._lock:
            for stream in (process.stdin, process.stdout):
                _close(stream)
        if code != 0 and not self._stopping:
            log.error("the %s ended with status %s", self._name, code)
        killed_from_outside = code == -signal.SIGKILL and memory_kills() == kills_before
        return not killed_from_outside and not self._stopping

    def send(self, verb: str, argument: str = "") -> None:
        """Speak to the process. One that isn't there reads the truth when it is back."""
        with self._lock:
            process = self._process
            if process is None or process.stdin is None:
                return
            try:
                process.stdin.write(json.dumps([verb, argument]) + "\n")
                process.stdin.flush()
            except (BrokenPipeError, ValueError):
                log.debug("the %s is not listening", self._name)

    def stop(self, patience: float = STOP_SECONDS) -> None:
        """Ask it to end, wait so many seconds, then end it; no other is started afterwards."""
        self._stopping = True
        self.send("stop")
        process = self._process
        if process is not None:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            try:
                message = json.loads(line)
                event = Event(message["type"], message["data"], message.get("job_id"))
            except (ValueError, KeyError, TypeError):
                log.info("%s: %s", self._name, line.rstrip())
                continue
            self._on_event(event)


def _close(stream: IO[str]) -> None:
    try:
        stream.close()
    except OSError:
        log.debug("what was still to be said could not be")


def memory_kills() -> int:
    """How many processes the kernel has ended for want of memory; 0 where that is not told.

    Tells a process that was too large from one that somebody killed: both die of SIGKILL.
    """
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
