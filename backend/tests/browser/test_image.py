"""One picture's page as its owner uses it: read, copy, vary, name, walk on, throw away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS, draw, wait_for
from tests.servers import StudioServer

pytestmark = pytest.mark.browser


@pytest.fixture
def three(server: StudioServer) -> list[int]:
    """Three pictures of one prompt, the newest first."""
    job = draw(server, "a paper boat on a pond", num_images=3, seed=11)
    return sorted((image["id"] for image in job["images"]), reverse=True)


def heading(page: Page, name: str = "a paper boat on a pond") -> Locator:
    return page.get_by_role("heading", name=name, level=1)


def record(server: StudioServer, number: int) -> dict[str, Any]:
    found: dict[str, Any] = server.get(f"/api/images/{number}")
    return found


def is_change(response: Response) -> bool:
    return response.request.method == "PATCH" and response.ok


def test_every_parameter_can_be_read_and_copied(
    browser: Browser, server: StudioServer, three: list[int]
) -> None:
    context = browser.new_context(
        base_url=server.url, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    image = record(server, three[0])
    page.goto(f"/images/{three[0]}")
    expect(heading(page)).to_be_visible()
    listed = page.get_by_role("region", name="Parameters")
    for text in (
        str(image["seed"]),
        f"{image['width']} × {image['height']} pixels",
        str(image["params"]["guidance_scale"]).removesuffix(".0"),
    ):
        expect(listed.get_by_text(text, exact=True)).to_be_visible()
    expect(listed.get_by_role("link")).to_have_attribute("href", re.compile("^/models"))
    listed.get_by_role("button", name="Copy seed").click()
    expect(page.get_by_text("Seed copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == str(image["seed"])
    listed.get_by_role("button", name="Copy all").click()
    expect(page.get_by_text("All parameters copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("a paper boat on a pond\n")
    assert "Steps: 2, Sampler: " in copied
    assert f"Seed: {image['seed']}" in copied
    context.close()


def test_the_picture_is_shown_whole_with_its_prompt_as_text(
    page: Page, server: StudioServer, three: list[int]
) -> None:
    page.goto(f"/images/{three[0]}")
    picture = page.locator("main img").first
    expect(picture).to_have_attribute("alt", "a paper boat on a pond")
    wait_for(page, "image => image.complete && image.naturalWidth", picture.element_handle())
    box = picture.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    assert box["y"] + box["height"] <= size["height"]
    assert box["width"] > 300, "the picture takes the room"


def test_walking_through_the_gallery_by_keyboard(
    page: Page, server: StudioServer, three: list[int]
) -> None:
    page.goto("/gallery?q=paper+boat")
    page.locator(f'[data-image="{three[0]}"]').click()
    expect(page).to_have_url(re.compile(rf"/images/{three[0]}\?q=paper\+boat$"))
    for number in three[1:]:
        expect(page.get_by_role("link", name="Next picture")).to_be_visible()
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(rf"/images/{number}\?q=paper\+boat$"))
    # The page is named before its picture is on screen; the rating is for what is seen.
    expect(page.get_by_text(f"No. {three[2]}", exact=True)).to_be_visible()
    page.keyboard.press("1")
    like = page.get_by_role("button", name="Like", exact=True).first
    expect(like).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text(f"No. {three[1]}", exact=True)).to_be_visible()
    expect(like).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/gallery\?q=paper\+boat$"))
    assert record(server, three[2])["feedback"] == 1


def test_thrown_away_and_brought_back(page: Page, server: StudioServer, three: list[int]) -> None:
    page.goto(f"/images/{three[1]}?q=paper+boat")
    expect(page.get_by_role("link", name="Next picture")).to_be_visible()
    with page.expect_response(is_change):
        page.keyboard.press("Delete")
    expect(page.get_by_text(f"No. {three[2]}", exact=True)).to_be_visible()
    assert record(server, three[1])["deleted_at"] is not None
    with page.expect_response(is_change):
        page.get_by_role("button", name="Undo").click()
    assert record(server, three[1])["deleted_at"] is None

    with page.expect_response(is_change):
        page.get_by_role("button", name="Move to trash").click()
    page.goto(f"/images/{three[2]}")
    expect(page.get_by_text("In the trash since")).to_be_visible()
    page.get_by_role("button", name="Delete for ever").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Delete for ever").click()
    expect(page.get_by_text("Picture deleted for ever")).to_be_visible()
    page.goto(f"/images/{three[2]}")
    expect(page.get_by_text("There is no such picture")).to_be_visible()


def test_title_and_tags_last_and_are_found(
    page: Page, server: StudioServer, three: list[int]
) -> None:
    page.goto(f"/images/{three[0]}")
    page.get_by_role("button", name="Give it a title").click()
    page.keyboard.type("The ferry")
    with page.expect_response(is_change):
        page.keyboard.press("Enter")
    expect(heading(page, "The ferry")).to_be_visible()
    page.get_by_role("textbox", name="Tags").fill("harbour")
    with page.expect_response(is_change):
        page.keyboard.press("Enter")
    page.reload()
    expect(heading(page, "The ferry")).to_be_visible()
    expect(page.get_by_text("harbour", exact=True)).to_be_visible()
    for word in ("ferry", "harbour"):
        page.goto(f"/gallery?q={word}")
        expect(page.locator(f'[data-image="{three[0]}"]')).to_be_visible()


def test_variations_appear_in_place_and_know_their_parent(
    page: Page, server: StudioServer, three: list[int]
) -> None:
    page.goto(f"/images/{three[0]}")
    expect(heading(page)).to_be_visible()
    slider = page.get_by_role("slider", name="Strength")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "55")
    expect(page).to_have_url(re.compile(rf"/images/{three[0]}$"))
    page.get_by_label("How many").select_option("2")
    page.get_by_role("button", name="Make variations").click()
    family = page.get_by_role("region", name="2 variations")
    expect(family).to_be_visible()
    expect(family.get_by_role("progressbar")).to_have_count(0)
    pictures = family.get_by_role("link")
    expect(pictures).to_have_count(2)
    made = server.get(f"/api/images?parent_id={three[0]}&sort=oldest")["items"]
    assert [image["params"]["strength"] for image in made] == [0.55, 0.55]
    family.get_by_role("button", name="Like", exact=True).first.click()
    expect(family.get_by_role("button", name="Like", exact=True).first).to_have_attribute(
        "aria-pressed", "true"
    )
    pictures.first.click()
    expect(page).to_have_url(re.compile(rf"/images/{made[0]['id']}$"))
    parent = page.get_by_role("region", name="Made from").get_by_role("link")
    expect(parent).to_have_attribute("href", f"/images/{three[0]}")
    expect(page.get_by_text("55 %", exact=True)).to_be_visible()


def test_its_settings_fill_the_generator(
    page: Page, server: StudioServer, three: list[int]
) -> None:
    page.goto(f"/images/{three[0]}")
    page.get_by_role("link", name="Use these settings").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a paper boat on a pond")


def test_its_file_is_saved_under_a_readable_name(
    page: Page, server: StudioServer, three: list[int]
) -> None:
    page.goto(f"/images/{three[0]}")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("PNG")).click()
    assert download.value.suggested_filename.endswith(".png")
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_finger_walks_too(browser: Browser, server: StudioServer, three: list[int]) -> None:
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    page.goto(f"/images/{three[0]}?q=paper+boat")
    expect(page.get_by_role("link", name="Next picture")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("main img").first.bounding_box()
    assert box is not None
    finger = context.new_cdp_session(page)
    y = box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    touch("touchStart", (300, y))
    touch("touchMove", (200, y))
    touch("touchMove", (100, y))
    touch("touchEnd")
    expect(page).to_have_url(re.compile(rf"/images/{three[1]}\?"))
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_special_states_break_no_rule(
    browser: Browser, server: StudioServer, three: list[int], scheme: str
) -> None:
    context = browser.new_context(
        base_url=server.url,
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    found = {}
    page.goto(f"/images/{three[0]}")
    page.get_by_role("button", name="Give it a title").click()
    page.get_by_role("textbox", name="Tags").fill("boat")
    page.keyboard.press("Enter")
    expect(page.get_by_text("boat", exact=True)).to_be_visible()
    found["editing"] = violations(page)
    page.goto(f"/images/{three[1]}")
    expect(heading(page)).to_be_visible()
    with page.expect_response(is_change):
        page.keyboard.press("Delete")
    page.goto(f"/images/{three[1]}")
    expect(page.get_by_text("In the trash since")).to_be_visible()
    found["trashed"] = violations(page)
    page.keyboard.press("Delete")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    found["asking"] = violations(page)
    page.goto("/images/999999")
    expect(page.get_by_text("There is no such picture")).to_be_visible()
    found["missing"] = violations(page)
    context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}
