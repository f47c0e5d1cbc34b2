"""Every row of the contract's bad-input table, and that the answer says what to do."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tastemaker.api.limits import MAX_JSON_BYTES
from tests.api.conftest import MakeServices, checked_app

APPLE: dict[str, Any] = {"prompt": "a red apple", "width": 64, "height": 64}


def generate(client: FlaskClient, **body: Any) -> TestResponse:
    return client.post("/api/generate", json={**APPLE, **body})


def wrong_fields(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422
    return [error["field"] for error in answer.get_json()["errors"]]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"prompt=a",
        b'{"prompt": "a",}',
        b'{"prompt": "\xff"}',
        b"[" * 100_000,
        b'{"seed": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_json_is_400(client: FlaskClient, data: bytes) -> None:
    answer = client.post("/api/generate", data=data, content_type="application/json")
    assert answer.status_code == 400
    assert "not valid JSON" in answer.get_json()["detail"]


@pytest.mark.parametrize("data", [b"[]", b'"text"', b'"{\\"prompt\\": \\"a\\"}"', b"null", b"1"])
def test_json_that_is_no_object_is_422(client: FlaskClient, data: bytes) -> None:
    answer = client.post("/api/generate", data=data, content_type="application/json")
    assert wrong_fields(answer) == ["body"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_another_content_type_is_415(client: FlaskClient, content_type: str | None) -> None:
    answer = client.post("/api/generate", data=b'{"prompt": "a"}', content_type=content_type)
    assert answer.status_code == 415
    assert "application/json" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", None),
        ("prompt", ""),
        ("prompt", " \n\t "),
        ("prompt", 7),
        ("prompt", ["a"]),
        ("prompt", "x" * 4001),
        ("prompt", "a\x00b"),
        ("negative_prompt", "x" * 4001),
        ("negative_prompt", "\x00"),
        ("width", "64"),
        ("width", 64.5),
        ("width", True),
        ("width", 0),
        ("height", -64),
        ("height", 10**30),
        ("num_inference_steps", 0),
        ("num_inference_steps", 151),
        ("num_inference_steps", "20"),
        ("guidance_scale", -0.1),
        ("guidance_scale", 50.1),
        ("guidance_scale", "7"),
        ("seed", -2),
        ("seed", 2**63),
        ("seed", 1.5),
        ("num_images", 0),
        ("num_images", 101),
        ("num_images", None),
        ("sampler", "magic"),
        ("sampler", 1),
        ("schedule", "slow"),
        ("model", ""),
        ("model", 3),
    ],
)
def test_a_wrong_value_is_422_with_the_field_named(
    client: FlaskClient, field: str, value: object
) -> None:
    assert wrong_fields(generate(client, **{field: value})) == [field]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_422(client: FlaskClient, number: str) -> None:
    data = f'{{"prompt": "a", "guidance_scale": {number}}}'
    answer = client.post("/api/generate", data=data, content_type="application/json")
    assert wrong_fields(answer) == ["guidance_scale"]


def test_half_a_surrogate_pair_is_422(client: FlaskClient) -> None:
    data = b'{"prompt": "\\ud800"}'
    answer = client.post("/api/generate", data=data, content_type="application/json")
    assert wrong_fields(answer) == ["prompt"]


def test_a_missing_prompt_is_named(client: FlaskClient) -> None:
    answer = client.post("/api/generate", json={})
    assert wrong_fields(answer) == ["prompt"]
    assert "required" in answer.get_json()["detail"]


def test_an_unknown_field_is_named_with_what_may_be_meant(client: FlaskClient) -> None:
    answer = generate(client, num_inference_step=20)
    assert wrong_fields(answer) == ["num_inference_step"]
    assert "num_inference_steps" in answer.get_json()["errors"][0]["message"]


def test_more_steps_than_lcm_has_are_422_and_fifty_are_not(client: FlaskClient) -> None:
    answer = generate(client, sampler="lcm", num_inference_steps=51)
    assert wrong_fields(answer) == ["num_inference_steps"]
    assert "4 to 8 are usual" in answer.get_json()["detail"]
    assert generate(client, sampler="lcm", num_inference_steps=50).status_code == 201
    assert generate(client, sampler="heun", num_inference_steps=51).status_code == 201


def test_all_wrong_fields_are_named_at_once(client: FlaskClient) -> None:
    assert sorted(wrong_fields(generate(client, width=0, seed=-9, surprise=1))) == [
        "seed",
        "surprise",
        "width",
    ]


@pytest.mark.parametrize(
    ("width", "height", "fields", "nearest"),
    [
        (65, 64, ["width"], "64 and 128"),
        (64, 100, ["height"], "64 and 128"),
        (1, 64, ["width"], "64"),
        (1025, 64, ["width"], "1024"),
        (16384, 16384, ["width", "height"], "1024"),
        (1000, 1000, ["width", "height"], "960 and 1024"),
    ],
)
def test_a_size_that_the_model_cannot_draw_names_the_nearest(
    client: FlaskClient, width: int, height: int, fields: list[str], nearest: str
) -> None:
    answer = generate(client, width=width, height=height)
    assert wrong_fields(answer) == fields
    for error in answer.get_json()["errors"]:
        assert error["message"].endswith(f"nearest allowed: {nearest}")


@pytest.mark.parametrize(
    ("path", "most"),
    # A style reference may be sent along to generate: one picture of 1 MB here, in base64.
    [("/api/grids", MAX_JSON_BYTES), ("/api/generate", 1024 * 1024 * 4 // 3 + MAX_JSON_BYTES)],
)
def test_too_large_a_body_is_413(client: FlaskClient, path: str, most: int) -> None:
    for size, status in ((most, 400), (most + 1, 413)):
        answer = client.post(path, data=b"x" * size, content_type="application/json")
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/images/999"),
        ("GET", "/api/images/0"),
        ("GET", "/api/images/99999999999999999999"),
        ("GET", "/api/images/apple"),
        ("GET", "/api/images/-1"),
        ("PATCH", "/api/images/999"),
        ("DELETE", "/api/images/999"),
        ("GET", "/api/images/999/file"),
        ("GET", "/api/images/999/thumbnail"),
        ("GET", "/api/images/999/neighbours"),
        ("GET", "/api/jobs/nothing"),
        ("DELETE", "/api/jobs/nothing"),
        ("GET", "/api/jobs/nothing/events"),
        ("GET", "/api/jobs/" + "x" * 101),
        ("GET", "/api/jobs?before=nothing"),
        ("POST", "/api/models/nothing/activate"),
        ("POST", "/api/models/nothing/download"),
        ("DELETE", "/api/models/nothing/download"),
        ("POST", "/api/models/..%2F..%2Fetc/activate"),
        ("GET", "/api/nothing"),
        ("POST", "/api/nothing"),
        ("GET", "/api"),
        ("GET", "/api/images/../../etc/passwd"),
        ("GET", "/api/docs/..%2Fapp.py"),
    ],
)
def test_what_is_not_there_is_404(client: FlaskClient, method: str, path: str) -> None:
    body = {"title": "x"} if method == "PATCH" else None
    answer = client.open(path, method=method, json=body)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_unknown_image_and_model_in_a_body_are_404(client: FlaskClient) -> None:
    assert generate(client, model="nothing").status_code == 404
    assert generate(client, model="../../etc").status_code == 404
    assert client.post("/api/variations", json={"image_id": 999}).status_code == 404
    rating = {"image_id": 999, "feedback": 1}
    assert client.post("/api/feedback", json=rating).status_code == 404


def test_a_model_that_is_not_there_yet_is_503_and_says_what_happens(client: FlaskClient) -> None:
    answer = generate(client, model="stable-diffusion-v1-4")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "not downloaded" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/generate", "POST"),
        ("PUT", "/api/images", "GET, HEAD, PATCH"),
        ("POST", "/api/images/1", "DELETE, GET, HEAD, PATCH"),
        ("OPTIONS", "/api/feedback", "POST"),
        ("DELETE", "/healthz", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_possible_is_405(
    client: FlaskClient, method: str, path: str, allowed: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("cursor=x&offset=1", "offset"),
        ("include=everything", "include"),
        ("include=image_data&limit=51", "limit"),
        ("sort=random", "sort"),
        ("feedback=2", "feedback"),
        ("seed=-1", "seed"),
        ("seed=9223372036854775808", "seed"),
        ("rated=perhaps", "rated"),
        ("min_width=-1", "min_width"),
        ("created_after=yesterday", "created_after"),
        ("created_after=2026-01-01T00:00:00", "created_after"),
        ("created_after=1700000000", "created_after"),
        ("created_before=0001-01-01T00:00:00%2B01:00", "created_before"),
        ("created_before=2026-13-01T00:00:00Z", "created_before"),
        ("parent_id=0", "parent_id"),
        ("feedbak=1", "feedbak"),
    ],
)
def test_a_wrong_filter_is_422(client: FlaskClient, query: str, field: str) -> None:
    assert field in wrong_fields(client.get(f"/api/images?{query}"))


def test_a_cursor_that_is_none_is_422(client: FlaskClient) -> None:
    answer = client.get("/api/images?cursor=nonsense")
    assert answer.status_code == 422
    assert "cursor" in answer.get_json()["detail"]


def test_an_unexpected_fault_is_500_without_a_traceback(
    make_services: MakeServices, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services = make_services()
    app = checked_app(services)

    def broken(*_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(type(services.gallery), "counts", broken)
    answer = app.test_client().get("/api/images/counts")
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)
    assert "the secret inside" in caplog.text
