"""How many rows the U-Net evaluates at once: a few fixed sizes, or in strict mode a single one.

A row's bits depend on the size of the evaluation it is part of, and on nothing else in it: not on
its place, nor on its neighbours. So padding to few sizes makes pictures repeatable, and compiled
networks need one shape for each. Knows no networks.
"""

from __future__ import annotations

from collections.abc import Sequence

from tastemaker.diffusion.limits import RowLimits

BUCKETS = (1, 2, 4, 6, 8, 10, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)

ON_CPU, ELSEWHERE = 12, 16


def most_rows(setting: int, device: str) -> int:
    """The most rows to evaluate at once on a device of that kind: ``setting``, unless it is 0.

    Two cores evaluate 12 rows at the rate of 16, and each picture is done sooner.
    """
    return setting or (ON_CPU if device == "cpu" else ELSEWHERE)


def bucket_size(rows: int, buckets: Sequence[int] = BUCKETS) -> int:
    """The smallest of ``buckets`` that holds ``rows`` rows; ``rows`` itself when none does."""
    return next((size for size in buckets if size >= rows), rows)


class Sizes:
    """The sizes to evaluate at, for one model and latent size.

    ``key`` names model, size and device in ``limits``, where it is remembered what didn't fit.
    ``strict_rows`` is the one size of strict mode, 0 without it. ``buckets`` are in rising order.
    """

    def __init__(
        self,
        limits: RowLimits | None = None,
        key: str = "",
        *,
        strict_rows: int = 0,
        buckets: Sequence[int] = BUCKETS,
    ) -> None:
        self._limits = limits if limits is not None else RowLimits()
        self._key = key
        self._strict_rows = strict_rows
        self._buckets = buckets

    @property
    def strict_rows(self) -> int:
        return self._strict_rows

    def choose(self, rows: int) -> int:
        """How many rows to evaluate at once when there are ``rows``; more rows take several."""
        if self._strict_rows:
            return self._strict_rows
        size = bucket_size(rows, self._buckets)
        limit = self._limits.get(self._key)
        return size if limit is None else min(size, limit)

    def shrink(self, size: int) -> int | None:
        """Remember that ``size`` rows don't fit; the size to try next, ``None`` if there is none.

        Strict mode has only one size: a smaller one would be another picture.
        """
        smaller = [bucket for bucket in self._buckets if bucket < size]
        if self._strict_rows or size <= 1:
            return None
        self._limits.lower(self._key, smaller[-1] if smaller else 1)
        return self.choose(size)
