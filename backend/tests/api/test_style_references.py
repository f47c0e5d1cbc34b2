"""A style reference over HTTP: of the gallery, sent along, and what isn't one."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tastemaker.api.services import Services


def b64(size: tuple[int, int] = (40, 30)) -> str:
    """An encoded picture."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


def draw(client: FlaskClient, reference: dict[str, Any] | None) -> Any:
    return client.post("/api/generate", json={"prompt": "a pear", "style_reference": reference})


def test_a_picture_of_the_gallery_lends_its_look(client: FlaskClient) -> None:
    source = client.post("/api/generate", json={"prompt": "an apple"}).get_json()["images"][0]
    answer = draw(client, {"image_id": source["id"], "strength": 0.4})
    job = answer.get_json()
    assert answer.status_code == 201
    asked = job["request"]["style_reference"]
    assert (asked["image_id"], asked["strength"]) == (source["id"], 0.4)
    assert asked["image"].startswith("sha256:")
    assert job["images"][0]["params"]["style_reference"] == asked
    assert job["images"][0]["parent_id"] is None


def test_a_picture_sent_along_is_kept_no_larger_than_needed(
    client: FlaskClient, services: Services
) -> None:
    largest = services.models.active().max_size
    asked = draw(client, {"image": b64((2 * largest, largest))}).get_json()["request"][
        "style_reference"
    ]
    assert (asked["image_id"], asked["strength"]) == (None, 0.75)
    kept = Image.open(io.BytesIO(services.blobs.get(asked["image"])))
    assert kept.size == (largest, largest // 2)


def test_without_one_nothing_is_said_of_it(client: FlaskClient) -> None:
    job = draw(client, None).get_json()
    assert job["request"]["style_reference"] is None
    assert job["images"][0]["params"]["style_reference"] is None


@pytest.mark.parametrize(
    ("reference", "field"),
    [
        ({}, "style_reference.image_id"),
        ({"image_id": 1, "image": b64()}, "style_reference.image_id"),
        ({"image": "no picture"}, "style_reference.image"),
        ({"image_id": 1, "strength": 0}, "style_reference.strength"),
        ({"image_id": 1, "strength": 1.1}, "style_reference.strength"),
        ({"image_id": 1, "look": "sepia"}, "style_reference.look"),
    ],
)
def test_what_is_no_reference_is_named(
    client: FlaskClient, reference: dict[str, Any], field: str
) -> None:
    client.post("/api/generate", json={"prompt": "an apple"})
    answer = draw(client, reference)
    assert answer.status_code in (400, 422)
    assert field in {error["field"] for error in answer.get_json()["errors"]}
    assert client.get("/api/jobs").get_json()["items"][0]["request"]["prompt"] == "an apple"


def test_a_picture_that_is_not_there(client: FlaskClient) -> None:
    assert draw(client, {"image_id": 99}).status_code == 404


def test_a_file_that_is_no_picture(client: FlaskClient) -> None:
    answer = draw(client, {"image": base64.b64encode(b"no picture").decode()})
    assert answer.status_code == 415
