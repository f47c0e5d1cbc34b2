"""The retrain page: what it would learn from, watching, pausing, stopping, coming back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS, draw
from tests.browser.rated import OF_EACH, PROMPTS, TRAINING_MS, draw_and_rate
from tests.servers import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# So tall that the bars lie over nothing that could be touched.
WIDE = {"width": 1440, "height": 4000}
PHONE = {"width": 390, "height": 5000}
FOREVER = 1_000_000


@pytest.fixture(scope="module")
def fresh(new_studio: Callable[[str], StudioServer]) -> Iterator[StudioServer]:
    """A server on which nothing is rated, until a test asks for `studio`."""
    running = new_studio("retraining")
    try:
        yield running.start()
    finally:
        running.kill()


@pytest.fixture(scope="module")
def studio(fresh: StudioServer) -> StudioServer:
    """A server with rated pictures."""
    draw_and_rate(fresh)
    return fresh


@pytest.fixture(scope="module")
def training(studio: StudioServer) -> Iterator[dict[str, Any]]:
    """A training that doesn't end by itself, on its way until the last test with it stops it."""
    job = studio.post("/api/retrain", {"max_steps": FOREVER, "method": "lora"})
    try:
        yield job
    finally:
        stop(studio, job["id"])


def stop(studio: StudioServer, job_id: str) -> None:
    """End a training, if it hasn't ended, and wait until it has."""
    if studio.get("/api/retrain/status")["active"]:
        studio.delete(f"/api/jobs/{job_id}")
    while studio.get("/api/retrain/status")["active"]:
        time.sleep(0.2)


def start_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Start training")


def learning(page: Page) -> Locator:
    return page.locator("main").get_by_text(re.compile(r"Learning · step \d+ of"))


def test_too_few_ratings_say_how_many_more(page: Page, fresh: StudioServer) -> None:
    """Comes first in this file, as long as nothing is rated."""
    draw(fresh, "a lonely picture")
    page.goto(f"{fresh.url}/retrain")
    start = start_button(page)
    expect(start).to_have_attribute("aria-disabled", "true")
    expect(start).to_have_accessible_description(re.compile("10"))
    page.get_by_role("link", name=re.compile("Rate 1 more picture")).click()
    expect(page.get_by_role("img", name="a lonely picture")).to_be_visible()


def test_the_plan_shows_pictures_captions_and_cost(page: Page, studio: StudioServer) -> None:
    page.goto(f"{studio.url}/retrain")
    count = len(PROMPTS) * OF_EACH
    expect(page.get_by_text(f"{count} pictures to learn from")).to_be_visible()
    pictures = page.get_by_role("list", name="Pictures to learn from")
    caption = pictures.get_by_role("textbox").first
    caption.fill("a very red apple")
    page.get_by_role("radio", name=re.compile("^LoRA")).check()
    cost = page.get_by_text(re.compile(r"About .* for 1,000 steps"))
    expect(cost).to_be_visible(timeout=TRAINING_MS)
    page.reload()
    expect(caption).to_have_value("a very red apple")
    expect(page.get_by_role("radio", name=re.compile("^LoRA"))).to_be_checked()


def test_a_wrong_value_stands_at_its_field(page: Page, studio: StudioServer) -> None:
    page.goto(f"{studio.url}/retrain")
    page.get_by_label("Name", exact=True).fill("no spaces allowed")
    expect(start_button(page)).to_have_attribute("aria-disabled", "false")
    start_button(page).click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    assert not studio.get("/api/retrain/status")["active"]


