"""What tells a model's files from all others: one SHA-256 over all that a picture depends on.

Reading gigabytes takes seconds, so each file's hash is kept for as long as its time and size stay.
Knows no weights, only bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

_SUFFIXES = (".safetensors", ".json", ".txt", ".model")
_ROOT_SUFFIX = ".safetensors"
_INDEX = "model_index.json"


class Fingerprints:
    """Fingerprints of models; ``cache`` is the file where hashes are kept. Safe for many threads
    and processes: what one of them can't keep, another computes again.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._lock = threading.Lock()

    def of(self, *parts: Path) -> str:
        """``sha256:<hex>`` of folders and files, in this order; where they lie doesn't matter.

        Of a folder counts what a pipeline is loaded from: its index, weights, and the contents of
        its subfolders; not its card, its pictures or its record.

        Raises:
            OSError: a file can't be read.
        """
        with self._lock:
            known = self._read()
            before = dict(known)
            total = hashlib.sha256()
            for part in parts:
                total.update(b"part\0")
                for name, file in _files(part):
                    total.update(f"{name}\0{_hash_of(file, known)}\n".encode())
            if known != before:
                self._write(known)
            return f"sha256:{total.hexdigest()}"

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._cache.read_text(encoding="utf-8"))
            return {str(key): str(value) for key, value in found.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as error:
            log.warning("%s can't be read (%s); it is made anew", self._cache, error)
            return {}

    def _write(self, known: dict[str, str]) -> None:
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._cache.parent, prefix=self._cache.name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(known, file, indent=0)
            Path(name).replace(self._cache)
        except OSError as error:
            log.warning("%s can't be written: %s", self._cache, error)


def _files(part: Path) -> Iterator[tuple[str, Path]]:
    """The files that count, by name relative to ``part``, in the order of their names."""
    if part.is_file():
        yield "file", part
        return
    for file in sorted(part.rglob("*"), key=lambda path: path.relative_to(part).as_posix()):
        name = file.relative_to(part).as_posix()
        counts = "/" in name or name == _INDEX or name.endswith(_ROOT_SUFFIX)
        if counts and name.endswith(_SUFFIXES) and file.is_file():
            yield name, file


def _hash_of(file: Path, known: dict[str, str]) -> str:
    """A file's SHA-256; taken from ``known``, or entered there."""
    stat = file.stat()
    key = f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
    if key not in known:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        for old in [k for k in known if k.startswith(f"{file.resolve()} ")]:
            del known[old]
        known[key] = digest
    return known[key]
