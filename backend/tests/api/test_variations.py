"""Variations over HTTP: of a picture of the gallery, of one sent along, of what isn't one."""

from __future__ import annotations

import base64
import io
import resource
import struct
import zlib
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tastemaker.api.limits import MAX_LARGE_BODIES
from tastemaker.api.services import Services
from tests.api.conftest import MakeServices, checked_app
from tests.api.fake_pool import FakePool
from tests.studio import Studio


def picture(size: tuple[int, int] = (128, 64), kind: str = "PNG", **options: Any) -> bytes:
    """An encoded picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def upload(client: FlaskClient, data: bytes, **fields: Any) -> TestResponse:
    body = {"prompt": "a pear", "image": (io.BytesIO(data), "pear.png"), **fields}
    return client.post("/api/variations", data=body, content_type="multipart/form-data")


@pytest.fixture
def source(client: FlaskClient) -> dict[str, Any]:
    """A picture drawn with nothing left to the defaults."""
    body = {
        "prompt": "a red apple",
        "negative_prompt": "worms",
        "width": 128,
        "height": 192,
        "num_inference_steps": 11,
        "guidance_scale": 3.5,
        "sampler": "euler_a",
        "schedule": "karras",
        "model": "other",
    }
    found: dict[str, Any] = client.post("/api/generate", json=body).get_json()["images"][0]
    return found


def test_variations_are_like_their_source(client: FlaskClient, source: dict[str, Any]) -> None:
    answer = client.post("/api/variations", json={"image_id": source["id"]})
    job = answer.get_json()
    assert answer.status_code == 201
    assert job["kind"] == "variations"
    assert len(job["images"]) == 4
    assert {image["parent_id"] for image in job["images"]} == {source["id"]}
    for name in ("prompt", "negative_prompt", "width", "height", "model"):
        assert job["request"][name] == source[name]
    for name in ("num_inference_steps", "guidance_scale", "sampler", "schedule"):
        assert job["request"][name] == source["params"][name]
    assert job["request"]["strength"] == 0.5
    children = client.get(f"/api/images?parent_id={source['id']}").get_json()["items"]
    assert {image["id"] for image in children} == {image["id"] for image in job["images"]}


def test_what_is_asked_for_wins(client: FlaskClient, source: dict[str, Any]) -> None:
    body = {
        "image_id": source["id"],
        "prompt": "a pear",
        "negative_prompt": "",
        "strength": 1,
        "num_variations": 2,
        "seed": 5,
        "sampler": "ddim",
        "width": 64,
        "model": "starter",
    }
    job = client.post("/api/variations", json=body).get_json()
    assert len(job["images"]) == 2
    expected = {name: body[name] for name in body.keys() - {"image_id", "num_variations"}}
    assert {name: job["request"][name] for name in expected} == expected
    assert job["request"]["height"] == source["height"]


def test_a_source_of_a_model_that_is_gone_uses_the_active_one(
    client: FlaskClient, studio: Studio
) -> None:
    image_id = studio.add(model="gone", params={"num_inference_steps": 999, "sampler": "k_lms"})
    job = client.post("/api/variations", json={"image_id": image_id}).get_json()
    assert job["request"]["model"] == "starter"
    assert job["request"]["num_inference_steps"] <= 150
    assert (job["request"]["width"], job["request"]["height"]) == (64, 64)


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", "data:;base64,"])
def test_a_picture_can_be_sent_as_base64(
    client: FlaskClient, services: Services, prefix: str
) -> None:
    body = {"image": prefix + b64(picture()), "prompt": "a pear", "num_variations": 1}
    answer = client.post("/api/variations", json=body)
    assert answer.status_code == 201
    job = services.queue.get(answer.get_json()["id"])
    assert job.request.parent_id is None
    assert job.request.init_image is not None
    stored = Image.open(io.BytesIO(services.blobs.get(job.request.init_image)))
    assert (stored.format, stored.size) == ("PNG", (128, 64))
    assert (job.request.width, job.request.height) == (128, 64)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_can_be_uploaded(client: FlaskClient, services: Services, kind: str) -> None:
    answer = upload(
        client,
        picture(kind=kind),
        strength="0.25",
        num_variations="2",
        seed="9007199254740993",
        sampler="pndm",
    )
    assert answer.status_code == 201
    request = services.queue.get(answer.get_json()["id"]).request
    assert (request.strength, request.num_images) == (0.25, 2)
    assert (request.seed, request.sampler) == (9007199254740993, "pndm")
    assert request.init_image is not None
    assert services.blobs.get(request.init_image).startswith(b"\x89PNG")


def test_a_prompt_of_digits_stays_text(client: FlaskClient) -> None:
    answer = upload(client, picture(), prompt="1984")
    assert answer.get_json()["request"]["prompt"] == "1984"


@pytest.mark.parametrize(
    ("size", "expected"),
    [((130, 65), (128, 64)), ((1, 1), (64, 64)), ((4000, 2000), (1024, 512))],
)
def test_the_size_is_the_nearest_that_the_model_can_draw(
    client: FlaskClient, size: tuple[int, int], expected: tuple[int, int], pool: FakePool
) -> None:
    pool.paused = True
    body = {"image": b64(picture(size)), "prompt": "a pear"}
    headers = {"Prefer": "respond-async"}
    request = client.post("/api/variations", json=body, headers=headers).get_json()["request"]
    assert (request["width"], request["height"]) == expected


def test_a_retried_upload_is_one_job(client: FlaskClient) -> None:
    body = {"image": b64(picture()), "prompt": "a pear"}
    headers = {"Idempotency-Key": "k"}
    first = client.post("/api/variations", json=body, headers=headers)
    again = client.post("/api/variations", json=body, headers=headers)
    assert again.get_json()["id"] == first.get_json()["id"]
    other = {**body, "image": b64(picture((64, 64)))}
    assert client.post("/api/variations", json=other, headers=headers).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "image_id"),
        ({"image_id": 1, "image": "AAAA", "prompt": "a"}, "image"),
        ({"image": "AAAA"}, "prompt"),
        ({"image": "no base64!", "prompt": "a"}, "image"),
        ({"image": "data:image/png,plain", "prompt": "a"}, "image"),
        ({"image": "", "prompt": "a"}, "image"),
        ({"image_id": "1"}, "image_id"),
        ({"image_id": 1, "strength": 0}, "strength"),
        ({"image_id": 1, "strength": 1.01}, "strength"),
        ({"image_id": 1, "num_variations": 0}, "num_variations"),
        ({"image_id": 1, "num_images": 2}, "num_images"),
    ],
)
def test_a_wrong_request_is_422(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    answer = client.post("/api/variations", json=body)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.get_json()["errors"]]


def test_a_form_is_checked_like_json(client: FlaskClient) -> None:
    answer = upload(client, picture(), strength="2", num_variations="many", surprise="1")
    fields = {error["field"] for error in answer.get_json()["errors"]}
    assert fields == {"strength", "num_variations", "surprise"}
    no_file = client.post(
        "/api/variations",
        data={"prompt": "a", "image": "text"},
        content_type="multipart/form-data",
    )
    assert no_file.get_json()["errors"][0]["field"] == "image"


def test_what_is_no_picture_is_415(client: FlaskClient) -> None:
    assert upload(client, b"GIF? No, text.").status_code == 415
    assert upload(client, b"<svg xmlns='http://www.w3.org/2000/svg'/>").status_code == 415
    assert upload(client, b"").status_code == 415


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_422(client: FlaskClient, kind: str) -> None:
    noise = Image.effect_noise((256, 256), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, kind)
    answer = upload(client, out.getvalue()[: len(out.getvalue()) // 2])
    assert answer.status_code == 422
    assert answer.get_json()["type"] == "/problems/unreadable-image"


def test_too_many_bytes_are_413(client: FlaskClient) -> None:
    large = picture() + b"\x00" * (1024 * 1024)
    assert upload(client, large).status_code == 413
    body = {"image": b64(large), "prompt": "a"}
    assert client.post("/api/variations", json=body).status_code == 413
    huge = b"\x00" * (4 * 1024 * 1024)
    assert upload(client, huge).status_code == 413


def test_too_many_pixels_are_422(make_services: MakeServices) -> None:
    client = checked_app(make_services(max_upload_pixels=4096)).test_client()
    assert upload(client, picture((64, 64))).status_code == 201
    answer = upload(client, picture((64, 65)))
    assert answer.status_code == 422
    assert "4,096" in answer.get_json()["detail"]


def test_only_so_many_large_bodies_are_read_at_once(make_services: MakeServices) -> None:
    client = checked_app(make_services(max_upload_mb=4)).test_client()
    here = client.application.extensions["tastemaker"]
    large = picture() + b"\x00" * (2 * 1024 * 1024)
    assert upload(client, large).status_code == 201
    assert all(here.large_bodies.take() for _ in range(MAX_LARGE_BODIES))
    refused = upload(client, large)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert upload(client, picture()).status_code == 201


def bomb(width: int, height: int, real_height: int) -> bytes:
    """A PNG of a few kilobytes that claims ``height`` rows and really holds ``real_height``."""
    compressor = zlib.compressobj(9)
    row = b"\x00" * (width + 1) if real_height else b""
    data = b"".join(compressor.compress(row) for _ in range(real_height)) + compressor.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height", "real_height"),
    [
        (10_000, 10_000, 10_000),
        (10_000, 2**31 - 1, 10),
        (2**31 - 1, 2**31 - 1, 0),
        (20_000, 4_000, 9),
    ],
)
def test_a_decompression_bomb_is_422_within_bounded_memory(
    client: FlaskClient, width: int, height: int, real_height: int
) -> None:
    data = bomb(width, height, real_height)
    assert len(data) < 1024 * 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = upload(client, data)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert answer.status_code == 422
    assert grown_kib < 64 * 1024


@pytest.mark.parametrize(
    ("mode", "asked", "drawn"),
    [
        ("fit", (512, 512), (512, 256)),
        ("fit", (128, 512), (128, 64)),
        ("crop", (512, 512), (512, 512)),
        ("pad", (512, 512), (512, 512)),
        ("stretch", (512, 512), (512, 512)),
    ],
)
def test_how_a_picture_gets_to_another_shape(
    client: FlaskClient, services: Services, mode: str, asked: Any, drawn: Any
) -> None:
    size = {"width": asked[0], "height": asked[1]}
    body = {"image": b64(picture()), "prompt": "a pear", "resize_mode": mode, **size}
    job = client.post("/api/variations", json=body).get_json()
    request = services.queue.get(job["id"]).request
    assert (request.width, request.height) == drawn
    assert request.resize_mode == mode == job["request"]["resize_mode"]


def test_a_photo_is_kept_no_larger_than_it_is_drawn(
    client: FlaskClient, services: Services
) -> None:
    body = {"image": b64(picture((2000, 1000))), "prompt": "a pear", "resize_mode": "fit"}
    job = client.post("/api/variations", json=body).get_json()
    request = services.queue.get(job["id"]).request
    stored = Image.open(io.BytesIO(services.blobs.get(request.init_image)))
    assert stored.size == (request.width, request.height) == (1024, 512)


def test_variations_with_a_second_pass(client: FlaskClient, source: dict[str, Any]) -> None:
    body = {"image_id": source["id"], "num_variations": 1, "hires": {"scale": 2}}
    job = client.post("/api/variations", json=body).get_json()
    assert (job["request"]["final_width"], job["request"]["final_height"]) == (256, 384)
    form = upload(client, picture(), num_variations="1", hires='{"scale": 2, "strength": 0.3}')
    assert form.get_json()["request"]["hires"]["strength"] == 0.3
    wrong = upload(client, picture(), hires="[")
    assert wrong.status_code == 422
    assert wrong.get_json()["errors"][0]["field"] == "hires"
