"""The benchmark of PNG files measures all sides on the same pictures."""

from __future__ import annotations

import pytest
from PIL import Image

from benchmarks import png


def test_every_side_is_measured() -> None:
    pictures = [Image.radial_gradient("L").convert("RGB"), Image.new("RGB", (30, 20), "teal")]
    header, *lines = png.measure(pictures, repeats=3)
    assert header.split()[0] == "side"
    assert [line[2:16].strip() for line in lines] == list(png.SIDES)
    assert lines[0].split()[2] == "1.00"


def test_a_side_that_changes_pixels_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(png.SIDES, "Pillow", lambda image: png.by_pillow(image.rotate(90), -1))
    with pytest.raises(AssertionError, match="Pillow"):
        png.measure([Image.linear_gradient("L").convert("RGB")], repeats=3)
