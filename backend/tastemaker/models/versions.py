"""What a trained version says about itself, and which folders make it up, read from JSON only.

A version is a folder with ``version.json`` and either ``unet/`` or a LoRA file. Knows no weights
and not how they were trained.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tastemaker.errors import ModelBroken

VERSIONS = "versions"
RECORD_FILE = "version.json"
FORMAT = 1


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
        """How it was trained: full, lora or preference."""
        return str(self.options["method"])


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


def lineage(models_dir: Path, name: str) -> tuple[str, list[Path]]:
    """The model at the bottom of ``name``, and the version folders to put on it, in that order.

    For a name that is no version: itself and nothing.

    Raises:
        ModelBroken: a version on the way is damaged, or they form a circle.
    """
    folders: list[Path] = []
    while is_version_folder(folder := models_dir / VERSIONS / name):
        if folder in folders:
            raise ModelBroken(f"The versions on which {folders[0].name} rests form a circle.")
        folders.append(folder)
        name = read_version(folder).base
    return name, folders[::-1]
