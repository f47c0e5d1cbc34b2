"""Pictures as a start: given, pasted, or sent from wherever one is seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS, draw
from tests.browser.editing import picture_file
from tests.browser.test_travel import drag
from tests.servers import StudioServer

pytestmark = pytest.mark.browser


def test_a_dropped_file_becomes_the_start_and_outlives_a_reload(
    page: Page, server: StudioServer
) -> None:
    page.goto("/")
    expect(page.get_by_label("Prompt", exact=True)).to_be_visible()
    harbour = picture_file("harbour.png", (64, 64))
    drag(page, "harbour.png", harbour["buffer"], "dragenter", "dragover", "drop")
    offered = page.get_by_role("region", name="Settings from a picture")
    expect(offered).to_contain_text("harbour.png doesn't say how it was made")
    offered.get_by_role("button", name="Start from this picture").click()
    start = page.get_by_role("group", name="Start picture: harbour.png")
    expect(start.get_by_alt_text("Start picture: harbour.png")).to_be_visible()
    page.get_by_label("Prompt", exact=True).fill("a harbour in the fog")
    page.wait_for_timeout(300)
    page.reload()
    expect(start).to_be_visible()
    page.get_by_role("button", name="1 picture").click()
    page.get_by_label("Steps", exact=True).fill("4")
    start.get_by_label("How it gets to the size").select_option("pad")
    page.get_by_role("button", name="Generate", exact=False).and_(
        page.locator("[type=submit]")
    ).click()
    card = page.get_by_role("group", name="Variations: a harbour in the fog")
    expect(card.get_by_role("article")).to_have_count(1)
    job = server.get("/api/jobs?kind=variations")["items"][0]
    assert job["request"]["resize_mode"] == "pad"
    assert job["request"]["strength"] == 0.5
    start.get_by_role("button", name="Remove the start picture").click()
    # The browser's database takes a moment to forget it.
    page.wait_for_timeout(300)
    page.reload()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a harbour in the fog")
    expect(start).to_have_count(0)


def test_a_dropped_file_goes_on_to_the_editor(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_label("Prompt", exact=True)).to_be_visible()
    harbour = picture_file("harbour.png", (64, 64))
    drag(page, "harbour.png", harbour["buffer"], "dragenter", "dragover", "drop")
    page.get_by_role("button", name="Edit it").click()
    expect(page.get_by_role("heading", name="Edit: harbour.png")).to_be_visible()
    # The next one takes its place, and there is a way back.
    drag(page, "bridge.png", harbour["buffer"], "dragenter", "dragover", "drop")
    expect(page.get_by_role("heading", name="Edit: bridge.png")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_role("heading", name="Edit: harbour.png")).to_be_visible()


def test_a_picture_of_the_gallery_is_sent_on(page: Page, server: StudioServer) -> None:
    image = draw(server, "a sent kite", seed=3)["images"][0]
    page.goto("/gallery?q=sent+kite")
    cell = page.get_by_role("gridcell").first
    cell.hover()
    cell.get_by_role("button", name="Send to…").click()
    # The menu stays while the pointer is elsewhere.
    page.mouse.move(5, 5)
    page.get_by_role("menuitem", name="Generate from it").click()
    expect(page.get_by_role("group", name="Start picture: a sent kite")).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a sent kite")
    expect(page).to_have_url(re.compile(r"/$"))
    # By keyboard alone, without the grid hearing of it.
    page.goto("/gallery?q=sent+kite")
    page.get_by_role("link", name="a sent kite").focus()
    button = page.get_by_role("gridcell").first.get_by_role("button", name="Send to…")
    for _ in range(6):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Generate from it")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Four variations are being drawn")).to_be_visible()
    page.get_by_role("button", name="Look").click()
    expect(page).to_have_url(re.compile(rf"/images/{image['id']}"))
    expect(page.get_by_role("heading", name="4 variations")).to_be_visible()
    page.get_by_role("button", name="Send to…").click()
    page.get_by_role("menuitem", name="Vary it").click()
    expect(page.get_by_role("slider", name="Strength")).to_be_focused()


def test_a_picture_is_dragged_onto_the_form(page: Page, server: StudioServer) -> None:
    draw(server, "a dragged bell")
    page.goto("/")
    card = page.get_by_role("group", name="Request: a dragged bell")
    picture = card.get_by_role("link", name=re.compile("Open"))
    expect(picture).to_be_visible()
    picture.drag_to(page.get_by_label("Prompt", exact=True))
    expect(page.get_by_role("group", name="Start picture: a dragged bell")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_second_pass_draws_the_picture_larger(page: Page, server: StudioServer) -> None:
    page.goto("/")
    page.get_by_label("Prompt", exact=True).fill("a tall tree")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Steps", exact=True).fill("2")
    page.get_by_label("Width", exact=True).fill("32")
    page.get_by_label("Height", exact=True).fill("32")
    page.get_by_label("Hi-res", exact=True).select_option("2")
    page.get_by_label("Upscaler").select_option("lanczos")
    page.keyboard.press("Control+Enter")
    card = page.get_by_role("group", name="Request: a tall tree")
    expect(card.get_by_role("link", name=re.compile("Open"))).to_be_visible()
    image = server.get("/api/images?q=tall+tree")["items"][0]
    assert (image["width"], image["height"]) == (64, 64)
    page.goto(f"/images/{image['id']}")
    listed = page.get_by_role("region", name="Parameters")
    expect(listed.get_by_text(re.compile("2 ×, .*lanczos"))).to_be_visible()
    page.get_by_role("link", name="Use these settings").click()
    expect(page.get_by_role("button", name="32 × 32")).to_be_visible()
    expect(page.get_by_role("button", name="Hi-res 2 ×")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_nothing_here_breaks_a_rule(
    browser: Browser, server: StudioServer, image_id: int, scheme: str, width: int
) -> None:
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    page.goto(f"/?start={image_id}")
    expect(page.get_by_role("group", name=re.compile("Start picture"))).to_be_visible()
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Hi-res", exact=True).select_option("2")
    found = {"start": violations(page)}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Picture to take the settings from").set_input_files(
        picture_file("plain.png", (64, 64))
    )
    expect(page.get_by_role("button", name="Edit it")).to_be_visible()
    expect(page.get_by_role("button", name="Settings from a picture", exact=True)).to_be_enabled()
    page.evaluate("Promise.all(document.getAnimations().map(a => a.finished.catch(() => null)))")
    found["offered"] = violations(page)
    context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}


def test_a_look_carries_over_from_the_gallery(page: Page, server: StudioServer) -> None:
    image = draw(server, "a red lantern", seed=5)["images"][0]
    page.goto("/gallery?q=red+lantern")
    cell = page.get_by_role("gridcell").first
    cell.hover()
    cell.get_by_role("button", name="Send to…").click()
    page.get_by_role("menuitem", name="Take its look").click()
    style = page.get_by_role("group", name="Style picture: a red lantern")
    expect(style.get_by_alt_text("Style picture: a red lantern")).to_be_visible()
    prompt = page.get_by_label("Prompt", exact=True)
    expect(prompt).to_have_value("")
    prompt.fill("a boat at dusk")
    style.get_by_role("slider", name="Style strength").press("ArrowRight")
    assert violations(page, within="main") == []
    page.get_by_role("button", name="Generate", exact=False).and_(
        page.locator("[type=submit]")
    ).click()
    card = page.get_by_role("group", name="a boat at dusk")
    expect(card.get_by_role("article")).to_have_count(1, timeout=SLOW_MACHINE_MS)
    expect(card).to_contain_text(f"Look of picture {image['id']} · 80 %")
    drawn = server.get("/api/images?q=boat+dusk")["items"][0]
    reference = drawn["params"]["style_reference"]
    assert (reference["image_id"], reference["strength"]) == (image["id"], 0.8)
    assert drawn["params"]["style_method"] == "statistics"
