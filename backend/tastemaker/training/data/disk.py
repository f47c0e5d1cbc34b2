"""A finished copy of training data on disk, and the small files it consists of.

Knows no sources. The pictures lie under their content address, everything else is JSON lines.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from tastemaker.errors import InvalidInput, NotFound
from tastemaker.storage.blobs import BlobStore
from tastemaker.training.data.examples import Example
from tastemaker.training.data.snapshot import Snapshot

PICTURES = "pictures"
EXAMPLES = "examples.jsonl"
REPORT = "report.json"
REJECTED = "rejected.jsonl"
SNAPSHOT = "snapshot.json"


class DiskCopy(Sequence[Example]):
    """The examples of a finished copy in the order of its snapshot, read when asked for.

    Keeps the snapshot and 8 bytes per example in memory. Safe for many threads and processes.
    """

    def __init__(self, folder: Path, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._blobs = BlobStore(folder / PICTURES)
        self._path = folder / EXAMPLES
        self._offsets = array("q")
        with self._path.open("rb") as file:
            position = 0
            for line in file:
                self._offsets.append(position)
                position += len(line)
        if len(self._offsets) != len(snapshot):
            raise InvalidInput(f"The training data in {folder} is damaged; delete the folder.")

    def __len__(self) -> int:
        return len(self._offsets)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | Sequence[Example]:
        """The example; raises `BlobMissing` when its picture is gone or damaged."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        offset = self._offsets[index]
        with self._path.open("rb") as file:
            file.seek(offset)
            entry = json.loads(file.readline())
        return Example(
            key=entry["key"],
            picture=self._blobs.get(entry["content"]),
            caption=entry["caption"],
            feedback=entry["feedback"],
            model=entry["model"],
            source=self.snapshot.source,
            content=entry["content"],
            digest=entry["digest"],
        )

    def __iter__(self) -> Iterator[Example]:
        return (self[index] for index in range(len(self)))


def is_finished(folder: Path) -> bool:
    """Whether the folder holds a finished copy."""
    return (folder / SNAPSHOT).is_file()


def read_snapshot(folder: Path) -> Snapshot:
    """The snapshot of a finished copy. Raises `NotFound`, `InvalidInput`."""
    try:
        return Snapshot.from_json((folder / SNAPSHOT).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound(f"There is no finished training data in {folder}.") from error


def open_copy(folder: Path) -> DiskCopy:
    """Open a finished copy; needs neither the source nor the network.

    Raises:
        NotFound: there is none. InvalidInput: it is damaged.
    """
    return DiskCopy(folder, read_snapshot(folder))


def json_line(value: Any) -> bytes:
    """The value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
