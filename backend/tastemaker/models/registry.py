"""The list of models, the active one among them, and the base model's way onto this machine.

Knows folders and downloads; never loads weights, and knows neither HTTP nor the database.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from tastemaker.domain import Event, ModelInfo, ModelState
from tastemaker.errors import (
    Conflict,
    FieldError,
    InsufficientDisk,
    InvalidInput,
    ModelUnavailable,
    NotFound,
)
from tastemaker.models.describe import (
    absent_model,
    model_event,
    model_in_folder,
    unavailable,
)
from tastemaker.models.device import probably_has_gpu
from tastemaker.models.download import RETRY_SECONDS, Download, Source, Status
from tastemaker.models.fetching import (
    check_disk,
    free_bytes,
    partial_folder,
    position_on_disk,
)
from tastemaker.models.hub import Hub
from tastemaker.models.listing import FOLDER_NAME, STARTER, file_of, models_on_disk
from tastemaker.models.versions import (
    RECORD_FILE,
    TRAINED,
    VERSIONS,
    lineage,
)
from tastemaker.settings import STARTER_WEIGHTS, Settings

log = logging.getLogger(__name__)

_STOPPED_MARK = "stopped"
# How long a listing may serve those that draw: many models have many files to look at.
_RECENT_SECONDS = 1.0
# How long a request may wait to hear at once that the disk is too small.
_SETTLE_SECONDS = 3.0


class ActivePointer(Protocol):
    """Where the user's choice is kept; ``None`` as long as there was none."""

    def get(self) -> str | None: ...

    def set(self, name: str) -> None: ...


