"""What a version was trained on: the ordered ids and hashes of its examples, stored with it.

Knows no files and no pictures.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from tastemaker.errors import InvalidInput

FORMAT = 1


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """One example: its key within the source, its digest (hex) and its rating (-1, 0 or 1)."""

    key: str
    digest: str
    feedback: int


@dataclass(frozen=True)
class Snapshot:
    """The examples of a run in their order. Equal data in equal order has an equal `hash`.

    ``pairs`` are keys of two examples, what the owner preferred first.
    """

    source: str
    entries: tuple[SnapshotEntry, ...]
    pairs: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def hash(self) -> str:
        """Hex SHA-256 over key, digest and rating of every entry in order, and the pairs."""
        found = hashlib.sha256()
        for entry in self.entries:
            found.update(json.dumps([entry.key, entry.digest, entry.feedback]).encode() + b"\n")
        for pair in self.pairs:
            found.update(json.dumps(["pair", *pair]).encode() + b"\n")
        return found.hexdigest()

    def to_json(self) -> str:
        """A text that `from_json` turns back into an equal snapshot."""
        entries = [[entry.key, entry.digest, entry.feedback] for entry in self.entries]
        content: dict[str, Any] = {
            "format": FORMAT,
            "source": self.source,
            "count": len(entries),
            "hash": self.hash,
            "entries": entries,
            "pairs": self.pairs,
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Inverse of `to_json`. Raises `InvalidInput` when it isn't one or has been changed."""
        try:
            content = json.loads(text)
            entries = tuple(
                SnapshotEntry(str(key), str(digest), int(feedback))
                for key, digest, feedback in content["entries"]
            )
            pairs = tuple((str(one), str(two)) for one, two in content.get("pairs", ()))
            found = cls(str(content["source"]), entries, pairs)
            stored = content["hash"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise InvalidInput("This is no snapshot of training data.") from error
        if found.hash != stored:
            raise InvalidInput("The snapshot of training data has been changed or damaged.")
        return found
