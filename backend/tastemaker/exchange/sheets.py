"""Contact sheets: the pictures of a grid with its axes written beside them, as one picture.

Pillow only; fonts are looked for on the machine, and its own is used where there is none.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from tastemaker.domain.batches import GridLayout

MAX_SIDE = 8192
MAX_CELL = 512
_GAP = 8
_PAPER, _INK, _FAINT = (255, 255, 255), (24, 24, 27), (113, 113, 122)
_EMPTY = (228, 228, 231)
_MOST_LINES = 5
# Fonts with more letters than Pillow's own, as systems call them.
_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "LiberationSans-Regular.ttf")

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def contact_sheet(
    layout: GridLayout,
    size: tuple[int, int],
    cell: Callable[[int, int], Image.Image | None],
    title: str,
) -> Image.Image:
    """The sheet of a grid whose largest picture has ``size``.

    ``cell(row, column)`` gives a picture, or ``None`` for one that isn't there; only one at a time
    is in memory. Values of x stand above the columns, those of y beside the rows, the names of the
    parameters with them.
    """
    columns, rows = layout.columns, layout.rows
    room = MAX_SIDE * 3 // 4
    scale = min(
        1.0,
        MAX_CELL / max(size),
        (room / columns - _GAP) / size[0],
        (room / rows - _GAP) / size[1],
    )
    # Small pictures are doubled until their labels can be read.
    times = 1
    while scale == 1.0 and max(size) * times * 2 <= 256 and columns * size[0] * times * 2 <= room:
        times *= 2
    width = max(16, round(size[0] * scale * times))
    height = max(16, round(size[1] * scale * times))
    points = max(13, min(26, width // 11))
    font, small = _font(points), _font(max(11, points * 3 // 4))
    above = [_wrapped(label, font, width) for label in layout.x.labels]
    beside_width = 0 if layout.y is None else max(120, min(320, width))
    beside = [] if layout.y is None else [_wrapped(t, font, beside_width) for t in layout.y.labels]
    line = _height(font)
    head = 2 * _GAP + 2 * _height(small)
    top = head + line * max(text.count("\n") + 1 for text in above) + _GAP
    left = _GAP + (beside_width + _GAP if layout.y is not None else 0)
    sheet = Image.new(
        "RGB",
        (left + columns * (width + _GAP), top + rows * (height + _GAP)),
        _PAPER,
    )
    draw = ImageDraw.Draw(sheet)
    names = f"→ {layout.x.parameter}" + ("" if layout.y is None else f"   ↓ {layout.y.parameter}")
    space = sheet.width - 2 * _GAP
    draw.text((_GAP, _GAP), _wrapped(title, small, space, 1), fill=_INK, font=small)
    draw.text((_GAP, _GAP + _height(small)), _plain(names, small), fill=_FAINT, font=small)
    for column, text in enumerate(above):
        middle = left + column * (width + _GAP) + width // 2
        draw.multiline_text(
            (middle, top - _GAP), text, fill=_INK, font=font, anchor="md", align="center", spacing=4
        )
    for row in range(rows):
        y = top + row * (height + _GAP)
        if beside:
            draw.multiline_text(
                (_GAP + beside_width, y + height // 2),
                beside[row],
                fill=_INK,
                font=font,
                anchor="rm",
                align="right",
                spacing=4,
            )
        for column in range(columns):
            _paste(sheet, (left + column * (width + _GAP), y), (width, height), cell(row, column))
    return sheet


def _paste(
    sheet: Image.Image, place: tuple[int, int], size: tuple[int, int], picture: Image.Image | None
) -> None:
    """A picture in the middle of its cell, its proportions kept; or an empty cell."""
    x, y = place
    if picture is None:
        ImageDraw.Draw(sheet).rectangle((x, y, x + size[0] - 1, y + size[1] - 1), fill=_EMPTY)
        return
    scale = min(size[0] / picture.width, size[1] / picture.height)
    new = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    sharp = scale >= 2 and float(scale).is_integer()
    method = Image.Resampling.NEAREST if sharp else Image.Resampling.LANCZOS
    small = picture.convert("RGB").resize(new, method)
    sheet.paste(small, (x + (size[0] - new[0]) // 2, y + (size[1] - new[1]) // 2))


@lru_cache(32)
def _font(points: int) -> Font:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, points)
        except OSError:
            continue
    return ImageFont.load_default(points)


def _height(font: Font) -> int:
    box = font.getbbox("Ágy|")
    return round(box[3] - min(0, box[1])) + 4


def _plain(text: str, font: Font) -> str:
    """Pillow's own font has no arrows."""
    if isinstance(font, ImageFont.FreeTypeFont) and font.getname()[0] not in ("Aileron", None):
        return text
    return text.replace("→", "across:").replace("↓", "down:")


def _wrapped(text: str, font: Font, width: int, most: int = _MOST_LINES) -> str:
    """``text`` in lines no wider than ``width`` pixels, at most so many of them."""
    text = " ".join(text.split()) or "(nothing)"
    letters = max(4, int(width / max(1.0, font.getlength("abcdefghij 12345") / 16)))
    while True:
        lines = textwrap.wrap(
            text, letters, max_lines=most, placeholder="…", break_on_hyphens=False
        ) or [text[:letters]]
        if letters <= 4 or all(font.getlength(line) <= width for line in lines):
            return "\n".join(lines)
        letters -= 1
