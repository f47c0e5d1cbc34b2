"""Event streams over HTTP: snapshot, news, resume, end."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tastemaker.api import events as module
from tastemaker.api.limits import MAX_STREAMS
from tastemaker.api.services import Services
from tastemaker.domain import Event
from tests.api.fake_pool import FakePool
from tests.api.streams import Stream

APPLE: dict[str, Any] = {"prompt": "a red apple", "width": 64, "height": 64}


def submit(client: FlaskClient) -> str:
    answer = client.post("/api/generate", json=APPLE, headers={"Prefer": "respond-async"})
    job_id: str = answer.get_json()["id"]
    return job_id


def test_a_stream_begins_with_the_present_state(client: FlaskClient, pool: FakePool) -> None:
    submit(client)
    pool.paused = True
    waiting, running = submit(client), submit(client)
    pool.claim()
    stream = Stream(client, "/api/events")
    assert stream.answer.mimetype == "text/event-stream"
    assert stream.answer.headers["Cache-Control"] == "no-store"
    assert stream.answer.headers["X-Accel-Buffering"] == "no"
    first = stream.next()
    assert first.event == "snapshot"
    assert {job["id"] for job in first.data["jobs"]} == {waiting, running}
    assert "starter" in {model["name"] for model in first.data["models"]}
    stream.close()


def test_the_pool_knows_whether_somebody_watches(client: FlaskClient, pool: FakePool) -> None:
    job_id = submit(client)
    assert pool.watchers == 0
    streams = [Stream(client, "/api/events"), Stream(client, f"/api/jobs/{job_id}/events")]
    assert pool.watchers == 2
    for stream in streams:
        stream.close()
    assert pool.watchers == 0


def test_everything_is_told(client: FlaskClient) -> None:
    stream = Stream(client, "/api/events")
    stream.next()
    job_id = submit(client)
    client.post("/api/models/other/activate")
    told = [stream.next() for _ in range(7)]
    stream.close()
    assert [message.event for message in told if message.event != "model"] == [
        "job",
        "progress",
        "preview",
        "image",
        "job",
    ]
    assert {message.data["job_id"] for message in told if message.event != "model"} == {job_id}
    states = [message.data["state"] for message in told if message.event == "job"]
    assert states == ["queued", "succeeded"]
    active = {m.data["name"]: m.data["active"] for m in told if m.event == "model"}
    assert active == {"starter": False, "other": True}
    numbers = [message.id for message in told]
    assert numbers == sorted(set(numbers))


def test_a_job_that_is_cancelled_while_it_waits_is_told(
    client: FlaskClient, pool: FakePool
) -> None:
    pool.paused = True
    stream = Stream(client, f"/api/jobs/{submit(client)}/events")
    job = stream.next().data["job"]
    client.delete(f"/api/jobs/{job['id']}")
    assert [message.data["state"] for message in stream.rest()] == ["cancelled"]


def test_a_jobs_stream_tells_of_that_job_and_ends_with_it(
    client: FlaskClient, pool: FakePool
) -> None:
    pool.paused = True
    job_id = submit(client)
    submit(client)
    stream = Stream(client, f"/api/jobs/{job_id}/events")
    assert stream.next().data["job"]["state"] == "queued"
    pool.work()
    told = stream.rest()
    assert {message.data["job_id"] for message in told} == {job_id}
    assert (told[-1].event, told[-1].data["state"]) == ("job", "succeeded")
    assert len(told[-1].data["image_ids"]) == 1


def test_the_stream_of_a_finished_job_is_its_snapshot(client: FlaskClient) -> None:
    stream = Stream(client, f"/api/jobs/{submit(client)}/events")
    assert [message.data["job"]["state"] for message in stream.rest()] == ["succeeded"]


@pytest.mark.parametrize("way", ["header", "query"])
def test_resuming_misses_nothing_and_repeats_nothing(
    client: FlaskClient, pool: FakePool, way: str
) -> None:
    pool.paused = True
    job_id = submit(client)
    first = Stream(client, f"/api/jobs/{job_id}/events")
    seen = first.next()
    first.close()
    pool.work()
    address = f"/api/jobs/{job_id}/events"
    if way == "header":
        again = Stream(client, address, Last_Event_ID=str(seen.id))
    else:
        again = Stream(client, f"{address}?last_event_id={seen.id}")
    told = again.rest()
    assert [message.event for message in told] == ["progress", "preview", "image", "job"]
    middle = Stream(client, address, Last_Event_ID=str(told[1].id))
    assert middle.rest() == told[2:]


def test_resuming_after_the_end_says_that_there_is_no_more(client: FlaskClient) -> None:
    job_id = submit(client)
    last = Stream(client, f"/api/jobs/{job_id}/events").rest()[-1]
    answer = client.get(f"/api/jobs/{job_id}/events", headers={"Last-Event-ID": str(last.id)})
    assert answer.status_code == 204


@pytest.mark.parametrize("last", ["1", "nonsense", "-5", "", "9" * 40, "99999999999999999"])
def test_an_id_of_another_time_gets_a_snapshot(client: FlaskClient, last: str) -> None:
    stream = Stream(client, "/api/events", Last_Event_ID=last)
    assert stream.next().event == "snapshot"
    stream.close()


def test_what_was_forgotten_is_made_up_by_a_snapshot(
    client: FlaskClient, services: Services
) -> None:
    stream = Stream(client, "/api/events")
    seen = stream.next()
    stream.close()
    for number in range(3000):
        services.events.publish(Event("job", {"state": "running"}, f"job{number}"))
    again = Stream(client, "/api/events", Last_Event_ID=str(seen.id))
    assert again.next().event == "snapshot"
    again.close()


def test_a_silent_stream_shows_that_it_lives(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.01)
    stream = Stream(client, "/api/events")
    stream.next()
    assert next(stream.blocks).startswith(":")
    stream.close()


def test_an_event_that_the_document_does_not_know_is_not_told(
    client: FlaskClient, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(client, "/api/events")
    stream.next()
    services.events.publish(Event("surprise", {}))
    services.events.publish(Event("job", {"state": "running"}, "j"))
    assert stream.next().event == "job"
    assert "surprise" in caplog.text
    stream.close()


def test_only_so_many_streams_at_once(client: FlaskClient) -> None:
    streams = [Stream(client, "/api/events") for _ in range(MAX_STREAMS)]
    refused = client.get("/api/events")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    for stream in streams:
        stream.close()
    assert client.application.extensions["tastemaker"].streams.taken == 0
    last = Stream(client, "/api/events")
    assert last.answer.status_code == 200
    last.close()


def test_a_head_request_holds_no_place(client: FlaskClient) -> None:
    client.head("/api/events").close()
    assert client.application.extensions["tastemaker"].streams.taken == 0


def test_a_wrong_place_to_resume_is_422(client: FlaskClient) -> None:
    assert client.get("/api/events?last_event_id=x").status_code == 422
