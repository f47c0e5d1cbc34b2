"""Renders emoji glyphs from the Noto Color Emoji font into one tensor, the atlas. Knows fonts, not
scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont, features

from tastemaker.errors import TastemakerError

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
_BITMAP_SIZE = 109  # the only size at which this bitmap font renders: 136×128 pixels
_WIDEST = 150  # pixels; what is wider are several glyphs side by side
LARGEST = 144
"""Pixels; drawn any larger, a glyph gains nothing."""
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_DULL = (
    "flag: ",
    "keycap: ",
    " button",
    " arrow",
    "o’clock",
    "-thirty",
    "input ",
    " square",
    " circle",
)


class GlyphsUnavailable(TastemakerError):
    """The emoji font, or the library that shapes its sequences, is not installed."""


def emoji_by_name() -> dict[str, str]:
    """Fully-qualified emoji by CLDR short name, without skin tones, flags, buttons, arrows, keycaps
    and clock faces.
    """
    try:
        import emoji
    except ImportError as error:
        raise GlyphsUnavailable(
            "Making the starter needs the names of the glyphs: pip install emoji"
        ) from error
    found: dict[str, str] = {}
    for text, entry in emoji.EMOJI_DATA.items():
        toned = any(ord(c) in _SKIN_TONES for c in text)
        flag = any(0x1F1E6 <= ord(c) <= 0x1F1FF or 0xE0020 <= ord(c) <= 0xE007F for c in text)
        name = str(entry["en"]).strip(":").replace("_", " ")
        qualified = entry["status"] == emoji.STATUS["fully_qualified"]
        if qualified and not (toned or flag or any(part in name for part in _DULL)):
            found[name] = text
    return found


def drawable_names(font: Path = FONT) -> list[str]:
    """The names of `emoji_by_name` for which the font has a glyph; new emoji may be missing.

    Raises GlyphsUnavailable when the font or raqm is missing.
    """
    face = _face(font)
    return [name for name, text in emoji_by_name().items() if _draw(text, face) is not None]


def render_atlas(names: Sequence[str], size: int, font: Path = FONT) -> torch.Tensor:
    """Draw each named glyph, cropped and centred, so that its longer side fills the square but for
    a thin margin.

    Returns float32 ``[len(names), 4, size, size]``: RGB in 0..1 multiplied by alpha, and alpha.
    Raises GlyphsUnavailable when the font, raqm or a glyph is missing.
    """
    face = _face(font)
    texts = emoji_by_name()
    missing = [name for name in names if name not in texts]
    if missing:
        raise GlyphsUnavailable(f"No emoji with these CLDR names: {', '.join(missing)}")
    return torch.stack([_render(texts[name], face, size) for name in names])


def _face(font: Path) -> ImageFont.FreeTypeFont:
    if not font.is_file():
        raise GlyphsUnavailable(
            f"No emoji font at {font}. On Debian or Ubuntu: apt install fonts-noto-color-emoji"
        )
    if not features.check("raqm"):
        raise GlyphsUnavailable(
            "Pillow cannot shape emoji sequences without raqm: apt install libraqm0"
        )
    return ImageFont.truetype(str(font), _BITMAP_SIZE, layout_engine=ImageFont.Layout.RAQM)


def _draw(text: str, face: ImageFont.FreeTypeFont) -> Image.Image | None:
    """The glyph, cropped; ``None`` if the font has none, or none for the sequence as a whole."""
    canvas = Image.new("RGBA", (400, 200))
    ImageDraw.Draw(canvas).text((8, 8), text, font=face, embedded_color=True)
    box = canvas.getbbox()
    return None if box is None or box[2] - box[0] > _WIDEST else canvas.crop(box)


def _render(text: str, face: ImageFont.FreeTypeFont, size: int) -> torch.Tensor:
    drawn = _draw(text, face)
    if drawn is None:
        raise GlyphsUnavailable(f"The font draws nothing for {text!r}")
    rgba = np.asarray(drawn, np.float32) / 255
    rgba[..., :3] *= rgba[..., 3:]  # premultiplied before resizing, or edges get dark fringes
    glyph = torch.from_numpy(rgba).permute(2, 0, 1)[None]
    longest = max(glyph.shape[-2:])
    inner = size - 4
    shape = [max(1, round(side * inner / longest)) for side in glyph.shape[-2:]]
    glyph = torch.nn.functional.interpolate(glyph, shape, mode="bicubic", antialias=True).clamp(
        0, 1
    )[0]
    square = torch.zeros(4, size, size)
    top, left = (size - shape[0]) // 2, (size - shape[1]) // 2
    square[:, top : top + shape[0], left : left + shape[1]] = glyph
    return square
