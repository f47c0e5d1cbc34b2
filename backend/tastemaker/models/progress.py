"""How fast bytes arrive, how long the rest takes, and both in words for people.

Knows nothing of models or of the network.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tastemaker.domain import DownloadProgress

_WINDOW_SECONDS = 20.0


class Speedometer:
    """Average speed over the last 20 seconds, so that the estimate follows a changing line."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, position: int) -> None:
        """Note that ``position`` bytes are there now."""
        now = self._clock()
        self._samples.append((now, position))
        while len(self._samples) > 2 and self._samples[0][0] < now - _WINDOW_SECONDS:
            self._samples.popleft()

    def seconds_for(self, remaining: int) -> float | None:
        """Estimated seconds for ``remaining`` bytes; ``None`` while nothing has been measured."""
        if remaining <= 0:
            return 0.0
        if len(self._samples) < 2:
            return None
        (start, first), (end, last) = self._samples[0], self._samples[-1]
        if end <= start or last <= first:
            return None
        return remaining * (end - start) / (last - first)


def bytes_in_words(count: int) -> str:
    """``count`` in decimal units as download pages show it: 512 B, 16 kB, 4.3 GB."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def seconds_in_words(seconds: float) -> str:
    """A duration rounded as a person would say it: 40 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def percent(progress: DownloadProgress) -> int:
    """Whole percent done, 0…100; 0 while the total is unknown."""
    if not progress.total_bytes:
        return 0
    return min(100, 100 * progress.downloaded_bytes // progress.total_bytes)


def progress_in_words(progress: DownloadProgress) -> str:
    """For example ``42 % (1.7 GB of 4.0 GB), about 12 min left``."""
    if progress.total_bytes is None:
        return "asking the hub for the list of files"
    text = (
        f"{percent(progress)} % ({bytes_in_words(progress.downloaded_bytes)}"
        f" of {bytes_in_words(progress.total_bytes)})"
    )
    if progress.eta_seconds is not None:
        text += f", about {seconds_in_words(progress.eta_seconds)} left"
    return text
