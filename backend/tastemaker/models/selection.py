"""Which files of a hub repository make up a pipeline: safetensors and configurations, nothing else.

Pure decisions over a listing; does no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tastemaker.diffusion.families import CONFIG_FILE, INDEX_FILE, family_of, has_weights
from tastemaker.errors import ModelBroken

CARD_FILE = "tastemaker.json"
_ROOT_FILES = (INDEX_FILE, CARD_FILE, "vocabulary.json")
_TEXT_SUFFIXES = (".json", ".txt", ".model")
_PICKLE_SUFFIXES = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_WEIGHTS = re.compile(
    r"(?P<stem>diffusion_pytorch_model|model)(?:\.(?P<variant>\w+))?"
    r"(?P<shard>-\d{5}-of-\d{5})?\.safetensors"
)


@dataclass(frozen=True, slots=True)
class RepoFile:
    """One file of a repository; a hub knows one of the two checksums for each.

    ``sha256`` is of the content (large files), ``git_sha1`` is git's blob id (small files).
    """

    path: str
    size: int
    sha256: str | None = None
    git_sha1: str | None = None

    @property
    def digest(self) -> str:
        """Whatever identifies the content, as hex."""
        return self.sha256 or self.git_sha1 or ""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A repository file and where it goes, relative to the model's folder."""

    file: RepoFile
    target: str


def refuse_hostile_names(files: Iterable[RepoFile]) -> None:
    """Raise `ModelBroken` when a listing holds a path that could leave the model's folder."""
    for file in files:
        parts = file.path.split("/")
        if (
            "\\" in file.path
            or "\0" in file.path
            or ":" in parts[0]
            or any(part in ("", ".", "..") for part in parts)
            or PurePosixPath(file.path).is_absolute()
        ):
            raise ModelBroken(
                f"The repository lists a file named {file.path!r}, which points outside of the"
                " model's folder; nothing was downloaded. Choose another repository."
            )


def plan_files(
    files: Iterable[RepoFile], index: Mapping[str, Any], *, prefer_fp16: bool
) -> tuple[PlannedFile, ...]:
    """The files needed to load the pipeline that ``index`` (its model_index.json) describes.

    Half-precision weights (variant ``fp16``) are stored under the plain name, so that loading never
    needs to know of variants. They are taken when preferred and every network has them, or when
    there is nothing else; anything else, root-level single-file checkpoints included, is skipped.

    Raises:
        ModelBroken: a hostile file name, weights only as pickle, or a component without files.
    """
    files = list(files)
    refuse_hostile_names(files)
    folders: dict[str, dict[str, RepoFile]] = {}
    for file in files:
        folder, _, name = file.path.rpartition("/")
        if _FILE.fullmatch(name):
            folders.setdefault(folder, {})[name] = file
    plan = [PlannedFile(f, n) for n, f in folders.get("", {}).items() if n in _ROOT_FILES]
    names = family_of(index).parts
    networks = [name for name in names if has_weights(name)]
    half = prefer_fp16 and all(_half(folders.get(name, {})) for name in networks)
    for name in names:
        content = folders.get(name, {})
        chosen = (
            _network_files(name, content, half=half)
            if has_weights(name)
            else {n: f for n, f in content.items() if n.endswith(_TEXT_SUFFIXES)}
        )
        if not chosen:
            raise ModelBroken(f"The repository has no files for the component {name!r}.")
        plan += [PlannedFile(file, f"{name}/{target}") for target, file in chosen.items()]
    return tuple(sorted(plan, key=lambda planned: planned.target))


def _half(content: Mapping[str, RepoFile]) -> dict[str, RepoFile]:
    """Plain name → half-precision file, when the component has one in a single piece."""
    return {
        f"{match['stem']}.safetensors": file
        for name, file in content.items()
        if (match := _WEIGHTS.fullmatch(name)) and match["variant"] == "fp16" and not match["shard"]
    }


def _network_files(
    component: str, content: Mapping[str, RepoFile], *, half: bool
) -> dict[str, RepoFile]:
    if CONFIG_FILE not in content:
        raise ModelBroken(
            f"The repository has no {component}/{CONFIG_FILE}: it isn't in diffusers layout."
        )
    plain = {
        name: file
        for name, file in content.items()
        if (match := _WEIGHTS.fullmatch(name)) and match["variant"] is None
    }
    whole = {name: file for name, file in plain.items() if "-of-" not in name}
    weights = (_half(content) if half else {}) or whole
    if not weights and plain:
        weights = plain | {
            name: file for name, file in content.items() if name.endswith(".safetensors.index.json")
        }
    weights = weights or _half(content)
    if not weights:
        pickles = [name for name in content if name.endswith(_PICKLE_SUFFIXES)]
        why = (
            f"offers them only as pickle ({pickles[0]}), which can run any code when it is opened"
            if pickles
            else "has none at all"
        )
        raise ModelBroken(
            f"The weights of {component!r} must be safetensors, but the repository {why}. Nothing"
            " was downloaded; set TASTEMAKER_BASE_MODEL to a repository with safetensors."
        )
    return {CONFIG_FILE: content[CONFIG_FILE], **weights}
