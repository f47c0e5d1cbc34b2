"""How pictures get to another size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tastemaker.diffusion.fitting import extended, fitting_inside, resized
from tastemaker.domain import ResizeMode

RED, BLUE = (255, 0, 0), (0, 0, 255)


def halves(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image


@pytest.mark.parametrize("mode", ResizeMode)
def test_every_mode_gives_the_size(mode: ResizeMode) -> None:
    assert resized(halves(), 24, 24, mode).size == (24, 24)
    assert resized(halves().convert("L"), 7, 50, mode).mode == "RGB"
    assert resized(halves(), 40, 20, mode) == halves()


def test_padding_repeats_the_edge() -> None:
    pixels = np.asarray(resized(halves(), 40, 40, ResizeMode.PAD))
    assert (pixels[:, :20] == RED).all()
    assert (pixels[:, 20:] == BLUE).all()
    middle = pixels[10:30]
    assert (middle == np.asarray(halves())).all()


def test_cropping_keeps_the_middle_and_stretching_keeps_all() -> None:
    image = Image.new("RGB", (60, 20), BLUE)
    image.paste(RED, (20, 0, 40, 20))
    assert (np.asarray(resized(image, 20, 20, ResizeMode.CROP)) == RED).all()
    stretched = np.asarray(resized(image, 20, 20, ResizeMode.STRETCH))
    assert (stretched[:, 0] == BLUE).all()
    assert (stretched[:, 10] == RED).all()


def test_extending() -> None:
    found = np.asarray(extended(halves((2, 1)), 1, 2, 3, 0))
    assert found.shape == (3, 6, 3)
    assert (found[:, :2] == RED).all()
    assert (found[:, 2:] == BLUE).all()
    assert extended(halves(), 0, 0, 0, 0) == halves()


@pytest.mark.parametrize(
    ("size", "limits", "expected"),
    [
        ((400, 200), (512, 512), (512, 256)),
        ((200, 400), (512, 512), (256, 512)),
        ((300, 300), (512, 256), (256, 256)),
        ((10_000, 10), (512, 512), (512, 64)),
        ((3, 2), (512, 512), (512, 320)),
    ],
)
def test_the_largest_size_inside(
    size: tuple[int, int], limits: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert fitting_inside(*size, limits, 64) == expected
