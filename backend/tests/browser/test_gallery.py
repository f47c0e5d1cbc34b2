"""The gallery as its owner uses it, with a hundred thousand pictures in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS, draw, wait_for
from tests.browser.filled import fill
from tests.servers import StudioServer

pytestmark = pytest.mark.browser

ROWS = 100_000
MOST_ELEMENTS = 1500
MOST_CELLS = 150


@pytest.fixture(scope="module")
def studio(new_studio: Callable[[str], StudioServer]) -> Iterator[StudioServer]:
    """A server whose gallery holds a hundred thousand pictures."""
    running = new_studio("filled")
    fill(running.folder / "data", ROWS)
    try:
        yield running.start()
    finally:
        running.kill()


def picture(page: Page, number: int) -> Locator:
    return page.locator(f'[role=grid] [data-image="{number}"]')


def cell(page: Page, number: int) -> Locator:
    return page.get_by_role("gridcell").filter(has=page.locator(f'[data-image="{number}"]'))


FILLED = """(() => {
    const links = [...document.querySelectorAll("[role=grid] [data-image]")];
    const boxes = links.map(link => link.getBoundingClientRect());
    return boxes.some(box => box.top < 150) && boxes.some(box => box.bottom > innerHeight - 150);
})()"""


def shown(page: Page) -> list[int]:
    """Numbers of the pictures in the document, as the wall orders them."""
    found: list[str] = page.locator("[role=grid] [data-image]").evaluate_all(
        "links => links.map(link => link.dataset.image)"
    )
    return [int(number) for number in found]


def in_view(page: Page) -> list[int]:
    """Numbers of the pictures that are wholly in the window, below the bars."""
    found: list[str] = page.locator("[role=grid] [data-image]").evaluate_all(
        """links => links.filter(link => {
            const box = link.getBoundingClientRect();
            return box.top > 190 && box.bottom < innerHeight;
        }).map(link => link.dataset.image)"""
    )
    return [int(number) for number in found]


def focused(page: Page) -> int:
    return int(page.evaluate("document.activeElement.dataset.image ?? 0"))


def open_gallery(page: Page, studio: StudioServer, query: str = "", first: int = ROWS) -> None:
    page.goto(f"{studio.url}/gallery{query}")
    expect(picture(page, first)).to_be_visible()


def feedback(studio: StudioServer, number: int) -> int:
    value: int = studio.get(f"/api/images/{number}")["feedback"]
    return value


@pytest.mark.slow
def test_a_hundred_thousand_pictures_scroll_with_a_small_document(
    page: Page, studio: StudioServer
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_gallery(page, studio)
    expect(page.get_by_text("100,000 pictures", exact=True).first).to_be_visible()
    seen: set[int] = set()
    for _ in range(60):
        seen.update(shown(page))
        assert page.locator("*").count() < MOST_ELEMENTS
        assert page.get_by_role("gridcell").count() < MOST_CELLS
        page.evaluate("scrollBy(0, 600)")
        expect(page.locator("[role=grid] img").first).to_be_attached()
        wait_for(page, "document.body.scrollHeight - scrollY > innerHeight + 200")
        wait_for(page, FILLED)  # a busy machine draws the wall a moment after it was scrolled
    seen.update(shown(page))
    assert len(seen) > 500
    assert seen == set(range(min(seen), ROWS + 1)), "pictures were left out"
    pages = [url for url in asked if "/api/images?" in url]
    assert all("offset=" not in url for url in pages)
    # The first page alone may be asked for again: a returning event stream looks for news there.
    following = [url for url in pages if "cursor=" in url]
    assert len(following) >= 5
    assert len(following) == len(set(following)), "a page was asked for twice"


def test_nothing_jumps_while_pictures_load(page: Page, studio: StudioServer) -> None:
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver(list => {
            for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    open_gallery(page, studio)
    for _ in range(5):
        page.mouse.wheel(0, 500)
        wait_for(
            page, "[...document.querySelectorAll('[role=grid] img')].some(img => img.complete)"
        )
    assert page.evaluate("window.shift") < 0.05


def test_pictures_keep_their_shape_from_edge_to_edge(page: Page, studio: StudioServer) -> None:
    open_gallery(page, studio)
    wide = page.evaluate("document.body.clientWidth")
    row = page.get_by_role("row").first
    boxes = [box.bounding_box() for box in row.get_by_role("gridcell").all()]
    assert boxes[0] is not None
    assert boxes[0]["x"] <= 8
    last = boxes[-1]
    assert last is not None
    assert last["x"] + last["width"] >= wide - 8
    for number in shown(page)[:10]:
        image = studio.get(f"/api/images/{number}")
        box = cell(page, number).bounding_box()
        assert box is not None
        shape = image["width"] / image["height"]
        assert box["width"] / box["height"] == pytest.approx(shape, rel=0.03)


def test_back_from_a_picture_leads_to_where_one_was(page: Page, studio: StudioServer) -> None:
    open_gallery(page, studio, "?feedback=1")
    for _ in range(10):
        page.evaluate("scrollBy(0, 700)")
        wait_for(page, "document.body.scrollHeight - scrollY > innerHeight + 200")
    before = in_view(page)
    where = page.evaluate("scrollY")
    assert where > 4000
    chosen = before[1]
    assert chosen % 10 == 0, "only liked pictures are shown"
    picture(page, chosen).click()
    expect(page).to_have_url(re.compile(rf"/images/{chosen}\?feedback=1$"))
    expect(page.get_by_role("link", name="Next picture")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"/images/{chosen - 10}\?feedback=1$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"number {chosen - 10}")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/gallery\?feedback=1$"))
    expect(picture(page, chosen - 10)).to_be_focused()
    assert page.evaluate("scrollY") == pytest.approx(where, abs=2)
    assert in_view(page) == before


def test_the_address_holds_what_is_shown(page: Page, studio: StudioServer) -> None:
    open_gallery(page, studio)
    search = page.get_by_role("searchbox")
    search.click()
    page.keyboard.type("green frog", delay=20)
    expect(page).to_have_url(re.compile(r"q=green\+frog"))
    expect(search).to_be_focused()
    expect(page.get_by_text("20,000 pictures", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Rating", exact=True).click()
    page.get_by_role("menuitemradio", name="Disliked").click()
    expect(page).to_have_url(re.compile(r"feedback=-1"))
    newest = next(n for n in range(ROWS, 0, -1) if n % 5 == 2 and n % 7 == 0 and n % 10)
    expect(picture(page, newest)).to_be_visible()
    address = page.url

    page.reload()
    expect(picture(page, newest)).to_be_visible()
    expect(search).to_have_value("green frog")
    expect(page.get_by_role("button", name="Rating: Disliked")).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(address)
    expect(page.get_by_role("button", name="Rating", exact=True)).to_be_visible()
    expect(picture(page, 99_997)).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("button", name="Rating: Disliked")).to_be_visible()
    page.get_by_role("button", name="Remove the filter rating").click()
    expect(page).to_have_url(re.compile(r"q=green\+frog$"))
    page.get_by_role("button", name="Clear the search").click()
    expect(page).to_have_url(re.compile(r"/gallery$"))


def test_days_and_order_are_filters_too(page: Page, studio: StudioServer) -> None:
    open_gallery(page, studio)
    page.get_by_role("button", name="Date", exact=True).click()
    page.get_by_label("Last day").fill("2026-05-20")
    expect(page).to_have_url(re.compile(r"before=2026-05-20"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Date: Until May 20, 2026")).to_be_visible()
    expect(picture(page, ROWS)).to_have_count(0)
    page.get_by_role("button", name="Order: Newest first").click()
    page.get_by_role("menuitemradio", name="Oldest first").click()
    expect(picture(page, 1)).to_be_visible()
    assert shown(page)[:5] == [1, 2, 3, 4, 5]


def test_everything_by_keyboard(page: Page, studio: StudioServer) -> None:
    open_gallery(page, studio)
    page.get_by_role("button", name="Trash", exact=True).focus()
    page.keyboard.press("Tab")
    assert focused(page) == ROWS
    page.keyboard.press("ArrowRight")
    assert focused(page) == ROWS - 1
    before = feedback(studio, ROWS - 1)
    assert before == 0
    page.keyboard.press("-")
    page.keyboard.press("1")
    mark = cell(page, ROWS - 1).get_by_role("img", name="Disliked")
    expect(mark).to_be_visible()
    page.keyboard.press("1")
    # The second 1 comes on its own and is a like.
    expect(cell(page, ROWS - 1).get_by_role("img", name="Liked", exact=True)).to_be_visible()
    page.keyboard.press("0")
    expect(cell(page, ROWS - 1).get_by_role("img", name="Liked", exact=True)).to_have_count(0)

    page.keyboard.press("ArrowDown")
    below = focused(page)
    assert below < ROWS - 3
    with page.expect_response(is_change):
        page.keyboard.press("Delete")
    expect(picture(page, below)).to_have_count(0)
    expect(picture(page, below - 1)).to_be_focused()
    assert studio.get(f"/api/images/{below}")["deleted_at"] is not None
    with page.expect_response(is_change):
        page.get_by_role("button", name="Undo").click()
    expect(picture(page, below)).to_be_visible()
    assert studio.get(f"/api/images/{below}")["deleted_at"] is None

    picture(page, ROWS).focus()
    page.keyboard.press("Control+End")
    deep = focused(page)
    assert deep <= ROWS - 90
    expect(picture(page, deep)).to_be_in_viewport()
    page.keyboard.press("Control+Home")
    expect(picture(page, ROWS)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/images/{ROWS}$"))


def is_change(response: Response) -> bool:
    return response.request.method == "PATCH" and response.ok


def test_many_at_once_to_the_trash_and_for_ever(page: Page, studio: StudioServer) -> None:
    first, last = ROWS - 20, ROWS - 24
    query = f"?before={DAY}&q=number"
    open_gallery(page, studio, query)
    cell(page, first).hover()
    cell(page, first).get_by_role("checkbox", name="Select").click()
    picture(page, last).click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Selected pictures")
    expect(bar.get_by_text("5 selected")).to_be_visible()
    with page.expect_response(is_change):
        bar.get_by_role("button", name="Move to trash").click()
    expect(picture(page, first)).to_have_count(0)
    expect(bar).to_have_count(0)

    page.get_by_role("button", name="Trash", exact=True).click()
    expect(page.get_by_role("heading", name="Trash")).to_be_visible()
    expect(picture(page, first)).to_be_visible()
    assert shown(page) == list(range(first, last - 1, -1))
    picture(page, first).focus()
    page.keyboard.press("Space")
    expect(bar.get_by_text("1 selected")).to_be_visible()
    with page.expect_response(is_change):
        bar.get_by_role("button", name="Restore").click()
    expect(picture(page, first)).to_have_count(0)
    assert studio.get(f"/api/images/{first}")["deleted_at"] is None

    picture(page, last).focus()
    page.keyboard.press("Control+a")
    expect(bar.get_by_text("4 selected")).to_be_visible()
    bar.get_by_role("button", name="Delete for ever").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Delete for ever").click()
    expect(page.get_by_text(re.compile("Nothing matches|trash is empty"))).to_be_visible()
    left = studio.get("/api/images?deleted=true&include=total")
    assert left["total"] == 0


DAY = "2026-06-30"


def test_rating_and_downloading_a_selection(page: Page, studio: StudioServer) -> None:
    chosen = [ROWS - 31, ROWS - 32, ROWS - 33]
    before = [feedback(studio, number) for number in chosen]
    open_gallery(page, studio)
    picture(page, chosen[0]).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    bar = page.get_by_role("toolbar", name="Selected pictures")
    expect(bar.get_by_text("3 selected")).to_be_visible()
    bar.get_by_role("button", name="Like", exact=True).click()
    expect(cell(page, chosen[2]).get_by_role("img", name="Liked", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, chosen[2]).get_by_role("img", name="Liked", exact=True)).to_have_count(0)
    names: set[str] = set()
    page.on("download", lambda download: names.add(download.suggested_filename))
    with page.expect_event("download", lambda _: len(names) == len(chosen)):
        bar.get_by_role("button", name="Download").click()
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    assert [feedback(studio, number) for number in chosen] == before


def test_a_new_picture_appears_by_itself(page: Page, server: StudioServer) -> None:
    draw(server, "something to begin with")
    page.goto(f"{server.url}/gallery")
    expect(page.get_by_role("gridcell").first).to_be_visible()
    job = draw(server, "a comet that has just been drawn")
    new = job["images"][0]["id"]
    expect(picture(page, new)).to_be_visible()
    assert shown(page)[0] == new
    picture(page, new).focus()
    newer = draw(server, "a comet that comes while one works")["images"][0]["id"]
    page.get_by_role("button", name="1 new picture").click()
    expect(picture(page, newer)).to_be_visible()


def test_a_phone_shows_two_across_and_rates_with_one_tap(
    browser: Browser, studio: StudioServer
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    open_gallery(page, studio)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert 1 <= page.get_by_role("row").first.get_by_role("gridcell").count() <= 3
    number = ROWS - 3
    assert feedback(studio, number) == 0
    cell(page, number).get_by_role("button", name="Like", exact=True).tap()
    like = cell(page, number).get_by_role("button", name="Like", exact=True)
    expect(like).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/api/feedback"):
        like.tap()
    expect(like).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Select", exact=True).tap()
    picture(page, number).tap()
    bar = page.get_by_role("toolbar", name="Selected pictures")
    expect(bar.get_by_text("1 selected")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_selecting_and_the_open_filters_break_no_rule(
    browser: Browser, studio: StudioServer, scheme: str
) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    open_gallery(page, studio, "?feedback=1&model=other&sort=oldest&before=2026-06-30", first=20)
    picture(page, 20).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("toolbar", name="Selected pictures")).to_be_visible()
    found = {"selecting": violations(page)}
    page.get_by_role("button", name=re.compile("^Date")).click()
    expect(page.get_by_label("First day")).to_be_visible()
    found["date"] = violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Model")).click()
    expect(page.get_by_role("menuitemradio").first).to_be_visible()
    found["menu"] = violations(page)
    context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}
