"""Untrusted pictures are decoded to upright RGB, or refused with a reason, in bounded memory."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tastemaker.errors import UnreadableImage, UnsupportedImage
from tastemaker.storage.pictures import make_thumbnail, media_type, read_picture, read_size

LIMIT = 1_000_000


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def gradient(size: tuple[int, int] = (40, 30)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert("RGB")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_usual_formats_are_read(kind: str) -> None:
    data = saved(gradient(), kind)
    image = read_picture(data, max_pixels=LIMIT)
    assert (image.mode, image.size) == ("RGB", (40, 30))
    assert read_size(data) == (40, 30)
    assert media_type(data) == f"image/{kind.lower()}"
    difference = [abs(a - b) for a, b in zip(image.tobytes(), gradient().tobytes(), strict=True)]
    assert max(difference) <= 12


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"\x89PNG",
        bytes(99),
    ],
)
def test_what_is_no_picture_is_unsupported(data: bytes) -> None:
    with pytest.raises(UnsupportedImage, match="Allowed formats"):
        read_picture(data, max_pixels=LIMIT)
    assert media_type(data) == "application/octet-stream"


def test_formats_outside_the_list_are_unsupported() -> None:
    with pytest.raises(UnsupportedImage):
        read_picture(saved(gradient(), "TIFF"), max_pixels=LIMIT)
    with pytest.raises(UnsupportedImage):
        read_picture(saved(gradient(), "BMP"), max_pixels=LIMIT)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_truncated_pictures_are_unreadable(kind: str) -> None:
    data = saved(Image.effect_noise((200, 200), 90).convert("RGB"), kind)
    with pytest.raises(UnreadableImage, match="truncated or damaged"):
        read_picture(data[: len(data) // 2], max_pixels=LIMIT)


def test_every_cut_of_a_png_is_refused_or_read() -> None:
    data = saved(gradient((9, 7)), "PNG")
    for length in range(len(data)):
        try:
            image = read_picture(data[:length], max_pixels=LIMIT)
        except (UnsupportedImage, UnreadableImage):
            continue
        assert image.size == (9, 7)


def test_too_many_pixels_are_refused_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def must_not_decode(_: Image.Image) -> None:
        raise AssertionError("decoded")

    data = saved(gradient((1001, 1000)), "PNG")
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", must_not_decode)
    with pytest.raises(UnreadableImage, match="1001 × 1000"):
        read_picture(data, max_pixels=LIMIT)


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises more pixels than anyone has memory for."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (20_000, 2_500)])
def test_bombs_are_unreadable(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadableImage, match="pixels"):
        read_picture(bomb(*size), max_pixels=40_000_000)


def test_exif_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(gradient((40, 30)), "JPEG", exif=exif)
    assert read_picture(data, max_pixels=LIMIT).size == (30, 40)


def test_transparency_becomes_white() -> None:
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert read_picture(saved(clear, "PNG"), max_pixels=LIMIT).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    data = saved(palette, "PNG", transparency=0)
    assert read_picture(data, max_pixels=LIMIT).getpixel((0, 0)) == (255, 255, 255)


def test_grey_of_16_bits_keeps_its_tones() -> None:
    image = Image.new("I;16", (2, 1))
    image.putpixel((0, 0), 65535 // 2)
    image.putpixel((1, 0), 65535)
    found = read_picture(saved(image, "PNG"), max_pixels=LIMIT)
    assert found.getpixel((0, 0)) == (127, 127, 127)
    assert found.getpixel((1, 0)) == (255, 255, 255)


def test_the_first_frame_of_an_animation_is_taken() -> None:
    frames = [Image.new("RGB", (6, 6), "red"), Image.new("RGB", (6, 6), "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(data, max_pixels=LIMIT).getpixel((1, 1)) == (255, 0, 0)


def test_a_cameras_jpeg_with_a_second_picture_in_it_is_a_jpeg() -> None:
    out = BytesIO()
    gradient().save(out, "MPO", save_all=True, append_images=[gradient()])
    assert media_type(out.getvalue()) == "image/jpeg"


@pytest.mark.parametrize(
    ("size", "expected"), [((1000, 500), (384, 192)), ((100, 50), (100, 50)), ((4000, 4), (384, 1))]
)
def test_thumbnails_keep_proportions_and_never_grow(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    data = make_thumbnail(gradient(size))
    assert media_type(data) == "image/jpeg"
    found = read_size(data)
    assert abs(found[0] - expected[0]) <= 1
    assert max(found[1], 1) >= expected[1]
    assert len(data) < 10_000
