"""Models over HTTP: listing, switching, downloading."""

from __future__ import annotations

import json
from pathlib import Path

from flask.testing import FlaskClient

from tests.api.fake_pool import FakePool


def test_models_are_listed_without_their_folders(client: FlaskClient) -> None:
    answer = client.get("/api/models")
    models = {model["name"]: model for model in answer.get_json()["items"]}
    assert answer.get_json()["active"] == "starter"
    assert models["starter"]["state"] == "ready"
    assert models["starter"]["active"] is True
    assert models["starter"]["defaults"]["num_inference_steps"] > 0
    assert models["stable-diffusion-v1-4"]["state"] == "not_downloaded"
    assert models["other"]["active"] is False
    assert all("path" not in model for model in models.values())
    assert "/tmp" not in answer.get_data(as_text=True)


def test_switching_is_one_call(client: FlaskClient, pool: FakePool) -> None:
    answer = client.post("/api/models/other/activate")
    assert answer.status_code == 200
    assert answer.get_json()["active"] is True
    assert pool.preloaded == ["other"]
    assert client.get("/api/models").get_json()["active"] == "other"
    body = {"prompt": "a red apple", "width": 64, "height": 64}
    assert client.post("/api/generate", json=body).get_json()["request"]["model"] == "other"


def test_a_model_that_is_not_there_cannot_be_activated(client: FlaskClient, pool: FakePool) -> None:
    answer = client.post("/api/models/stable-diffusion-v1-4/activate")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert pool.preloaded == []


def test_offline_nothing_is_downloaded(client: FlaskClient) -> None:
    answer = client.post("/api/models/stable-diffusion-v1-4/download")
    assert answer.status_code == 409
    assert "offline" in answer.get_json()["detail"]


def test_downloading_what_is_there_changes_nothing(client: FlaskClient) -> None:
    answer = client.post("/api/models/starter/download")
    assert answer.status_code == 202
    assert answer.get_json()["state"] == "ready"


def test_stopping_what_does_not_run_changes_nothing(client: FlaskClient) -> None:
    answer = client.delete("/api/models/stable-diffusion-v1-4/download")
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "not_downloaded"


def test_a_model_with_a_small_world_tells_what_it_knows(
    client: FlaskClient, tmp_path: Path
) -> None:
    assert client.get("/api/models/starter/vocabulary").status_code == 404
    folder = tmp_path / "starter"
    dog = {"name": "dog", "keywords": ["puppy"]}
    (folder / "vocabulary.json").write_text(json.dumps({"subjects": [dog]}))
    (folder / "tastemaker.json").write_text(json.dumps({"vocabulary": "vocabulary.json"}))
    models = {model["name"]: model for model in client.get("/api/models").get_json()["items"]}
    assert (models["starter"]["has_vocabulary"], models["other"]["has_vocabulary"]) == (True, False)
    assert client.get("/api/models/starter/vocabulary").get_json() == {
        "subjects": [{"name": "dog", "words": ["puppy"]}],
        "backgrounds": [],
        "worlds": [],
        "looks": [],
    }
    assert client.get("/api/models/nothing/vocabulary").status_code == 404
