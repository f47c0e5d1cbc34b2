"""The queue over HTTP: its history, its progress, cancelling."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.fake_pool import FakePool

APPLE: dict[str, Any] = {"prompt": "a red apple", "width": 64, "height": 64}
LATER = {"Prefer": "respond-async"}


def submit(client: FlaskClient, **body: Any) -> str:
    answer = client.post("/api/generate", json={**APPLE, **body}, headers=LATER)
    job_id: str = answer.get_json()["id"]
    return job_id


def ids(client: FlaskClient, query: str = "") -> list[str]:
    return [job["id"] for job in client.get(f"/api/jobs?{query}").get_json()["items"]]


def test_no_jobs(client: FlaskClient) -> None:
    assert client.get("/api/jobs").get_json() == {"items": [], "next_before": None}


def test_jobs_are_listed_newest_first_and_by_state(client: FlaskClient, pool: FakePool) -> None:
    done = submit(client)
    pool.paused = True
    first, second = submit(client), submit(client)
    assert ids(client) == [second, first, done]
    pool.claim()
    assert ids(client, "state=running") == [first]
    assert ids(client, "state=queued,running") == [second, first]
    assert ids(client, "state=succeeded") == [done]
    assert ids(client, "state=failed,cancelled") == []


def test_older_jobs_follow(client: FlaskClient) -> None:
    submitted = [submit(client) for _ in range(5)]
    seen: list[str] = []
    query = "limit=2"
    while True:
        page = client.get(f"/api/jobs?{query}").get_json()
        seen += [job["id"] for job in page["items"]]
        if page["next_before"] is None:
            break
        query = f"limit=2&before={page['next_before']}"
    assert seen == submitted[::-1]


@pytest.mark.parametrize(
    "query", ["state=", "state=lost", "state=queued,", "limit=0", "limit=201", "before=", "page=2"]
)
def test_a_wrong_query_is_422(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/jobs?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_waiting_job_knows_its_place(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    first, second = submit(client), submit(client)
    assert client.get(f"/api/jobs/{second}").get_json()["queue_position"] == 1
    pool.claim()
    assert client.get(f"/api/jobs/{first}").get_json()["queue_position"] is None


def test_a_running_job_shows_how_far_it_is(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    job_id = submit(client, num_inference_steps=8)
    assert client.get(f"/api/jobs/{job_id}").get_json()["progress"] is None
    job = pool.claim()
    assert client.get(f"/api/jobs/{job_id}").get_json()["progress"] is None
    pool.progress(job, 0, step=3)
    progress = client.get(f"/api/jobs/{job_id}").get_json()["progress"]
    assert (progress["step"], progress["total_steps"], progress["eta_seconds"]) == (3, 8, 1.5)
    pool.draw(job)
    assert client.get(f"/api/jobs/{job_id}").get_json()["progress"] is None


def test_a_waiting_job_is_cancelled_at_once(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    job_id = submit(client)
    answer = client.delete(f"/api/jobs/{job_id}")
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "cancelled"
    pool.work()
    assert client.get("/api/images/counts").get_json()["total"] == 0


def test_a_running_job_is_asked_to_stop(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    job_id = submit(client)
    job = pool.claim()
    assert client.delete(f"/api/jobs/{job_id}").get_json()["state"] == "running"
    assert pool.cancelled == [job_id]
    pool.finish_cancelled(job)
    assert client.get(f"/api/jobs/{job_id}").get_json()["state"] == "cancelled"


def test_what_has_ended_cannot_be_cancelled(client: FlaskClient) -> None:
    job_id = submit(client)
    answer = client.delete(f"/api/jobs/{job_id}")
    assert answer.status_code == 409
    assert "succeeded" in answer.get_json()["detail"]


def test_a_post_that_waits_ends_when_its_job_is_cancelled(
    client: FlaskClient, pool: FakePool
) -> None:
    pool.paused = True
    headers = {**LATER, "Idempotency-Key": "k"}
    job_id = client.post("/api/generate", json=APPLE, headers=headers).get_json()["id"]
    client.delete(f"/api/jobs/{job_id}")
    answer = client.post("/api/generate", json=APPLE, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "cancelled"


def test_purged_pictures_leave_the_history(client: FlaskClient) -> None:
    job_id = submit(client, num_images=2)
    first, second = client.get(f"/api/jobs/{job_id}").get_json()["images"]
    client.delete(first["image_url"].removesuffix("/file"))
    client.delete(first["image_url"].removesuffix("/file") + "?permanent=true")
    left = client.get(f"/api/jobs/{job_id}").get_json()["images"]
    assert [image["id"] for image in left] == [second["id"]]
