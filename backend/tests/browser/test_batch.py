"""Many at once as people do it: a table, a grid, the queue, and the tools of the prompt field."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import draw, wait_for
from tests.servers import StudioServer

pytestmark = pytest.mark.browser

TABLE = "prompt,num_inference_steps\na red cat,2\na dog,none\na cow,2\n"


@pytest.fixture
def paused(server: StudioServer) -> Iterator[None]:
    """Nothing is begun, so that what waits stays where it is; an empty queue afterwards."""
    server.patch("/api/queue", {"paused": True})
    yield
    server.delete("/api/queue")
    server.patch("/api/queue", {"paused": False})


def test_a_table_is_checked_by_line_then_drawn_to_its_end(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Many at once").click()
    field = page.get_by_label("Prompts", exact=True)
    field.fill(TABLE)
    expect(page.get_by_text("Line 3")).to_be_visible()
    expect(page.get_by_text("must be a whole number, not 'none'")).to_be_visible()
    begin = page.get_by_role("button", name=re.compile("^Draw"))
    expect(begin).to_be_disabled()
    # What was typed is there after a reload, too.
    page.reload()
    expect(field).to_have_value(TABLE)
    field.fill(TABLE.replace("none", "2"))
    expect(begin).to_have_text("Draw 3 pictures")
    expect(begin).to_be_enabled()
    begin.click()
    expect(page).to_have_url(re.compile(r"/batch/[0-9a-f]{32}$"))
    expect(page.get_by_text("3 of 3 pictures")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name=re.compile("^Open"))).to_have_count(3)
    assert violations(page) == []


def test_the_rest_of_a_batch_is_cancelled_after_a_question(
    page: Page, server: StudioServer, paused: None
) -> None:
    made = server.post("/api/batches", {"text": "a cat\na dog\na cow", "title": "Pets"})
    page.goto(f"/batch/{made['id']}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.get_by_role("button", name="Cancel the rest").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Cancel the rest").click()
    expect(page.get_by_text("0 of 3 pictures, 3 cancelled")).to_be_visible()


def test_the_queue_is_reordered_by_keyboard_and_cleared(
    page: Page, server: StudioServer, paused: None
) -> None:
    for prompt in ("first", "second"):
        server.post("/api/generate", {"prompt": prompt}, Prefer="respond-async")
    server.post("/api/batches", {"text": "x\ny\nz", "title": "Letters"})
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("link", name="Queue: Paused: 5").click()
    rows = page.get_by_role("region", name="Waiting").get_by_role("listitem")
    expect(rows).to_have_text([re.compile("first"), re.compile("second"), re.compile("Letters")])
    page.get_by_role("button", name="Move Letters to the front").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_text([re.compile("Letters"), re.compile("first"), re.compile("second")])
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    expect(rows.first).to_contain_text("Letters")
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_role("button", name="Clear it").click()
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_a_grid_with_its_sheet(page: Page) -> None:
    page.goto("/batch")
    page.locator("input[type=radio][value=grid]").check(force=True)
    page.get_by_label("Prompt", exact=True).fill("a red apple")
    page.get_by_label("Values of the columns").fill("1-3")
    page.get_by_label("Rows", exact=True).select_option("prompt")
    page.get_by_label("Values of the rows").fill("pear")
    page.get_by_role("button", name="Draw 3 pictures").click()
    expect(page.get_by_role("form").get_by_text("must be words of the prompt")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Values of the rows").fill("apple\npear")
    page.get_by_role("button", name="Draw 6 pictures").click()
    expect(page.get_by_text("6 of 6 pictures")).to_be_visible()
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["1", "2", "3"])
    expect(table.get_by_role("rowheader")).to_have_text(["apple", "pear"])
    expect(table.get_by_role("link")).to_have_count(6)
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Contact sheet").click()
    data = download.value.path().read_bytes()
    assert Image.open(io.BytesIO(data)).size > (300, 200)
    assert download.value.suggested_filename == "a-red-apple-grid.png"


def test_the_prompt_field_by_keyboard(page: Page, server: StudioServer) -> None:
    draw(server, "an earlier prompt, of mine")
    page.goto("/")
    field = page.get_by_label("Prompt", exact=True)
    field.fill("a red cat")
    expect(page.get_by_text(re.compile(r"^\d+/\d+$"))).to_be_visible()
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    expect(field).to_have_value("a red (cat:1.2)")
    page.keyboard.press("Alt+ArrowUp")
    expect(field).to_have_value("an earlier prompt, of mine")
    page.keyboard.press("Alt+ArrowDown")
    expect(field).to_have_value("a red (cat:1.2)")


def test_alternatives_and_a_style_are_drawn_and_told(page: Page, server: StudioServer) -> None:
    page.goto("/library")
    page.get_by_role("button", name="New style").click()
    page.get_by_label("Name").fill("Ink")
    page.get_by_label("Prompt", exact=True).fill("ink of {prompt}")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("ink of {prompt}")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_count(0)
    page.get_by_role("button", name="New wildcard").click()
    page.get_by_label("Name").fill("colour")
    page.get_by_label("Lines").fill("red\nblue")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("button", name="__colour__")).to_be_visible()
    assert violations(page) == []
    page.goto("/")
    page.get_by_label("Prompt", exact=True).fill("a __colour__ {cat|dog}")
    page.get_by_role("button", name="Styles").click()
    page.get_by_text("ink of {prompt}").click()
    expect(page.get_by_role("checkbox", name=re.compile("^Ink"))).to_be_checked()
    assert violations(page, within="[data-scope=popover][data-state=open]") == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    said = re.compile("^ink of a (red|blue) (cat|dog)$")
    card = page.get_by_role("group", name=re.compile("^Request: ink of a (red|blue)")).first
    expect(card.get_by_role("link", name=re.compile("^Open")).first).to_be_visible()
    image = server.get("/api/images?limit=1")["items"][0]
    assert said.match(image["prompt"])
    assert image["params"]["template"] == "a __colour__ {cat|dog}"
    page.goto(f"/images/{image['id']}")
    expect(page.get_by_text("a __colour__ {cat|dog}")).to_be_visible()


def test_a_style_file_goes_out_and_comes_in(page: Page, server: StudioServer) -> None:
    server.post("/api/styles", {"name": "Oil", "prompt": "oil painting of {prompt}"})
    page.goto("/library")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    path = download.value.path()
    page.get_by_role("button", name="Delete Oil").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("oil painting of {prompt}")).to_be_hidden()
    page.locator("input[type=file]").set_input_files(
        {"name": "styles.csv", "mimeType": "text/csv", "buffer": path.read_bytes()}
    )
    expect(page.get_by_text("oil painting of {prompt}")).to_be_visible()


def test_surprise_me_fills_the_form_on_a_phone(browser: Browser, server: StudioServer) -> None:
    image = draw(server, "a lighthouse, stormy sea, oil painting")["images"][0]
    server.post("/api/feedback", {"image_id": image["id"], "feedback": 1})
    context = browser.new_context(
        base_url=server.url, viewport={"width": 360, "height": 800}, color_scheme="dark"
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Surprise me").click()
    wait_for(page, "document.querySelector('textarea').value !== ''")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
