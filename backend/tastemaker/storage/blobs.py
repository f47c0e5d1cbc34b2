"""Pictures as bytes under their own SHA-256: written once, never changed, found by content address.

Knows no rows and no picture formats. Which blobs are still wanted is the caller's knowledge. Plain
files on purpose: obstore's local store syncs neither file nor folder, so a power cut could lose a
picture, and its threads make a forked process hang. An S3 store would be a class beside this one.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from tastemaker.errors import BlobMissing

_ADDRESS = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_UNFINISHED = ".unfinished"
GRACE_SECONDS = 3600.0


def is_address(value: object) -> TypeGuard[str]:
    """Whether this is a content address, ``sha256:`` and 64 lower-case hex digits."""
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


class BlobStore:
    """A folder of blobs, ``sha256/ab/abcdef…``. Safe for many threads and processes at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, *, precious: bool = True) -> str:
        """Store ``data`` durably and return its address. Storing it twice changes nothing.

        What isn't ``precious``, because it can be made again, isn't waited for to reach the disk.
        """
        address = f"sha256:{hashlib.sha256(data).hexdigest()}"
        target = self._folder / _key(address)
        try:
            # Who puts it again wants it: the fresh time keeps `sweep` away from it.
            os.utime(target)
            if target.stat().st_size == len(data):
                return address
        except FileNotFoundError:
            pass
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                if precious:
                    file.flush()
                    os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        if precious:
            _sync_folder(target.parent)
        return address

    def get(self, address: str) -> bytes:
        """The bytes under ``address``, checked against it.

        Raises:
            BlobMissing: there are none, or they have been damaged on the disk.
        """
        key = _key(address)
        try:
            data = (self._folder / key).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(_missing(address)) from error
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != address:
            raise BlobMissing(
                f"The stored file of {address} is damaged: its content no longer matches its"
                " address. Restore the data folder from a backup."
            )
        return data

    def exists(self, address: str) -> bool:
        """Whether there is something under ``address``; false for what isn't an address at all."""
        return is_address(address) and (self._folder / _key(address)).is_file()

    def size(self, address: str) -> int:
        """Bytes under ``address``. Raises `BlobMissing` when there are none."""
        return self._stat(address).st_size

    def modified(self, address: str) -> float:
        """When it was last put, in Unix seconds. Raises `BlobMissing` when it isn't there."""
        return self._stat(address).st_mtime

    def delete(self, address: str) -> None:
        """Remove what is under ``address``; nothing happens when there is nothing."""
        if self.exists(address):
            (self._folder / _key(address)).unlink(missing_ok=True)

    def addresses(self) -> Iterator[str]:
        """Every address stored, in no particular order."""
        for path in self._folder.glob("sha256/*/*"):
            address = f"sha256:{path.name}"
            if is_address(address):
                yield address

    def sweep(self, known: set[str], grace_seconds: float = GRACE_SECONDS) -> int:
        """Delete blobs that aren't ``known``, and unfinished files; return how many.

        What was put within the last ``grace_seconds`` stays: its row may be on the way.
        """
        limit = time.time() - grace_seconds
        swept = 0
        for address in list(self.addresses()):
            if address not in known and self._older(self._folder / _key(address), limit):
                self.delete(address)
                swept += 1
        for path in self._folder.glob(f"*{_UNFINISHED}"):
            if self._older(path, limit):
                path.unlink(missing_ok=True)
                swept += 1
        return swept

    @staticmethod
    def _older(path: Path, limit: float) -> bool:
        try:
            return path.stat().st_mtime <= limit
        except FileNotFoundError:
            return False

    def _stat(self, address: str) -> os.stat_result:
        try:
            return (self._folder / _key(address)).stat()
        except FileNotFoundError as error:
            raise BlobMissing(_missing(address)) from error


def _key(address: str) -> str:
    if not is_address(address):
        raise BlobMissing(f"{address[:80]!r} is not the address of a stored picture.")
    digest = address.removeprefix("sha256:")
    return f"sha256/{digest[:2]}/{digest}"


def _missing(address: str) -> str:
    return (
        f"The file of {address} is missing from the data folder. Restore that folder from a backup,"
        " or move the picture to the trash."
    )


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
