"""How much of the server one kind of request may hold at once.

The server has a fixed number of threads (128 in the shipped configuration). An event stream or a
request that waits for its pictures holds one, so both are counted; the rest stays free for
everything that is answered at once. Large bodies and decoded pictures hold memory, so they are
counted as well.
"""

from __future__ import annotations

import threading

MAX_STREAMS = 96
MAX_WAITING = 16
MAX_LARGE_BODIES = 8
MAX_DECODING = 2
MAX_JSON_BYTES = 1024 * 1024
# A table of as many characters as are read, in the longest way that JSON can write them.
MAX_TABLE_BYTES = 12 * 1024 * 1024
# How many of the largest uploads one request may bring; files lie on the disk while they wait.
IMPORT_UPLOADS = 4


class Slots:
    """A number of places that can be taken without waiting."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a place; False when there is none."""
        with self._lock:
            if self._taken >= self._size:
                return False
            self._taken += 1
            return True

    def give_back(self) -> None:
        with self._lock:
            self._taken -= 1

    @property
    def taken(self) -> int:
        return self._taken
