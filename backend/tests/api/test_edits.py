"""Edits over HTTP: masks, extensions, and every kind of picture that people bring along."""

from __future__ import annotations

import base64
import io
import json
import resource
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tastemaker.api.services import Services
from tastemaker.domain import Box, Extend, GenerationRequest
from tests.api.conftest import MakeServices, checked_app
from tests.studio import Studio

SIZE = (128, 64)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def photo(size: tuple[int, int] = SIZE) -> Image.Image:
    """Dark at the top left, bright at the bottom right: which way is up can be told."""
    ramp = np.linspace(0, 120, size[0])[None, :] + np.linspace(0, 120, size[1])[:, None]
    return Image.fromarray(np.stack([ramp] * 3, -1).astype(np.uint8), "RGB")


def mask(size: tuple[int, int] = SIZE, box: tuple[int, ...] = (32, 16, 64, 48)) -> bytes:
    image = Image.new("L", size)
    image.paste(255, box)
    return encoded(image)


def body(**changes: Any) -> dict[str, Any]:
    found = {"image": b64(encoded(photo())), "prompt": "a pear", "mask": b64(mask()), **changes}
    return {name: value for name, value in found.items() if value is not None}


def request_of(services: Services, answer: TestResponse) -> GenerationRequest:
    assert answer.status_code == 201, answer.get_json()
    found = services.queue.get(answer.get_json()["id"]).request
    assert isinstance(found, GenerationRequest)
    return found


def stored(services: Services, address: str | None) -> Image.Image:
    assert address is not None
    data = services.blobs.get(address)
    assert data.startswith(b"\x89PNG")
    return Image.open(io.BytesIO(data))


def wrong(answer: TestResponse) -> dict[str, str]:
    assert answer.status_code == 422, answer.get_json()
    return {error["field"]: error["message"] for error in answer.get_json()["errors"]}


def test_an_edit_of_an_uploaded_picture(client: FlaskClient, services: Services) -> None:
    answer = client.post("/api/edits", json=body(num_images=2, mask_blur=6, seed=5))
    request = request_of(services, answer)
    job = answer.get_json()
    assert job["kind"] == "edits"
    assert [image["width"] for image in job["images"]] == [128, 128]
    assert (request.strength, request.mask_blur, request.only_masked) == (1.0, 6, False)
    assert (request.parent_id, request.extend) == (None, None)
    assert request.region == Box(0, 0, *SIZE)
    assert request.final_size == SIZE
    assert stored(services, request.init_image).tobytes() == photo().tobytes()
    found = stored(services, request.mask)
    assert (found.mode, found.size, found.getbbox()) == ("L", SIZE, (32, 16, 64, 48))
    assert job["request"]["mask_blur"] == 6
    assert job["request"]["final_width"] == 128


def test_an_edit_of_a_picture_of_the_gallery(client: FlaskClient, services: Services) -> None:
    drawn = {"prompt": "an apple", "negative_prompt": "worms", "num_inference_steps": 11}
    source = client.post("/api/generate", json=drawn).get_json()["images"][0]
    size = (source["width"], source["height"])
    answer = client.post(
        "/api/edits", json={"image_id": source["id"], "mask": b64(mask(size, (0, 0, 9, 9)))}
    )
    request = request_of(services, answer)
    assert request.parent_id == source["id"]
    assert answer.get_json()["images"][0]["parent_id"] == source["id"]
    assert (request.prompt, request.negative_prompt) == ("an apple", "worms")
    assert request.num_inference_steps == 11
    assert request.init_image == services.gallery.get(source["id"]).content


def test_an_edit_as_a_form(client: FlaskClient, services: Services) -> None:
    form = {
        "image": (io.BytesIO(encoded(photo(), "JPEG")), "photo.jpg"),
        "mask": (io.BytesIO(mask()), "mask.png"),
        "prompt": "a pear",
        "strength": "0.75",
        "only_masked": "true",
        "extend": json.dumps({"left": 32}),
    }
    answer = client.post("/api/edits", data=form, content_type="multipart/form-data")
    request = request_of(services, answer)
    assert request.extend == Extend(left=32)
    assert (request.strength, request.only_masked) == (0.75, True)


def test_an_edit_as_a_form_of_a_picture_of_the_gallery(
    client: FlaskClient, services: Services, studio: Studio
) -> None:
    image_id = studio.add()
    form = {"image_id": str(image_id), "extend": '{"top": 6}'}
    answer = client.post("/api/edits", data=form, content_type="multipart/form-data")
    assert request_of(services, answer).final_size == (8, 12)
    bad = {**form, "extend": "{"}
    assert "extend" in wrong(
        client.post("/api/edits", data=bad, content_type="multipart/form-data")
    )


