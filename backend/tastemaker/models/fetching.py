"""One whole pipeline from hub to disk: plan, check space, fetch or resume, verify, put in place.

Runs in the caller's thread and is done when it returns. Knows no threads, no retry policy, no
registry. Until everything is verified the files lie in ``<name>.partial``, so that a folder
under its final name is always complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tastemaker.diffusion.families import INDEX_FILE
from tastemaker.errors import InsufficientDisk, ModelBroken
from tastemaker.models.hub import Hub, HubRefused, Listing
from tastemaker.models.progress import bytes_in_words
from tastemaker.models.selection import (
    PlannedFile,
    RepoFile,
    plan_files,
    refuse_hostile_names,
)

RECORD_FILE = "download.json"
PARTIAL_SUFFIX = ".partial"
_INCOMPLETE_SUFFIX = ".incomplete"
# Room that must stay free: a full disk would also stop the database and the pictures.
DISK_MARGIN_BYTES = 1_000_000_000
_LARGEST_INDEX = 1_000_000


@dataclass(frozen=True, slots=True)
class Position:
    """How much of the pipeline is on disk, in bytes."""

    downloaded_bytes: int
    total_bytes: int


def partial_folder(target: Path) -> Path:
    """Where the files of ``target`` lie until it is complete."""
    return target.with_name(target.name + PARTIAL_SUFFIX)


def free_bytes(folder: Path) -> int:
    """Free space of the disk that holds ``folder`` (or will, once it exists)."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def position_on_disk(target: Path) -> Position | None:
    """What an interrupted download of ``target`` has left; ``None`` when it never got a plan."""
    partial = partial_folder(target)
    record = read_record(partial)
    if record is None:
        return None
    done, total = 0, 0
    for name, (size, digest) in _recorded_files(record).items():
        total += size
        for path in (partial / name, _incomplete(partial, name, digest)):
            length = _length(path)
            if length is not None:
                done += min(size, length)
                break
    return Position(done, total)


