"""The other side of a child's pipe: commands from standard input, events to standard output.

Knows how to speak to `tastemaker.jobs.child`, not what the process does.
"""

from __future__ import annotations

import json
import os
import queue as thread_queue
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

from tastemaker.domain import Event

if TYPE_CHECKING:
    # Loads the model libraries, which not every process needs.
    from tastemaker.jobs.worker import Command


class Pipe:
    """Reads commands on a thread of its own and exits the process when the other end is gone."""

    def __init__(self) -> None:
        self.commands: thread_queue.Queue[Command] = thread_queue.Queue()
        self._lock = threading.Lock()
        # Libraries print to standard output; only events may go into the pipe.
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1, encoding="utf-8")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def read_setup(self) -> dict[str, Any]:
        """The first line: settings and what else to know. Afterwards commands are read."""
        line = sys.stdin.readline()
        if not line:
            raise SystemExit("This process is started by the server, not by hand: tastemaker serve")
        setup: dict[str, Any] = json.loads(line)
        threading.Thread(target=self._read, args=(sys.stdin,), daemon=True).start()
        return setup

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            verb, argument = json.loads(line)
            self.commands.put((verb, argument))
        # The server is gone. Whatever is half done goes back to the queue when it returns.
        os._exit(0)

    def emit(self, event: Event) -> None:
        """Send one event. Safe from any thread."""
        message = {"type": event.type, "data": dict(event.data), "job_id": event.job_id}
        line = json.dumps(message) + "\n"
        with self._lock:
            try:
                self._out.write(line)
            except BrokenPipeError:
                os._exit(0)
