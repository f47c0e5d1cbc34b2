"""Liveness, readiness, metrics and what the user interface asks about the server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tastemaker import __version__
from tastemaker.jobs.pool import WarmUp, WorkerStatus
from tests.api.fake_pool import FAILS, FakePool

APPLE: dict[str, Any] = {"prompt": "a red apple", "width": 64, "height": 64}


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Metric name and label values → value."""
    text = client.get("/metrics").get_data(as_text=True)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok", "version": __version__}


def test_it_is_ready_when_a_model_is_loaded(client: FlaskClient, pool: FakePool) -> None:
    assert client.get("/readyz").get_json()["loaded_models"] == ["starter"]
    pool.state = WorkerStatus(False, "Loading starter.")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["detail"] == "Loading starter."
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200


def test_metrics_count_jobs_pictures_and_requests(client: FlaskClient, pool: FakePool) -> None:
    client.post("/api/generate", json={**APPLE, "num_images": 2})
    client.post("/api/generate", json={**APPLE, "prompt": FAILS})
    pool.paused = True
    client.post("/api/generate", json=APPLE, headers={"Prefer": "respond-async"})
    client.get("/api/images/1")
    client.get("/api/images/2")
    client.get("/no/such/thing.png")
    found = samples(client)
    assert found["tastemaker_jobs", "succeeded"] == 1
    assert found["tastemaker_jobs", "failed"] == 1
    assert found["tastemaker_queue_depth",] == 1
    assert found["tastemaker_images",] == 2
    assert found["tastemaker_event_streams",] == 0
    assert found["tastemaker_worker_ready",] == 1
    route = ("GET", "/api/images/<int:image_id>")
    assert found["tastemaker_http_requests_total", *route, "200"] == 2
    assert found["tastemaker_http_request_seconds_count", *route] == 2
    assert found["tastemaker_http_requests_total", "any", "unmatched", "404"] == 1


def test_an_open_stream_is_counted(client: FlaskClient) -> None:
    stream = client.get("/api/events")
    assert samples(client)["tastemaker_event_streams",] == 1
    stream.close()


def test_the_system_tells_its_limits(client: FlaskClient) -> None:
    system = client.get("/api/system").get_json()
    assert system["offline"] is True
    assert system["device"] == "cpu"
    assert system["worker"]["ready"] is True
    assert system["limits"]["max_upload_bytes"] == 1024 * 1024
    assert system["limits"]["max_images"] == 100


def test_the_system_tells_what_is_being_compiled(client: FlaskClient, pool: FakePool) -> None:
    assert client.get("/api/system").get_json()["worker"]["warm_up"] is None
    since = datetime.now(UTC) - timedelta(seconds=40)
    pool.state = replace(pool.state, warm_up=WarmUp("starter", "converting", since))
    worker = client.get("/api/system").get_json()["worker"]
    assert worker["ready"] is True, "pictures are drawn meanwhile"
    assert (worker["warm_up"]["model"], worker["warm_up"]["stage"]) == ("starter", "converting")
    assert datetime.fromisoformat(worker["warm_up"]["since"]) == since
    assert 40 <= worker["warm_up"]["seconds"] < 100
