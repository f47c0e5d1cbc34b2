"""What a trained version says about itself, and which folders make it up, read from JSON only.

A version is a folder with ``version.json`` and either ``unet/`` or a LoRA file. Knows no weights
and not how they were trained.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tastemaker.domain import ModelInfo, ModelState
from tastemaker.errors import ModelBroken
from tastemaker.models.describe import title_of

VERSIONS = "versions"
RUNS = "training"
"""The folder, within the data folder, of the runs that make versions."""
TRAINED = "trained"
RECORD_FILE = "version.json"
FORMAT = 1
IMPORTED = "imported"
"""The method of a version that was made elsewhere."""


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """``version.json``: where a version comes from and how good it is.

    ``base`` is the model or version that the weights are to be put on; ``parent`` the one whose
    training went on (for a LoRA on a LoRA they differ). ``data`` describes the snapshot that it
    learned from, ``metrics`` what was measured on held-out pictures. ``weights`` maps each weights
    file to its SHA-256. ``created_at`` is UTC in ISO 8601.
    """

    name: str
    base: str
    parent: str
    options: Mapping[str, Any]
    data: Mapping[str, Any]
    metrics: Mapping[str, Any]
    steps: int
    created_at: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def method(self) -> str:
        """How it was trained: full, lora or preference; or that it was imported."""
        return str(self.options["method"])

    @property
    def source(self) -> str | None:
        """What it learned from; of a folder or file of this machine only the last name."""
        source = self.data.get("source")
        if not isinstance(source, str) or not source:
            return None
        return "+".join(
            re.sub(r"^([A-Za-z]:)?[\\/].*[\\/]", "", part) for part in source.split("+")
        )

    def public(self) -> dict[str, Any]:
        """The record as others may see it."""
        return {**asdict(self), "data": {**self.data, "source": self.source}}


def is_version_folder(folder: Path) -> bool:
    """Whether the folder claims to hold a version."""
    return (folder / RECORD_FILE).is_file()


def read_version(folder: Path) -> VersionRecord:
    """The record of a version folder.

    Raises:
        ModelBroken: there is none, it can't be understood, or it is of a later format.
    """
    try:
        content = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
        if int(content["format"]) > FORMAT:
            raise ModelBroken(
                f"The version in {folder} was written by a later Tastemaker. Update this one."
            )
        return VersionRecord(**content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelBroken(f"The version in {folder} has no readable {RECORD_FILE}.") from error


def lineage(models_dir: Path, name: str, models: Collection[str] = ()) -> tuple[str, list[Path]]:
    """The model at the bottom of ``name``, and the version folders to put on it, in that order.

    For a name that is no version, or is among ``models``: itself and nothing.

    Raises:
        ModelBroken: a version on the way is damaged, or they form a circle.
    """
    folders: list[Path] = []
    while name not in models and is_version_folder(folder := models_dir / VERSIONS / name):
        if folder in folders:
            raise ModelBroken(f"The versions on which {folders[0].name} rests form a circle.")
        folders.append(folder)
        name = read_version(folder).base
    return name, folders[::-1]


def listed_versions(
    models_dir: Path, models: Iterable[ModelInfo], titles: Mapping[str, str] | None = None
) -> list[ModelInfo]:
    """Every version as a model that draws like the one of ``models`` on which it rests.

    A version whose model isn't ready isn't either. A name that a model has already is the model's.
    ``titles`` are those that were given, by name.
    """
    known = {model.name: model for model in models}
    folders = sorted((models_dir / VERSIONS).glob("[A-Za-z0-9]*"))
    return [
        _listed(models_dir, folder, known, (titles or {}).get(folder.name, title_of(folder.name)))
        for folder in folders
        if is_version_folder(folder) and folder.name not in known
    ]


def _listed(
    models_dir: Path, folder: Path, known: Mapping[str, ModelInfo], title: str
) -> ModelInfo:
    name = folder.name
    try:
        record = read_version(folder)
        bottom, _ = lineage(models_dir, name, known)
    except ModelBroken as error:
        return ModelInfo(name, title, TRAINED, ModelState.FAILED, error=str(error))
    base = known.get(bottom)
    if base is None or base.state is not ModelState.READY:
        missing = f"It was trained from {bottom}, which isn't ready on this machine."
        return ModelInfo(name, title, TRAINED, ModelState.FAILED, error=missing)
    return replace(
        base,
        name=name,
        title=title,
        source=TRAINED,
        path=str(folder),
        active=False,
        notice=_notice(record),
        size_bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    )


def _notice(record: VersionRecord) -> str:
    if record.method == IMPORTED:
        return f"Imported onto {record.base}; how it was made and how good it is, nobody measured."
    what = f"Trained from {record.parent} on {record.data.get('trained_on', 'some')} pictures."
    if record.metrics.get("better_than_parent") is False:
        return f"{what} On held-out pictures it is not better than {record.parent}."
    return what
