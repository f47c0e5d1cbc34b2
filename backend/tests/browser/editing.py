"""What the editor's tests share: the stage, painting on it, and what is sent because of it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import wait_for


def picture_file(
    name: str, size: tuple[int, int], colour: str = "teal", **save: Any
) -> FilePayload:
    """A file as a chooser takes it; the format follows from the name."""
    data = io.BytesIO()
    kind = "JPEG" if name.endswith(".jpg") else "PNG"
    Image.new("RGB", size, colour).save(data, kind, **save)
    return {"name": name, "mimeType": f"image/{kind.lower()}", "buffer": data.getvalue()}


def rotated() -> bytes:
    """Metadata of a camera that was held upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def stage_of(page: Page) -> Locator:
    """The stage, once its picture is there."""
    stage = page.get_by_role("application")
    expect(stage).to_be_visible()
    wait_for(
        page, "image => image.complete && image.naturalWidth", stage.locator("img").element_handle()
    )
    return stage


def place(page: Page, across: float, down: float) -> tuple[float, float]:
    """A point of the window over the picture, by its share of width and height."""
    box = page.get_by_role("application").locator("img").bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def paint(page: Page, *points: tuple[float, float]) -> None:
    """One stroke of the mouse through points as `place` has them."""
    first, *rest = [place(page, *point) for point in points]
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def press_redraw(page: Page) -> None:
    page.get_by_role("button", name="Redraw").click()


def body_of(page: Page, deed: Callable[[Page], None]) -> dict[str, Any]:
    """What is posted to the edits' endpoint by ``deed``."""
    with page.expect_request(lambda asked: asked.url.endswith("/api/edits")) as waiting:
        deed(page)
    body: dict[str, Any] = waiting.value.post_data_json
    return body


def mask_in(body: dict[str, Any]) -> Image.Image:
    """The mask of a body."""
    data = body["mask"].removeprefix("data:image/png;base64,")
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("L")
