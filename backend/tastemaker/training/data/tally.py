"""Counting what a source holds, and telling duplicates from new examples.

Knows no files. Keeps 32 bytes and some per accepted row, never a picture.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tastemaker.training.data.examples import (
    ColumnMapping,
    Reason,
    Rejected,
    Rejections,
    Report,
)

FIRST_ROWS = 20


class Tally:
    """The running count of one source."""

    def __init__(self, first_rows: int = FIRST_ROWS) -> None:
        self._first_rows = first_rows
        self._accepted: dict[bytes, tuple[str, int]] = {}
        self._contents: set[bytes] = set()
        self._duplicates = 0
        self._recaptioned = 0
        self._counts: Counter[Reason] = Counter()
        self._first: dict[Reason, list[Rejected]] = {}
        self._conflicts: list[str] = []
        self._conflict_count = 0

    @property
    def accepted(self) -> int:
        """Examples so far."""
        return len(self._accepted)

    @property
    def rejected(self) -> int:
        """Rejected rows so far."""
        return self._counts.total()

    def reject(self, rejected: Rejected) -> None:
        """Count a rejected row."""
        self._counts[rejected.reason] += 1
        first = self._first.setdefault(rejected.reason, [])
        if len(first) < self._first_rows:
            first.append(replace(rejected, picture=None))

    def accept(self, key: str, content: str, digest: str, feedback: int) -> bool:
        """Count a checked row; return whether it is new.

        Of a duplicate only the rating is used: unless 0, it replaces that of the first one.
        """
        short = bytes.fromhex(digest)
        known = self._accepted.get(short)
        if known is None:
            self._accepted[short] = (key, feedback)
            picture = bytes.fromhex(content.removeprefix("sha256:"))
            self._recaptioned += picture in self._contents
            self._contents.add(picture)
            return True
        self._duplicates += 1
        first_key, before = known
        if feedback not in (0, before):
            self._accepted[short] = (first_key, feedback)
            if before != 0:
                self._conflict_count += 1
                if len(self._conflicts) < self._first_rows:
                    self._conflicts.append(first_key)
        return False

    def feedback(self, digest: str) -> int:
        """The rating that holds for an accepted example."""
        return self._accepted[bytes.fromhex(digest)][1]

    def report(self, source: str, mapping: ColumnMapping, *, complete: bool) -> Report:
        """What was counted so far, the most frequent reasons first."""
        ratings = Counter(feedback for _, feedback in self._accepted.values())
        return Report(
            source=source,
            mapping=mapping,
            accepted=self.accepted,
            duplicates=self._duplicates,
            rejections={
                reason: Rejections(count, tuple(self._first[reason]))
                for reason, count in self._counts.most_common()
            },
            liked=ratings[1],
            disliked=ratings[-1],
            recaptioned=self._recaptioned,
            conflicts=tuple(self._conflicts),
            conflict_count=self._conflict_count,
            complete=complete,
        )