def read_record(folder: Path) -> dict[str, Any] | None:
    """Where the folder's files come from (hub, repository, commit, checksums), if it is known."""
    try:
        record = json.loads((folder / RECORD_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def check_disk(target: Path, needed: int, free: Callable[[Path], int] = free_bytes) -> None:
    """Raise `InsufficientDisk` unless ``needed`` more bytes and a margin fit beside ``target``."""
    available = free(target.parent)
    if needed and available < needed + DISK_MARGIN_BYTES:
        raise InsufficientDisk(
            f"The download needs {bytes_in_words(needed)} and should leave"
            f" {bytes_in_words(DISK_MARGIN_BYTES)} free, but the disk of the models folder has only"
            f" {bytes_in_words(available)}. Free some space or set TASTEMAKER_MODELS_DIR to a"
            " folder on another disk, then start the download again."
        )


def fetch_pipeline(
    hub: Hub,
    repo_id: str,
    target: Path,
    *,
    prefer_fp16: bool,
    on_position: Callable[[Position], None],
    free: Callable[[Path], int] = free_bytes,
) -> None:
    """Bring the pipeline ``repo_id`` to the folder ``target``, going on where a former call ended.

    ``on_position`` is called after each chunk and when the total is known; what it raises
    (to stop) reaches the caller with everything so far kept for the next call.

    Raises:
        HubUnreachable, HubRefused, ModelBroken, InsufficientDisk: with a sentence for people.
    """
    listing = hub.listing(repo_id)
    refuse_hostile_names(listing.files)
    check_disk(target, 1, free)
    partial = partial_folder(target)
    partial.mkdir(parents=True, exist_ok=True)
    plan = plan_files(listing.files, _read_index(hub, listing, partial), prefer_fp16=prefer_fp16)
    _prune(partial, plan)
    total = sum(planned.file.size for planned in plan)
    there = sum(_size_on_disk(partial, planned) for planned in plan)
    check_disk(target, total - there, free)
    _write_record(partial, hub, listing, plan)
    on_position(Position(there, total))
    for planned in plan:
        if (partial / planned.target).is_file():
            continue
        others = there - _size_on_disk(partial, planned)

        def moved(size: int, others: int = others) -> None:
            on_position(Position(others + size, total))

        _fetch_verified(hub, listing, planned, partial, moved)
        there = others + planned.file.size
    _put_in_place(partial, target)


def _read_index(hub: Hub, listing: Listing, partial: Path) -> dict[str, Any]:
    file = next((f for f in listing.files if f.path == INDEX_FILE), None)
    if file is None or file.size > _LARGEST_INDEX:
        raise ModelBroken(
            f"{listing.repo_id} has no usable {INDEX_FILE}: it is no pipeline in diffusers layout."
            " Set TASTEMAKER_BASE_MODEL to one that is."
        )
    planned = PlannedFile(file, INDEX_FILE)
    if not _already_there(partial, planned):
        (partial / INDEX_FILE).unlink(missing_ok=True)
        _fetch_verified(hub, listing, planned, partial, lambda size: None)
    try:
        index = json.loads((partial / INDEX_FILE).read_bytes())
    except ValueError as error:
        raise ModelBroken(f"{INDEX_FILE} of {listing.repo_id} is not JSON.") from error
    if not isinstance(index, dict):
        raise ModelBroken(f"{INDEX_FILE} of {listing.repo_id} is not a JSON object.")
    return index


def _fetch_verified(
    hub: Hub, listing: Listing, planned: PlannedFile, partial: Path, moved: Callable[[int], None]
) -> None:
    """Fetch one file; a second time from its beginning if the checksum is wrong."""
    incomplete = _incomplete(partial, planned.target, planned.file.digest)
    incomplete.parent.mkdir(parents=True, exist_ok=True)
    for _attempt in range(2):
        hub.fetch(listing, planned.file, incomplete, moved)
        if _matches(incomplete, planned.file):
            incomplete.replace(partial / planned.target)
            return
        incomplete.unlink()
        moved(0)
    raise HubRefused(
        f"{planned.file.path} arrived twice with a wrong checksum, so it was thrown away. The hub,"
        " a proxy or the memory of this machine damages data; try again later or another"
        " TASTEMAKER_HUB_URL."
    )


def _matches(path: Path, file: RepoFile) -> bool:
    if path.stat().st_size != file.size:
        return False
    with path.open("rb") as content:
        if file.sha256:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
        if file.git_sha1:
            digest = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
            digest.update(content.read())
            return digest.hexdigest() == file.git_sha1
    return True


def _incomplete(partial: Path, target: str, digest: str) -> Path:
    """Named by content, so that bytes of an older commit are never continued with a newer one's."""
    return partial / f"{target}.{digest[:16]}{_INCOMPLETE_SUFFIX}"


def _size_on_disk(partial: Path, planned: PlannedFile) -> int:
    if (partial / planned.target).is_file():
        return planned.file.size
    incomplete = _incomplete(partial, planned.target, planned.file.digest)
    return min(planned.file.size, _length(incomplete) or 0)


def _length(path: Path) -> int | None:
    """A file's size, or ``None`` if it isn't there (any more: another thread may rename it)."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _already_there(partial: Path, planned: PlannedFile) -> bool:
    """Whether a finished file is what the plan wants.

    Large files were verified before they got their name, so the record's word is taken for them.
    """
    path = partial / planned.target
    if not path.is_file() or path.stat().st_size != planned.file.size:
        return False
    if planned.file.sha256 is None:
        return _matches(path, planned.file)
    recorded = _recorded_files(read_record(partial) or {}).get(planned.target)
    return recorded == (planned.file.size, planned.file.digest) or _matches(path, planned.file)


def _prune(partial: Path, plan: tuple[PlannedFile, ...]) -> None:
    """Delete what this plan doesn't use: files of another commit or of another precision."""
    keep = {partial / p.target for p in plan if _already_there(partial, p)}
    keep |= {_incomplete(partial, p.target, p.file.digest) for p in plan}
    keep.add(partial / RECORD_FILE)
    for path in [path for path in partial.rglob("*") if path.is_file()]:
        if path not in keep:
            path.unlink()


def _write_record(partial: Path, hub: Hub, listing: Listing, plan: tuple[PlannedFile, ...]) -> None:
    record = {
        "hub": hub.endpoint,
        "repo": listing.repo_id,
        "revision": listing.commit,
        "files": [
            {
                "path": planned.target,
                "source": planned.file.path,
                "size": planned.file.size,
                "digest": planned.file.digest,
            }
            for planned in plan
        ],
    }
    path = partial / RECORD_FILE
    fresh = path.with_suffix(".tmp")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(record, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _recorded_files(record: dict[str, Any]) -> dict[str, tuple[int, str]]:
    files = record.get("files")
    return {
        str(entry["path"]): (int(entry["size"]), str(entry["digest"]))
        for entry in (files if isinstance(files, list) else ())
        if isinstance(entry, dict) and {"path", "size", "digest"} <= entry.keys()
    }


def _put_in_place(partial: Path, target: Path) -> None:
    """Rename the complete folder to its final name, surviving a power cut at any moment."""
    for folder in (partial, *(path for path in partial.rglob("*") if path.is_dir())):
        _sync_folder(folder)
    partial.rename(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders can't be opened there, and need not be
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
