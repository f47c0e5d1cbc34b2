"""A file that isn't one: what is written to it, an archive for example, goes on at once, so that it
never lies whole in memory or on disk.
"""

from __future__ import annotations

import io
from collections.abc import Iterator


class Sink(io.RawIOBase):
    """Takes what is written and gives it away again."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(data)  # type: ignore[call-overload]
        self._chunks.append(chunk)
        return len(chunk)

    def drain(self) -> Iterator[bytes]:
        """What was written since the last time."""
        chunks, self._chunks = self._chunks, []
        yield from chunks
