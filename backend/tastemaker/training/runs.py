"""Where runs of training lie, what they are called, and who may train: folders, names and a lock.

A run's folder holds all that it needs to go on; ``run.json`` says what it was started with, and
makes it a run that can be resumed. Knows no torch, so the web process may ask.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from tastemaker.errors import Conflict, InvalidInput
from tastemaker.models.versions import RUNS, VERSIONS, is_version_folder
from tastemaker.settings import Settings
from tastemaker.training.files import new_file, write_json

_PLAN = "run.json"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run was started with: ``run.json``. ``parent`` is a model or a version, ``style`` the
    words that call for the look of chosen pictures.
    """

    name: str
    source: str
    parent: str
    options: Mapping[str, Any]
    style: str | None = None


def run_folder(settings: Settings, name: str) -> Path:
    """Where a run keeps what it needs to go on."""
    return settings.data_dir / RUNS / name


def version_folder(settings: Settings, name: str) -> Path:
    """Where the version of that name is, or will be."""
    return settings.models_dir / VERSIONS / name


def write_plan(folder: Path, plan: RunPlan) -> None:
    """From now on the run can be resumed."""
    with new_file(folder / _PLAN) as scratch:
        write_json(scratch, asdict(plan))


def read_plan(folder: Path) -> RunPlan | None:
    """What the run in ``folder`` was started with; ``None`` when there is none that can go on."""
    try:
        return RunPlan(**json.loads((folder / _PLAN).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def unfinished(settings: Settings) -> list[str]:
    """Names of runs that never became a version."""
    runs = settings.data_dir / RUNS
    names = sorted(path.parent.name for path in runs.glob(f"*/{_PLAN}"))
    return [name for name in names if not is_version_folder(version_folder(settings, name))]


def free_name(settings: Settings, parent: str, models: Collection[str]) -> str:
    """``<parent without its number>-<next number>``; ``models`` are the names that are taken."""
    stem = re.sub(r"-taste-\d+$", "", parent)[:48] + "-taste"
    number = 1
    while _taken(settings, f"{stem}-{number}", models):
        number += 1
    return f"{stem}-{number}"


def checked_name(settings: Settings, name: str, models: Collection[str]) -> str:
    """``name``, if a new run and version may have it.

    Raises:
        InvalidInput: it is no name. Conflict: it is taken.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name for a version. Use 1 to 64 letters, digits, dots, dashes and "
            "underscores, beginning with a letter or digit."
        )
    if _taken(settings, name, models):
        raise Conflict(
            f"There is a model, version or unfinished run named {name} already. Choose another "
            "name, or resume the run."
        )
    return name


def tidy(settings: Settings, name: str) -> None:
    """Delete what a run doesn't need once its version is there: tens of times the version's size.

    What tells of it stays: plan, status, log, samples, report and snapshot of the data.
    """
    folder = run_folder(settings, name)
    for part in ("checkpoints", "cache", "replay", "data/pictures"):
        shutil.rmtree(folder / part, ignore_errors=True)


def is_tidied(settings: Settings, name: str) -> bool:
    """Whether the run has become a version and can't go on."""
    done = is_version_folder(version_folder(settings, name))
    return done and not (run_folder(settings, name) / "checkpoints").exists()


def device_lock(settings: Settings, device: str) -> FileLock:
    """What whoever trains on ``device`` (as torch writes it) holds, in whichever process."""
    folder = settings.data_dir / RUNS
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f".{device.replace(':', '-')}.lock")


def device_is_free(settings: Settings, device: str | None) -> bool:
    """Whether nobody trains on ``device``; on any device, when ``None`` because nobody knows it."""
    if device is not None:
        return _is_free(device_lock(settings, device))
    locks = (settings.data_dir / RUNS).glob(".*.lock")
    return all(_is_free(FileLock(path)) for path in locks)


def _is_free(lock: FileLock) -> bool:
    try:
        with lock.acquire(timeout=0):
            return True
    except Timeout:
        return False


def _taken(settings: Settings, name: str, models: Collection[str]) -> bool:
    paths = (run_folder(settings, name) / _PLAN, version_folder(settings, name))
    return name in models or any(path.exists() for path in paths)