class Registry:
    """Every model of this machine. Names are looked up in the listing, never joined to a path."""

    def __init__(
        self,
        settings: Settings,
        pointer: ActivePointer,
        on_event: Callable[[Event], None] = lambda event: None,
        *,
        titles: Callable[[], Mapping[str, str]] = dict,
        device_is_gpu: Callable[[], bool] | None = None,
        starter: Path = STARTER_WEIGHTS,
        free: Callable[[Path], int] = free_bytes,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        self._settings = settings
        self._pointer = pointer
        self._on_event = on_event
        self._titles = titles
        self._device_is_gpu = device_is_gpu or (lambda: probably_has_gpu(settings.device))
        self._starter = starter
        self._free = free
        self._retry_seconds = retry_seconds
        self._lock = threading.RLock()
        self._downloads: dict[str, Download] = {}
        self._missed: set[str] = set()
        self._files: dict[str, Path | None] = {}
        self._listed: tuple[float, list[ModelInfo]] = (-math.inf, [])
        owner, slug = settings.base_model.split("/")
        self._base = Source(
            name := f"{owner}-{slug}" if slug == STARTER else slug,
            settings.base_model,
            settings.models_dir / name,
        )

    def list(self) -> list[ModelInfo]:
        """Everything that is on the disk, and the base model; see `models_on_disk`."""
        now, gpu = time.monotonic(), self._device_is_gpu()
        folder = self._settings.models_dir
        models = models_on_disk(folder, self._starter, self._base_info(), self._titles(), gpu=gpu)
        self._files = {model.name: file_of(model) for model in models}
        self._listed = now, models
        active = self._active_name(models, self._pointer.get())
        return [replace(model, active=model.name == active) for model in models]

    def get(self, name: str) -> ModelInfo:
        """The model of that name; raises `NotFound`."""
        models = self.list()
        for model in models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in models)
        raise NotFound(f"There is no model of that name. There are: {known}.")

    def active(self) -> ModelInfo:
        """The model that draws when a request names none."""
        return next(model for model in self.list() if model.active)

    def activate(self, name: str) -> ModelInfo:
        """Make a model the active one, for good.

        Raises:
            NotFound: no such model. ModelUnavailable: it isn't ready; the message says why.
        """
        before = self.active().name
        self.require_ready(name)
        self._pointer.set(name)
        self._missed.clear()
        if before != name:
            self.announce(before)
        self.announce(name)
        return self.get(name)

    def require_ready(self, name: str | None) -> ModelInfo:
        """The named (``None``: the active) model, if it can draw now.

        Raises:
            NotFound: no such model. ModelUnavailable: not ready, with what is happening.
        """
        model = self._recent(name)
        if model is None:
            model = self.active() if name is None else self.get(name)
        if model.state is ModelState.READY:
            return model
        raise unavailable(model)

    def _recent(self, name: str | None) -> ModelInfo | None:
        """The model as it was a moment ago, if it was ready then and is still there."""
        listed_at, models = self._listed
        if time.monotonic() - listed_at > _RECENT_SECONDS:
            return None
        ready = {model.name: model for model in models if model.state is ModelState.READY}
        chosen = self._pointer.get()
        if chosen is not None and chosen not in ready:
            # Perhaps a version that was trained since.
            return None
        active = self._active_name(models, chosen)
        model = ready.get(active if name is None else name)
        if model is None or model.path is None or not Path(model.path).exists():
            return None
        return replace(model, active=model.name == active)

    def require_trainable(self, name: str | None) -> ModelInfo:
        """The named (``None``: the active) model, if it can be retrained.

        Raises:
            NotFound, ModelUnavailable: as `require_ready`. InvalidInput: a kind that can't.
        """
        model = self.require_ready(name)
        if not model.trainable:
            message = (
                f"{model.title} can draw but not be retrained here; only the starter and models of "
                "Stable Diffusion 1.x and 2.x in folders can"
            )
            raise InvalidInput(f"{message}.", (FieldError("base_model", message),))
        return model

    def path_of(self, name: str) -> Path:
        """The folder or file to load a model from; raises as `require_ready`."""
        path = self.require_ready(name).path
        if path is None:
            raise ModelUnavailable(f"The model {name} has no folder.")
        return Path(path)

    def parts_of(self, name: str) -> tuple[Path, Sequence[Path]]:
        """The pipeline folder (or checkpoint file) to load, and the trained versions (or the LoRA
        file) to put on it, in that order.

        Raises:
            NotFound, ModelUnavailable: as `require_ready`. ModelBroken: a version is damaged.
        """
        model = self.require_ready(name)
        if model.base is not None:
            return self.path_of(model.base), [self.path_of(name)]
        models = [model.name for model in self.list() if model.source != TRAINED]
        bottom, trained = lineage(self._settings.models_dir, name, models)
        return self.path_of(bottom), trained

    def bottom_of(self, name: str) -> str:
        """The name of the model on which a version rests; a model's own. Raises as `parts_of`."""
        found = {model.name: model for model in self.list() if model.source != TRAINED}
        models = list(found)
        if name in found and found[name].base is not None:
            return str(found[name].base)
        return lineage(self._settings.models_dir, name, models)[0]

    def stamp_of(self, name: str) -> tuple[int, int] | None:
        """Differs between two versions or files that had the same name; ``None`` for others."""
        if name not in self._files:
            self.list()
        record = self._settings.models_dir / VERSIONS / name / RECORD_FILE
        try:
            found = (
                (self._files.get(name) or record).stat() if FOLDER_NAME.fullmatch(name) else None
            )
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns) if found is not None else None

    def begin_first_download(self) -> None:
        """At start: fetch the base model unless it's there, the user stopped it, or offline."""
        if self._settings.offline or (partial_folder(self._base.folder) / _STOPPED_MARK).exists():
            return
        if not self._base.folder.exists():
            self._begin()

    def start_download(self, name: str) -> ModelInfo:
        """Begin, resume or retry at once; a second call while it runs changes nothing.

        Raises:
            NotFound: no such model. Conflict: offline, or it isn't one that can be downloaded.
            InsufficientDisk: it wouldn't fit.
        """
        model = self.get(name)
        if model.state is ModelState.READY:
            return model
        if name != self._base.name or self._base.folder.exists():
            raise Conflict(f"{model.title} can't be downloaded: {model.error}")
        if self._settings.offline:
            raise Conflict(
                "The studio runs offline (--offline or TASTEMAKER_OFFLINE); start it without that"
                " to download models."
            )
        known = position_on_disk(self._base.folder)
        if known is not None and model.state is not ModelState.DOWNLOADING:
            check_disk(self._base.folder, known.total_bytes - known.downloaded_bytes, self._free)
        (partial_folder(self._base.folder) / _STOPPED_MARK).unlink(missing_ok=True)
        download = self._begin()
        download.wait_settled(_SETTLE_SECONDS)
        error = download.status.error
        if isinstance(error, InsufficientDisk):
            raise InsufficientDisk(str(error))
        return self.get(name)

    def stop_download(self, name: str) -> ModelInfo:
        """Stop a download until the user starts it again; what has arrived is kept."""
        self.get(name)
        with self._lock:
            download = self._downloads.get(name)
        if download is not None and download.running:
            partial = partial_folder(self._base.folder)
            partial.mkdir(parents=True, exist_ok=True)
            (partial / _STOPPED_MARK).touch()
            download.stop()
        return self.get(name)

    def close(self) -> None:
        """End all transfers; the next start resumes them."""
        with self._lock:
            downloads = tuple(self._downloads.values())
        for download in downloads:
            download.stop()
        for download in downloads:
            download.join(timeout=5)

    def _begin(self) -> Download:
        with self._lock:
            running = self._downloads.get(self._base.name)
            if running is not None and running.running:
                running.retry_now()
                return running
            download = Download(
                self._base,
                lambda: Hub(self._settings.hub_url),
                prefer_fp16=self._device_is_gpu,
                on_change=self.announce,
                free=self._free,
                after=running,
                retry_seconds=self._retry_seconds,
            )
            self._downloads[self._base.name] = download
            download.start()
            return download

    def _base_info(self) -> ModelInfo:
        if self._base.folder.exists():
            name, source, folder = self._base.name, self._base.repo_id, self._base.folder
            return model_in_folder(name, source, folder, gpu=self._device_is_gpu())
        with self._lock:
            download = self._downloads.get(self._base.name)
        status = Status(ModelState.NOT_DOWNLOADED)
        if download is not None and (download.running or download.status.error is not None):
            status = download.status
        return absent_model(
            self._base,
            status,
            on_disk=position_on_disk(self._base.folder),
            offline=self._settings.offline,
            gpu=self._device_is_gpu(),
        )

    def _active_name(self, models: Sequence[ModelInfo], chosen: str | None) -> str:
        ready = {model.name for model in models if model.state is ModelState.READY}
        if chosen is not None:
            if chosen in ready:
                return chosen
            if chosen not in self._missed:
                self._missed.add(chosen)
                log.warning("The chosen model %r is gone; the starter draws instead.", chosen)
            return STARTER
        usable_here = self._device_is_gpu() or STARTER not in ready
        return self._base.name if self._base.name in ready and usable_here else STARTER

    def announce(self, name: str) -> None:
        """Tell everybody how a model is now."""
        try:
            self._on_event(model_event(self.get(name)))
        except Exception:
            # Nobody hearing of it is no reason to end a download.
            log.exception("The news of model %s could not be told.", name)
