"""Training beside a real server: the whole road, and whatever is killed, it ends the same.

All on one server, one after the other: starting one takes longer than most tests.
"""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tastemaker.models.versions import read_version
from tests.servers import StudioServer, free_port, json_error
from tests.studio import open_studio
from tests.training.conftest import make_example

DEADLINE_SECONDS = 240.0
GOING = ("running", "training")
QUICK: dict[str, Any] = {
    "base_model": "tiny",
    "method": "lora",
    "max_steps": 60,
    "num_epochs": 1000,
    "batch_size": 2,
    "lora_rank": 2,
    "learning_rate": 1e-3,
    "seed": 5,
}


@pytest.fixture(scope="module")
def hub() -> str:
    """The address of a hub that nobody answers at."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, hub: str) -> Iterator[StudioServer]:
    folder = tmp_path_factory.mktemp("studio")
    made = StudioServer(folder, offline="false", hub_url=hub)
    card = {"defaults": {"num_inference_steps": 2, "guidance_scale": 1.0}}
    (folder / "models" / "tiny" / "tastemaker.json").write_text(json.dumps(card))
    (folder / "data").mkdir()
    studio = open_studio(folder / "data")
    for number in range(16):
        feedback = 1 if number % 2 else -1
        example = make_example(number, feedback=feedback)
        content = studio.blobs.put(example.picture)
        image = studio.add(example.caption, content=content, width=32, height=32)
        studio.feedback.rate(image, feedback)
    studio.database.close()
    made.start()
    yield made
    made.kill()


def patiently(ask: Callable[[], Any]) -> Any:
    """The answer, once there is a server that gives one."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            return ask()
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def until(server: StudioServer, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The status once ``condition`` holds."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        status: dict[str, Any] = patiently(lambda: server.get("/api/retrain/status"))
        if condition(status):
            return status
        assert status["state"] != "failed", status["error"]
        assert time.monotonic() < deadline, status
        time.sleep(0.05)


def ended(status: dict[str, Any]) -> bool:
    return not status["active"]


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        call()
    return caught.value.code, json_error(caught.value)["detail"]


@pytest.mark.slow
def test_an_unreachable_hub_is_told_at_once(server: StudioServer, hub: str) -> None:
    code, detail = refused(
        lambda: server.post("/api/retrain", {"source": "dataset", "dataset": "owner/name"})
    )
    assert code == 503
    assert hub in detail
    preview = server.get("/api/retrain/preview?source=dataset&dataset=owner/name")
    assert (preview["ready"], preview["reason"]) == (False, detail)
    assert server.get("/api/retrain/status")["state"] == "idle"


@pytest.mark.slow
def test_from_ratings_to_a_model_that_draws(server: StudioServer) -> None:
    body = {**QUICK, "method": "preference", "max_steps": 4, "name": "mine", "activate": True}
    job = server.post("/api/retrain", body)
    code, detail = refused(lambda: server.post("/api/retrain", {}))
    assert (code, "mine is" in detail) == (409, True)
    drawn = server.post("/api/generate", {"prompt": "an apple", "width": 32, "height": 32})
    assert drawn["state"] == "succeeded"
    status = until(server, ended)
    assert (status["state"], status["phase"], status["progress"]) == ("succeeded", "done", 1.0)
    assert (status["model"], status["parent"], status["method"]) == ("mine", "tiny", "preference")
    assert status["data"]["pictures"] == 16
    assert status["data"]["trained_on"] + status["data"]["held_out"] == 16
    assert [point["step"] for point in status["curve"]] == [0, 1, 2, 3, 4]
    assert [grid["step"] for grid in status["grids"]] == [0, 4]
    assert status["metrics"]["rating_auc"]["auc"] >= 0
    assert len(status["summary"]) >= 2
    models = {model["name"]: model for model in server.get("/api/models")["items"]}
    better = status["metrics"]["better_than_parent"]
    assert (models["mine"]["active"], status["activated"]) == (better, better)
    assert server.get(f"/api/jobs/{job['id']}")["retrain"]["name"] == "mine"
    body = {"prompt": "an apple", "model": "mine", "width": 32, "height": 32}
    assert server.post("/api/generate", body)["images"][0]["model"] == "mine"
    until(server, lambda status: server.training_pid() is None)
    run = server.folder / "data" / "training" / "mine"
    assert not (run / "checkpoints").exists()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_and_paused_it_ends_with_the_same_weights(server: StudioServer) -> None:
    server.post("/api/retrain", {**QUICK, "name": "whole"})
    until(server, ended)

    server.post("/api/retrain", {**QUICK, "name": "parts"})
    until(server, lambda status: status["current_step"] >= 3)
    first = server.training_pid()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(server, lambda status: server.training_pid() not in (None, first))
    until(server, lambda status: status["state"] == "running" and status["current_step"] >= 8)
    server.kill()
    server.start(activate=None)
    until(server, lambda status: status["state"] == "running" and status["current_step"] >= 15)
    assert server.post("/api/retrain/pause", {})["state"] == "running"
    paused = until(server, lambda status: status["state"] == "paused")
    assert (paused["active"], paused["resumable"], paused["name"]) == (True, True, "parts")
    assert refused(lambda: server.post("/api/retrain", QUICK))[0] == 409
    server.kill()
    server.start(activate=None)
    again = server.get("/api/retrain/status")
    for name in ("state", "current_step", "curve", "grids", "validation_loss", "notes"):
        assert again[name] == paused[name], name
    assert server.training_pid() is None
    server.post("/api/retrain/resume", {})
    until(server, lambda status: status["state"] == "running")
    server.post("/api/generate", {"prompt": "an apple", "width": 32, "height": 32})
    assert until(server, ended)["state"] == "succeeded"
    versions = server.folder / "models" / "versions"
    whole, parts = read_version(versions / "whole"), read_version(versions / "parts")
    assert parts.weights == whole.weights
    assert parts.metrics == whole.metrics
    job = server.get("/api/jobs?kind=retrain")["items"][0]
    assert job["attempts"] >= 4


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_cancelled_or_ended_it_is_saved_and_can_go_on(server: StudioServer) -> None:
    job = server.post("/api/retrain", {**QUICK, "max_steps": 100_000, "name": "endless"})
    until(server, lambda status: status["current_step"] >= 2)
    server.delete(f"/api/jobs/{job['id']}")
    status = until(server, ended)
    assert (status["state"], status["resumable"]) == ("cancelled", True)
    steps = status["current_step"]
    checkpoints = server.folder / "data" / "training" / "endless" / "checkpoints"
    assert f"step-{steps:08}" in {path.name for path in checkpoints.iterdir()}
    assert "saved" in status["summary"][0]
    server.post("/api/retrain/resume?name=endless", {})
    going = until(server, lambda status: status["current_step"] > steps)
    assert going["job_id"] == job["id"]
    # After a polite end, too, the next start goes on by itself.
    assert server.stop() == 0
    server.start(activate=None)
    at_the_end = server.get("/api/retrain/status")["current_step"]
    assert at_the_end >= going["current_step"]
    again = until(server, lambda status: (status["state"], status["phase"]) == GOING)
    assert again["job_id"] == job["id"]
