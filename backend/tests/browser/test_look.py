"""Whose look a picture took, where it is told; and a look that can't be taken."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS, draw
from tests.browser.editing import picture_file
from tests.servers import StudioServer

pytestmark = pytest.mark.browser


def test_a_picture_says_whose_look_it_took_and_its_settings_bring_it_back(
    page: Page, server: StudioServer
) -> None:
    kite = draw(server, "a painted kite", seed=3)["images"][0]
    reference = {"image_id": kite["id"], "strength": 0.35}
    drawn = draw(server, "a harbour in the rain", style_reference=reference)["images"][0]
    page.goto(f"/images/{drawn['id']}")
    parameters = page.get_by_role("region", name="Parameters")
    expect(parameters.get_by_text(f"Look of picture {kite['id']} · 35 %")).to_be_visible()
    assert violations(page, within="main") == []
    page.get_by_role("link", name="Use these settings").click()
    style = page.get_by_role("group", name="Style picture: a painted kite")
    expect(style.get_by_text("35 % · A hint of it")).to_be_visible()
    # It outlives a reload, as everything in the form does.
    page.wait_for_timeout(300)
    page.reload()
    page.get_by_role("button", name=f"Look of picture {kite['id']} · 35 %").click()
    expect(style.get_by_role("slider", name="Style strength")).to_be_focused()


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
    page.goto("/")
    page.get_by_label("Picture to take the look from").set_input_files(
        picture_file("ink.png", (64, 64))
    )
    style = page.get_by_role("group", name="Style picture: ink.png")
    expect(style.get_by_alt_text("Style picture: ink.png")).to_be_visible()
    found = {"look": violations(page)}
    # A start beside it is objected to where the look stands.
    page.goto(f"/?start={image_id}")
    expect(style.get_by_text(re.compile("remove one of the two pictures"))).to_be_visible()
    found["objection"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}
