"""Where a prompt longer than the encoder's window is cut. Knows neither torch nor models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

MOST_WINDOWS = 32
"""A prompt of more is cut: attention would take ever longer, and the U-Net never saw the like."""
_BACKTRACK = 20
_Rest = TypeVar("_Rest")


def windows(
    tokens: Sequence[tuple[int, _Rest]], size: int, comma: int | None
) -> list[Sequence[tuple[int, _Rest]]]:
    """``tokens`` in parts of at most ``size``, cut after a comma if there is one shortly before."""
    parts: list[Sequence[tuple[int, _Rest]]] = []
    start = 0
    while len(tokens) - start > size:
        end = start + size
        for place in range(end - 1, max(start, end - _BACKTRACK - 1), -1):
            if tokens[place][0] == comma:
                end = place + 1
                break
        parts.append(tokens[start:end])
        start = end
    return [*parts, tokens[start:]]
