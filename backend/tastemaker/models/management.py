"""Looking after trained versions: titles, lineage, deleting, taking one in or out.

Knows folders and JSON; never loads weights, and knows neither HTTP nor the database.
"""

from __future__ import annotations

import json
import logging
import shutil
import stat
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from tastemaker.domain import ModelInfo
from tastemaker.errors import Conflict, InsufficientDisk, ModelBroken, NotFound
from tastemaker.models import importing
from tastemaker.models.exporting import UNET, Export, export_of
from tastemaker.models.fetching import DISK_MARGIN_BYTES, free_bytes
from tastemaker.models.progress import bytes_in_words
from tastemaker.models.registry import Registry
from tastemaker.models.versions import (
    RECORD_FILE,
    RUNS,
    TRAINED,
    VERSIONS,
    VersionRecord,
    is_version_folder,
    read_version,
)
from tastemaker.settings import Settings

log = logging.getLogger(__name__)

_DELETED = ".deleted-"
_ABANDONED_SECONDS = 86_400.0
_GRIDS = {"before": "grid-before.png", "after": "grid-after.png"}


class Titles(Protocol):
    """Where titles are kept."""

    def all(self) -> Mapping[str, str]: ...

    def set(self, name: str, title: str) -> None: ...

    def forget(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model stands among the others.

    ``record`` is a readable version's, ``grids`` which of ``before`` and ``after`` there are.
    ``kept_because`` says why it can't be deleted now, ``None`` when it can.
    """

    record: VersionRecord | None
    grids: frozenset[str]
    kept_because: str | None


class Versions:
    """The trained versions of this machine. Safe for many threads.

    ``in_use`` tells, by model name, which unfinished job needs a model; ``free`` the free space of
    a folder's disk in bytes.
    """

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        titles: Titles,
        in_use: Callable[[], Mapping[str, str]] = dict,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._registry = registry
        self._titles = titles
        self._in_use = in_use
        self._free = free
        self._largest = settings.max_model_mb * 1024 * 1024
        self._folder = settings.models_dir / VERSIONS
        self._runs = settings.data_dir / RUNS
        self._lock = threading.Lock()

    def standings(self, models: Sequence[ModelInfo]) -> dict[str, Standing]:
        """How each of ``models`` stands, by name."""
        records = self._records()
        learning = self._unfinished()
        in_use = self._in_use()
        found = {}
        for model in models:
            trained = model.source == TRAINED
            folder = self._folder / model.name
            grids = {side for side, name in _GRIDS.items() if (folder / name).is_file()}
            found[model.name] = Standing(
                record=records.get(model.name) if trained else None,
                grids=frozenset(grids if trained else ()),
                kept_because=_kept_because(model, records, learning, in_use),
            )
        return found

    def rename(self, name: str, title: str) -> ModelInfo:
        """Give a version another title.

        Raises:
            NotFound: no such model. Conflict: it is no version.
        """
        model = self._registry.get(name)
        if model.source != TRAINED:
            raise Conflict(f"{model.title} is no trained version; only versions can be renamed.")
        self._titles.set(name, title)
        self._registry.announce(name)
        return self._registry.get(name)

    def delete(self, name: str) -> None:
        """Delete a version and the run that made it, for ever.

        A crash on the way leaves the version whole or not there at all.

        Raises:
            NotFound: no such model. Conflict: it can't be deleted, and why.
        """
        with self._lock:
            model = self._registry.get(name)
            reason = self.standings([model])[name].kept_because
            if reason is not None:
                raise Conflict(reason)
            # The run first: without its version it would look like one that could go on.
            for folder in (self._runs / name, self._folder / name):
                _remove(folder)
            self._titles.forget(name)

    def parent_of(self, name: str) -> str:
        """What to go back to from a version. Raises `NotFound`; `Conflict` when it is none."""
        model = self._registry.get(name)
        record = self.standings([model])[name].record
        if record is None:
            raise Conflict(f"{model.title} is no trained version; there is nothing to go back to.")
        return record.parent

    def grid(self, name: str, side: str) -> Path:
        """Samples of a version, or (``before``) of its parent, as a picture. Raises `NotFound`."""
        model = self._registry.get(name)
        path = self._folder / model.name / _GRIDS[side]
        if model.source != TRAINED or not path.is_file():
            raise NotFound(f"{model.title} has no samples to show.")
        return path

    def export(self, name: str) -> Export:
        """A version as files that plain diffusers loads.

        Raises:
            NotFound, ModelUnavailable, ModelBroken: as `Registry.parts_of`. Conflict: no version.
        """
        bottom, trained = self._registry.parts_of(name)
        if not trained or any(path.is_file() for path in trained):
            raise Conflict(f"{name} is no trained version; its folder can be copied as it is.")
        return export_of(name, bottom, trained)

    def take_in(
        self,
        file: BinaryIO | Path,
        file_name: str,
        *,
        base: str | None = None,
        name: str | None = None,
        title: str | None = None,
    ) -> ModelInfo:
        """Make a version of a LoRA or a zip (a seekable file), or of a pipeline's folder.

        It goes on ``base``, by default the model on which the active one rests. Without a ``name``
        it is called like the file.

        Raises:
            NotFound, ModelUnavailable: the base can't be used. Conflict: the name is taken.
            InvalidInput, PayloadTooLarge, InsufficientDisk: it can't be taken in, and why.
        """
        with self._lock:
            name = self._free_name(file_name) if name is None else self._unused_name(name)
            found = self._base(base)
            with importing.scratch_folder(self._folder, name) as scratch:
                if isinstance(file, Path):
                    self.check_room(sum(p.stat().st_size for p in file.glob(f"{UNET}/*")))
                    importing.take_folder(file, file_name, scratch, found)
                else:
                    importing.fetch(file, file_name, scratch, found, self._largest, self.check_room)
                importing.write_record(scratch, name, found.name, file_name)
            if title is not None:
                self._titles.set(name, title)
            self._registry.announce(name)
        return self._registry.get(name)

    def sweep(self) -> None:
        """Clear away what a crash in the middle of deleting or taking in left behind."""
        for parent in (self._runs, self._folder):
            for folder in parent.glob(f"{_DELETED}*"):
                _remove_tree(folder)
        for folder in self._folder.glob(f"{importing.SCRATCH}*"):
            if time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                _remove_tree(folder)

    def _base(self, name: str | None) -> importing.Base:
        if name is None:
            name = self._registry.bottom_of(self._registry.active().name)
        bottom, trained = self._registry.parts_of(name)
        if bottom.is_file() or any(path.is_file() for path in trained):
            raise Conflict(
                f"{name} is a file by itself, on which no version can rest. Choose a model in a "
                "folder."
            )
        unets = [folder / UNET for folder in trained if (folder / UNET).is_dir()]
        return importing.Base(name, bottom, unets[-1] if unets else bottom / UNET)

    def _unused_name(self, name: str) -> str:
        importing.checked_name(name)
        if self._is_taken(name):
            raise importing.taken(name)
        return name

    def _free_name(self, file_name: str) -> str:
        stem = importing.name_from(file_name)
        names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
        for name in names:
            if not self._is_taken(name):
                return name
        raise importing.taken(stem)

    def _is_taken(self, name: str) -> bool:
        """Whether a model, a version, or a run that may still become one has that name."""
        known = {model.name.lower() for model in self._registry.list()}
        places = (self._folder / name, self._runs / name)
        return name.lower() in known or any(place.exists() for place in places)

    def check_room(self, needed: int) -> None:
        """Raise `InsufficientDisk` unless so many bytes and a margin fit."""
        available = self._free(self._folder)
        if available < needed + DISK_MARGIN_BYTES:
            raise InsufficientDisk(
                f"The version needs {bytes_in_words(needed)} and should leave "
                f"{bytes_in_words(DISK_MARGIN_BYTES)} free, but the disk of the models folder has "
                f"only {bytes_in_words(available)}. Free some space and import it again."
            )

    def _records(self) -> dict[str, VersionRecord]:
        records = {}
        for path in self._folder.glob(f"[A-Za-z0-9]*/{RECORD_FILE}"):
            try:
                records[path.parent.name] = read_version(path.parent)
            except ModelBroken as error:
                log.debug("%s", error)
        return records

    def _unfinished(self) -> dict[str, str]:
        """The parent of each run that never became a version."""
        found = {}
        for path in self._runs.glob("[A-Za-z0-9]*/run.json"):
            name = path.parent.name
            if is_version_folder(self._folder / name):
                continue
            try:
                plan: Any = json.loads(path.read_bytes())
                found[name] = str(plan["parent"])
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.debug("%s can't be read: %s", path, error)
        return found


def _kept_because(
    model: ModelInfo,
    records: Mapping[str, VersionRecord],
    learning: Mapping[str, str],
    in_use: Mapping[str, str],
) -> str | None:
    """Why a model can't be deleted, the most lasting reason first."""
    name, title = model.name, model.title
    if model.source != TRAINED:
        return f"{title} is no trained version; only versions can be deleted here."
    if model.active:
        return f"{title} is active. Activate another model first."
    above = sorted(other for other, record in records.items() if record.base == name != other)
    if above:
        return f"{', '.join(above)} rests on {title} and couldn't draw without it."
    if name in in_use:
        return f"{title} is needed by {in_use[name]}. Wait until it has ended, or cancel it."
    runs = sorted(run for run, parent in learning.items() if parent == name)
    if runs:
        return f"The unfinished training {runs[0]} starts from {title}. Finish or discard it first."
    return None


def _remove(folder: Path) -> None:
    """Take a folder out of sight in one step, then delete it."""
    if not folder.exists():
        return
    hidden = folder.with_name(f"{_DELETED}{folder.name}-{uuid.uuid4().hex[:8]}")
    folder.rename(hidden)
    _remove_tree(hidden)


def _remove_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        # Versions are written read-only, which some systems take as a lock against deletion.
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
    shutil.rmtree(folder, ignore_errors=True)
