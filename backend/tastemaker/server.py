"""Serves the API and the web page with gunicorn, in one process with many threads.

Everything with threads of its own starts after gunicorn's fork. Knows nothing of routes.
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from tastemaker.api import create_app
from tastemaker.errors import SettingsError
from tastemaker.settings import Settings
from tastemaker.wiring import (
    build_services,
    claim_data_folder,
    frontend_folder,
    start_services,
    stop_services,
)

log = logging.getLogger(__name__)

THREADS = 128
GRACEFUL_SECONDS = 5


class Server(BaseApplication):  # type: ignore[misc]
    """A gunicorn application configured in code."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._services: Any = None
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        options = {
            "bind": f"{host}:{self._settings.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 15,
            "loglevel": "warning",
            "proc_name": "tastemaker",
            "control_socket_disable": True,
            "worker_exit": self._on_exit,
            "limit_request_line": 8190,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Runs in the forked worker: build, start, and let streams go when told to end."""
        lock = claim_data_folder(self._settings)
        services = build_services(self._settings)
        self._services = services
        app = create_app(services, frontend=frontend_folder())
        app.extensions["tastemaker-lock"] = lock
        start_services(services)
        # What is there by now stays, and needn't be looked through for garbage.
        gc.collect()
        gc.freeze()
        self._close_streams_on_signals(services)
        return app

    def _close_streams_on_signals(self, services: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            usual = signal.getsignal(number)

            def handle(signum: int, frame: FrameType | None, usual: Any = usual) -> None:
                services.events.close()
                if callable(usual):
                    usual(signum, frame)

            signal.signal(number, handle)

    def _on_exit(self, _arbiter: object, _worker: object) -> None:
        if self._services is not None:
            stop_services(self._services)


def check_port(host: str, port: int) -> None:
    """Raises: SettingsError: the address can't be had; says what to do."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise SettingsError(
            f"Can't listen on {host}:{port}: {error.strerror}. Stop what uses it, or choose "
            "another port: TASTEMAKER_PORT=5002 make run"
        ) from error


def serve(settings: Settings) -> None:
    """Serve until interrupted."""
    check_port(settings.host, settings.port)
    shown = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::1", "::") else settings.host
    print(f"Tastemaker is on http://{shown}:{settings.port}  (Ctrl+C stops it)", flush=True)
    if frontend_folder() is None:
        print("The web page isn't built yet: `make run` builds it. The API answers.", flush=True)
    Server(settings).run()
