"""The other side of a child's pipe: commands come in, events go out, all as JSON.

Knows how to speak to `tastemaker.jobs.child`, not what the process does.
"""

from __future__ import annotations

import json
import os
import queue as thread_queue
import signal
import threading
from importlib import import_module
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from setproctitle import setproctitle

from tastemaker.domain import Event

if TYPE_CHECKING:
    # Loads the model libraries, which not every process needs.
    from tastemaker.jobs.worker import Command


class Pipe:
    """Reads commands on a thread of its own and exits the process when the other end is gone."""

    def __init__(self, connection: Connection) -> None:
        self.commands: thread_queue.Queue[Command] = thread_queue.Queue()
        self._connection = connection
        self._lock = threading.Lock()

    def read_setup(self) -> dict[str, Any]:
        """The first message: settings and what else to know. Afterwards commands are read."""
        try:
            setup: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)
        threading.Thread(target=self._read, daemon=True).start()
        return setup

    def _read(self) -> None:
        while True:
            try:
                verb, argument = json.loads(self._connection.recv_bytes())
            except (EOFError, OSError):
                # The server is gone. Whatever is half done goes back to the queue when it returns.
                os._exit(0)
            self.commands.put((verb, argument))

    def emit(self, event: Event) -> None:
        """Send one event. Safe from any thread."""
        message = {"type": event.type, "data": dict(event.data), "job_id": event.job_id}
        line = json.dumps(message).encode()
        with self._lock:
            try:
                self._connection.send_bytes(line)
            except OSError:
                os._exit(0)


def begin(name: str, task: str, connection: Connection) -> None:
    """The first call in a new process: what `tastemaker.jobs.child.Child` starts."""
    setproctitle(f"tastemaker: {name}")
    # Ctrl+C reaches every process of a terminal; this one is told by the server when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module, _, function = task.partition(":")
    getattr(import_module(module), function)(Pipe(connection))
