"""Simulated owners: rules that look at a picture's pixels, and only at those, and say like or not.

What a rule likes must vary among pictures of one prompt, or there is nothing to learn: the prompts
of `prompts` leave the background open.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tastemaker.starter.captions import article
from tastemaker.starter.vocabulary import Vocabulary

Pixels = NDArray[np.float64]
Rule = Callable[[Image.Image], bool]
_TEMPLATES = ("{}", "a picture of {}", "a drawing of {}", "sticker of {}")


def _pixels(picture: Image.Image) -> Pixels:
    """RGB in 0..1, ``[height, width, 3]``."""
    return np.asarray(picture.convert("RGB"), dtype=np.float64) / 255


def _border(pixels: Pixels) -> Pixels:
    """The outer sixteenth on every side, ``[n, 3]``: background, hardly ever the subject."""
    width = max(1, pixels.shape[0] // 16)
    inner = np.zeros(pixels.shape[:2], dtype=bool)
    inner[width:-width, width:-width] = True
    chosen: Pixels = pixels[~inner]
    return chosen


def warm(picture: Image.Image) -> bool:
    """More red than blue over the whole picture."""
    red, _, blue = _pixels(picture).mean((0, 1))
    return bool(red > blue + 0.03)


def blue_background(picture: Image.Image) -> bool:
    """The border is clearly more blue than red, and not less blue than green."""
    red, green, blue = _border(_pixels(picture)).mean(0)
    return bool(blue > red + 0.1 and blue >= green - 0.02)


def bright(picture: Image.Image) -> bool:
    """The border's luminance (Rec. 601) is above 0.6."""
    return bool(_border(_pixels(picture)).mean(0) @ (0.299, 0.587, 0.114) > 0.6)


def scenery(picture: Image.Image) -> bool:
    """The border isn't plain: somewhere, not on a coloured wall."""
    return bool(_border(_pixels(picture)).std(0).mean() > 0.04)


RULES: dict[str, Rule] = {
    "warm": warm,
    "blue": blue_background,
    "bright": bright,
    "scenery": scenery,
}


def prompts(vocabulary: Vocabulary, count: int, seed: int, *, fresh: bool) -> list[str]:
    """Prompts that leave the background open; ``fresh`` ones are of subjects that others lack."""
    rng = random.Random(f"owner-{seed}-{fresh}")
    subjects = [s for i, s in enumerate(vocabulary.subjects) if (i % 3 == 0) == fresh]
    return [
        rng.choice(_TEMPLATES).format(article(rng.choice(rng.choice(subjects).words)))
        for _ in range(count)
    ]


def share(rule: Rule, pictures: Sequence[Image.Image]) -> float:
    """How many of the pictures the owner likes, 0..1."""
    return sum(rule(picture) for picture in pictures) / len(pictures)
