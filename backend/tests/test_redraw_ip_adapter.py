"""A picture whose style was taken over by an IP-Adapter comes out the same, or is told why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tastemaker.diffusion.components import load_components
from tastemaker.domain import StyleReference
from tastemaker.redraw import redraw
from tastemaker.settings import Settings
from tastemaker.storage.png import encode_png
from tests.diffusion.conftest import CPU
from tests.studio import Studio
from tests.test_redraw import REQUEST, Draw, draw, edit, settings, studio
from tests.tiny_ip_adapter import write_image_encoder, write_ip_adapter

__all__ = ["draw", "settings", "studio"]


@pytest.fixture
def write(settings: Settings) -> Any:
    """Writes an IP-Adapter of that name for the tiny model."""
    folder = settings.models_dir / "ip-adapter"
    write_image_encoder(folder / "image_encoder")
    unet = load_components(settings.models_dir / "tiny", CPU).unet

    def written(name: str, **options: Any) -> Path:
        return write_ip_adapter(folder / f"{name}.safetensors", unet, **options)

    return written


@pytest.fixture
def styled(studio: Studio) -> Any:
    style = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
    content = studio.blobs.put(encode_png(style, {}))
    return replace(REQUEST, style_reference=StyleReference(content, 0.8))


def test_the_very_same_whatever_lies_beside_it(
    draw: Draw, settings: Settings, write: Any, styled: Any
) -> None:
    write("b")
    drawn, plain = draw(styled, replace(REQUEST, seed=8))
    found = redraw(settings, drawn)
    assert found.record.params["style_method"] == "ip-adapter"
    assert found.record.params["style_adapter"] == "b.safetensors"
    assert found.identical
    assert not found.reasons
    assert "style_method" not in redraw(settings, plain).record.params
    write("a", seed=9)
    assert redraw(settings, drawn).identical


def test_without_one_then_and_with_one_now(
    draw: Draw, settings: Settings, styled: Any, request: pytest.FixtureRequest
) -> None:
    """What was done by statistics is done by them again."""
    (drawn,) = draw(styled)
    request.getfixturevalue("write")("a")
    found = redraw(settings, drawn)
    assert found.record.params["style_method"] == "statistics"
    assert found.identical
    assert not found.reasons


def test_one_that_is_gone_or_another_is_the_reason(
    draw: Draw, settings: Settings, write: Any, styled: Any
) -> None:
    file = write("a")
    (drawn,) = draw(styled)
    write("a", seed=9)
    found = redraw(settings, drawn)
    assert not found.identical
    assert "here by the IP-Adapter a.safetensors (" in found.reasons[0]
    file.unlink()
    found = redraw(settings, drawn)
    assert not found.identical
    assert "taken over by the IP-Adapter a.safetensors" in found.reasons[0]
    assert "here by the statistics of its latents" in found.reasons[0]
    assert "Put a.safetensors and its image encoder into the folder" in found.reasons[1]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", None, 3])
def test_a_record_that_names_nonsense(
    draw: Draw, settings: Settings, studio: Studio, write: Any, styled: Any, name: Any
) -> None:
    """It may have come with an imported picture."""
    write("a")
    (drawn,) = draw(styled)
    edit(studio, drawn, style_adapter=name)
    assert redraw(settings, drawn).reasons
