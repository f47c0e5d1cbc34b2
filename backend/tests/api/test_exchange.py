"""Pictures in and out over HTTP: many at once, each file for itself."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tastemaker.api.services import Services
from tests.api.conftest import MakeServices, checked_app
from tests.infotext import samples
from tests.studio import Studio, png


def send(client: FlaskClient, *files: tuple[str, bytes], **fields: Any) -> TestResponse:
    body = {"files": [(io.BytesIO(data), name) for name, data in files], **fields}
    return client.post("/api/images/import", data=body, content_type="multipart/form-data")


def test_each_file_is_taken_for_itself(client: FlaskClient, studio: Studio) -> None:
    known = studio.add(seed=1)
    answer = send(
        client,
        ("a1111.png", samples.png(parameters=samples.A1111)),
        ("words.png", b"no picture"),
        ("known.png", png(1)),
        ("inner/plain.png", png(2)),
        metadata=json.dumps({"file_name": "inner/plain.png", "text": "a plain", "feedback": -1}),
    )
    assert answer.status_code == 200
    taken, failed, there, plain = answer.get_json()["items"]
    assert (taken["status"], taken["program"]) == ("imported", "AUTOMATIC1111")
    assert studio.gallery.get(taken["image_id"]).seed == 12345
    assert (failed["status"], failed["image_id"]) == ("failed", None)
    assert "no picture" in failed["detail"]
    assert (there["status"], there["image_id"]) == ("duplicate", known)
    image = client.get(f"/api/images/{plain['image_id']}").get_json()
    assert (image["prompt"], image["feedback"]) == ("a plain", -1)
    assert client.get(image["thumbnail_url"]).status_code == 200


def test_bad_metadata_costs_no_picture(client: FlaskClient) -> None:
    answer = send(client, ("a.png", png(1)), metadata="{\n[]\nnull\n{}\n" + "[" * 100_000)
    assert answer.get_json()["items"][0]["status"] == "imported"


@pytest.mark.parametrize("body", [{}, {"files": "text"}, {"metadata": ""}, {"file": "x"}])
def test_a_wrong_form_is_422(client: FlaskClient, body: dict[str, str]) -> None:
    answer = client.post("/api/images/import", data=body, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert client.post("/api/images/import", json={}).status_code == 415


def test_one_file_too_large_is_that_files_fault(make_services: MakeServices) -> None:
    client = checked_app(make_services(max_upload_mb=1)).test_client()
    large = png(1) + bytes(1024 * 1024)
    answer = send(client, ("large.png", large), ("small.png", png(2)))
    assert [item["status"] for item in answer.get_json()["items"]] == ["failed", "imported"]
    assert send(client, *[(f"{n}.png", large) for n in range(6)]).status_code == 413


def unzip(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=tastemaker-")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        lines = [json.loads(line) for line in archive.read("metadata.jsonl").splitlines()]
        assert {line["file_name"] for line in lines} == set(archive.namelist()) - {"metadata.jsonl"}
    return {line["text"]: line for line in lines}


def test_filters_say_what_is_exported(client: FlaskClient, studio: Studio) -> None:
    ids = [studio.add(f"picture {n}", seed=n) for n in range(4)]
    studio.feedback.rate(ids[1], 1)
    studio.gallery.trash([ids[3]])
    assert set(unzip(client.get("/api/images/export"))) == {"picture 0", "picture 1", "picture 2"}
    assert set(unzip(client.get("/api/images/export?feedback=1"))) == {"picture 1"}
    assert set(unzip(client.get("/api/images/export?deleted=true"))) == {"picture 3"}
    assert client.get("/api/images/export?q=nowhere").status_code == 404
    assert client.get("/api/images/export?limit=5").status_code == 422


def test_a_selection_is_exported(client: FlaskClient, studio: Studio) -> None:
    ids = [studio.add(f"picture {n}", seed=n) for n in range(4)]
    chosen = {"ids": f"{ids[2]},{ids[0]},{ids[2]},99999999"}
    assert list(unzip(client.post("/api/images/export", data=chosen))) == ["picture 2", "picture 0"]
    many = {"ids": ",".join(str(10**6 + n) for n in range(10_000))}
    assert client.post("/api/images/export", data=many).status_code == 404
    for wrong in ({"id": "1"}, {"ids": ""}, {"ids": "1,a"}, {"ids": "1", "x": "1"}):
        assert client.post("/api/images/export", data=wrong).status_code == 422
    assert client.post("/api/images/export", json={"ids": "1"}).status_code == 415


def test_an_export_comes_back_over_http(client: FlaskClient, make_services: MakeServices) -> None:
    body = {"prompt": "a red apple", "seed": 3, "num_images": 2, "sampler": "ddim"}
    images = client.post("/api/generate", json=body).get_json()["images"]
    client.post("/api/feedback", json={"image_id": images[0]["id"], "feedback": 1})
    before = {i["id"]: client.get(f"/api/images/{i['id']}").get_json() for i in images}
    archive = zipfile.ZipFile(io.BytesIO(client.get("/api/images/export").data))
    for image in images:
        client.delete(f"/api/images/{image['id']}")
        client.delete(f"/api/images/{image['id']}?permanent=true")
    files = [(name, archive.read(name)) for name in archive.namelist() if name.endswith(".png")]
    answer = send(client, *files, metadata=archive.read("metadata.jsonl").decode())
    after = [
        client.get(f"/api/images/{i['image_id']}").get_json() for i in answer.get_json()["items"]
    ]
    kept = (
        "prompt",
        "negative_prompt",
        "seed",
        "params",
        "feedback",
        "created_at",
        "model",
        "width",
    )
    found = sorted(([image[name] for name in kept] for image in after), key=str)
    assert found == sorted(([image[name] for name in kept] for image in before.values()), key=str)


def test_a_download_says_what_the_picture_is_now(client: FlaskClient, services: Services) -> None:
    image = client.post("/api/generate", json={"prompt": "a pear"}).get_json()["images"][0]
    address = f"{image['image_url']}?download=true"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    client.post("/api/feedback", json={"image_id": image["id"], "feedback": 1})
    second = client.get(address)
    assert first.headers["ETag"] != second.headers["ETag"]
    assert b'"feedback": 1' in second.data
    stored = client.get(image["image_url"])
    assert stored.headers["Cache-Control"].endswith("immutable")
    for kind in ("png", "jpeg", "webp"):
        answer = client.get(f"{image['image_url']}?format={kind}")
        assert answer.mimetype == f"image/{kind}"
        assert f".{'jpg' if kind == 'jpeg' else kind}" in answer.headers["Content-Disposition"]