def test_extending_without_a_mask(client: FlaskClient, services: Services) -> None:
    extend = {"left": 64, "bottom": 32}
    answer = client.post("/api/edits", json=body(mask=None, extend=extend))
    request = request_of(services, answer)
    assert request.mask is None
    assert request.extend == Extend(left=64, bottom=32)
    assert request.final_size == (192, 96)
    # Smaller than the model draws well, so it is drawn larger and put back.
    assert (request.width, request.height) == (512, 256)
    assert answer.get_json()["images"][0]["width"] == 192
    assert answer.get_json()["request"]["extend"] == {**extend, "top": 0, "right": 0}


def test_only_the_masked_area(client: FlaskClient, services: Services) -> None:
    """The area, its surroundings, and as much more as it takes to get a shape that can be drawn."""
    answer = client.post(
        "/api/edits",
        json=body(
            image=b64(encoded(photo((1000, 600)))),
            mask=b64(mask((1000, 600), (900, 500, 960, 540))),
            only_masked=True,
            padding=20,
        ),
    )
    request = request_of(services, answer)
    assert request.region is not None
    assert request.region.left <= 880
    assert request.region.top <= 480
    assert request.region.right in range(980, 1001)
    assert request.region.bottom in range(560, 601)
    ratio = request.region.width / request.region.height
    assert ratio == pytest.approx(request.width / request.height, rel=0.1)
    assert request.width * request.height >= 200 * 200
    assert request.final_size == (1000, 600)


def test_the_blur_fits_into_the_area_that_is_drawn(client: FlaskClient, services: Services) -> None:
    sent = body(only_masked=True, padding=0, mask_blur=10, mask=b64(mask(box=(40, 20, 50, 30))))
    region = request_of(services, client.post("/api/edits", json=sent)).region
    assert region is not None
    assert region.left <= 30
    assert region.top <= 10
    assert region.right >= 60
    assert region.bottom >= 40


def test_a_mask_of_the_same_proportions_is_scaled(client: FlaskClient, services: Services) -> None:
    for size in ((64, 32), (1280, 640), (43, 21)):
        box = tuple(round(side * size[0] / 128) for side in (32, 16, 64, 48))
        answer = client.post("/api/edits", json=body(mask=b64(mask(size, box))))
        found = stored(services, request_of(services, answer).mask)
        bounds = found.getbbox()
        assert found.size == SIZE
        assert bounds is not None
        assert np.abs(np.array(bounds) - (32, 16, 64, 48)).max() <= 2


def test_a_mask_of_another_shape_is_422_and_names_both(client: FlaskClient) -> None:
    message = wrong(client.post("/api/edits", json=body(mask=b64(mask((64, 64))))))["mask"]
    assert "64 × 64" in message
    assert "128 × 64" in message


def rgba(colour: tuple[int, int, int], inside: int, outside: int) -> bytes:
    image = Image.new("RGBA", SIZE, (*colour, outside))
    image.paste((*colour, inside), (32, 16, 64, 48))
    return encoded(image)


def strokes() -> bytes:
    """White strokes on nothing, as a canvas exports them."""
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (32, 16, 64, 48))
    return encoded(image)


def palette() -> bytes:
    image = Image.new("P", SIZE)
    image.putpalette([0, 0, 0, 255, 255, 255])
    image.paste(1, (32, 16, 64, 48))
    return encoded(image)


def sixteen_bit() -> bytes:
    values = np.zeros((SIZE[1], SIZE[0]), dtype=np.uint16)
    values[16:48, 32:64] = 65535
    return encoded(Image.fromarray(values))


@pytest.mark.parametrize(
    "data",
    [
        rgba((0, 0, 0), 0, 255),
        rgba((200, 10, 90), 0, 255),
        strokes(),
        palette(),
        sixteen_bit(),
        encoded(Image.open(io.BytesIO(mask())).convert("1")),
        encoded(Image.open(io.BytesIO(mask())).convert("RGB"), "WEBP", lossless=True),
    ],
    ids=["clear", "clear in a colour", "strokes", "palette", "16 bit", "1 bit", "webp"],
)
def test_masks_of_every_kind(client: FlaskClient, services: Services, data: bytes) -> None:
    answer = client.post("/api/edits", json=body(mask=b64(data)))
    found = stored(services, request_of(services, answer).mask)
    assert found.getbbox() == (32, 16, 64, 48)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mask": None}, "mask"),
        ({"mask": None, "extend": {}}, "mask"),
        ({"mask": None, "extend": {"left": 0}}, "extend"),
        ({"mask": b64(encoded(Image.new("L", SIZE)))}, "mask"),
        ({"mask": "no base64!"}, "mask"),
        ({"mask": ""}, "mask"),
        ({"image": None}, "image_id"),
        ({"image_id": 1}, "image"),
        ({"prompt": None}, "prompt"),
        ({"strength": 0}, "strength"),
        ({"mask_blur": 65}, "mask_blur"),
        ({"mask_blur": -1}, "mask_blur"),
        ({"padding": -1}, "padding"),
        ({"extend": {"left": -1}}, "extend.left"),
        ({"extend": {"left": 1.5}}, "extend.left"),
        ({"extend": {"up": 1}}, "extend.up"),
        ({"extend": {"right": 16384}}, "extend"),
        ({"width": 70}, "width"),
        ({"num_variations": 2}, "num_variations"),
        ({"hires": {"scale": 2}}, "hires"),
    ],
)
def test_what_is_wrong_is_named(client: FlaskClient, changes: dict[str, Any], field: str) -> None:
    assert field in wrong(client.post("/api/edits", json=body(**changes)))


