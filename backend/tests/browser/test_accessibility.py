"""Every page, in light and dark, wide and on a phone, passes axe; everything works by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS
from tests.servers import StudioServer

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/gallery",
    "/images/{image}",
    "/edit",
    "/edit?image={image}",
    "/rate",
    "/rate/best",
    "/retrain",
    "/models",
    "/no/such/page",
]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def settled(page: Page) -> None:
    """Wait until the page has its content and nothing is moving any more."""
    expect(page.locator("h1, h2").first).to_be_attached()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.evaluate("Promise.all(document.getAnimations().map(a => a.finished.catch(() => null)))")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_page_breaks_a_rule(
    browser: Browser, server: StudioServer, image_id: int, scheme: str, size: dict[str, int]
) -> None:
    context = browser.new_context(
        base_url=server.url,
        viewport=size,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    found = {}
    for path in PAGES:
        page.goto(path.format(image=image_id))
        settled(page)
        found[path] = violations(page)
    page.goto("/")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Width", exact=True).fill("7")
    page.get_by_label("Prompt", exact=True).fill("a cat")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_label("Width", exact=True)).to_have_attribute("aria-invalid", "true")
    settled(page)
    found["settings"] = violations(page)
    context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}


def test_a_running_job_breaks_no_rule(page: Page, server: StudioServer) -> None:
    job = server.post(
        "/api/generate",
        {"prompt": "a slow cat", "num_images": 30, "num_inference_steps": 150},
        Prefer="respond-async",
    )
    page.goto("/")
    card = page.get_by_role("group", name="Request: a slow cat")
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(card.get_by_text(re.compile(r"Step \d+ of 150"))).to_be_visible()
    broken = violations(page)
    card.get_by_role("button", name="Cancel").click()
    expect(card.get_by_text("Cancelled", exact=False)).to_be_visible()
    assert server.get(f"/api/jobs/{job['id']}")["state"] == "cancelled"
    assert broken == []


def test_the_first_tab_stop_skips_the_navigation(page: Page) -> None:
    page.goto("/models")
    expect(page.get_by_role("heading", name="Models", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_drawing_and_rating_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    page.keyboard.type("a keyboard on a desk")
    page.keyboard.press("Control+Enter")
    card = page.get_by_role("group", name="Request: a keyboard on a desk").first
    picture = card.get_by_role("link", name=re.compile("Open"))
    expect(picture).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if picture.evaluate("element => element === document.activeElement"):
            break
    expect(picture).to_be_focused()
    page.keyboard.press("1")
    like = card.get_by_role("button", name="Like", exact=True)
    expect(like).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("0")
    expect(like).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/images/\d+"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_paint_has_the_right_colours(
    browser: Browser, server: StudioServer, scheme: str
) -> None:
    context = browser.new_context(base_url=server.url, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    # Without the application's script only what runs before the first paint is left.
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto("/", wait_until="domcontentloaded")
    assert page.evaluate("document.documentElement.className") == scheme
    context.close()
