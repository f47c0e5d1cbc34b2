"""Looking after trained versions: their titles, their lineage, deleting them.

Knows folders and JSON; never loads weights, and knows neither HTTP nor the database.
"""

from __future__ import annotations

import json
import logging
import shutil
import stat
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tastemaker.domain import ModelInfo
from tastemaker.errors import Conflict, ModelBroken, NotFound
from tastemaker.models.registry import Registry
from tastemaker.models.versions import (
    RECORD_FILE,
    TRAINED,
    VERSIONS,
    VersionRecord,
    is_version_folder,
    read_version,
)
from tastemaker.settings import Settings

log = logging.getLogger(__name__)

RUNS = "training"
_DELETED = ".deleted-"
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

    ``in_use`` tells, by model name, which unfinished job needs a model.
    """

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        titles: Titles,
        in_use: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._registry = registry
        self._titles = titles
        self._in_use = in_use
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

    def grid(self, name: str, side: str) -> Path:
        """Samples of a version, or (``before``) of its parent, as a picture. Raises `NotFound`."""
        model = self._registry.get(name)
        path = self._folder / model.name / _GRIDS[side]
        if model.source != TRAINED or not path.is_file():
            raise NotFound(f"{model.title} has no samples to show.")
        return path

    def sweep(self) -> None:
        """Clear away what a crash in the middle of deleting left behind."""
        for parent in (self._runs, self._folder):
            for folder in parent.glob(f"{_DELETED}*"):
                _remove_tree(folder)

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
