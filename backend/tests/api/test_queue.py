"""The queue over HTTP: seen, paused, reordered and cleared."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.api.conftest import MakeServices, checked_app
from tests.api.fake_pool import FakePool


def ask(client: FlaskClient, prompt: str) -> str:
    headers = {"Prefer": "respond-async"}
    return str(
        client.post("/api/generate", json={"prompt": prompt}, headers=headers).get_json()["id"]
    )


def prompts(client: FlaskClient) -> list[str]:
    entries = client.get("/api/queue").get_json()["entries"]
    return [entry["job"]["request"]["prompt"] for entry in entries]


def test_it_shows_batches_as_one(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    ask(client, "first")
    pool.claim()
    made = client.post("/api/batches", json={"text": "a\nb\nc", "title": "Letters"}).get_json()
    ask(client, "second")
    found = client.get("/api/queue").get_json()
    assert (found["num_running"], found["num_waiting"], found["paused"]) == (1, 4, False)
    assert [
        (e["running"], e["num_jobs"], e["batch_title"], e["job"]["request"]["prompt"])
        for e in found["entries"]
    ] == [
        (True, 1, None, "first"),
        (False, 1, None, "second"),
        (False, 3, "Letters", "a"),
    ]
    client.patch(f"/api/batches/{made['id']}", json={"paused": True})
    assert client.get("/api/queue").get_json()["entries"][-1]["paused"]


def test_it_can_be_reordered(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    a, b, c = (ask(client, name) for name in "abc")
    batch = client.post("/api/batches", json={"text": "x\ny"}).get_json()["id"]
    assert client.post("/api/queue/moves", json={"job_id": c, "before": a}).status_code == 200
    assert prompts(client) == ["c", "a", "b", "x"]
    client.post("/api/queue/moves", json={"batch_id": batch, "before": b})
    assert prompts(client) == ["c", "a", "x", "b"]
    client.post("/api/queue/moves", json={"job_id": c, "before": None})
    assert [pool.claim().request.prompt for _ in range(5)] == ["a", "x", "y", "b", "c"]


def test_moves_that_make_no_sense(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    a = ask(client, "a")
    for body, status in (
        ({"job_id": a, "before": a}, 409),
        ({"job_id": "gone", "before": a}, 404),
        ({"job_id": a, "before": "gone"}, 404),
        ({"before": a}, 422),
        ({"job_id": a, "batch_id": "b"}, 422),
    ):
        assert client.post("/api/queue/moves", json=body).status_code == status


def test_a_pause_lasts(client: FlaskClient, pool: FakePool, make_services: MakeServices) -> None:
    assert client.patch("/api/queue", json={"paused": True}).get_json()["paused"]
    job_id = ask(client, "waits")
    assert client.get(f"/api/jobs/{job_id}").get_json()["state"] == "queued"
    later = checked_app(make_services()).test_client()
    assert later.get("/api/queue").get_json()["paused"]
    # Going on wakes the pool, which draws at once.
    client.patch("/api/queue", json={"paused": False})
    assert client.get(f"/api/jobs/{job_id}").get_json()["state"] == "succeeded"


def test_clearing_cancels_what_waits(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    running = ask(client, "runs")
    pool.claim()
    waiting = ask(client, "waits")
    client.post("/api/batches", json={"text": "a\nb"})
    assert client.delete("/api/queue").get_json() == {"cancelled": 3}
    assert client.get(f"/api/jobs/{running}").get_json()["state"] == "running"
    assert client.get(f"/api/jobs/{waiting}").get_json()["state"] == "cancelled"
    assert client.delete("/api/queue").get_json() == {"cancelled": 0}
    assert len(client.get("/api/queue").get_json()["entries"]) == 1
