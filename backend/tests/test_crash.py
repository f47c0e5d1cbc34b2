"""Whatever is killed, whenever: every accepted job ends in its pictures, each exactly once."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
import urllib.error
from pathlib import Path

import pytest

from tests.servers import StudioServer

KILLS = 20
DEADLINE_SECONDS = 240.0


def submit(server: StudioServer, key: str, images: int) -> str:
    """Submit as a careful client does: with an idempotency key, again after a lost answer."""
    body = {"prompt": f"picture {key}", "num_images": images, "num_inference_steps": 20}
    while True:
        try:
            job = server.post("/api/generate", body, Idempotency_Key=key, Prefer="respond-async")
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise
            time.sleep(0.2)
        except OSError:
            time.sleep(0.2)
        else:
            return str(job["id"])


def kill_something(server: StudioServer, rng: random.Random) -> None:
    """Kill the drawing worker, the web process, or everything; see that it comes back."""
    victim = rng.choice(["worker", "worker", "web", "all"])
    if victim == "all":
        server.kill()
        server.start(activate=None)
        return
    worker = server.worker_pid()
    pids = [worker] if victim == "worker" else [p for p in server.children() if p != worker]
    for pid in pids:
        if pid is not None:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_twenty_kills_lose_nothing_and_draw_nothing_twice(tmp_path: Path) -> None:
    rng = random.Random(7)
    server = StudioServer(tmp_path).start()
    try:
        wanted: dict[str, int] = {}
        for round_number in range(KILLS):
            images = rng.choice([1, 1, 2, 5])
            wanted[submit(server, f"job-{round_number}", images)] = images
            time.sleep(rng.uniform(0.0, 1.0))
            kill_something(server, rng)
        wait_for_all(server, set(wanted))
        for job_id, images in wanted.items():
            job = get_patiently(server, f"/api/jobs/{job_id}")
            assert job["state"] == "succeeded", job
            assert len(job["images"]) == images
            for image in job["images"]:
                assert get_patiently(server, f"/api/images/{image['id']}")["job_id"] == job_id
        assert server.stop() == 0
    finally:
        server.kill()
    check_database(tmp_path / "data", sum(wanted.values()))


def get_patiently(server: StudioServer, path: str) -> dict[str, object]:
    for _ in range(100):
        try:
            return dict(server.get(path))
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server never came back")


def wait_for_all(server: StudioServer, job_ids: set[str]) -> None:
    """A job interrupted too often fails honestly; retrying it is the client's next step here."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    left = set(job_ids)
    while left:
        assert time.monotonic() < deadline, f"{len(left)} jobs never ended"
        left = {
            j
            for j in left
            if get_patiently(server, f"/api/jobs/{j}")["state"] in ("queued", "running")
        }
        time.sleep(0.2)


def check_database(data: Path, pictures: int) -> None:
    """Nothing broken, nothing double, every row's blob there and whole."""
    with sqlite3.connect(data / "tastemaker.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = db.execute(
            "SELECT job_id, batch_index, image_data, thumbnail FROM images"
        ).fetchall()
    assert len(rows) == pictures
    assert len({(job, index) for job, index, _, _ in rows}) == pictures
    from tastemaker.storage.blobs import BlobStore

    blobs = BlobStore(data / "blobs")
    for _, _, content, thumbnail in rows:
        assert blobs.get(content).startswith(b"\x89PNG")
        assert blobs.get(thumbnail).startswith(b"\xff\xd8\xff")
