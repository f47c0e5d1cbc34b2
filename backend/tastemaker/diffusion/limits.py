"""How many rows fit into a device's memory: found by trying, remembered for as long as it's true.

Knows no models and no devices: what a limit is about is a key that the caller makes.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

FORGET_SECONDS = 7 * 86_400.0
"""What didn't fit a week ago may fit now: other programs had their share of the memory."""
_FORMAT = 1


class RowLimits:
    """Rows by key; with a ``path`` also on disk, shared by everything that runs on this machine.

    A file that can't be read or written costs some attempts at what doesn't fit, nothing else.
    ``clock`` gives Unix seconds.
    """

    def __init__(self, path: Path | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._found: dict[str, tuple[int, float]] = {}
        if path is not None:
            self._found = _read(path)

    def get(self, key: str) -> int | None:
        """The most rows that fit, as far as known; ``None`` when nothing failed lately."""
        rows, found_at = self._found.get(key, (0, 0.0))
        return rows if rows and self._clock() - found_at < FORGET_SECONDS else None

    def lower(self, key: str, rows: int) -> None:
        """More than ``rows`` (at least 1) rows didn't fit."""
        known = self.get(key)
        self._found[key] = (max(1, rows if known is None else min(rows, known)), self._clock())
        log.info("memory holds %d rows at once from now on (%s)", self._found[key][0], key)
        if self._path is not None:
            _write(self._path, {**_read(self._path), **self._found})


def _read(path: Path) -> dict[str, tuple[int, float]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            return {}
        return {
            str(key): (max(1, int(found["rows"])), float(found["found_at"]))
            for key, found in content["limits"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s can't be read (%r); memory limits are found anew", path, error)
        return {}


def _write(path: Path, limits: dict[str, tuple[int, float]]) -> None:
    content = {
        "format": _FORMAT,
        "limits": {key: {"rows": rows, "found_at": at} for key, (rows, at) in limits.items()},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
        Path(name).replace(path)
    except OSError as error:
        log.warning("%s can't be written (%s); memory limits are found anew next time", path, error)
