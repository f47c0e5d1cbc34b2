"""Trained versions over HTTP: lineage and metrics, titles, deleting, samples, out and in again."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from safetensors.numpy import load

from tastemaker.api.services import Services
from tastemaker.domain import JobKind, TrainingRequest
from tests.api.conftest import MakeServices, checked_app
from tests.models.lora_made import (
    as_file,
    kohya_lora,
    peft_lora,
    pipeline_members,
    unet_tensors,
    write_full_version,
    write_lora_version,
    write_model,
    zipped,
)
from tests.studio import REQUEST, Studio


@pytest.fixture
def model(services: Services) -> Path:
    """A model named ``mine`` with real headers."""
    return write_model(services.settings.models_dir / "mine")


@pytest.fixture
def lora(services: Services, model: Path) -> Path:
    return write_lora_version(services.settings.models_dir, "taste-1", "mine")


def listed(client: FlaskClient) -> dict[str, Any]:
    return {item["name"]: item for item in client.get("/api/models").get_json()["items"]}


def send(client: FlaskClient, data: bytes, file_name: str, **fields: str) -> Any:
    form = {"file": (io.BytesIO(data), file_name), **fields}
    return client.post("/api/models/import", data=form, content_type="multipart/form-data")


def test_versions_say_where_they_come_from(client: FlaskClient, lora: Path, studio: Studio) -> None:
    studio.add(model="taste-1")
    found = listed(client)
    assert (found["mine"]["kind"], found["starter"]["kind"]) == ("local", "embedded")
    assert found["stable-diffusion-v1-4"]["kind"] == "base"
    assert found["mine"]["version"] is None
    assert not found["mine"]["deletable"]
    one = found["taste-1"]
    assert (one["kind"], one["deletable"], one["delete_reason"]) == ("trained", True, None)
    version = one["version"]
    assert (version["base"], version["parent"], version["method"]) == ("mine", "mine", "preference")
    assert (version["steps"], version["trained_on"], version["held_out"]) == (8, 12, 3)
    assert version["metrics"]["validation_loss"] == 0.4
    assert version["metrics"]["rating_auc"]["auc"] == 0.8
    assert version["images"] == 1
    grid = client.get(version["grid_after_url"])
    assert grid.get_data().endswith(b"after")
    assert "immutable" in grid.headers["Cache-Control"]
    assert client.get("/api/models/mine/grids/after").status_code == 404
    assert client.get("/api/models/taste-1/grids/sideways").status_code == 404


def test_a_record_with_nonsense_is_shown_without_it(client: FlaskClient, lora: Path) -> None:
    path = lora / "version.json"
    record = json.loads(path.read_text())
    record |= {"created_at": "yesterday", "metrics": {"rating_auc": {"auc": "good"}}, "data": {}}
    path.chmod(0o644)
    path.write_text(json.dumps(record))
    version = listed(client)["taste-1"]["version"]
    assert version["created_at"] is None
    assert version["trained_on"] is None
    assert set(version["metrics"].values()) == {None}


def test_a_title_is_not_a_name(client: FlaskClient, lora: Path) -> None:
    answer = client.patch("/api/models/taste-1", json={"title": "  Warm   evenings "})
    assert answer.status_code == 200
    assert (answer.get_json()["name"], answer.get_json()["title"]) == ("taste-1", "Warm evenings")
    assert listed(client)["taste-1"]["title"] == "Warm evenings"
    assert client.patch("/api/models/mine", json={"title": "x"}).status_code == 409
    assert client.patch("/api/models/none", json={"title": "x"}).status_code == 404
    for wrong in ({"title": " "}, {"title": "a\0b"}, {"title": 1}, {}, {"name": "x"}):
        assert client.patch("/api/models/taste-1", json=wrong).status_code == 422, wrong
    assert client.delete("/api/models/taste-1").status_code == 200
    write_lora_version(lora.parents[1], "taste-1", "mine")
    assert listed(client)["taste-1"]["title"] != "Warm evenings"


def test_deleting_leaves_nothing(client: FlaskClient, services: Services, lora: Path) -> None:
    run = services.settings.data_dir / "training" / "taste-1"
    run.mkdir(parents=True)
    (run / "run.json").write_text('{"parent": "mine"}')
    answer = client.delete("/api/models/taste-1")
    assert answer.status_code == 200
    assert "taste-1" not in {item["name"] for item in answer.get_json()["items"]}
    assert not list(lora.parent.iterdir())
    assert not list(run.parent.iterdir())
    assert client.delete("/api/models/taste-1").status_code == 404


def test_what_is_needed_stays(client: FlaskClient, services: Services, lora: Path) -> None:
    models, runs = services.settings.models_dir, services.settings.data_dir / "training"

    def refused(name: str) -> str:
        answer = client.delete(f"/api/models/{name}")
        assert answer.status_code == 409
        assert listed(client)[name]["delete_reason"] == answer.get_json()["detail"]
        return str(answer.get_json()["detail"])

    assert "no trained version" in refused("mine")
    client.post("/api/models/taste-1/activate")
    assert "is active" in refused("taste-1")
    client.post("/api/models/starter/activate")
    write_lora_version(models, "above", "taste-1")
    assert "above rests on" in refused("taste-1")
    assert client.delete("/api/models/above").status_code == 200
    write_lora_version(models, "beside", "mine", parent="taste-1")
    (runs / "more").mkdir(parents=True)
    (runs / "more" / "run.json").write_text('{"parent": "taste-1"}')
    assert "unfinished training more" in refused("taste-1")
    write_lora_version(models, "more", "mine", parent="taste-1")
    job, _ = services.queue.submit(JobKind.GENERATE, replace(REQUEST, model="taste-1"))
    assert "being drawn" in refused("taste-1")
    services.queue.request_cancel(job.id)
    wanted = TrainingRequest(name="taste-9", model="taste-1")
    training, _ = services.trainings.submit(wanted)
    assert "by a training" in refused("taste-1")
    services.queue.request_cancel(training.id)
    assert client.delete("/api/models/taste-1").status_code == 200


def test_a_lora_goes_out_and_comes_in(client: FlaskClient, lora: Path) -> None:
    out = client.get("/api/models/taste-1/export")
    assert "taste-1.safetensors" in out.headers["Content-Disposition"]
    assert set(load(out.get_data())) == set(peft_lora())
    answer = send(client, out.get_data(), "../my Löra!.safetensors", base_model="mine", title="New")
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["name"], made["title"], made["state"]) == ("my-L-ra", "New", "ready")
    version = made["version"]
    assert (version["method"], version["parent"], version["steps"]) == ("imported", "mine", 0)
    assert version["trained_on"] is None
    assert set(version["metrics"].values()) == {None}
    assert "nobody measured" in made["notice"]
    assert not made["active"]
    assert client.post(f"/api/models/{made['name']}/activate").status_code == 200
    again = client.get(f"/api/models/{made['name']}/export")
    assert again.get_data() == out.get_data()


def test_a_full_version_goes_out_and_comes_in(client: FlaskClient, model: Path) -> None:
    write_full_version(model.parent, "full-1", "mine")
    out = client.get("/api/models/full-1/export")
    assert out.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(out.get_data())) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {"model_index.json", "tokenizer/merges.txt", "vae/config.json"} <= names
        weights = archive.read("unet/diffusion_pytorch_model.safetensors")
    assert weights == as_file(unet_tensors(9))
    answer = send(client, out.get_data(), "full.zip", base_model="mine", name="again")
    assert answer.status_code == 201
    folder = model.parent / "versions" / "again"
    assert (folder / "unet" / "diffusion_pytorch_model.safetensors").read_bytes() == weights
    assert {path.name for path in folder.iterdir()} == {"unet", "version.json"}
    assert client.get("/api/models/again/export").status_code == 200
    assert client.get("/api/models/mine/export").status_code == 409
    assert client.get("/api/models/none/export").status_code == 404


def test_the_default_base_is_the_model_below_the_active_one(
    client: FlaskClient, lora: Path
) -> None:
    client.post("/api/models/taste-1/activate")
    made = send(client, as_file(kohya_lora()), "kohya.safetensors").get_json()
    assert made["version"]["base"] == "mine"
    assert send(client, as_file(kohya_lora()), "kohya.safetensors").get_json()["name"] == "kohya-2"
    stacked = send(client, as_file(kohya_lora()), "k.safetensors", base_model="taste-1").get_json()
    assert stacked["version"]["base"] == "taste-1"


def test_a_taken_name_is_refused(client: FlaskClient, services: Services, lora: Path) -> None:
    data = as_file(peft_lora())
    (services.settings.data_dir / "training" / "running").mkdir(parents=True)
    for name in ("taste-1", "mine", "TASTE-1", "running", "starter"):
        answer = send(client, data, "x.safetensors", base_model="mine", name=name)
        assert answer.status_code == 409, name
    for name in ("../x", ".hidden", "a b", "x" * 65, ""):
        answer = send(client, data, "x.safetensors", base_model="mine", name=name)
        assert answer.status_code == 422, name
    assert send(client, data, "x.safetensors", base_model="none").status_code == 404
    unready = send(client, data, "x.safetensors", base_model="stable-diffusion-v1-4")
    assert unready.status_code == 503


def test_what_does_not_fit_leaves_no_trace(client: FlaskClient, model: Path) -> None:
    members = pipeline_members(model, unet_tensors(3))
    other = dict(members)
    other["text_encoder/model.safetensors"] = as_file({"y": unet_tensors(4).popitem()[1]})
    inpainting = {**members, "unet/config.json": b'{"in_channels": 9}'}
    wrong = {
        "pickle.ckpt": (b"\x80\x02anything", "pickle"),
        "renamed.safetensors": (b"\x80\x04anything", "pickle"),
        "torch.zip": (zipped({"archive/data.pkl": b"x"}), "pickle"),
        "picture.png": (b"\x89PNG\r\n", "no safetensors file"),
        "empty.safetensors": (b"", "no safetensors file"),
        "unet.safetensors": (as_file(unet_tensors()), "no LoRA"),
        "tall.safetensors": (as_file({k: v.T for k, v in peft_lora().items()}), "doesn't fit"),
        "half.safetensors": (as_file(dict([peft_lora().popitem()])), "incomplete"),
        "climbs.zip": (zipped({**members, "../x.json": b"{}"}), "points outside"),
        "no-model.zip": (zipped({"readme.txt": b"x"}), "holds no model"),
        "other.zip": (zipped(other), "another text_encoder"),
        "small.zip": (zipped(inpainting), "in_channels"),
    }
    for file_name, (data, says) in wrong.items():
        answer = send(client, data, file_name, base_model="mine", name="bad")
        assert answer.status_code == 422, file_name
        assert says in answer.get_json()["detail"], file_name
    assert not list((model.parent / "versions").iterdir())
    assert send(client, zipped(members), "good.zip", base_model="mine").status_code == 201


def test_other_bodies_are_refused(client: FlaskClient, model: Path) -> None:
    assert client.post("/api/models/import", json={"file": "x"}).status_code == 415
    form = "multipart/form-data"
    assert client.post("/api/models/import", data={}, content_type=form).status_code == 422
    text = client.post("/api/models/import", data={"file": "x"}, content_type=form)
    assert text.status_code == 422
    odd = send(client, as_file(peft_lora()), "x.safetensors", base_model="mine", surprise="1")
    assert odd.status_code == 422


def test_sizes_are_bounded(make_services: MakeServices) -> None:
    services = make_services(max_model_mb=1)
    model = write_model(services.settings.models_dir / "mine")
    client = checked_app(services).test_client()
    members = pipeline_members(model)
    bomb = zipped({**members, "unet/bomb.safetensors": bytes(3 << 20)})
    assert len(bomb) < 1 << 20
    answer = send(client, bomb, "bomb.zip", base_model="mine")
    assert answer.status_code == 413
    assert "unpacks to" in answer.get_json()["detail"]
    assert send(client, bytes(3 << 20), "x.safetensors", base_model="mine").status_code == 413
    assert not list((model.parent / "versions").iterdir())
