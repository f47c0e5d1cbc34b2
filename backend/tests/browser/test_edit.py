"""The mask editor as people use it: by mouse, by touch, by keyboard, and over a reload."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS, wait_for
from tests.browser.editing import (
    body_of,
    mask_in,
    paint,
    picture_file,
    place,
    press_redraw,
    rotated,
    stage_of,
)
from tests.servers import StudioServer

pytestmark = pytest.mark.browser

REFUSED = {
    "status": 503,
    "content_type": "application/problem+json",
    "body": '{"title": "Busy", "status": 503, "detail": "The studio is busy."}',
}


def test_a_part_is_painted_by_mouse_and_redrawn(
    page: Page, server: StudioServer, image_id: int
) -> None:
    page.route("**/api/edits", lambda route: route.fulfill(**REFUSED))
    page.goto(f"/images/{image_id}")
    page.get_by_role("button", name="Send to…").click()
    page.get_by_role("menuitem", name="Edit it").click()
    expect(page).to_have_url(re.compile(rf"/edit\?image={image_id}$"))
    stage_of(page)
    paint(page, (0.25, 0.5), (0.75, 0.5))
    page.get_by_label("Prompt", exact=True).fill("a green apple")
    page.get_by_label("Steps", exact=True).or_(page.get_by_text("More settings")).first.click()
    page.get_by_label("Steps", exact=True).fill("2")
    # A refusal costs nothing that was painted or typed.
    press_redraw(page)
    expect(page.get_by_role("form").get_by_text("The studio is busy.")).to_be_visible()
    page.unroute("**/api/edits")
    body = body_of(page, press_redraw)
    assert body["image_id"] == image_id
    assert body["prompt"] == "a green apple"
    mask = mask_in(body)
    source = server.get(f"/api/images/{image_id}")
    assert mask.size == (source["width"], source["height"])
    width, height = mask.size
    marked = [mask.getpixel((round(x * width), height // 2)) for x in (0.05, 0.3, 0.7, 0.95)]
    assert marked == [0, 255, 255, 0]
    assert mask.getpixel((width // 2, 2)) == 0
    # The result comes up beside the picture by itself.
    expect(page.get_by_text("Before", exact=True)).to_be_visible()
    after = page.get_by_role("img", name="After: a green apple")
    expect(after).to_be_visible()
    made = server.get(f"/api/images?parent_id={image_id}")["items"]
    assert [image["prompt"] for image in made] == ["a green apple"]
    page.get_by_role("button", name="One over the other").click()
    expect(page.get_by_role("slider", name=re.compile("Before"))).to_be_visible()
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="Like", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="Back to the mask").click()
    expect(stage_of(page)).to_have_accessible_name(re.compile("percent is masked"))
    page.get_by_role("button", name="Result 1: a green apple").click()
    page.get_by_role("link", name="Go on with this one").click()
    expect(page).to_have_url(re.compile(rf"/edit\?image={made[0]['id']}$"))
    expect(stage_of(page)).to_have_accessible_name(re.compile("Nothing is masked"))


def test_everything_painted_and_typed_outlives_a_reload(page: Page) -> None:
    page.goto("/edit")
    page.get_by_label("Picture to edit").set_input_files(
        # Turned by a camera: shown, and painted on, the right way up.
        picture_file("street.jpg", (96, 64), exif=rotated())
    )
    stage_of(page)
    paint(page, (0.5, 0.2), (0.5, 0.8))
    page.get_by_label("Prompt", exact=True).fill("a tram")
    page.get_by_label("Extend: left").fill("16")
    expect(page.get_by_text("Becomes 80 × 96 pixels", exact=False)).to_be_visible()
    # Leaving the page is no end either.
    page.get_by_role("link", name="Gallery").first.click()
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    page.go_back()
    stage_of(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.wait_for_timeout(500)
    page.route("**/api/edits", lambda route: route.fulfill(**REFUSED))
    page.reload()
    expect(page.get_by_role("heading", name="Edit: street.jpg")).to_be_visible()
    stage_of(page)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a tram")
    expect(page.get_by_label("Extend: left")).to_have_value("16")
    body = body_of(page, press_redraw)
    assert body["image"].startswith("data:image/jpeg;base64,")
    assert body["extend"] == {"left": 16, "top": 0, "right": 0, "bottom": 0}
    mask = mask_in(body)
    assert mask.size == (64, 96)
    assert [mask.getpixel((32, y)) for y in (2, 30, 60, 94)] == [0, 255, 255, 0]


def test_fingers_paint_and_pinch(browser: Browser, server: StudioServer, image_id: int) -> None:
    context = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    page.goto(f"/edit?image={image_id}")
    stage = stage_of(page)
    hand = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [place(page, *point) for point in points]
        listed = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(places)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})

    touch("touchStart", (0.3, 0.3))
    touch("touchMove", (0.5, 0.3))
    touch("touchMove", (0.7, 0.3))
    touch("touchEnd")
    expect(stage).to_have_accessible_name(re.compile(r"\d+ percent is masked"))
    painted = stage.get_attribute("aria-label")
    before = stage.locator("img").bounding_box()
    # From here on places are fixed: the picture itself moves under the fingers.
    (ax, ay), (bx, by) = place(page, 0.4, 0.6), place(page, 0.6, 0.6)

    def pinch(kind: str, spread: float) -> None:
        listed = [{"x": ax - spread, "y": ay, "id": 0}, {"x": bx + spread, "y": by, "id": 1}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})

    hand.send(
        "Input.dispatchTouchEvent",
        {"type": "touchStart", "touchPoints": [{"x": ax, "y": ay, "id": 0}]},
    )
    pinch("touchStart", 0)
    for spread in (10, 25, 40):
        pinch("touchMove", spread)
    touch("touchEnd")
    wait_for(
        page,
        "([image, width]) => image.getBoundingClientRect().width > 1.5 * width",
        [stage.locator("img").element_handle(), before["width"] if before else 0],
    )
    expect(stage).to_have_accessible_name(painted or "")
    page.get_by_role("button", name="Undo").tap()
    expect(stage).to_have_accessible_name(re.compile("Nothing is masked"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_everything_by_keyboard(page: Page, image_id: int) -> None:
    page.route("**/api/edits", lambda route: route.fulfill(**REFUSED))
    page.goto(f"/edit?image={image_id}")
    stage = stage_of(page)
    for _ in range(40):
        page.keyboard.press("Tab")
        if stage.evaluate("element => element === document.activeElement"):
            break
    expect(stage).to_be_focused()
    expect(page.get_by_text("Space paints", exact=False).first).to_be_visible()
    # The brush stands in the middle, walks to the left edge and paints its way back.
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    page.keyboard.down("Space")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    # A place is told a moment after the last step, and would talk over what is told meanwhile.
    spoken = page.locator("[aria-live=polite][aria-atomic=true]")
    expect(spoken).to_have_text(re.compile("100 percent across"))
    page.keyboard.up("Space")
    expect(spoken).to_have_text(re.compile("percent is masked"))
    page.keyboard.press("ArrowUp")
    expect(spoken).to_have_text(re.compile(r"100 percent across, \d+ percent down"))
    page.keyboard.press("e")
    page.keyboard.press("Enter")
    expect(spoken).to_have_text(re.compile("Eraser down"))
    page.keyboard.press("ArrowDown")
    expect(spoken).to_have_text(re.compile("percent across"))
    page.keyboard.press("Enter")
    page.keyboard.press("Control+z")
    expect(spoken).to_have_text("Undone: Erasing")
    page.keyboard.press("]")
    expect(spoken).to_have_text(re.compile(r"Brush \d+ pixels"))
    # The frame's sides are sliders.
    page.keyboard.press("x")
    handle = page.get_by_role("slider", name="Extend at the bottom")
    handle.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.get_by_label("Extend: bottom")).to_have_value("16")
    expect(handle).to_be_focused()
    body = body_of(page, lambda here: here.keyboard.press("Control+Enter"))
    mask = mask_in(body)
    width, height = mask.size
    assert [mask.getpixel((x, height // 2)) for x in (0, width // 2, width - 1)] == [255] * 3
    assert [mask.getpixel((width // 2, y)) for y in (0, height - 1)] == [0, 0]
    assert body["extend"]["bottom"] == 16


def test_a_mask_comes_from_a_file(page: Page, image_id: int) -> None:
    page.goto(f"/edit?image={image_id}")
    stage = stage_of(page)
    chooser = page.get_by_label("Picture to take the mask from")
    chooser.set_input_files(picture_file("wide.png", (200, 50), "white"))
    expect(page.get_by_text("their shapes differ", exact=False).first).to_be_visible()
    expect(stage).to_have_accessible_name(re.compile("Nothing is masked"))
    chooser.set_input_files(picture_file("all.png", (32, 32), "white"))
    expect(stage).to_have_accessible_name(re.compile("100 percent is masked"))
    page.get_by_role("button", name="Invert the mask").click()
    expect(stage).to_have_accessible_name(re.compile("Nothing is masked"))


def test_the_frame_is_dragged_and_the_picture_grows(
    page: Page, server: StudioServer, image_id: int
) -> None:
    source = server.get(f"/api/images/{image_id}")
    page.goto(f"/edit?image={image_id}")
    stage_of(page)
    page.get_by_role("button", name="Extend the picture", exact=True).click()
    grip = page.get_by_role("slider", name="Extend to the right")
    box = grip.bounding_box()
    across, _ = place(page, 1.25, 0.5)
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(across, box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    added = int(page.get_by_label("Extend: right").input_value())
    assert added == pytest.approx(source["width"] / 4, abs=8)
    assert added % 8 == 0
    page.get_by_text("More settings").click()
    page.get_by_label("Steps", exact=True).fill("2")
    body = body_of(page, press_redraw)
    assert "mask" not in body
    expect(page.get_by_role("img", name=re.compile("^After"))).to_be_visible()
    made = server.get(f"/api/images?parent_id={image_id}")["items"][0]
    assert (made["width"], made["height"]) == (source["width"] + added, source["height"])
    # What it was is laid out in the new size, so that both can be compared.
    before = page.get_by_role("img", name=re.compile("^Before"))
    expect(before).to_have_attribute("src", re.compile("^blob:"))


def test_a_running_edit_can_be_cancelled(page: Page, server: StudioServer, image_id: int) -> None:
    page.goto(f"/edit?image={image_id}")
    stage_of(page)
    page.get_by_role("button", name="Invert the mask").click()
    page.get_by_label("Pictures", exact=True).fill("30")
    page.get_by_text("More settings").click()
    page.get_by_label("Steps", exact=True).fill("150")
    press_redraw(page)
    results = page.get_by_role("region", name="Results")
    expect(results.get_by_text(re.compile(r"Step \d+ of 150"))).to_be_visible()
    page.reload()
    results.get_by_role("button", name="Cancel").click()
    expect(results.get_by_text("Cancelled", exact=False)).to_be_visible()
    results.get_by_role("button", name="Dismiss").click()
    assert server.get("/api/jobs?kind=edits")["items"][0]["state"] == "cancelled"


@pytest.mark.parametrize(("scheme", "width"), [("dark", 390), ("light", 1280)])
def test_nothing_here_breaks_a_rule(
    browser: Browser, server: StudioServer, image_id: int, scheme: str, width: int
) -> None:
    settings: dict[str, Any] = {"color_scheme": scheme, "reduced_motion": "reduce"}
    context = browser.new_context(
        base_url=server.url, viewport={"width": width, "height": 844}, **settings
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    found = {}
    page.goto("/edit")
    expect(page.get_by_role("heading", name="Which picture", exact=False)).to_be_visible()
    expect(page.get_by_role("heading", name="Or one of your latest")).to_be_visible()
    found["opening"] = violations(page)
    page.goto(f"/edit?image={image_id}")
    stage_of(page)
    press_redraw(page)
    expect(page.get_by_role("form").get_by_text("Paint over what should change")).to_be_visible()
    page.get_by_text("Only the masked area").click()
    page.get_by_text("More settings").click()
    expect(page.get_by_label("Padding")).to_be_visible()
    found["form"] = violations(page)
    page.get_by_role("button", name="Extend the picture", exact=True).click()
    page.get_by_label("Extend: top").fill("8")
    page.get_by_label("Steps", exact=True).fill("2")
    found["extending"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press_redraw(page)
    expect(page.get_by_role("img", name=re.compile("^After"))).to_be_visible()
    page.get_by_role("button", name="Send to…").click()
    expect(page.get_by_role("menuitem", name="Vary it")).to_be_visible()
    found["outcome"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}
