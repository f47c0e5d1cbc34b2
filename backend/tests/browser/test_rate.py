"""Rate mode as its owner uses it: by key, by finger, back again, and picking the best."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.conftest import SLOW_MACHINE_MS, draw
from tests.servers import StudioServer

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def studio(server: StudioServer) -> StudioServer:
    """A server all of whose pictures are rated, until a test draws some."""
    while unrated := server.get("/api/images?feedback=0&limit=100")["items"]:
        for image in unrated:
            rate(server, image["id"], 1)
    return server


def rate(studio: StudioServer, number: int, feedback: int) -> None:
    studio.post("/api/feedback", {"image_id": number, "feedback": feedback})


def three(studio: StudioServer) -> list[int]:
    """Three pictures, each of its own prompt, in the order in which they come up."""
    names = ("first", "second", "third")
    drawn = {name: draw(studio, f"the {name}")["images"][0]["id"] for name in reversed(names)}
    return [drawn[name] for name in names]


def picture(page: Page, name: str) -> Locator:
    return page.get_by_role("img", name=f"the {name}", exact=True)


def feedback(studio: StudioServer, numbers: list[int]) -> list[int]:
    return [studio.get(f"/api/images/{number}")["feedback"] for number in numbers]


def is_rating(response: Response) -> bool:
    return response.url.endswith("/api/feedback") and response.ok


def test_keys_rate_skip_and_take_back(page: Page, studio: StudioServer) -> None:
    numbers = three(studio)
    page.goto(f"{studio.url}/rate")
    expect(picture(page, "first")).to_be_visible()
    with page.expect_response(is_rating):
        page.keyboard.press("1")
    expect(picture(page, "second")).to_be_visible()
    with page.expect_response(is_rating):
        page.keyboard.type("-1")
    expect(picture(page, "third")).to_be_visible()
    assert feedback(studio, numbers) == [1, -1, 0]
    page.keyboard.press("0")
    expect(page.get_by_role("heading", name="That was the last one")).to_be_visible()
    page.keyboard.press("ControlOrMeta+Z")
    expect(picture(page, "third")).to_be_visible()
    with page.expect_response(is_rating):
        page.get_by_role("button", name="Undo").click()
    expect(picture(page, "second")).to_be_visible()
    assert feedback(studio, numbers) == [1, 0, 0]
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/gallery$"))


def test_by_keyboard_alone_with_the_focus_on_buttons(page: Page, studio: StudioServer) -> None:
    numbers = three(studio)
    page.goto(f"{studio.url}/")
    page.get_by_role("navigation").get_by_role("link", name="Rate", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Skip")).to_be_visible()
    expect(picture(page, "first")).to_be_visible()
    like = page.get_by_role("button", name="Like", exact=True)
    for _ in range(20):
        page.keyboard.press("Tab")
        if like.evaluate("element => element === document.activeElement"):
            break
    with page.expect_response(is_rating):
        page.keyboard.press("Enter")
    expect(picture(page, "second")).to_be_visible()
    expect(like).to_be_focused()
    expect(page.get_by_text("Liked. Next: the second")).to_be_attached()
    assert feedback(studio, numbers) == [1, 0, 0]


def test_a_finger_throws_pictures_to_the_sides(browser: Browser, studio: StudioServer) -> None:
    numbers = three(studio)
    context = browser.new_context(
        base_url=studio.url,
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    page.goto("/rate")
    touch = context.new_cdp_session(page)

    def swipe(name: str, across: int, down: int = 0) -> None:
        expect(picture(page, name)).to_be_visible()
        box = picture(page, name).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for part in range(6):
            kind = "touchMove" if part else "touchStart"
            point = {"x": x + across * part / 5, "y": y + down * part / 5}
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    with page.expect_response(is_rating):
        swipe("first", 150)
    swipe("second", 5, -150)
    with page.expect_response(is_rating):
        swipe("third", -150)
    expect(page.get_by_role("heading", name="That was the last one")).to_be_visible()
    assert feedback(studio, numbers) == [1, 0, -1]
    page.get_by_role("button", name="Look at the skipped again").click()
    expect(picture(page, "second")).to_be_visible()
    for name in ("Dislike", "Skip", "Like"):
        button = page.get_by_role("button", name=name, exact=True)
        expect(button).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_when_everything_is_rated_it_leads_on(page: Page, studio: StudioServer) -> None:
    draw(studio, "something to like")
    for image in studio.get("/api/images?feedback=0&limit=100")["items"]:
        rate(studio, image["id"], 1)
    page.goto(f"{studio.url}/rate")
    expect(page.get_by_role("heading", name="Every picture is rated")).to_be_visible()
    page.get_by_role("link", name="Generate more").click()
    expect(page.get_by_label("Prompt", exact=True)).to_be_visible()


def test_the_best_of_a_prompt_is_picked(page: Page, studio: StudioServer) -> None:
    before = studio.get("/api/feedback/summary")["preferences"]
    older = draw(studio, "an older pair", num_images=2)["images"]
    drawn = draw(studio, "a newer three", num_images=3)["images"]
    page.goto(f"{studio.url}/rate")
    page.get_by_role("link", name="Pick the best").click()
    newer = page.get_by_role("group", name=re.compile("a newer three"))
    expect(newer.get_by_role("button")).to_have_count(len(drawn))
    with page.expect_response(lambda r: r.url.endswith("/api/preferences") and r.ok):
        page.keyboard.press("2")
    pair = page.get_by_role("group", name=re.compile("an older pair"))
    expect(pair.get_by_role("button")).to_have_count(len(older))
    assert studio.get("/api/feedback/summary")["preferences"] == before + 2
    with page.expect_response(lambda r: r.request.method == "DELETE" and r.ok):
        page.keyboard.press("ControlOrMeta+Z")
    expect(newer).to_be_visible()
    assert studio.get("/api/feedback/summary")["preferences"] == before
    page.keyboard.press("s")
    with page.expect_response(lambda r: r.url.endswith("/api/preferences") and r.ok):
        pair.get_by_role("button", name="Number 1 of 2 is the best").click()
    assert studio.get("/api/feedback/summary")["preferences"] == before + 1


def test_a_rating_that_nobody_answers_comes_back(page: Page, studio: StudioServer) -> None:
    three(studio)
    page.route("**/api/feedback", lambda route: route.abort())
    page.goto(f"{studio.url}/rate")
    expect(picture(page, "first")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("The rating wasn't saved")).to_be_visible()
    expect(picture(page, "first")).to_be_visible()
