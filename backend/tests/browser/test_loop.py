"""What the studio is for: draw, rate, retrain, use the new version, go back to the old one; and a
folder of pictures with captions on the server's own disk, from its path to a new version.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.rated import TRAINING_MS, draw_and_rate
from tests.servers import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def studio(new_studio: Callable[[str], StudioServer]) -> Iterator[StudioServer]:
    running = new_studio("loop")
    try:
        yield running.start()
    finally:
        running.kill()


def generate(page: Page, prompt: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Generate").click()
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")
    card = page.get_by_role("group", name=f"Request: {prompt}")
    expect(card.get_by_role("link", name=re.compile("Open"))).to_be_visible()


def test_the_studio_learns_and_can_go_back(page: Page, studio: StudioServer) -> None:
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


def make_dataset(folder: Path) -> None:
    """Four good rows, one without a caption and one whose picture is no picture."""
    folder.mkdir()
    rows = []
    for number, colour in enumerate(("red", "green", "blue", "orange", "gray")):
        name = f"{colour}.png"
        Image.new("RGB", (64, 64), colour).save(folder / name)
        rows.append({"file_name": name, "text": f"a {colour} wall" if number < 4 else ""})
    (folder / "broken.png").write_bytes(b"no picture at all")
    rows.append({"file_name": "broken.png", "text": "a broken wall"})
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_studio_learns_from_a_folder(page: Page, studio: StudioServer, tmp_path: Path) -> None:
    make_dataset(tmp_path / "walls")
    page.goto(f"{studio.url}/retrain?plan")
    page.get_by_role("radio", name=re.compile("^A dataset")).check()
    page.get_by_label("Dataset", exact=True).fill(str(tmp_path / "nowhere"))
    expect(page.get_by_text(re.compile("no file or folder.*nowhere"))).to_be_visible()

    page.get_by_label("Dataset", exact=True).fill(str(tmp_path / "walls"))
    expect(page.get_by_text("4 pictures to learn from, 2 others left out")).to_be_visible()
    expect(page.get_by_text("captions from “text”")).to_be_visible()
    pictures = page.get_by_role("list", name="Pictures to learn from")
    expect(pictures.get_by_role("img")).to_have_count(4)
    page.get_by_text("2 pictures left out, and why").click()

    page.get_by_label("Name", exact=True).fill("walls")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Steps", exact=True).fill("2")
    page.get_by_role("button", name="Start training").click()
    # Until it runs, what came of an earlier training may be shown.
    while (status := studio.get("/api/retrain/status"))["model"] != "walls" or status["active"]:
        time.sleep(0.2)
    assert status["state"] == "succeeded"
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    expect(page.get_by_text(status["summary"][0])).to_be_visible()
    assert status["data"]["rejected"] == 2
    assert status["data"]["trained_on"] + status["data"]["held_out"] == 4
