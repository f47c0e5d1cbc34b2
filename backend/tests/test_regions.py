"""Which part of a picture an edit draws: one that can be drawn, and that holds what is new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tastemaker.domain import Box, Extend
from tastemaker.domain.regions import (
    Sizes,
    around,
    grown,
    new_part,
    size_for_part,
    size_for_whole,
)

SIZES = Sizes(64, 1024, (512, 512))
sides = st.integers(1, 5000)
added = st.integers(0, 900)


@st.composite
def parts(draw: st.DrawFn) -> tuple[Box, int, int]:
    """A part of a picture, and the picture's size."""
    width, height = draw(sides), draw(sides)
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    right, bottom = draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height))
    return Box(left, top, right, bottom), width, height


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and outer.right >= inner.right
        and outer.bottom >= inner.bottom
    )


@given(parts(), st.integers(0, 300))
def test_a_part_is_drawn_with_its_surroundings(found: tuple[Box, int, int], padding: int) -> None:
    part, width, height = found
    wide = around(part, padding, width, height)
    shape = size_for_part(wide, SIZES)
    region = grown(wide, shape, width, height)
    assert holds(region, wide)
    assert holds(wide, part)
    assert holds(Box(0, 0, width, height), region)
    assert all(side % 64 == 0 and 64 <= side <= 1024 for side in shape)
    assert 0.5 < shape[0] * shape[1] / 512**2 < 1.6
    if region.width < width and region.height < height:
        # It has the shape, rounded to whole pixels.
        assert abs(region.width * shape[1] - region.height * shape[0]) <= max(shape)


@given(sides, sides)
def test_a_whole_picture_is_drawn_at_a_size_that_can_be_drawn(width: int, height: int) -> None:
    drawn = size_for_whole(width, height, SIZES)
    assert all(side % 64 == 0 and 64 <= side <= 1024 for side in drawn)
    if max(width, height) in range(512, 1025):
        assert (drawn[0] - width, drawn[1] - height) >= (0, 0)
        assert max(drawn[0] - width, drawn[1] - height) < 64


@given(parts(), st.tuples(added, added, added, added), st.booleans())
def test_what_is_new_lies_within_its_box(
    found: tuple[Box, int, int], sides: tuple[int, int, int, int], masked: bool
) -> None:
    part, width, height = found
    extend = Extend(*sides)
    if extend.is_empty and not masked:
        return
    whole = extend.size(width, height)
    box = new_part(width, height, extend, part if masked else None)
    assert holds(Box(0, 0, *whole), box)
    if extend.left:
        assert (box.left, box.top, box.bottom) == (0, 0, whole[1])
    if extend.bottom:
        assert (box.left, box.right, box.bottom) == (0, *whole)
    if masked:
        moved = Box(
            part.left + extend.left,
            part.top + extend.top,
            part.right + extend.left,
            part.bottom + extend.top,
        )
        assert holds(box, moved)
        if extend.is_empty:
            assert box == part
