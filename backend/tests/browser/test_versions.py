"""Trained versions on the models page: where they come from, using, naming, moving, deleting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import SLOW_MACHINE_MS, draw, wait_for
from tests.browser.trained import write_version
from tests.servers import StudioServer

pytestmark = pytest.mark.browser

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def studio(new_studio: Callable[[str], StudioServer]) -> Iterator[StudioServer]:
    """A server with a small family: tiny → warm → warmer, tiny → worse."""
    running = new_studio("versions")
    models = running.folder / "models"
    write_version(models, "warm")
    write_version(models, "warmer", "warm")
    write_version(models, "worse", better=False)
    try:
        yield running.start()
    finally:
        running.kill()


def card_of(page: Page, name: str) -> Locator:
    return page.get_by_role("article").filter(has=page.locator(f"#model-{name}"))


def version_of(studio: StudioServer, name: str) -> dict[str, Any] | None:
    models: list[dict[str, Any]] = studio.get("/api/models")["items"]
    return next((model for model in models if model["name"] == name), None)


def depth_of(page: Page, name: str) -> int:
    """How many lists a card lies in."""
    depth: int = page.locator(f"#model-{name}").evaluate(
        "element => { let n = 0; for (let e = element; e; e = e.parentElement) "
        "if (e.tagName === 'UL') n += 1; return n; }"
    )
    return depth


def test_versions_grow_from_what_they_were_trained_from(page: Page, studio: StudioServer) -> None:
    page.goto(f"{studio.url}/models")
    warm = card_of(page, "warm")
    expect(warm.get_by_text("Better than before")).to_be_visible()
    expect(warm.get_by_text("0.5000 → 0.4500")).to_be_visible()
    expect(warm.get_by_text("80 % (60 % to 90 %)")).to_be_visible()
    expect(card_of(page, "worse").get_by_text("Not better than before")).to_be_visible()
    assert [depth_of(page, name) for name in ("tiny", "warm", "warmer", "worse")] == [1, 2, 3, 2]


def test_before_and_after_can_be_compared_by_keyboard(page: Page, studio: StudioServer) -> None:
    page.goto(f"{studio.url}/models")
    warm = card_of(page, "warm")
    warm.get_by_text("Before and after, all settings").click()
    before = warm.get_by_role("img", name="Samples of the parent")
    wait_for(page, "image => image.complete && image.naturalWidth", before.element_handle())
    warm.get_by_role("button", name="One over the other").click()
    slider = warm.get_by_role("slider", name=re.compile("How much of"))
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_value("0")
    page.keyboard.press("End")
    expect(slider).to_have_value("100")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_neither_tree_nor_import_breaks_a_rule(
    browser: Browser, studio: StudioServer, scheme: str, size: dict[str, int]
) -> None:
    context = browser.new_context(
        base_url=studio.url,
        viewport=size,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    page.goto("/models")
    warm = card_of(page, "warm")
    warm.get_by_text("Before and after, all settings").click()
    expect(warm.get_by_role("img", name="Samples of the parent")).to_be_visible()
    warm.get_by_role("button", name="One over the other").click()
    warm.get_by_role("button", name="Rename").click()
    expect(warm.get_by_label("Title", exact=True)).to_be_focused()
    tree = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog", name="Import a version")
    expect(dialog.get_by_label("File")).to_be_visible()
    page.evaluate("Promise.all(document.getAnimations().map(a => a.finished.catch(() => null)))")
    imports = violations(page)
    context.close()
    assert (tree, imports) == ([], [])


def test_a_version_draws_and_is_rolled_back(page: Page, studio: StudioServer) -> None:
    page.goto(f"{studio.url}/models")
    warmer = card_of(page, "warmer")
    warmer.get_by_role("button", name="Use it").click()
    expect(warmer.get_by_text("Draws now", exact=True)).to_be_visible()
    delete = warmer.get_by_role("button", name="Delete")
    expect(delete).to_have_attribute("aria-disabled", "true")
    active = version_of(studio, "warmer")
    assert active is not None
    expect(warmer.get_by_text(active["delete_reason"])).to_be_visible()
    drawn = draw(studio, "drawn by a version")["images"][0]
    assert drawn["model"] == "warmer"
    page.reload()
    expect(warmer.get_by_role("link", name="drew 1 picture")).to_be_visible()
    warmer.get_by_role("button", name=re.compile("Roll back to")).click()
    expect(card_of(page, "warm").get_by_text("Draws now", exact=True)).to_be_visible()
    studio.post("/api/models/tiny/activate", {})
    expect(card_of(page, "tiny").get_by_text("Draws now", exact=True)).to_be_visible()


def test_a_title_is_changed_in_place(page: Page, studio: StudioServer) -> None:
    page.goto(f"{studio.url}/models")
    worse = card_of(page, "worse")
    worse.get_by_role("button", name="Rename").click()
    expect(worse.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Not a good idea")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Not a good idea")).to_be_visible()
    found = version_of(studio, "worse")
    assert found is not None
    assert found["title"] == "Not a good idea"


def test_a_version_goes_out_and_comes_in_again(
    page: Page, studio: StudioServer, tmp_path: Path
) -> None:
    page.goto(f"{studio.url}/models")
    with page.expect_download() as download:
        card_of(page, "warm").get_by_role("link", name="Export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".safetensors"
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog", name="Import a version")
    dialog.get_by_label("File").set_input_files(file)
    dialog.get_by_label("It goes on").select_option("tiny")
    dialog.get_by_label("Name").fill("warm")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_text(re.compile("warm", re.IGNORECASE)).first).to_be_visible()
    dialog.get_by_label("Name").fill("visitor")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog).to_have_count(0)
    expect(card_of(page, "visitor").get_by_text("Imported")).to_be_visible()


def test_a_pickle_is_refused_with_the_reason(
    page: Page, studio: StudioServer, tmp_path: Path
) -> None:
    pickle = tmp_path / "style.ckpt"
    pickle.write_bytes(b"\x80\x04.")
    page.goto(f"{studio.url}/models")
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog", name="Import a version")
    dialog.get_by_label("File").set_input_files(pickle)
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_text(re.compile("safetensors")).first).to_be_visible()
    expect(dialog).to_be_visible()


def test_deleting_asks_first_and_then_it_is_gone(page: Page, studio: StudioServer) -> None:
    write_version(studio.folder / "models", "unloved")
    page.goto(f"{studio.url}/models")
    unloved = card_of(page, "unloved")
    unloved.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete for ever").click()
    expect(unloved).to_have_count(0)
    assert version_of(studio, "unloved") is None
