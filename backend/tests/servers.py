"""Starts a real server for tests that go through the network, the browser or a SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BACKEND = Path(__file__).resolve().parents[1]
START_SECONDS = 90.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class StudioServer:
    """A `tastemaker serve` process on its own folders, drawing with a tiny random model."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"
        self._environment = {
            "TASTEMAKER_DATA_DIR": str(folder / "data"),
            "TASTEMAKER_MODELS_DIR": str(folder / "models"),
            "TASTEMAKER_PORT": str(self.port),
            "TASTEMAKER_OFFLINE": "true",
            "TASTEMAKER_DEVICE": "cpu",
            "TASTEMAKER_THREADS": "1",
            # Compiling in the background takes longer than most tests.
            "TASTEMAKER_COMPILE": "off",
            **{f"TASTEMAKER_{name.upper()}": value for name, value in settings.items()},
        }
        (folder / "models").mkdir(parents=True, exist_ok=True)
        if not (folder / "models" / "tiny").exists():
            # Who brings models along needn't wait for the model libraries.
            from tests.tiny_pipeline import make_tiny_pipeline

            make_tiny_pipeline(folder / "models" / "tiny")

    def start(self, *, activate: str | None = "tiny") -> StudioServer:
        """Start and wait until it answers; choose the tiny model."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tastemaker.cli", "serve"],
                cwd=BACKEND,
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_up()
        if activate is not None:
            self.post(f"/api/models/{activate}/activate", {})
        return self

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the server didn't start:\n{self.log.read_text()[-4000:]}")

    def get(self, path: str) -> Any:
        """The JSON of a GET."""
        return self._call(urllib.request.Request(self.url + path))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """The JSON of a POST with a JSON body; header names with underscores."""
        return self._send("POST", path, body, headers)

    def patch(self, path: str, body: Any) -> Any:
        """The JSON of a PATCH with a JSON body."""
        return self._send("PATCH", path, body, {})

    def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **named},
        )
        return self._call(request)

    def delete(self, path: str) -> Any:
        """The JSON of a DELETE."""
        return self._call(urllib.request.Request(self.url + path, method="DELETE"))

    def _call(self, request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def children(self) -> list[int]:
        """Process ids that descend from the server: gunicorn's worker and the drawing worker."""
        import psutil

        assert self.process is not None
        try:
            return [p.pid for p in psutil.Process(self.process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def worker_pid(self) -> int | None:
        """The process that draws, when it runs."""
        return self._pid_of("worker")

    def training_pid(self) -> int | None:
        """The process that trains, while it runs."""
        return self._pid_of("training process")

    def _pid_of(self, name: str) -> int | None:
        import psutil

        for pid in self.children():
            try:
                if psutil.Process(pid).cmdline()[:1] == [f"tastemaker: {name}"]:
                    return pid
            except psutil.NoSuchProcess:
                continue
        return None

    def kill(self) -> None:
        """SIGKILL to everything at once, as when the power fails."""
        if self.process is None:
            return
        pids = [self.process.pid, *self.children()]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()

    def stop(self) -> int:
        """A polite end; the exit status."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def json_error(error: urllib.error.HTTPError) -> Any:
    """The problem+json of a refused call."""
    return json.loads(error.read())
