"""A real server with two tiny models, and an installed Chromium to look at it with.

The page has to be built (`make setup` does it); tests fail, and don't skip, when it isn't.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.servers import StudioServer

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLOW_MACHINE_MS = 90_000

expect.set_options(timeout=SLOW_MACHINE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = os.environ.get("TASTEMAKER_TEST_BROWSER") or next(
        (
            path
            for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
            if (path := shutil.which(name))
        ),
        None,
    )
    return {"args": FLAGS, **({"executable_path": found} if found else {})}


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two tiny models, "tiny" and "tiny-two", made once by all workers together.

    Making them imports the model libraries, which takes longer than most tests.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    models = shared / "tiny-models"
    with (shared / "tiny-models.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (models / "made").exists():
            from tests.tiny_pipeline import make_tiny_pipeline

            make_tiny_pipeline(models / "tiny")
            make_tiny_pipeline(models / "tiny-two", seed=1)
            # Trainings draw samples with these; what nobody looks at closely needn't take long.
            card = {"defaults": {"num_inference_steps": 4}}
            for name in ("tiny", "tiny-two"):
                (models / name / "tastemaker.json").write_text(json.dumps(card))
            (models / "made").touch()
    return models


@pytest.fixture(scope="session")
def new_studio(
    tmp_path_factory: pytest.TempPathFactory, tiny_models: Path
) -> Callable[[str], StudioServer]:
    """Makes a server on a new folder of that name, with the model "tiny"; it isn't started yet."""

    def make(name: str) -> StudioServer:
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(tiny_models / "tiny", folder / "models" / "tiny")
        return StudioServer(folder)

    return make


@pytest.fixture(scope="session")
def server(new_studio: Callable[[str], StudioServer], tiny_models: Path) -> Iterator[StudioServer]:
    assert (FRONTEND / "dist" / "index.html").exists(), "build the page first: make setup"
    running = new_studio("studio")
    shutil.copytree(tiny_models / "tiny-two", running.folder / "models" / "tiny-two")
    try:
        yield running.start()
    finally:
        running.kill()


@pytest.fixture(scope="session")
def base_url(server: StudioServer) -> str:
    return server.url


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """pytest-playwright's page; broken scripts and policy violations fail the test."""
    wrong: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            wrong.append(message.text)

    page.set_default_timeout(SLOW_MACHINE_MS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", on_console)
    yield page
    assert wrong == []


@pytest.fixture
def image_id(server: StudioServer) -> int:
    """A picture that has just been drawn."""
    return draw(server)["images"][0]["id"]


def draw(server: StudioServer, prompt: str = "a red apple", **values: Any) -> dict[str, Any]:
    """Draw through the API, wait for it, and return the job."""
    body = {"prompt": prompt, "num_inference_steps": 2, **values}
    job: dict[str, Any] = server.post("/api/generate", body, Prefer="wait=60")
    assert job["state"] == "succeeded", job
    return job


def wait_for(page: Page, condition: str, arg: object = None) -> None:
    """Wait until a JavaScript expression, or a function of ``arg``, is true.

    Asked anew from here each time: Playwright's ``wait_for_function`` asks again inside the page by
    ``eval``, which the page's Content-Security-Policy forbids.
    """
    deadline = time.monotonic() + SLOW_MACHINE_MS / 1000
    while not page.evaluate(condition, arg):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)
