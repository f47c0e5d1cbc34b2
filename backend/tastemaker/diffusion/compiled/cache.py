"""Compiled networks on disk, named by all that decides what they are; bounded, shared by processes.

An entry is a folder that appears whole or not at all. Whoever makes or removes one holds its lock,
so two processes never make the same twice, and a crash leaves nothing but a file that the next one
sweeps away. Knows no compilers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout

log = logging.getLogger(__name__)

_UNFINISHED = ".unfinished"
_USED = "used"
_CHUNK = 16 * 1024 * 1024


def fingerprint(network: Any) -> str:
    """Names a network by its weights, bit by bit, and its config: 64 hexadecimal digits.

    A LoRA that was merged, a version that was loaded: other weights, another name.
    """
    digest = hashlib.blake2b(digest_size=32)
    config = {k: v for k, v in dict(network.config).items() if not k.startswith("_")}
    digest.update(json.dumps(config, sort_keys=True, default=str).encode())
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        data = tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy()
        for start in range(0, data.nbytes, _CHUNK):
            digest.update(data[start : start + _CHUNK])
    return digest.hexdigest()


class Entry:
    """One network's folder; ``checks`` tell by shape whether it works on this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_complete(self) -> bool:
        return self.path.is_dir()

    def check(self, name: str) -> Mapping[str, Any] | None:
        """What was found out about a shape, or ``None``: nobody has tried yet."""
        try:
            found: Mapping[str, Any] = json.loads(self._check_file(name).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def write_check(self, name: str, result: Mapping[str, Any]) -> None:
        """Keep what was found out about a shape; appears whole or not at all."""
        file = self._check_file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}{_UNFINISHED}")
        draft.write_text(json.dumps(dict(result), indent=2), encoding="utf-8")
        draft.replace(file)

    def _check_file(self, name: str) -> Path:
        # Beside the entry, for a network that can't be compiled has no entry.
        return self.path.with_name(f"{self.path.name}.checks") / f"{name}.json"

    def touch(self) -> None:
        """Note that it was used just now."""
        with contextlib.suppress(OSError):
            (self.path / _USED).touch()


class CompiledCache:
    """Entries under ``folder``, together at most ``max_bytes`` (one stays in any case)."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def key(self, **parts: str) -> str:
        """A name for an entry: whatever changes a part makes another entry."""
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def entry(self, key: str) -> Entry:
        return Entry(self._folder / key)

    @contextlib.contextmanager
    def locked(self, key: str) -> Iterator[Entry]:
        """An entry that nobody else makes or removes meanwhile; what a crash left is swept."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / f"{key}.lock"):
            for left in self._folder.glob(f"{key}.*{_UNFINISHED}"):
                shutil.rmtree(left, ignore_errors=True)
            yield self.entry(key)

    @contextlib.contextmanager
    def draft(self, key: str) -> Iterator[Path]:
        """An empty folder for something that is about to become an entry; gone afterwards."""
        path = self._folder / f"{key}.{os.getpid()}{_UNFINISHED}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def trim(self, keep: str) -> None:
        """Remove the entries used longest ago until the rest fits; ``keep`` stays."""
        entries = [path for path in self._folder.iterdir() if self._is_entry(path)]
        entries.sort(key=_last_use, reverse=True)
        entries.sort(key=lambda path: path.name != keep)
        room = self._max_bytes
        for path in entries:
            room -= size_on_disk(path)
            if room < 0 and path.name != keep:
                self._remove(path)

    def _is_entry(self, path: Path) -> bool:
        return path.is_dir() and "." not in path.name

    def _remove(self, path: Path) -> None:
        try:
            with FileLock(self._folder / f"{path.name}.lock", timeout=0):
                gone = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
                path.rename(gone)
                shutil.rmtree(gone, ignore_errors=True)
                shutil.rmtree(f"{path}.checks", ignore_errors=True)
                log.info("removed the compiled network %s: the cache is full", path.name)
        except (OSError, Timeout):
            log.debug("the compiled network %s is in use; it stays", path.name)


def _last_use(path: Path) -> float:
    try:
        return (path / _USED).stat().st_mtime
    except OSError:
        return 0.0


def size_on_disk(path: Path) -> int:
    """Bytes of all files under a folder."""
    total = 0
    for file in path.rglob("*"):
        with contextlib.suppress(OSError):
            total += file.stat().st_size
    return total