def test_a_whole_picture_is_referred_to_variations(client: FlaskClient) -> None:
    answer = client.post("/api/edits", json=body(mask=None))
    assert "/api/variations" in answer.get_json()["detail"]


def test_a_mask_that_is_no_picture(client: FlaskClient) -> None:
    assert client.post("/api/edits", json=body(mask=b64(b"text"))).status_code == 415
    half = mask((256, 128))[:60]
    assert client.post("/api/edits", json=body(mask=b64(half))).status_code == 422


def test_a_model_that_draws_from_text_alone(client: FlaskClient, studio: Studio) -> None:
    answer = client.post("/api/edits", json=body(model="nobody"))
    assert answer.status_code == 404
    answer = client.post("/api/edits", json={"image_id": 77, "extend": {"left": 8}})
    assert answer.status_code == 404


def test_a_retried_edit_is_one_job(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k"}
    first = client.post("/api/edits", json=body(), headers=headers).get_json()
    assert client.post("/api/edits", json=body(), headers=headers).get_json()["id"] == first["id"]
    other = body(mask=b64(mask(box=(0, 0, 8, 8))))
    assert client.post("/api/edits", json=other, headers=headers).status_code == 409


def rotated() -> bytes:
    """A portrait that the camera stored lying on its side, as EXIF says."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(photo((64, 128)).rotate(90, expand=True), "JPEG", quality=95, exif=exif)


def test_a_photo_that_lies_on_its_side_is_set_upright(
    client: FlaskClient, services: Services
) -> None:
    answer = client.post(
        "/api/edits",
        json=body(image=b64(rotated()), mask=b64(mask((64, 128), (0, 0, 32, 32)))),
    )
    request = request_of(services, answer)
    assert request.final_size == (64, 128)
    found = np.asarray(stored(services, request.init_image).convert("L")).astype(int)
    assert np.abs(found - np.asarray(photo((64, 128)).convert("L"))).mean() < 3


def animated() -> bytes:
    frames = [photo(), *(Image.new("RGB", SIZE, colour) for colour in ("red", "blue"))]
    return encoded(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50, lossless=True
    )


def deep() -> bytes:
    values = np.asarray(photo().convert("L")).astype(np.uint16) * 257
    return encoded(Image.fromarray(values))


@pytest.mark.parametrize(
    "data",
    [animated(), encoded(photo().convert("CMYK"), "JPEG", quality=95), deep()],
    ids=["animated webp", "cmyk jpeg", "16-bit png"],
)
def test_pictures_of_every_kind_are_the_pictures_they_show(
    client: FlaskClient, services: Services, data: bytes
) -> None:
    """Of an animation the first; also as a variation."""
    for path, sent in (
        ("/api/edits", body(image=b64(data))),
        ("/api/variations", {"image": b64(data), "prompt": "a pear"}),
    ):
        request = request_of(services, client.post(path, json=sent))
        found = np.asarray(stored(services, request.init_image)).astype(int)
        assert np.abs(found - np.asarray(photo())).mean() < 4


def test_a_picture_of_40_megapixels(make_services: MakeServices) -> None:
    """Is taken whole, within bounded memory."""
    services = make_services(max_upload_mb=20)
    client = checked_app(services).test_client()
    size = (8000, 5000)
    large = encoded(Image.new("RGB", size, (40, 90, 200)), "JPEG")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = client.post(
        "/api/edits",
        json=body(image=b64(large), mask=b64(mask((800, 500), (10, 10, 60, 60))), only_masked=True),
        headers={"Prefer": "respond-async"},
    )
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert answer.status_code in (201, 202), answer.get_json()
    job = answer.get_json()
    assert (job["request"]["final_width"], job["request"]["final_height"]) == size
    assert job["request"]["width"] <= 1024
    assert grown_mib < 700


def test_more_pixels_than_are_allowed(make_services: MakeServices) -> None:
    """In the picture, in the mask, and in what the picture would be extended to."""
    client = checked_app(make_services(max_upload_pixels=128 * 64)).test_client()
    assert client.post("/api/edits", json=body()).status_code == 201
    large = encoded(photo((129, 64)))
    for changes in ({"image": b64(large)}, {"mask": b64(mask((256, 128)))}):
        refused = client.post("/api/edits", json=body(**changes))
        assert refused.status_code == 422
        assert "8,192" in refused.get_json()["detail"]
    assert "8,192" in wrong(client.post("/api/edits", json=body(extend={"left": 1})))["extend"]
