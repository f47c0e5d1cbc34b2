"""The generator page as its owner uses it: type, watch, rate, cancel, come back."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import draw, wait_for
from tests.servers import StudioServer

pytestmark = pytest.mark.browser

SLOW = {"num_images": 30, "num_inference_steps": 150}


def prompt_of(page: Page) -> Locator:
    return page.get_by_label("Prompt", exact=True)


def card_of(page: Page, prompt: str) -> Locator:
    return page.get_by_role("group", name=f"Request: {prompt}")


def answers(page: Page, path: str, body: object) -> None:
    page.route(path, lambda route: route.fulfill(json=body))


def test_a_prompt_becomes_a_picture_that_can_be_rated(page: Page, server: StudioServer) -> None:
    page.goto("/")
    expect(prompt_of(page)).to_be_focused()
    prompt_of(page).fill("a lighthouse at night")
    page.keyboard.press("Control+Enter")
    card = card_of(page, "a lighthouse at night")
    picture = card.get_by_role("img", name="a lighthouse at night")
    expect(picture).to_be_visible()
    width = "element => element.complete && element.naturalWidth"
    wait_for(page, width, picture.element_handle())
    card.get_by_role("button", name="Like", exact=True).click()
    newest = server.get("/api/images?q=lighthouse")["items"][0]
    page.reload()
    like = card.get_by_role("button", name="Like", exact=True)
    expect(like).to_have_attribute("aria-pressed", "true")
    assert server.get(f"/api/images/{newest['id']}")["feedback"] == 1


def test_a_running_job_survives_a_reload_and_shows_in_another_tab(
    page: Page, server: StudioServer
) -> None:
    page.goto("/")
    page.get_by_role("button", name="1 picture").click()
    page.get_by_label("Pictures", exact=True).fill(str(SLOW["num_images"]))
    page.get_by_label("Steps", exact=True).fill(str(SLOW["num_inference_steps"]))
    prompt_of(page).fill("a slow train")
    page.get_by_role("button", name="Generate").click()
    step = re.compile(r"Step \d+ of 150")
    card = card_of(page, "a slow train")
    expect(card.get_by_text(step)).to_be_visible()
    page.reload()
    expect(card.get_by_text(step)).to_be_visible()
    expect(prompt_of(page)).to_have_value("a slow train")
    other = page.context.new_page()
    other.goto("/")
    expect(card_of(other, "a slow train").get_by_text(step)).to_be_visible()
    other.close()
    card.get_by_role("button", name="Cancel").click()
    expect(card.get_by_text("Cancelled.", exact=False)).to_be_visible()
    expect(card.get_by_role("button", name="Try again")).to_be_visible()
    job = next(
        j for j in server.get("/api/jobs")["items"] if j["request"]["prompt"] == "a slow train"
    )
    assert job["state"] == "cancelled"


def test_escape_interrupts(page: Page, server: StudioServer) -> None:
    job = server.post("/api/generate", {"prompt": "a slow ship", **SLOW}, Prefer="respond-async")
    page.goto("/")
    card = card_of(page, "a slow ship")
    expect(card.get_by_role("progressbar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card.get_by_text("Cancelled.", exact=False)).to_be_visible()
    assert server.get(f"/api/jobs/{job['id']}")["state"] == "cancelled"


def test_previews_sharpen_where_the_picture_will_stay(page: Page, server: StudioServer) -> None:
    job = server.post("/api/generate", {"prompt": "a slow whale", **SLOW}, Prefer="respond-async")
    page.goto("/")
    preview = card_of(page, "a slow whale").get_by_alt_text("Not finished yet: a slow whale").first
    expect(preview).to_be_visible()
    assert (preview.get_attribute("src") or "").startswith("data:image/")
    page.keyboard.press("Escape")
    expect(card_of(page, "a slow whale").get_by_role("progressbar")).to_have_count(0)
    assert server.get(f"/api/jobs/{job['id']}")["state"] == "cancelled"


def test_the_servers_objection_stands_at_its_field(page: Page) -> None:
    def refuse(route: Route) -> None:
        body = {
            "type": "about:blank",
            "title": "Some values aren't allowed",
            "status": 422,
            "detail": "height is too large.",
            "errors": [{"field": "height", "message": "At most 128 here."}],
        }
        route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(body))

    page.route("**/api/generate", refuse)
    page.goto("/")
    prompt_of(page).fill("a tall tower")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_label("Height", exact=True)).to_be_focused()
    expect(page.get_by_label("Height", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("form").get_by_text("At most 128 here.")).to_be_visible()


def test_a_pictures_settings_can_be_used_again(page: Page, server: StudioServer) -> None:
    job = draw(server, "a green door", seed=99, negative_prompt="blue", guidance_scale=2.5)
    page.goto(f"/?from={job['images'][0]['id']}")
    expect(prompt_of(page)).to_have_value("a green door")
    expect(page).to_have_url(re.compile(r"/$"))
    chips = page.get_by_role("group", name="Settings in use")
    for text in ("Seed 99", "2 steps", "Guidance 2.5", "Without: blue"):
        expect(chips.get_by_role("button", name=text)).to_be_visible()


def test_more_like_this_draws_variations(page: Page, server: StudioServer) -> None:
    draw(server, "an old clock")
    page.goto("/")
    card = card_of(page, "an old clock")
    card.get_by_role("button", name="More like this").click()
    variations = page.get_by_role("group", name="Variations: an old clock")
    expect(variations.get_by_role("article")).to_have_count(4)


def test_a_first_visit_invites(page: Page, server: StudioServer) -> None:
    models = server.get("/api/models")
    active = next(model for model in models["items"] if model["active"])
    active["example_prompts"] = ["a snowy mountain", "a red apple"]
    active["source"], active["notice"] = "embedded", "It draws simple single subjects."
    answers(page, "**/api/models", models)
    answers(page, "**/api/jobs?*", {"items": [], "next_before": None})
    answers(page, "**/api/images?*", {"items": [], "next_cursor": None, "total": 0})
    page.route("**/api/events", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("heading", name="What would you like to see?")).to_be_visible()
    expect(page.get_by_text("It draws simple single subjects.")).to_be_visible()
    page.get_by_role("button", name="a snowy mountain").click()
    expect(prompt_of(page)).to_have_value("a snowy mountain")
    expect(prompt_of(page)).to_be_focused()


def test_on_a_phone_the_prompt_docks_at_the_bottom(browser: Browser, server: StudioServer) -> None:
    draw(server, "a small boat")
    context = browser.new_context(base_url=server.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/")
    form = page.get_by_role("form", name="Make a picture")
    expect(page.get_by_role("article").first).to_be_visible()
    page.mouse.wheel(0, 500)
    expect(form).to_be_in_viewport(ratio=1)
    box = form.bounding_box()
    navigation = page.get_by_role("navigation", name="Pages").bounding_box()
    assert box is not None
    assert navigation is not None
    assert abs(box["y"] + box["height"] - navigation["y"]) <= 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_a_server_that_goes_away_is_announced_and_found_again(
    page: Page, server: StudioServer
) -> None:
    page.goto("/")
    prompt_of(page).fill("words worth keeping")
    server.kill()
    banner = page.get_by_text("nothing you typed is lost", exact=False).first
    expect(banner).to_be_visible()
    server.start()
    expect(banner).to_have_count(0)
    expect(prompt_of(page)).to_have_value("words worth keeping")
    page.keyboard.press("Control+Enter")
    card = card_of(page, "words worth keeping")
    expect(card.get_by_role("link", name=re.compile("Open"))).to_be_visible()
