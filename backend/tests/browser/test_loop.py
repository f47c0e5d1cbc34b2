"""The whole loop in one go: draw, rate, retrain, use the new version, go back to the old one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rated import TRAINING_MS, draw_and_rate
from tests.servers import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def generate(page: Page, prompt: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Generate").click()
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")
    card = page.get_by_role("group", name=f"Request: {prompt}")
    expect(card.get_by_role("link", name=re.compile("Open"))).to_be_visible()


def test_the_studio_learns_and_can_go_back(
    page: Page, new_studio: Callable[[str], StudioServer]
) -> None:
    studio = new_studio("loop")
    try:
        studio.start()
        draw_and_rate(studio)
        page.goto(studio.url)
        generate(page, "a blue boat")
        boat = studio.get("/api/images?q=boat")["items"][0]

        page.get_by_role("navigation").get_by_role("link", name="Rate", exact=True).click()
        expect(page.get_by_role("button", name="Skip")).to_be_visible()
        expect(page.get_by_role("img", name="a blue boat")).to_be_visible()
        with page.expect_response(lambda answer: answer.url.endswith("/api/feedback")):
            page.keyboard.press("1")
        assert studio.get(f"/api/images/{boat['id']}")["feedback"] == 1
        page.get_by_role("link", name="Retrain").click()

        page.get_by_role("radio", name=re.compile("^LoRA")).check()
        page.get_by_label("Name", exact=True).fill("learnt")
        page.get_by_role("button", name="Advanced").click()
        page.get_by_label("Steps", exact=True).fill("3")
        start = page.get_by_role("button", name="Start training")
        expect(start).to_have_attribute("aria-disabled", "false")
        start.click()
        told = page.get_by_role("heading", name="What came of it")
        expect(told).to_be_visible(timeout=TRAINING_MS)
        status = studio.get("/api/retrain/status")
        assert (status["state"], status["model"], status["parent"]) == (
            "succeeded",
            "learnt",
            "tiny",
        )
        expect(page.get_by_text(status["summary"][0])).to_be_visible()
        expect(page.get_by_role("img", name=re.compile("^Samples of")).first).to_be_visible()

        page.get_by_role("button", name=re.compile("^Use it")).click()
        expect(page.get_by_text("Draws now")).to_be_visible()
        generate(page, "a boat of the new kind")
        assert studio.get("/api/images?q=new+kind")["items"][0]["model"] == "learnt"

        page.get_by_role("navigation").get_by_role("link", name="Retrain").click()
        page.get_by_role("button", name=re.compile("Roll back to")).click()
        expect(page.get_by_role("button", name=re.compile("^Use it"))).to_be_visible()
        generate(page, "a boat of the old kind")
        assert studio.get("/api/images?q=old+kind")["items"][0]["model"] == "tiny"

        page.get_by_role("navigation").get_by_role("link", name="Models").click()
        card = page.get_by_role("article").filter(has=page.locator("#model-learnt"))
        expect(card.get_by_text("drew 1 picture")).to_be_visible()
    finally:
        studio.kill()
