"""Which pictures a step looks at: a function of the seed and the step's number, so that it resumes.

Knows indices and ratings only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from tastemaker.training.pairs import Pair
from tastemaker.training.randomness import permutation


@dataclass(frozen=True, slots=True)
class Visit:
    """One picture in one step: its index in the training set, its number within the step.

    The two of a pair have the same number, and so the same noise; ``role`` is 1 for the better one,
    -1 for the other, and 0 for a picture on its own.
    """

    index: int
    sample: int
    role: int = 0


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


class PairedOrder:
    """Pairs, and rated pictures that are in none, by the number of pictures in each.

    Disliked pictures alone are left out unless there are liked ones, too. ``shares`` is how many
    processes share a step: each gets as many pairs as the others.
    """

    def __init__(
        self, labels: Sequence[int], pairs: Sequence[Pair], size: int, seed: int, shares: int = 1
    ) -> None:
        compared = {index for pair in pairs for index in pair}
        self._alone = [i for i, label in enumerate(labels) if label and i not in compared]
        self._pairs = pairs
        self._seed = seed
        if not any(labels[i] > 0 for i in self._alone):
            self._alone = []  # with nothing liked beside them they would only drive the model away
        kinds = {labels[i] > 0 for i in self._alone}
        # What is left must have room for a picture of each kind, in every process.
        least = -(-len(kinds) // shares) * shares
        most_pairs = (size - least) // 2 // shares * shares
        if most_pairs < 1:
            raise ValueError(f"a step must have room for at least {2 * shares + least} pictures")
        share = len(compared) / (len(compared) + len(self._alone))
        wanted = round(size * share / 2 / shares) * shares if self._alone else most_pairs
        self._pairs_per_step = min(max(wanted, shares), most_pairs)
        self._pair_order = EvenOrder(len(pairs), self._pairs_per_step, seed, stream=5)
        rest = size - 2 * self._pairs_per_step
        self._alone_order: Order | None = None
        if len(kinds) == 2:
            self._alone_order = RatedOrder([labels[i] for i in self._alone], rest, seed)
        elif kinds:
            self._alone_order = EvenOrder(len(self._alone), rest, seed, stream=6)

    def window(self, step: int) -> list[Visit]:
        """Pictures on their own first, then the two of each pair beside each other."""
        alone = self._alone_order.window(step) if self._alone_order is not None else []
        drawn = self._pair_order.window(step)
        numbers = permutation(self._seed, step, len(alone) + len(drawn), stream=7)
        visits = [Visit(self._alone[v.index], numbers[i]) for i, v in enumerate(alone)]
        for number, visit in zip(numbers[len(alone) :], drawn, strict=True):
            better, worse = self._pairs[visit.index]
            visits += [Visit(better, number, 1), Visit(worse, number, -1)]
        return visits


def shared(window: Sequence[Visit], rank: int, shares: int) -> list[Visit]:
    """What process ``rank`` of ``shares`` looks at; the two of a pair stay together."""
    units: list[list[Visit]] = []
    for visit in window:
        if visit.role < 0:
            units[-1].append(visit)
        else:
            units.append([visit])
    return [visit for unit in units[rank::shares] for visit in unit]
