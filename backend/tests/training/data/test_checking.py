"""Pictures in every spelling of base64, and limits."""

from __future__ import annotations

import base64
import random
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tastemaker.training.data.checking import (
    Limits,
    RowError,
    check_picture,
    clean_caption,
    make_record,
    picture_bytes,
)
from tastemaker.training.data.examples import Example, Reason, Rejected
from tests.training.data.tables_made import picture

PREFIXES = ("", "data:image/png;base64,", "DATA:image/jpeg;charset=x;base64 ,", "data:;base64,")


@st.composite
def spellings(draw: st.DrawFn) -> tuple[bytes, Any]:
    """A picture, and a cell that holds it in some spelling."""
    size = (draw(st.integers(16, 40)), draw(st.integers(16, 40)))
    kind = draw(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]))
    data = picture(draw(st.integers(0, 65535)), size, kind)
    form = draw(st.sampled_from(["raw", "memory", "base64"]))
    value: Any = data
    if form == "memory":
        value = draw(st.sampled_from([bytearray(data), memoryview(data)]))
    elif form == "base64":
        url_safe = draw(st.booleans())
        text = (base64.urlsafe_b64encode(data) if url_safe else base64.b64encode(data)).decode()
        if draw(st.booleans()):
            text = text.rstrip("=")
        width = draw(st.sampled_from([0, 60, 76]))
        if width:
            text = "\r\n".join(text[i : i + width] for i in range(0, len(text), width))
        text = draw(st.sampled_from(PREFIXES)) + text
        text = (
            draw(st.sampled_from(["", " ", "\n", "\t"])) + text + draw(st.sampled_from(["", "\n"]))
        )
        quote = draw(st.sampled_from(["", '"', "'", "b'"]))
        text = quote + text + quote[-1:]
        value = draw(st.sampled_from([text, text.encode()]))
    if draw(st.booleans()):
        value = {"bytes": value, "path": draw(st.sampled_from([None, "a.png"]))}
    return data, value


@settings(max_examples=150, deadline=None)
@given(spellings())
def test_every_spelling_gives_the_same_bytes(spelled: tuple[bytes, Any]) -> None:
    data, value = spelled
    assert picture_bytes(value) == data
    check_picture(picture_bytes(value), Limits())


# No subnormal numbers: the engine's tests, in the same process, let the processor flush them.
floats = st.floats(allow_subnormal=False)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(anything, anything)
def test_whatever_a_cell_holds_becomes_a_reason(cell: object, caption: object) -> None:
    with pytest.raises(RowError):
        check_picture(picture_bytes(cell), Limits())
    record = make_record("1", picture(1), caption, "s", Limits())
    if isinstance(record, Example):
        assert isinstance(caption, str | bytes)
        assert record.caption == record.caption.strip() != ""
        record.caption.encode()
    else:
        assert record.picture == picture(1)


def _noise() -> bytes:
    out = BytesIO()
    Image.frombytes("RGB", (32, 32), random.Random(0).randbytes(32 * 32 * 3)).save(out, "PNG")
    return out.getvalue()


NOISE = _noise()


@settings(max_examples=60, deadline=None)
# The last bytes are checksums and the end mark: without them every pixel is still there.
@given(st.integers(0, len(NOISE) - 64))
def test_a_cut_picture_is_never_accepted(length: int) -> None:
    record = make_record("1", NOISE[:length], "a", "s", Limits())
    assert isinstance(record, Rejected)
    assert record.reason in (Reason.DAMAGED, Reason.NOT_A_PICTURE)
    assert record.picture is None


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ((16, 16), None),
        ((15, 16), Reason.TOO_SMALL),
        ((100, 15), Reason.TOO_SMALL),
        ((100, 100), None),
        ((101, 100), Reason.TOO_MANY_PIXELS),
    ],
)
def test_the_limits_on_size_are_inclusive(size: tuple[int, int], reason: Reason | None) -> None:
    record = make_record("1", picture(1, size), "a", "s", Limits(max_pixels=10_000))
    assert (record.reason if isinstance(record, Rejected) else None) == reason


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    header = bytearray(picture(1))
    header[16:24] = (60_000).to_bytes(4) * 2
    record = make_record("1", bytes(header), "a", "s", Limits())
    assert isinstance(record, Rejected)
    # Pillow checks the header's checksum before its size in some versions.
    assert record.reason in (Reason.TOO_MANY_PIXELS, Reason.DAMAGED, Reason.NOT_A_PICTURE)
    assert record.picture is None


@pytest.mark.parametrize(
    ("caption", "text"),
    [
        (" a cat \n", "a cat"),
        ("猫".encode(), "猫"),
        ("a\0b", "a b"),
        ("x\ud800", "x?"),
        ("a" * 9, "a" * 9),
    ],
)
def test_captions_are_cleaned(caption: object, text: str) -> None:
    assert clean_caption(caption, Limits(max_caption=9)) == text


def test_equal_pictures_with_equal_captions_have_equal_digests() -> None:
    def digest(number: int, caption: str) -> str:
        return Example.of("k", picture(number), caption, "s").digest

    assert digest(1, "a") == digest(1, "a")
    assert len({digest(1, "a"), digest(2, "a"), digest(1, "b"), digest(2, "b")}) == 4
