"""Copying a source to disk once, so that a run always sees the same data in the same order.

Knows no training. Rows are written in parts, each durable before the next: a copy that is killed
goes on behind its last part. The snapshot is written last and makes the copy a finished one.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from tastemaker.errors import Conflict, InsufficientDisk, InvalidInput
from tastemaker.models.fetching import DISK_MARGIN_BYTES, free_bytes
from tastemaker.models.progress import bytes_in_words
from tastemaker.storage.blobs import BlobStore
from tastemaker.training.data.disk import (
    EXAMPLES,
    PICTURES,
    REJECTED,
    REPORT,
    SNAPSHOT,
    is_finished,
    json_line,
    read_snapshot,
)
from tastemaker.training.data.editing import apply_edits
from tastemaker.training.data.examples import Example, Reason, Record, Rejected, Report
from tastemaker.training.data.snapshot import Snapshot, SnapshotEntry
from tastemaker.training.data.sources import Source, pairs_of
from tastemaker.training.data.tally import Tally
from tastemaker.training.files import new_file

PART_ROWS = 64
_PARTS = "parts"
_REQUEST = "request.json"
Edits = Mapping[str, str | None]
OnRows = Callable[[int, int], None]


def materialise(
    source: Source,
    folder: Path,
    edits: Edits | None = None,
    *,
    limit: int | None = None,
    on_rows: OnRows = lambda rows, accepted: None,
    free: Callable[[Path], int] = free_bytes,
) -> Snapshot:
    """Copy the accepted examples of ``source`` (the first ``limit``) to ``folder``.

    A finished copy of the same request is returned as it is, without reading the source.
    ``on_rows`` hears the numbers of rows read and accepted after each part; what it raises stops
    the copy, which can be continued. ``free`` tells a folder's free space in bytes.

    Raises:
        InsufficientDisk: too little space; before anything is written where that can be told.
        InvalidInput: not one row can be trained on. Conflict: the folder is taken.
        HubUnreachable: the network failed; what has arrived is kept.
    """
    request = _request(source, edits or {}, limit)
    if is_finished(folder):
        return _finished(folder, request)
    _check_disk(folder, _needed(source, limit), free)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            if is_finished(folder):
                return _finished(folder, request)
            return _Copy(source, folder, edits or {}, limit, request, on_rows, free).run()
    except Timeout as error:
        raise Conflict(f"Another process is copying training data to {folder}.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InsufficientDisk(
                f"The disk of {folder} filled up while the training data was copied. Free some"
                " space and start again; what has been copied is kept."
            ) from error
        raise


class _Copy:
    """One attempt at a copy, in a folder that is locked for it."""

    def __init__(
        self,
        source: Source,
        folder: Path,
        edits: Edits,
        limit: int | None,
        request: dict[str, Any],
        on_rows: OnRows,
        free: Callable[[Path], int],
    ) -> None:
        self._source = source
        self._folder = folder
        self._parts = folder / _PARTS
        self._blobs = BlobStore(folder / PICTURES)
        self._edits = edits
        self._limit = limit
        self._request = request
        self._on_rows = on_rows
        self._free = free
        self._tally = Tally()
        self._rows = 0
        self._next_part = 0
        self._last_key: str | None = None

    def run(self) -> Snapshot:
        """Go on where the parts on disk end, then finish."""
        self._resume()
        complete = self._read()
        report = self._tally.report(self._source.name, self._source.mapping, complete=complete)
        if not report.accepted:
            raise InvalidInput(_nothing(report))
        return self._finish(report)

    def _resume(self) -> None:
        try:
            known = json.loads((self._folder / _REQUEST).read_bytes())
        except (OSError, ValueError):
            known = None
        # Without a fingerprint nobody knows whether the source is still what it was.
        if known != self._request or self._source.fingerprint is None:
            shutil.rmtree(self._parts, ignore_errors=True)
        self._parts.mkdir(exist_ok=True)
        _write(self._folder / _REQUEST, [json_line(self._request)])
        for entry in self._entries():
            self._count(entry)
        while self._part(self._next_part).is_file():
            self._next_part += 1

    def _read(self) -> bool:
        """Copy what the parts don't hold yet; return whether the source was read to its end."""
        if self._tally.accepted == self._limit:
            return False
        part: list[bytes] = []
        records = self._source.records(self._last_key)
        for record in apply_edits(records, self._edits):
            entry = self._store(record)
            part.append(json_line(entry))
            self._count(entry)
            full = self._tally.accepted == self._limit
            if len(part) == PART_ROWS or full:
                self._write_part(part)
                part = []
            if full:
                return False
        if part:
            self._write_part(part)
        return True

    def _store(self, record: Record) -> dict[str, Any]:
        if isinstance(record, Rejected):
            return {"key": record.key, "reason": record.reason.name, "detail": record.detail}
        self._blobs.put(record.picture)
        return _entry(record)

    def _count(self, entry: Mapping[str, Any]) -> None:
        self._rows += 1
        self._last_key = entry["key"]
        if "reason" in entry:
            rejected = Rejected(entry["key"], Reason[entry["reason"]], entry["detail"])
            self._tally.reject(rejected)
        else:
            self._tally.accept(entry["key"], entry["content"], entry["digest"], entry["feedback"])

    def _write_part(self, lines: list[bytes]) -> None:
        _write(self._part(self._next_part), lines)
        self._next_part += 1
        self._on_rows(self._rows, self._tally.accepted)
        _check_disk(self._folder, 0, self._free)

    def _entries(self) -> Iterator[dict[str, Any]]:
        """What the parts hold, up to the first that is missing."""
        for number in itertools.count():
            path = self._part(number)
            if not path.is_file():
                return
            with path.open("rb") as file:
                yield from map(json.loads, file)

    def _part(self, number: int) -> Path:
        return self._parts / f"{number:06d}.jsonl"

    def _finish(self, report: Report) -> Snapshot:
        kept: list[SnapshotEntry] = []
        _write(self._folder / EXAMPLES, self._examples(kept))
        snapshot = Snapshot(self._source.name, tuple(kept), self._pairs(kept))
        rejected = (json_line(entry) for entry in self._entries() if "reason" in entry)
        _write(self._folder / REJECTED, rejected)
        _write(self._folder / REPORT, [json_line(report.to_dict())])
        _write(self._folder / SNAPSHOT, [snapshot.to_json().encode()])
        shutil.rmtree(self._parts, ignore_errors=True)
        return snapshot

    def _pairs(self, kept: list[SnapshotEntry]) -> tuple[tuple[str, str], ...]:
        """The source's pairs of which both examples are there."""
        keys = {entry.key for entry in kept}
        return tuple(pair for pair in pairs_of(self._source) if keys.issuperset(pair))

    def _examples(self, kept: list[SnapshotEntry]) -> Iterator[bytes]:
        """The lines of the accepted examples, each once and with the rating that holds."""
        seen: set[str] = set()
        for entry in self._entries():
            if "reason" not in entry and entry["digest"] not in seen:
                seen.add(entry["digest"])
                entry["feedback"] = self._tally.feedback(entry["digest"])
                kept.append(SnapshotEntry(entry["key"], entry["digest"], entry["feedback"]))
                yield json_line(entry)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with new_file(path) as partial, partial.open("wb") as file:
        file.writelines(pieces)


