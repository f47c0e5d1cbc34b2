"""Many prompts at once: errors by line before anything runs, progress, cancel, pause."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tastemaker.domain import JobState
from tests.api.conftest import MakeServices, checked_app
from tests.api.fake_pool import FAILS, FakePool
from tests.studio import Studio

WRONG_LINES = {
    17: ("num_inference_steps", "0", "greater than or equal to 1"),
    40: ("num_inference_steps", "many", "must be a whole number"),
    99: ("width", "100", "multiple of 64"),
    120: ("guidance_scale", "nan", "finite"),
    200: ("seed", "-5", "greater than or equal to -1"),
    250: ("sampler", "magic", "must be"),
    301: ("model", "nowhere", "no model"),
    350: ("prompt", "", "is required"),
    444: ("prompt", "a {red|green", "never closed"),
    500: ("num_images", "1000", "less than or equal to 100"),
}
COLUMNS = ("prompt", "num_inference_steps", "width", "guidance_scale", "seed", "sampler", "model")
COLUMNS += ("num_images",)


def table(*, wrong: bool) -> str:
    """500 lines after the header; of them ten are wrong, each in its own way."""
    lines = [",".join(COLUMNS)]
    for line in range(2, 502):
        cells = dict.fromkeys(COLUMNS, "")
        cells["prompt"] = f'"apple {line}, fresh"'
        cells["num_inference_steps"] = "2"
        if wrong and line in WRONG_LINES:
            column, value, _ = WRONG_LINES[line]
            cells[column] = value
            if column == "prompt" and not value:
                cells["seed"] = "3"
        lines.append(",".join(cells.values()))
    return "\n".join(lines) + "\n"


def test_ten_wrong_lines_of_500_are_named_and_nothing_is_begun(
    client: FlaskClient, studio: Studio
) -> None:
    answer = client.post("/api/batches", json={"text": table(wrong=True)})
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["detail"].startswith("Nothing was begun. line 17, num_inference_steps")
    assert "and 7 more" in problem["detail"]
    found = {item["field"]: item["message"] for item in problem["errors"]}
    assert list(found) == [f"line {n}, {column}" for n, (column, _, _) in WRONG_LINES.items()]
    for line, (column, _, message) in WRONG_LINES.items():
        assert message in found[f"line {line}, {column}"]
    assert client.get("/api/batches").get_json()["items"] == []
    assert studio.queue.list() == ()
    # A file that was refused hasn't changed the history either.
    assert client.get("/api/prompts").get_json()["items"] == []


def test_the_preview_says_the_same_and_what_is_right(client: FlaskClient) -> None:
    found = client.post("/api/batches/preview", json={"text": table(wrong=True)}).get_json()
    assert found["is_csv"]
    assert (found["num_rows"], found["num_images"], found["num_errors"]) == (490, 490, 10)
    assert [one["line"] for one in found["errors"]] == list(WRONG_LINES)
    assert found["rows"][0] == {
        "line": 2,
        "prompt": "apple 2, fresh",
        "width": 512,
        "height": 512,
        "num_inference_steps": 2,
        "guidance_scale": 7.5,
        "num_images": 1,
        "model": "starter",
    }


def test_500_lines_are_drawn_and_told_of(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = pool.thumbnails_only = True
    answer = client.post("/api/batches", json={"text": table(wrong=False), "title": "Apples"})
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["state"], made["num_jobs"], made["title"]) == ("waiting", 500, "Apples")
    address = answer.headers["Location"]
    for _ in range(5):
        pool.draw(pool.claim())
    found = client.get(address).get_json()
    assert found["finished_images"] == 5
    assert found["counts"] == {
        "queued": 495,
        "running": 0,
        "succeeded": 5,
        "failed": 0,
        "cancelled": 0,
    }
    assert len(found["images"]) == 4
    page = client.get(f"{address}/jobs?offset=3&limit=3").get_json()
    assert page["total"] == 500
    assert [job["request"]["prompt"] for job in page["items"]] == [
        f"apple {n}, fresh" for n in (5, 6, 7)
    ]
    assert [job["queue_position"] for job in page["items"]] == [None, None, 0]
    # One request on the side isn't refused, and isn't kept waiting by the batch.
    answer = client.post(
        "/api/generate", json={"prompt": "in between"}, headers={"Prefer": "respond-async"}
    )
    assert answer.get_json()["queue_position"] == 0
    assert pool.claim().request.prompt == "in between"


def test_the_rest_is_cancelled(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    made = client.post("/api/batches", json={"text": "a cat\na dog\na cow\n"}).get_json()
    address = f"/api/batches/{made['id']}"
    pool.draw(pool.claim())
    running = pool.claim()
    found = client.delete(address).get_json()
    assert found["state"] == "running"
    assert found["counts"]["cancelled"] == 1
    assert pool.cancelled == [running.id]
    pool.finish_cancelled(running)
    found = client.get(address).get_json()
    assert (found["state"], found["finished_images"]) == ("finished", 1)
    assert client.delete(address).status_code == 409
    assert client.get("/api/batches/" + "0" * 32).status_code == 404


def test_a_paused_batch_waits_and_goes_on(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    made = client.post("/api/batches", json={"text": "a cat\na dog"}).get_json()
    address = f"/api/batches/{made['id']}"
    assert client.patch(address, json={"paused": True}).get_json()["state"] == "paused"
    pool.paused = False
    pool.wake()
    assert client.get(address).get_json()["state"] == "paused"
    # It wakes the pool, which draws at once.
    assert client.patch(address, json={"paused": False}).status_code == 200
    assert client.get(address).get_json()["state"] == "finished"


def test_failures_are_told_row_by_row(client: FlaskClient) -> None:
    made = client.post("/api/batches", json={"text": f"a cat\n{FAILS}\na dog"}).get_json()
    assert made["counts"]["failed"] == 1
    failed = client.get(f"/api/batches/{made['id']}/jobs?failed=true").get_json()
    (job,) = failed["items"]
    assert "Choose a smaller size" in job["error"]
    assert job["batch_id"] == made["id"]


def test_defaults_hold_where_a_row_says_nothing(client: FlaskClient) -> None:
    text = "prompt;Steps;num_images\na cat;9;\na dog;;2\n"
    defaults = {"num_inference_steps": 3, "seed": 5, "negative_prompt": "blurry"}
    made = client.post("/api/batches", json={"text": text, "defaults": defaults}).get_json()
    jobs = client.get(f"/api/batches/{made['id']}/jobs").get_json()["items"]
    requests = [job["request"] for job in jobs]
    assert [one["num_inference_steps"] for one in requests] == [9, 3]
    assert [one["num_images"] for one in requests] == [1, 2]
    assert {one["seed"] for one in requests} == {5}
    assert {one["negative_prompt"] for one in requests} == {"blurry"}
    assert (made["num_jobs"], made["num_images"]) == (2, 3)


def test_the_history_of_single_requests_stays_readable(client: FlaskClient) -> None:
    client.post("/api/generate", json={"prompt": "single"})
    made = client.post("/api/batches", json={"text": "a\nb\nc"}).get_json()
    alone = client.get("/api/jobs?batch=none").get_json()["items"]
    assert [job["request"]["prompt"] for job in alone] == ["single"]
    of_it = client.get(f"/api/jobs?batch={made['id']}").get_json()["items"]
    assert [job["request"]["prompt"] for job in of_it] == ["c", "b", "a"]
    assert client.get("/api/jobs?batch=x").status_code == 422


def test_a_retried_request_makes_one_batch(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "once"}
    first = client.post("/api/batches", json={"text": "a\nb"}, headers=key).get_json()
    again = client.post("/api/batches", json={"text": "a\nb"}, headers=key)
    assert again.get_json()["id"] == first["id"]
    assert client.post("/api/batches", json={"text": "c"}, headers=key).status_code == 409


def test_too_many_wait_already(make_services: MakeServices) -> None:
    services = make_services(max_batch_jobs=3)
    assert isinstance(services.pool, FakePool)
    services.pool.paused = True
    client = checked_app(services).test_client()
    assert client.post("/api/batches", json={"text": "a\nb"}).status_code == 201
    answer = client.post("/api/batches", json={"text": "c\nd"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"


def test_it_survives_a_restart(
    client: FlaskClient, pool: FakePool, make_services: MakeServices
) -> None:
    pool.paused = True
    made = client.post("/api/batches", json={"text": "a\nb\nc"}).get_json()
    pool.claim()
    again = make_services()
    again.queue.release(crashed=False)
    later = checked_app(again).test_client()
    found = later.get(f"/api/batches/{made['id']}").get_json()
    assert (found["state"], found["counts"]["queued"]) == ("waiting", 3)
    again.pool.wake()
    assert later.get(f"/api/batches/{made['id']}").get_json()["state"] == "finished"
    assert len(again.queue.list(states=(JobState.SUCCEEDED,))) == 3


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"text": "   \n\n"}, 422, "no prompts"),
        ({"text": ""}, 422, "text"),
        ({"text": "a", "defaults": {"width": 7}}, 422, "line 1, width"),
        ({"text": "a", "defaults": {"model": "nowhere"}}, 404, "no model"),
        ({"text": "a", "defaults": {"prompt": "b"}}, 422, "prompt"),
        ({"text": "prompt,hires\na,2\n"}, 422, "line 1, hires: is no parameter"),
        ({"text": "__colour__ cat"}, 422, "no wildcard __colour__"),
    ],
)
def test_wrong_batches(client: FlaskClient, body: dict, status: int, words: str) -> None:
    answer = client.post("/api/batches", json=body)
    assert answer.status_code == status
    assert words in answer.get_json()["detail"]
