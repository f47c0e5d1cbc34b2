"""Text to image over HTTP: completing requests, waiting, retrying safely, failing."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tastemaker.api.context import Context
from tastemaker.api.limits import MAX_WAITING
from tastemaker.api.services import Services
from tests.api.conftest import MakeServices, checked_app
from tests.api.fake_pool import FAILS, REASON, FakePool

APPLE: dict[str, Any] = {"prompt": "a red apple", "width": 64, "height": 64}


def test_a_finished_job_is_created_with_its_pictures(client: FlaskClient) -> None:
    answer = client.post("/api/generate", json={**APPLE, "num_images": 3, "seed": 41})
    job = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/jobs/{job['id']}"
    assert job["state"] == "succeeded"
    assert [image["seed"] for image in job["images"]] == [41, 42, 43]
    assert {image["prompt"] for image in job["images"]} == {"a red apple"}
    assert client.get(job["images"][0]["image_url"]).mimetype == "image/png"
    assert client.get(answer.headers["Location"]).get_json() == job


def test_the_prompt_alone_is_enough(client: FlaskClient, services: Services) -> None:
    job = client.post("/api/generate", json={"prompt": "  a red apple \n"}).get_json()
    defaults = services.models.active().defaults
    assert defaults is not None
    request = job["request"]
    assert request["prompt"] == "a red apple"
    assert (request["width"], request["height"]) == (defaults.width, defaults.height)
    assert request["num_inference_steps"] == defaults.num_inference_steps
    assert request["guidance_scale"] == defaults.guidance_scale
    assert (request["sampler"], request["schedule"]) == (defaults.sampler, defaults.schedule)
    assert request["model"] == "starter"
    assert 0 <= request["seed"] < 2**53


def test_null_means_absent(client: FlaskClient) -> None:
    body = {**APPLE, "seed": None, "sampler": None, "model": None, "negative_prompt": None}
    assert client.post("/api/generate", json=body).status_code == 201


def test_every_parameter_reaches_the_job(client: FlaskClient) -> None:
    body = {
        "prompt": "ein Apfel 🍎",
        "negative_prompt": "pears",
        "width": 192,
        "height": 128,
        "num_inference_steps": 9,
        "guidance_scale": 0,
        "seed": 2**63 - 1,
        "num_images": 2,
        "sampler": "dpmpp_2m_sde",
        "schedule": "karras",
        "model": "other",
    }
    job = client.post("/api/generate", json=body).get_json()
    assert {name: job["request"][name] for name in body} == body
    assert [image["seed"] for image in job["images"]] == [2**63 - 1, 0]


@pytest.mark.parametrize("body", [APPLE, {**APPLE, "seed": -1}])
def test_random_seeds_differ(client: FlaskClient, body: dict[str, Any]) -> None:
    seeds = {
        client.post("/api/generate", json=body).get_json()["request"]["seed"] for _ in range(4)
    }
    assert len(seeds) == 4


def test_respond_async_answers_at_once(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    answer = client.post("/api/generate", json=APPLE, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.get_json()["state"] == "queued"
    assert answer.get_json()["queue_position"] == 0
    pool.work()
    assert client.get(answer.headers["Location"]).get_json()["state"] == "succeeded"


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=0", "wait=0"),
        ("foo, wait=0", "wait=0"),
        ('Wait="0"', "wait=0"),
        ("respond-async, wait=0", "respond-async, wait=0"),
    ],
)
def test_the_wait_can_be_chosen(
    client: FlaskClient, pool: FakePool, prefer: str, applied: str
) -> None:
    pool.paused = True
    answer = client.post("/api/generate", json=APPLE, headers={"Prefer": prefer})
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == applied


@pytest.mark.parametrize("prefer", ["wait=-1", "wait=soon", "wait", "return=minimal", ";;=,"])
def test_a_preference_that_makes_no_sense_is_ignored(client: FlaskClient, prefer: str) -> None:
    answer = client.post("/api/generate", json=APPLE, headers={"Prefer": prefer})
    assert answer.status_code == 201
    assert "Preference-Applied" not in answer.headers


def test_the_longest_wait_is_bounded(client: FlaskClient) -> None:
    answer = client.post("/api/generate", json=APPLE, headers={"Prefer": "wait=99999999999"})
    assert answer.headers["Preference-Applied"] == "wait=300"


def test_it_waits_for_a_worker_that_takes_its_time(
    client: FlaskClient, pool: FakePool, services: Services
) -> None:
    pool.paused = True
    begun = services.events.subscribe()

    def draw_later() -> None:
        assert begun.next(timeout=20) is not None
        pool.work()

    worker = threading.Thread(target=draw_later)
    worker.start()
    answer = client.post("/api/generate", json=APPLE)
    worker.join()
    assert answer.status_code == 201


def test_too_many_waiting_requests_are_answered_at_once(
    client: FlaskClient, pool: FakePool
) -> None:
    pool.paused = True
    here = client.application.extensions["tastemaker"]
    assert isinstance(here, Context)
    assert all(here.waiting.take() for _ in range(MAX_WAITING))
    assert client.post("/api/generate", json=APPLE).status_code == 202


def test_the_place_of_a_waiting_request_is_given_back(client: FlaskClient) -> None:
    for _ in range(3):
        client.post("/api/generate", json=APPLE)
    assert client.application.extensions["tastemaker"].waiting.taken == 0


def test_a_retry_with_the_same_key_returns_the_first_job(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "4b2c-1"}
    first = client.post("/api/generate", json=APPLE, headers=headers)
    again = client.post("/api/generate", json=APPLE, headers=headers)
    assert again.status_code == 201
    assert again.get_json() == first.get_json()
    assert client.get("/api/images/counts").get_json()["total"] == 1


def test_a_key_belongs_to_one_request(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "4b2c-1"}
    client.post("/api/generate", json=APPLE, headers=headers)
    other = client.post("/api/generate", json={**APPLE, "prompt": "a pear"}, headers=headers)
    assert other.status_code == 409
    assert "Idempotency-Key" in other.get_json()["detail"]


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "ümlaut"])
def test_a_key_is_visible_ascii(client: FlaskClient, key: str) -> None:
    answer = client.post("/api/generate", json=APPLE, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_failed_job_is_an_answer_with_the_reason(client: FlaskClient) -> None:
    answer = client.post("/api/generate", json={**APPLE, "prompt": FAILS})
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "failed"
    assert answer.get_json()["error"] == REASON
    assert answer.get_json()["images"] == []


def test_a_full_queue_says_when_to_come_back(make_services: MakeServices) -> None:
    services = make_services(max_queue=1)
    assert isinstance(services.pool, FakePool)
    services.pool.paused = True
    client = checked_app(services).test_client()
    headers = {"Prefer": "respond-async"}
    assert client.post("/api/generate", json=APPLE, headers=headers).status_code == 202
    answer = client.post("/api/generate", json=APPLE, headers=headers)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["type"] == "/problems/queue-full"


def test_times_are_rfc3339_in_utc(client: FlaskClient) -> None:
    job = client.post("/api/generate", json=APPLE).get_json()
    for name in ("created_at", "started_at", "finished_at"):
        assert job[name].endswith("Z")
        assert datetime.fromisoformat(job[name]).tzinfo is not None


def test_a_second_pass_at_a_larger_size(client: FlaskClient) -> None:
    hires = {"scale": 1.5, "strength": 0.4, "upscaler": "lanczos"}
    body = {"prompt": "a pear", "width": 128, "height": 256, "hires": hires}
    job = client.post("/api/generate", json=body).get_json()
    asked = job["request"]
    assert (asked["width"], asked["height"]) == (128, 256)
    assert (asked["final_width"], asked["final_height"]) == (192, 384)
    assert asked["hires"] == {**hires, "num_inference_steps": asked["num_inference_steps"]}
    assert (job["images"][0]["width"], job["images"][0]["height"]) == (192, 384)
    plain = client.post("/api/generate", json={"prompt": "a pear"}).get_json()["request"]
    assert plain["hires"] is plain["final_width"] is None


@pytest.mark.parametrize(
    ("hires", "field", "words"),
    [
        ({"scale": 4.0}, "hires.scale", "the largest scale is 2"),
        ({"scale": 1.01}, "hires.scale", "too small"),
        ({"scale": 1.0}, "hires.scale", ""),
        ({"scale": 4.1}, "hires.scale", ""),
        ({"strength": 0}, "hires.strength", ""),
        ({"num_inference_steps": 151}, "hires.num_inference_steps", ""),
        ({"upscaler": "magic"}, "hires.upscaler", ""),
        ({"width": 64}, "hires.width", ""),
    ],
)
def test_a_second_pass_that_cannot_be(
    client: FlaskClient, hires: dict[str, Any], field: str, words: str
) -> None:
    body = {"prompt": "a pear", "width": 512, "height": 512, "hires": hires}
    answer = client.post("/api/generate", json=body)
    assert answer.status_code == 422
    errors = {error["field"]: error["message"] for error in answer.get_json()["errors"]}
    assert words in errors[field]
