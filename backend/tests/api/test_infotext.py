"""Reading the settings of a picture over HTTP, whoever wrote it, within bounds."""

from __future__ import annotations

import io
import json
import resource
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tastemaker.api.limits import MAX_LARGE_BODIES
from tests.api.conftest import MakeServices, checked_app
from tests.api.test_variations import bomb
from tests.infotext import samples
from tests.studio import Studio, png


def send(client: FlaskClient, data: bytes, **fields: Any) -> TestResponse:
    body = {"image": (io.BytesIO(data), "x.png"), **fields}
    return client.post("/api/infotext", data=body, content_type="multipart/form-data")


def read(client: FlaskClient, data: bytes) -> dict[str, Any]:
    answer = send(client, data)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_download_of_our_own_gives_everything_back(client: FlaskClient, kind: str) -> None:
    body = {
        "prompt": 'a "red", apple\nNegative prompt: no 🐈',
        "negative_prompt": "worms",
        "width": 128,
        "height": 192,
        "num_inference_steps": 11,
        "guidance_scale": 3.5,
        "sampler": "euler_a",
        "schedule": "karras",
        "model": "other",
        "seed": 42,
    }
    image = client.post("/api/generate", json=body).get_json()["images"][0]
    data = client.get(f"{image['image_url']}?download=true&format={kind}").data
    found = read(client, data)
    assert found["dialect"] == "tastemaker"
    assert found["settings"] == body
    assert (found["unmapped"], found["notes"]) == ([], [])


def test_another_programs_picture(client: FlaskClient) -> None:
    found = read(client, samples.png(parameters=samples.A1111))
    assert (found["dialect"], found["program"]) == ("a1111", "AUTOMATIC1111")
    assert found["settings"]["seed"] == 12345
    assert found["settings"]["model"] is None
    assert {item["name"] for item in found["unmapped"]} >= {"Model", "LoRA", "Clip skip"}
    assert "AUTOMATIC1111" in found["notes"][0]


def test_a_model_is_known_by_its_other_names(client: FlaskClient) -> None:
    text = "a cat\nSteps: 4, Sampler: Euler, Seed: 1, Model: Other.safetensors [0123456789]"
    assert read(client, samples.png(parameters=text))["settings"]["model"] == "other"


def test_a_size_that_the_model_cant_draw_is_fitted(client: FlaskClient) -> None:
    text = "a cat\nSteps: 4, Sampler: Euler, Seed: 1, Size: 4000x2001"
    found = read(client, samples.png(parameters=text))
    assert (found["settings"]["width"], found["settings"]["height"]) == (1024, 512)
    assert found["unmapped"][0]["value"] == "4000 × 2001"


def test_what_comes_back_can_be_drawn(client: FlaskClient) -> None:
    for text in (json.dumps(samples.SWARM), json.dumps(samples.FOOOCUS), samples.A1111):
        settings = read(client, samples.png(parameters=text))["settings"]
        body = {name: value for name, value in settings.items() if value is not None}
        assert client.post("/api/generate", json=body).status_code == 201


def test_a_picture_that_says_nothing(client: FlaskClient) -> None:
    found = read(client, png(1))
    assert found == {
        "dialect": None,
        "program": None,
        "settings": None,
        "unmapped": [],
        "notes": [],
    }


def test_a_text_that_is_too_long_is_said(client: FlaskClient, make_services: MakeServices) -> None:
    roomy = checked_app(make_services(max_upload_mb=8)).test_client()
    found = read(roomy, samples.png(workflow="x" * 3_000_000))
    assert found["settings"] is None
    assert "workflow" in found["notes"][0]


def test_what_is_no_picture_is_refused(client: FlaskClient) -> None:
    assert send(client, b"words").status_code == 415
    assert send(client, b"").status_code == 415
    assert client.post("/api/infotext", json={}).status_code == 415
    wrong = client.post("/api/infotext", data={"image": "text"}, content_type="multipart/form-data")
    assert wrong.get_json()["errors"][0]["field"] == "image"
    surprise = send(client, png(1), surprise="1")
    assert surprise.get_json()["errors"][0]["field"] == "surprise"
    assert send(client, png(1) + bytes(1024 * 1024)).status_code == 413
    assert send(client, bytes(4 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_read_within_bounded_memory(client: FlaskClient, width: int, height: int) -> None:
    data = bomb(width, height, 9 if width < 2**31 - 1 else 0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert send(client, data).status_code in (200, 422)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 64 * 1024


def test_large_bodies_take_turns(make_services: MakeServices) -> None:
    client = checked_app(make_services(max_upload_mb=4)).test_client()
    here = client.application.extensions["tastemaker"]
    assert all(here.large_bodies.take() for _ in range(MAX_LARGE_BODIES))
    assert send(client, png(1) + bytes(2 * 1024 * 1024)).status_code == 503
    assert send(client, png(1)).status_code == 200


def test_nothing_of_it_is_kept(client: FlaskClient, studio: Studio) -> None:
    before = set(studio.blobs.addresses())
    read(client, samples.png(parameters=samples.A1111))
    assert set(studio.blobs.addresses()) == before
