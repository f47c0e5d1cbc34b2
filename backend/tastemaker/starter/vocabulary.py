"""What a starter knows: subjects, backgrounds and looks, with the words for them. Knows words and
colours, never pixels.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from tastemaker.starter.subjects import Subject


@dataclass(frozen=True)
class Background:
    """A plain colour (``rgb`` in 0..255) or, where ``rgb`` is None, a little world painted by
    :mod:`worlds`.

    ``phrases`` complete "a dog …" ("in space"); ``titles`` stand alone ("a beautiful sunset").
    """

    name: str
    phrases: tuple[str, ...]
    titles: tuple[str, ...]
    rgb: tuple[int, int, int] | None = None

    @property
    def is_world(self) -> bool:
        return self.rgb is None


_COLOURS: dict[str, tuple[tuple[int, int, int], tuple[str, ...]]] = {
    "white": ((250, 250, 250), ("white",)),
    "black": ((22, 22, 26), ("black",)),
    "gray": ((146, 150, 156), ("gray", "grey")),
    "red": ((214, 52, 58), ("red", "crimson")),
    "orange": ((246, 146, 50), ("orange",)),
    "yellow": ((252, 216, 84), ("yellow",)),
    "green": ((84, 178, 92), ("green",)),
    "blue": ((62, 128, 232), ("blue",)),
    "purple": ((142, 84, 206), ("purple", "violet")),
    "pink": ((250, 162, 198), ("pink",)),
}


def _colour(name: str) -> Background:
    rgb, words = _COLOURS[name]
    return Background(
        name,
        tuple(
            p.format(w)
            for w in words
            for p in ("on a {} background", "on {}", "in front of a {} wall")
        ),
        tuple(p.format(w) for w in words for p in ("a plain {} background", "plain {}", "just {}")),
        rgb,
    )


_WORLDS = (
    Background(
        "sky",
        (
            "in the sky",
            "in a blue sky with clouds",
            "among the clouds",
            "in the clouds",
            "in the air",
        ),
        ("a blue sky with clouds", "a clear day", "the sky", "clouds in the sky", "a sunny day"),
    ),
    Background(
        "night",
        ("at night", "in the night", "under the stars", "in the dark", "under a starry sky"),
        ("a starry night", "the night sky", "a night sky with stars", "night", "stars at night"),
    ),
    Background(
        "sea",
        ("in the sea", "at sea", "on the water", "in the ocean", "on the sea", "in the water"),
        ("the sea", "the ocean", "a calm sea", "waves on the ocean", "blue ocean waves"),
    ),
    Background(
        "grass",
        ("on the grass", "in a meadow", "on a lawn", "in a field", "in the park", "in the grass"),
        (
            "a green meadow",
            "a grassy field",
            "a green field under a blue sky",
            "a lawn",
            "a meadow",
        ),
    ),
    Background(
        "desert",
        ("in the desert", "on the sand", "on the dunes", "on the beach"),
        ("a desert", "sand dunes", "a hot desert", "the desert with dunes"),
    ),
    Background(
        "snow",
        ("in the snow", "in winter", "on the snow", "in a snowy landscape"),
        ("a snowy landscape", "falling snow", "a winter day", "snow", "winter"),
    ),
    Background(
        "space",
        ("in space", "in outer space", "in the galaxy", "in the universe", "in the cosmos"),
        ("outer space", "a galaxy", "the universe", "a nebula in space", "space", "the milky way"),
    ),
    Background(
        "sunset",
        ("at sunset", "in the sunset", "at dusk", "in the evening", "at sunrise", "at dawn"),
        ("a sunset", "a sunset over the sea", "a sunrise", "a sunset over the ocean", "dusk"),
    ),
    Background(
        "mountains",
        ("in the mountains", "in front of mountains", "on a mountain", "in the hills"),
        ("mountains", "snowy mountains", "a mountain landscape", "the mountains", "tall mountains"),
    ),
    Background(
        "sunset over mountains",
        (
            "at sunset over mountains",
            "in the mountains at sunset",
            "in front of mountains at sunset",
        ),
        (
            "a sunset over mountains",
            "a sunset over the mountains",
            "a sunset in the mountains",
            "mountains at sunset",
            "a sunrise over mountains",
        ),
    ),
)

LOOKS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "pixel art": ("pixel art", "8-bit", "pixelated"),
    "sketch": ("pencil sketch", "sketch", "pencil drawing"),
    "sepia": ("sepia", "old photo", "vintage"),
    "neon": ("neon", "neon sign", "glowing neon"),
}
"""Ways to draw, each an image operation of :mod:`compose`, with the words that ask for it."""


@dataclass(frozen=True)
class Vocabulary:
    """Everything one preset knows. Indices into these tuples are the labels used elsewhere."""

    subjects: tuple[Subject, ...]
    backgrounds: tuple[Background, ...]
    looks: tuple[str, ...]

    def background(self, name: str) -> int:
        """The index of the background called ``name``."""
        return next(i for i, b in enumerate(self.backgrounds) if b.name == name)


def backgrounds() -> tuple[Background, ...]:
    """All plain colours, then all little worlds."""
    return tuple(_colour(name) for name in _COLOURS) + _WORLDS


def held_out(kind: str, *labels: str) -> bool:
    """Whether a combination is kept out of all training, so that evaluation can ask for it: one in
    ten, by hash.
    """
    return zlib.crc32("|".join((kind, *labels)).encode()) % 10 == 0
