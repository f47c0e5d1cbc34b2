"""Which pictures a step looks at: a function of the seed and the step's number, so that it resumes.

Knows indices and ratings only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from tastemaker.training.randomness import permutation


@dataclass(frozen=True, slots=True)
class Visit:
    """One picture in one step: its index in the training set, its number within the step."""

    index: int
    sample: int


class Order(Protocol):
    """Which pictures each step visits."""

    def window(self, step: int) -> list[Visit]:
        """The visits of step ``step``, always the same number of them."""
        ...


class EvenOrder:
    """Every picture once per pass, in a new order each time; a pass may end within a step."""

    def __init__(self, count: int, size: int, seed: int, stream: int = 0) -> None:
        if count < 1:
            raise ValueError("there is nothing to visit")
        self._count = count
        self._size = size
        # Neighbouring positions mostly lie in one pass.
        self._pass = lru_cache(maxsize=2)(lambda epoch: permutation(seed, epoch, count, stream))

    def window(self, step: int) -> list[Visit]:
        first = step * self._size
        return [Visit(self.at(first + i), i) for i in range(self._size)]

    def at(self, position: int) -> int:
        """The index visited at a position counted from the start of the run."""
        return self._pass(position // self._count)[position % self._count]


class RatedOrder:
    """Liked and disliked pictures in their own share, but at least a quarter of each step each."""

    def __init__(self, labels: Sequence[int], size: int, seed: int) -> None:
        liked = [i for i, label in enumerate(labels) if label > 0]
        disliked = [i for i, label in enumerate(labels) if label < 0]
        if not liked or not disliked:
            raise ValueError("there must be both liked and disliked pictures")
        if size < 2:
            raise ValueError("a step must have room for a liked and a disliked picture")
        least = max(1, size // 4)
        share = round(size * len(liked) / (len(liked) + len(disliked)))
        self._liked_per_step = min(max(share, least), size - least)
        self._size = size
        self._seed = seed
        rest = size - self._liked_per_step
        self._streams = (
            (liked, EvenOrder(len(liked), self._liked_per_step, seed, stream=1)),
            (disliked, EvenOrder(len(disliked), rest, seed, stream=2)),
        )

    def window(self, step: int) -> list[Visit]:
        indices = [
            members[visit.index] for members, order in self._streams for visit in order.window(step)
        ]
        # Both kinds get every part of the noise range: samples are numbered in mixed order.
        mixed = permutation(self._seed, step, self._size, stream=3)
        return [Visit(indices[place], sample) for sample, place in enumerate(mixed)]
