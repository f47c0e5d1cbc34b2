"""PNG files that any program reads, whatever the picture, with the text that goes with it."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tastemaker.errors import UnsupportedImage
from tastemaker.storage.png import encode_png, png_size

TEXT = {"prompt": "ein rotes Äpfelchen 猫 🍎", "seed": "7"}


def opened(data: bytes) -> Image.Image:
    """What Pillow reads, after it has compared every chunk with its checksum."""
    Image.open(BytesIO(data)).verify()
    image = Image.open(BytesIO(data))
    image.load()
    return image


@given(st.data(), st.integers(1, 40), st.integers(1, 40))
def test_every_picture_comes_back(data: st.DataObject, width: int, height: int) -> None:
    pixels = data.draw(st.binary(min_size=3 * width * height, max_size=3 * width * height))
    image = Image.frombytes("RGB", (width, height), pixels)
    found = opened(encode_png(image, {}))
    assert (found.mode, found.size, found.tobytes()) == ("RGB", (width, height), pixels)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_pictures_of_other_kinds_come_back_too(mode: str) -> None:
    image = Image.radial_gradient("L").convert(mode)
    found = opened(encode_png(image, TEXT))
    assert found.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()
    assert found.info["prompt"] == TEXT["prompt"]


def test_text_comes_along_and_files_are_reproducible() -> None:
    image = Image.radial_gradient("L").convert("RGB")
    data = encode_png(image, TEXT)
    assert {name: opened(data).info[name] for name in TEXT} == TEXT
    assert data == encode_png(image, TEXT)


def test_flat_pictures_are_small() -> None:
    assert len(encode_png(Image.new("RGB", (512, 512), "teal"), {})) < 8 * 1024


def test_size_from_the_header() -> None:
    assert png_size(encode_png(Image.new("RGB", (40, 30)), {})) == (40, 30)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + 40 * b"\0"])
def test_size_wants_a_png(data: bytes) -> None:
    with pytest.raises(UnsupportedImage):
        png_size(data)