def test_a_training_is_watched_paused_resumed_and_stopped(page: Page, studio: StudioServer) -> None:
    page.goto(f"{studio.url}/retrain")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Steps", exact=True).fill(str(FOREVER))
    expect(start_button(page)).to_have_attribute("aria-disabled", "false")
    start_button(page).click()
    expect(learning(page)).to_be_visible(timeout=TRAINING_MS)
    page.get_by_role("button", name="Pause").click()
    resume = page.get_by_role("button", name="Resume")
    expect(resume).to_be_visible(timeout=TRAINING_MS)
    page.reload()
    expect(resume).to_be_visible()
    resume.click()
    expect(learning(page)).to_be_visible(timeout=TRAINING_MS)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("The training was stopped")).to_be_visible(timeout=TRAINING_MS)
    status = studio.get("/api/retrain/status")
    assert status["state"] == "cancelled"
    page.get_by_role("button", name="Go on where it stopped").click()
    expect(learning(page)).to_be_visible(timeout=TRAINING_MS)
    stop(studio, status["job_id"])
    expect(page.get_by_text("The training was stopped")).to_be_visible(timeout=TRAINING_MS)
    page.get_by_role("button", name="Train again").click()
    expect(start_button(page)).to_be_visible()


def test_pictures_are_drawn_while_it_trains(
    page: Page, studio: StudioServer, training: dict[str, Any]
) -> None:
    page.goto(f"{studio.url}/retrain")
    expect(learning(page)).to_be_visible(timeout=TRAINING_MS)
    page.get_by_role("navigation").get_by_role("link", name="Generate").click()
    page.get_by_label("Prompt", exact=True).fill("drawn meanwhile")
    page.keyboard.press("Control+Enter")
    card = page.get_by_role("group", name="Request: drawn meanwhile")
    expect(card.get_by_role("link", name=re.compile("Open"))).to_be_visible()
    status = studio.get("/api/retrain/status")
    assert (status["state"], status["job_id"]) == ("running", training["id"])


def test_every_page_and_tab_knows_of_it(
    page: Page, studio: StudioServer, training: dict[str, Any]
) -> None:
    """Comes after the other test that watches this training, and stops it."""
    page.goto(f"{studio.url}/")
    link = page.get_by_role("link", name=re.compile("^Training"))
    expect(link).to_be_visible()
    # It is no request for pictures.
    expect(page.get_by_role("progressbar")).to_have_count(0)
    link.click()
    expect(learning(page)).to_be_visible(timeout=TRAINING_MS)
    other = page.context.new_page()
    other.goto(f"{studio.url}/retrain")
    expect(learning(other)).to_be_visible(timeout=TRAINING_MS)
    other.close()
    second = page.context.request.post(f"{studio.url}/api/retrain", data={})
    assert second.status == 409
    stop(studio, training["id"])
    expect(page.get_by_text("The training was stopped")).to_be_visible(timeout=TRAINING_MS)
    expect(link).to_have_count(0)


def test_neither_plan_nor_run_breaks_a_rule(browser: Browser, studio: StudioServer) -> None:
    """One training, watched by four people: wide and on a phone, in light and in dark."""
    pages = {}
    for scheme in ("light", "dark"):
        for name, size in (("wide", WIDE), ("phone", PHONE)):
            context = browser.new_context(
                base_url=studio.url,
                viewport=size,  # type: ignore[arg-type]
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            context.set_default_timeout(SLOW_MACHINE_MS)
            pages[f"{name} {scheme}"] = context.new_page()
    found: dict[str, list[str]] = {}

    def look(what: str, page: Page) -> None:
        found[what] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what

    for who, page in pages.items():
        page.goto("/retrain?plan")
        page.get_by_role("button", name="Advanced").click()
        expect(page.get_by_role("list", name="Pictures to learn from")).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        look(f"plan {who}", page)
    job = studio.post("/api/retrain", {"max_steps": FOREVER, "method": "lora"})
    try:
        for who, page in pages.items():
            curve = page.get_by_role("img", name="Held-out loss")
            expect(curve).to_be_visible(timeout=TRAINING_MS)
            expect(page.get_by_role("img", name=re.compile("^Samples of")).first).to_be_visible()
            page.get_by_text("Held-out loss as a table").click()
            expect(page.get_by_role("region", name="Held-out loss as a table")).to_be_visible()
            look(f"run {who}", page)
    finally:
        stop(studio, job["id"])
    for who, page in pages.items():
        expect(page.get_by_text("The training was stopped")).to_be_visible(timeout=TRAINING_MS)
        look(f"end {who}", page)
        page.context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}
