"""The measures of the edits benchmark measure what they say."""

from __future__ import annotations

import numpy as np
from PIL import Image

from benchmarks.edits import middle, seam_of, untouched


def noise(seed: int, size: tuple[int, int] = (96, 40)) -> Image.Image:
    values = np.random.default_rng(seed).integers(90, 110, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values)


def test_a_seam_stands_out_and_no_seam_does_not() -> None:
    picture = noise(1)
    assert 0.8 < seam_of(picture, 64).ratio < 1.2
    picture.paste(noise(2, (32, 40)).point(lambda value: value + 50), (64, 0))
    assert seam_of(picture, 64).ratio > 5
    assert 0.8 < seam_of(picture, 20).ratio < 1.2


def test_changes_outside_of_the_mask_are_counted() -> None:
    before, mask = noise(1), middle(96, 40)
    after = before.copy()
    after.paste((0, 0, 0), (48, 20, 50, 22))
    outside, changed = untouched(before, after, mask)
    assert 0 < outside < 96 * 40
    assert changed == 0
    after.paste((0, 0, 0), (0, 0, 2, 3))
    assert untouched(before, after, mask) == (outside, 6)
