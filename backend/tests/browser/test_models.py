"""The models page: what is there, what draws, what can be done about the rest."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.servers import StudioServer

pytestmark = pytest.mark.browser


def card_of(page: Page, name: str) -> Locator:
    return page.get_by_role("article").filter(has=page.locator(f"#model-{name}"))


def test_another_model_can_be_chosen_and_draws_from_then_on(
    page: Page, server: StudioServer
) -> None:
    page.goto("/models")
    expect(card_of(page, "tiny").get_by_text("Draws now")).to_be_visible()
    two = card_of(page, "tiny-two")
    try:
        two.get_by_role("button", name="Use it").click()
        expect(two.get_by_text("Draws now")).to_be_visible()
        expect(card_of(page, "tiny").get_by_text("Draws now")).to_have_count(0)
        assert server.get("/api/models")["active"] == "tiny-two"
        page.get_by_role("navigation").get_by_role("link", name="Generate").first.click()
        page.get_by_label("Prompt", exact=True).fill("drawn by the second")
        page.keyboard.press("Control+Enter")
        card = page.get_by_role("group", name="Request: drawn by the second")
        expect(card.get_by_role("link", name=re.compile("Open"))).to_be_visible()
        assert server.get("/api/images?q=second")["items"][0]["model"] == "tiny-two"
    finally:
        server.post("/api/models/tiny/activate", {})


def test_a_switch_elsewhere_shows_at_once(page: Page, server: StudioServer) -> None:
    page.goto("/models")
    expect(card_of(page, "tiny").get_by_text("Draws now")).to_be_visible()
    try:
        server.post("/api/models/tiny-two/activate", {})
        expect(card_of(page, "tiny-two").get_by_text("Draws now")).to_be_visible()
    finally:
        server.post("/api/models/tiny/activate", {})
    expect(card_of(page, "tiny").get_by_text("Draws now")).to_be_visible()


def test_the_base_model_says_why_it_is_not_here(page: Page, server: StudioServer) -> None:
    base = "stable-diffusion-v1-4"
    model = next(m for m in server.get("/api/models")["items"] if m["name"] == base)
    assert model["state"] != "ready"
    page.goto("/models")
    card = card_of(page, base)
    expect(card.get_by_text(model["notice"])).to_be_visible()
    card.get_by_role("button", name=re.compile("Download|Try again")).click()
    # The server runs offline, so the attempt is refused or fails; either way a sentence says why.
    expect(page.get_by_text(re.compile("offline", re.IGNORECASE)).last).to_be_visible()


def test_a_list_that_cannot_be_had_says_so_and_can_be_asked_for_again(page: Page) -> None:
    problem = {"type": "about:blank", "title": "Busy", "status": 400, "detail": "Ask again later."}
    page.route("**/api/events", lambda route: route.abort())
    page.route("**/api/models", lambda route: route.fulfill(status=400, json=problem))
    page.goto("/models")
    expect(page.get_by_text("Ask again later.")).to_be_visible()
    page.unroute("**/api/models")
    page.get_by_role("button", name="Try again").click()
    expect(card_of(page, "tiny")).to_be_visible()
