"""A folder of pictures with captions on the server's own disk, from its path to a new version."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.rated import TRAINING_MS
from tests.servers import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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


def test_the_studio_learns_from_a_folder(
    page: Page, new_studio: Callable[[str], StudioServer], tmp_path: Path
) -> None:
    make_dataset(tmp_path / "walls")
    studio = new_studio("dataset")
    try:
        page.goto(f"{studio.start().url}/retrain")
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
        expect(page.get_by_role("heading", name="What came of it")).to_be_visible(
            timeout=TRAINING_MS
        )
        status = studio.get("/api/retrain/status")
        assert (status["state"], status["model"]) == ("succeeded", "walls")
        assert status["data"]["rejected"] == 2
        assert status["data"]["trained_on"] + status["data"]["held_out"] == 4
    finally:
        studio.kill()
