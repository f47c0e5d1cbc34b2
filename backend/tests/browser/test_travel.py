"""Settings travel with the picture: dropped on the page, taken into the gallery, and out again."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import draw
from tests.infotext import samples
from tests.servers import StudioServer
from tests.studio import png

pytestmark = pytest.mark.browser

DROP = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  for (const kind of KINDS) {
    const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent(kind, options));
  }
}"""


def drag(page: Page, name: str, data: bytes, *kinds: str) -> None:
    """Let a file be dragged over the page, and dropped, as a file manager does it."""
    script = DROP.replace("KINDS", json.dumps(kinds))
    page.evaluate(script, [name, "image/png", base64.b64encode(data).decode()])


def test_a_dropped_picture_fills_the_form(page: Page) -> None:
    page.goto("/")
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("what stood here before")
    data = samples.comfy_png(samples.COMFY)
    drag(page, "boat.png", data, "dragenter", "dragover")
    veil = page.get_by_text("Let go to use this picture: its settings, as a start, or to edit it")
    expect(veil).to_be_visible()
    drag(page, "boat.png", data, "drop")
    expect(veil).to_have_count(0)
    expect(prompt).to_have_value("a paper boat")
    outcome = page.get_by_role("region", name="Settings from a picture")
    expect(outcome).to_contain_text("Settings of boat.png, as ComfyUI wrote them")
    outcome.get_by_role("button", name=re.compile("couldn't be taken over")).or_(
        outcome.get_by_text("Model", exact=True)
    ).first.click()
    expect(outcome).to_contain_text("sd15/v1-5.safetensors")
    chips = page.get_by_role("group", name="Settings in use")
    for text in ("25 steps", "Guidance 8", "Seed 777", "Without: plastic"):
        expect(chips.get_by_role("button", name=text)).to_be_visible()
    outcome.get_by_role("button", name="Undo").click()
    expect(prompt).to_have_value("what stood here before")


def test_a_download_can_be_taken_back(page: Page, server: StudioServer) -> None:
    image = draw(server, 'a "red", kite\nin the wind 🪁', seed=31)["images"][0]
    page.goto(f"/images/{image['id']}")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="WebP").click()
    data = Path(waiting.value.path()).read_bytes()
    assert data[8:12] == b"WEBP"
    page.goto("/")
    page.get_by_label("Picture to take the settings from").set_input_files(
        {"name": "kite.webp", "mimeType": "image/webp", "buffer": data}
    )
    expect(page.get_by_label("Prompt", exact=True)).to_have_value('a "red", kite\nin the wind 🪁')
    expect(page.get_by_title("Seed 31: change")).to_be_visible()


def test_the_gallery_gives_out_what_is_shown_and_what_is_selected(
    page: Page, server: StudioServer, tmp_path: Path
) -> None:
    ids = [draw(server, f"an exported lamp {n}")["images"][0]["id"] for n in range(3)]
    server.post("/api/feedback", {"image_id": ids[1], "feedback": 1})
    page.goto("/gallery?q=exported+lamp&feedback=1")
    expect(page.get_by_text("1 picture", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Import and export").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=re.compile("Export what is shown")).click()
    assert told(waiting.value.path()) == {"an exported lamp 1": 1}
    page.goto("/gallery?q=exported+lamp")
    page.get_by_role("link", name="an exported lamp 2").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    bar = page.get_by_role("toolbar", name="Selected pictures")
    expect(bar).to_contain_text("2 selected")
    with page.expect_download() as waiting:
        bar.get_by_role("button", name="Export as a zip").click()
    assert told(waiting.value.path()) == {"an exported lamp 2": 0, "an exported lamp 1": 1}
    expect(page).to_have_url(re.compile("/gallery"))
    # What can't be exported is said, and the page stays.
    page.route("**/api/images/export", lambda route: route.fulfill(status=404, body="gone"))
    bar.get_by_role("button", name="Export as a zip").click()
    expect(page.get_by_text("The export couldn't be made")).to_be_visible()
    expect(page).to_have_url(re.compile("/gallery"))


def told(path: str | Path) -> dict[str, int]:
    """Prompts and ratings of an export."""
    with zipfile.ZipFile(path) as archive:
        lines = [json.loads(line) for line in archive.read("metadata.jsonl").splitlines()]
    return {line["text"]: line["feedback"] for line in lines}


def test_a_folder_is_taken_into_the_gallery(
    page: Page, server: StudioServer, tmp_path: Path
) -> None:
    folder = tmp_path / "from elsewhere"
    (folder / "inner").mkdir(parents=True)
    for number in range(10):
        (folder / "inner" / f"{number}.png").write_bytes(png(4000 + number, (64, 48)))
    (folder / "bad.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture either")
    line = {"file_name": "inner/7.png", "text": "an imported gate", "feedback": -1}
    (folder / "metadata.jsonl").write_text(json.dumps(line))
    page.goto("/gallery")
    page.get_by_label("Folder to import").set_input_files(folder)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("10 pictures imported, 1 not taken.")
    expect(dialog.get_by_role("region", name="Files that weren't taken")).to_contain_text("bad.png")
    dialog.get_by_role("button", name="Done").click()
    found = server.get("/api/images?q=imported+gate")["items"]
    assert [image["feedback"] for image in found] == [-1]
    page.goto("/gallery?q=imported+gate")
    expect(page.get_by_role("link", name="an imported gate")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("dark", 390), ("light", 1280)])
def test_nothing_here_breaks_a_rule(
    browser: Browser, server: StudioServer, scheme: str, width: int
) -> None:
    draw(server, "a ruled page")
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {}
    page.goto("/")
    expect(page.get_by_role("article").first).to_be_visible()
    text = samples.A1111
    drag(page, "castle.png", samples.png(parameters=text), "dragenter", "dragover", "drop")
    outcome = page.get_by_role("region", name="Settings from a picture")
    expect(outcome).to_be_visible()
    outcome.get_by_role("button", name=re.compile("couldn't be taken over")).click()
    expect(outcome.get_by_text("Clip skip")).to_be_visible()
    found["recovered"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/gallery")
    expect(page.get_by_role("link", name="a ruled page").first).to_be_visible()
    page.get_by_role("button", name="Import and export").click()
    expect(page.get_by_role("menuitem", name="Import a folder")).to_be_visible()
    found["menu"] = violations(page)
    page.keyboard.press("Escape")
    # Where the focus is when the dialog opens: nobody chooses files while the menu still closes.
    expect(page.get_by_role("button", name="Import and export")).to_be_focused()
    page.get_by_label("Pictures to import").set_input_files(
        [
            {"name": "bad.png", "mimeType": "image/png", "buffer": b"no picture"},
            {"name": "good.png", "mimeType": "image/png", "buffer": png(width)},
        ]
    )
    expect(page.get_by_role("dialog")).to_contain_text("not taken")
    found["import"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert {where: broken for where, broken in found.items() if broken} == {}
