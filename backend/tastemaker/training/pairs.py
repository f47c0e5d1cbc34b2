"""Which pictures of one prompt are compared with each other in training.

Knows keys, captions and ratings only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

Pair = tuple[int, int]


class Comparable(Protocol):
    """A picture as `pair_up` sees it: pictures of equal ``caption`` can be compared."""

    @property
    def key(self) -> str: ...
    @property
    def caption(self) -> str: ...
    @property
    def feedback(self) -> int: ...


def pair_up(items: Sequence[Comparable], chosen: Iterable[tuple[str, str]]) -> tuple[Pair, ...]:
    """Pairs of indices, the better picture first, in a fixed order.

    ``chosen`` are keys, what the owner preferred first; pairs whose pictures aren't among ``items``
    or have different captions by now are left out. Where a caption has liked and disliked pictures,
    each of them is paired with one of the other kind, unless a choice says the opposite.
    """
    places = {item.key: index for index, item in enumerate(items)}
    found: dict[Pair, None] = {}
    for better, worse in chosen:
        if better in places and worse in places:
            pair = places[better], places[worse]
            if items[pair[0]].caption == items[pair[1]].caption and pair[0] != pair[1]:
                found[pair] = None
    kinds: dict[str, tuple[list[int], list[int]]] = {}
    for index, item in enumerate(items):
        if item.feedback:
            liked, disliked = kinds.setdefault(item.caption, ([], []))
            (liked if item.feedback > 0 else disliked).append(index)
    for liked, disliked in kinds.values():
        if liked and disliked:
            for number in range(max(len(liked), len(disliked))):
                pair = liked[number % len(liked)], disliked[number % len(disliked)]
                if pair[::-1] not in found:
                    found[pair] = None
    return tuple(found)