def _entry(example: Example) -> dict[str, Any]:
    return {
        "key": example.key,
        "content": example.content,
        "caption": example.caption,
        "feedback": example.feedback,
        "model": example.model,
        "digest": example.digest,
    }


def _request(source: Source, edits: Edits, limit: int | None) -> dict[str, Any]:
    edited = json.dumps(sorted(edits.items())).encode()
    return {
        "source": source.name,
        "fingerprint": source.fingerprint,
        "image": source.mapping.image,
        "caption": source.mapping.caption,
        "edits": hashlib.sha256(edited).hexdigest(),
        "limit": limit,
    }


def _finished(folder: Path, request: dict[str, Any]) -> Snapshot:
    try:
        known = json.loads((folder / _REQUEST).read_bytes())
    except (OSError, ValueError):
        known = None
    if known != request:
        raise Conflict(
            f"{folder} holds the training data of another request (another source, other edits or"
            " another limit). Use another folder."
        )
    return read_snapshot(folder)


def _needed(source: Source, limit: int | None) -> int:
    # The first few of a large source may take anything up to all of it.
    return 0 if limit is not None else source.size_bytes or 0


def _check_disk(folder: Path, needed: int, free: Callable[[Path], int]) -> None:
    available = free(folder)
    if available < needed + DISK_MARGIN_BYTES:
        raise InsufficientDisk(
            f"The copy of the training data needs about {bytes_in_words(needed)} and should leave"
            f" {bytes_in_words(DISK_MARGIN_BYTES)} free, but the disk of {folder} has only"
            f" {bytes_in_words(available)}. Free some space and start again."
        )


def _nothing(report: Report) -> str:
    reasons = "; ".join(
        f"{found.count} × {reason.rstrip('.')}" for reason, found in report.rejections.items()
    )
    return f"{report.source} holds nothing to train on: {reasons or 'it has no rows'}."
