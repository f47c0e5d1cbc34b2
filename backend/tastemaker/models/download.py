"""A download that runs beside the server: its thread, its retries, and how far it is.

Knows what fails for good and what may pass; the fetching itself is in `fetching`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from tastemaker.domain import DownloadProgress, ModelState
from tastemaker.errors import HubUnreachable, TastemakerError
from tastemaker.models.fetching import Position, fetch_pipeline, free_bytes
from tastemaker.models.hub import Hub, HubRefused
from tastemaker.models.progress import Speedometer, progress_in_words, seconds_in_words

log = logging.getLogger(__name__)

_EVENT_SECONDS = 0.5
_LOG_SECONDS = 10.0
RETRY_SECONDS = (5.0, 30.0, 120.0, 600.0, 1800.0)


@dataclass(frozen=True, slots=True)
class Source:
    """What to bring where: a hub repository and the model's final folder."""

    name: str
    repo_id: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Status:
    """``error``: why the last attempt failed; ``retrying``: another will follow by itself."""

    state: ModelState
    progress: DownloadProgress | None = None
    error: TastemakerError | None = None
    retrying: bool = False


class _StoppedError(Exception):
    """The user or the end of the server stopped the transfer."""


class Download:
    """One model on its way. Start it once; a new attempt after `stop` is a new object."""

    def __init__(
        self,
        source: Source,
        hub: Callable[[], Hub],
        *,
        prefer_fp16: Callable[[], bool],
        on_change: Callable[[str], None],
        free: Callable[[Path], int] = free_bytes,
        after: Download | None = None,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._hub = hub
        self._prefer_fp16 = prefer_fp16
        self._on_change = on_change
        self._free = free
        self._after = after
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._stopped = threading.Event()
        self._wake = threading.Event()
        self._settled = threading.Event()
        self._status = Status(ModelState.DOWNLOADING, DownloadProgress(0))
        self._speed = Speedometer(clock)
        self._last_event = self._last_log = float("-inf")
        self._advanced = False
        self._over = False
        self._thread = threading.Thread(
            target=self._run, name=f"download-{source.name}", daemon=True
        )

    @property
    def status(self) -> Status:
        """How it stands now."""
        return self._status

    @property
    def running(self) -> bool:
        """Whether it still works or waits for the next attempt."""
        return not self._over and not self._stopped.is_set()

    def start(self) -> None:
        """Begin in the background."""
        self._thread.start()

    def retry_now(self) -> None:
        """Don't wait for the next attempt any longer."""
        if self._status.state is ModelState.FAILED:
            self._settled.clear()
            self._wake.set()

    def stop(self) -> None:
        """Ask it to end at the next chunk; what has arrived is kept."""
        self._stopped.set()
        self._wake.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait until its thread has ended, at most ``timeout`` seconds."""
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def wait_settled(self, timeout: float) -> None:
        """Wait until it is known whether this attempt can go on (listing read, disk checked)."""
        self._settled.wait(timeout)

    def _run(self) -> None:
        if self._after is not None:
            self._after.join()
            self._after = None
        failures = 0
        while not self._stopped.is_set():
            self._advanced = False
            try:
                self._attempt()
            except _StoppedError:
                break
            except TastemakerError as error:
                failures = 0 if self._advanced else failures + 1
                if not self._failed(error, failures):
                    return
            except OSError as error:
                self._failed(HubRefused(f"The files could not be written: {error}."), 0)
                return
            except Exception as error:
                log.exception("The download of %s ended with a bug.", self._source.name)
                self._failed(HubRefused(f"The download failed unexpectedly: {error!r}."), 0)
                return
            else:
                self._over = True
                self._change(Status(ModelState.READY))
                log.info("Model %s is complete.", self._source.name)
                return
        self._change(Status(ModelState.NOT_DOWNLOADED))
        log.info("The download of %s is stopped; what has arrived is kept.", self._source.name)

    def _attempt(self) -> None:
        folder = self._source.folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
        try:
            with lock:
                if folder.exists():
                    return
                fetch_pipeline(
                    self._hub(),
                    self._source.repo_id,
                    folder,
                    prefer_fp16=self._prefer_fp16(),
                    on_position=self._moved,
                    free=self._free,
                )
        except Timeout as error:
            raise HubUnreachable(
                f"Another Tastemaker process is downloading {self._source.name} already."
            ) from error

    def _failed(self, error: TastemakerError, failures: int) -> bool:
        """Note the failure; wait for the next attempt and return whether there is one."""
        retrying = isinstance(error, HubUnreachable) and not isinstance(error, HubRefused)
        self._over = not retrying
        self._change(Status(ModelState.FAILED, self._status.progress, error, retrying))
        if not retrying:
            log.warning("Model %s can't be downloaded: %s", self._source.name, error)
            return False
        delay = self._retry_seconds[min(failures, len(self._retry_seconds)) - 1 if failures else 0]
        log.warning(
            "Model %s can't be downloaded at the moment: %s Trying again in %s.",
            self._source.name,
            error,
            seconds_in_words(delay),
        )
        self._wake.wait(delay)
        self._wake.clear()
        return True

    def _moved(self, position: Position) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        before = self._status
        begins = before.state is not ModelState.DOWNLOADING or not (
            before.progress and before.progress.total_bytes
        )
        self._advanced = self._advanced or not begins
        if begins:
            self._speed = Speedometer(self._clock)
        self._speed.add(position.downloaded_bytes)
        remaining = position.total_bytes - position.downloaded_bytes
        progress = DownloadProgress(
            position.downloaded_bytes, position.total_bytes, self._speed.seconds_for(remaining)
        )
        self._status = Status(ModelState.DOWNLOADING, progress)
        now = self._clock()
        if begins or now - self._last_log >= _LOG_SECONDS:
            self._last_log = now
            log.info("Downloading %s: %s", self._source.name, progress_in_words(progress))
        if begins or now - self._last_event >= _EVENT_SECONDS:
            self._change(self._status)

    def _change(self, status: Status) -> None:
        self._status = status
        self._last_event = self._clock()
        self._settled.set()
        self._on_change(self._source.name)
