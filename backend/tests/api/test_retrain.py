"""Retraining over HTTP: what is checked before a start, its states, and what a page is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tastemaker.api import training_start
from tastemaker.api.services import Services
from tastemaker.domain import TrainingJob
from tastemaker.errors import HubUnreachable
from tastemaker.training.progress import Observer, TrainingProgress
from tastemaker.training.runs import RunPlan, device_lock, run_folder, write_plan
from tastemaker.training.samples_folder import Legend, grid_path, write_legend
from tastemaker.training.status import Reporter
from tests.api.conftest import MakeServices, checked_app
from tests.api.fake_training import FakeErrands, FakeTrainingPool
from tests.api.streams import Stream
from tests.studio import Studio, png
from tests.training.data.tables_made import encoded, write_jsonl

WORKER = "training process"


@pytest.fixture
def rated(studio: Studio) -> Studio:
    return rate(studio, 8, 8)


def rate(studio: Studio, liked: int, disliked: int) -> Studio:
    """So many rated pictures."""
    first = studio.gallery.counts()["total"]
    for number in range(first, first + liked + disliked):
        content = studio.blobs.put(png(number, (32, 32)))
        image = studio.add(f"apple {number}", seed=number, content=content, width=32, height=32)
        studio.feedback.rate(image, 1 if number - first < liked else -1)
    return studio


def start(client: FlaskClient, **body: Any) -> Any:
    return client.post("/api/retrain", json=body)


def status(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/retrain/status").get_json()
    return found


def claim(services: Services) -> TrainingJob:
    job = services.trainings.claim(WORKER)
    assert job is not None
    return job


def reporter(services: Services, job: TrainingJob) -> Reporter:
    return Reporter(run_folder(services.settings, job.request.name), Observer(), window=4)


def progress(step: int, total: int = 8) -> TrainingProgress:
    return TrainingProgress(
        step=step,
        total_steps=total,
        loss=0.5,
        error=0.5,
        gain=None,
        learning_rate=1e-4,
        gradient_norm=1.0,
        validation_loss=0.4,
        parent_loss=0.6,
        best_step=None,
        batch_size=4,
        seconds=1.0,
        eta_seconds=12.0,
        note="It takes a little longer." if step == 2 else None,
    )


def test_before_there_was_one_everything_is_empty(client: FlaskClient) -> None:
    found = status(client)
    assert (found["state"], found["phase"], found["active"]) == ("idle", "waiting", False)
    assert (found["job_id"], found["model"], found["curve"], found["grids"]) == (None, None, [], [])
    for path in ("pause", "resume"):
        answer = client.post(f"/api/retrain/{path}")
        assert answer.status_code == 409
        assert "no training" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("liked", "disliked", "body", "says"),
    [
        (0, 0, {}, "There are 0 rated pictures"),
        (2, 1, {}, "There are 3 rated pictures; learning your taste needs at least 10. Rate 7"),
        (0, 12, {}, "All 12 rated pictures are disliked"),
        (12, 0, {"method": "preference"}, "All 12 rated pictures are liked"),
    ],
)
def test_too_few_ratings_are_refused_and_nothing_is_lost(
    client: FlaskClient, studio: Studio, liked: int, disliked: int, body: Any, says: str
) -> None:
    rate(studio, liked, disliked)
    answer = start(client, **body)
    assert answer.status_code == 422
    assert says in answer.get_json()["detail"]
    assert client.get("/api/jobs").get_json()["items"] == []
    preview = client.get("/api/retrain/preview", query_string=body).get_json()
    assert (preview["ready"], preview["liked"], preview["disliked"]) == (False, liked, disliked)
    assert says in preview["reason"]


def test_a_start_is_accepted_once(client: FlaskClient, rated: Studio, services: Services) -> None:
    body = {"method": "lora", "num_epochs": 2, "batch_size": 2, "captions": {"1": None, "2": "cat"}}
    key = {"Idempotency-Key": "k"}
    answer = client.post("/api/retrain", json=body, headers=key)
    assert answer.status_code == 202
    job = answer.get_json()
    assert answer.headers["Location"] == f"/api/jobs/{job['id']}"
    assert (job["kind"], job["state"], job["request"], job["paused"]) == (
        "retrain", "queued", None, False,
    )  # fmt: skip
    asked = job["retrain"]
    assert (asked["name"], asked["base_model"]) == ("starter-taste-1", "starter")
    assert (asked["num_epochs"], asked["batch_size"], asked["captions"]) == (2, 2, 2)
    again = client.post("/api/retrain", json=body, headers=key)
    assert (again.status_code, again.get_json()["id"]) == (202, job["id"])
    other = client.post("/api/retrain", json={**body, "batch_size": 4}, headers=key)
    assert other.status_code == 409
    second = start(client)
    assert second.status_code == 409
    assert "starter-taste-1 is queued already" in second.get_json()["detail"]
    assert isinstance(services.training_pool, FakeTrainingPool)
    assert services.training_pool.woken == 1
    request = claim(services).request
    assert request.captions == {"1": None, "2": "cat"}
    assert request.changes["max_epochs"] == 2
    assert request.changes["max_steps"] > 1_000_000


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({"base_model": "nothing"}, 404, "There is no model of that name"),
        ({"name": "other"}, 409, "There is a model, version or unfinished run named other"),
        ({"name": "../up"}, 422, "name"),
        ({"dataset": "a/b"}, 422, "goes with the source dataset or both"),
        ({"source": "dataset", "dataset": "gallery"}, 422, "choose source feedback"),
        ({"source": "dataset", "method": "preference"}, 422, "a dataset has none"),
        ({"image_ids": [1, 2, 3, 4, 5]}, 422, "image_ids: goes with the source pictures"),
        ({"style": "crayon"}, 422, "style: goes with the source pictures"),
        ({"source": "pictures"}, 422, "choose 5 to 200 pictures that share a look, not 0"),
        ({"source": "pictures", "image_ids": [1, 1, 2, 3, 4]}, 422, "not 4"),
        ({"source": "pictures", "image_ids": [1, 2, 3, 4, 900]}, 422, "in the gallery: 900"),
        (
            {"source": "pictures", "image_ids": [1, 2, 3, 4, 5], "method": "preference"},
            422,
            "chosen pictures have none",
        ),
        ({"source": "dataset", "dataset": "/nowhere/at/all"}, 404, "/nowhere/at/all"),
        ({"source": "dataset", "dataset": "owner/name"}, 503, "TASTEMAKER_OFFLINE"),
        ({"batch_size": 0}, 422, "batch_size"),
        ({"learning_rate": "fast"}, 422, "learning_rate"),
        ({"epochs": 1}, 422, "epochs"),
    ],
)
def test_what_cannot_begin_is_refused_at_once(
    client: FlaskClient, rated: Studio, body: Any, code: int, says: str
) -> None:
    answer = start(client, **body)
    assert answer.status_code == code, answer.get_json()
    assert says in answer.get_json()["detail"]
    assert status(client)["state"] == "idle"


def test_the_look_of_chosen_pictures(
    client: FlaskClient, studio: Studio, services: Services
) -> None:
    rate(studio, 5, 0)
    body = {"source": "pictures", "image_ids": [5, 1, 2, 3, 4, 5], "style": "crayon style"}
    answer = start(client, **body)
    assert answer.status_code == 202, answer.get_json()
    asked = answer.get_json()["retrain"]
    assert (asked["image_ids"], asked["style"]) == ([5, 1, 2, 3, 4], "crayon style")
    preview = client.get("/api/retrain/preview?source=pictures")
    assert preview.status_code == 422
    assert "chosen pictures need none" in preview.get_json()["detail"]
    request = claim(services).request
    assert (request.source.value, request.image_ids) == ("pictures", (5, 1, 2, 3, 4))


@pytest.mark.parametrize(
    "settings", [{"host": "0.0.0.0", "allowed_hosts": "*"}, {"allowed_hosts": "localhost,behind"}]
)
def test_paths_are_for_this_machine_only(make_services: MakeServices, settings: Any) -> None:
    client = checked_app(make_services(**settings)).test_client()
    answer = start(client, source="dataset", dataset="/etc")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "dataset"
    assert "can be used from here" in answer.get_json()["detail"]


def test_a_large_dataset_is_reckoned_from_its_first_rows(
    client: FlaskClient, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"image": encoded(n), "text": f"picture {n}"} for n in range(300)]
    path = write_jsonl(tmp_path / "set" / "train.jsonl", rows)
    query = {"source": "dataset", "dataset": str(path), "method": "full", "num_epochs": 1}
    found = client.get("/api/retrain/preview", query_string=query).get_json()
    assert (found["sampled"], found["total"]) == (True, 200)
    # Base64 and captions take some room, so more rows are reckoned than there are.
    assert 300 < found["estimate"]["steps"] * 16 < 900
    monkeypatch.setattr(training_start, "free_bytes", lambda folder: 500_000_000 + 10_000)
    assert path.stat().st_size > 10_000
    assert start(client, source="dataset", dataset=str(path), lora_rank=1).status_code == 507


def test_a_full_disk_and_an_unreachable_hub(
    client: FlaskClient, rated: Studio, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    errands = services.errands
    assert isinstance(errands, FakeErrands)
    errands.failures["dataset"] = HubUnreachable("The hub can't be reached. Check the network.")
    answer = start(client, source="both", dataset="owner/name")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    preview = client.get("/api/retrain/preview?source=dataset").get_json()
    assert (preview["ready"], preview["reason"][:27]) == (False, "The hub can't be reached. C")
    monkeypatch.setattr(training_start, "free_bytes", lambda folder: 1000)
    answer = start(client)
    assert answer.status_code == 507
    assert "Make room" in answer.get_json()["detail"]
    assert services.trainings.latest() is None


def test_a_run_in_a_terminal_has_the_device(
    client: FlaskClient, rated: Studio, services: Services
) -> None:
    with device_lock(services.settings, "cpu"):
        answer = start(client)
        assert answer.status_code == 409
        assert "terminal" in answer.get_json()["detail"]
        assert client.get("/api/retrain/preview").get_json()["ready"] is False
    assert start(client).status_code == 202
    with device_lock(services.settings, "cpu"):
        assert "waits until the training in a terminal" in status(client)["notes"][0]


def test_a_run_as_a_page_sees_it(client: FlaskClient, rated: Studio, services: Services) -> None:
    job_id = start(client, method="lora", name="mine").get_json()["id"]
    stream = Stream(client, f"/api/jobs/{job_id}/events")
    assert stream.next().event == "snapshot"
    job = claim(services)
    folder = run_folder(services.settings, "mine")
    write_plan(folder, RunPlan("mine", "gallery", "starter", {"method": "lora"}))
    write_legend(folder, Legend(("a cat",), (1, 2)))
    for step in (0, 2):
        path = grid_path(folder, step)
        path.write_bytes(png(step))
    lines = [{"step": 0, "validation_loss": 0.6}] + [
        {"step": n, "loss": 1 / n, "rate": 1e-4} for n in range(1, 4)
    ]
    (folder / "log.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    watch = reporter(services, job).observer()
    watch.on_split(6, 2)
    watch.on_progress(progress(2))
    found = status(client)
    assert (found["state"], found["phase"], found["active"]) == ("running", "training", True)
    assert (found["current_step"], found["total_steps"], found["eta_seconds"]) == (2, 8, 12)
    assert 0.1 < found["progress"] < 0.5
    assert found["current_epoch"] == round(2 * 4 / 6, 3)
    assert found["total_epochs"] == round(8 * 4 / 6, 3)
    assert (found["current_loss"], found["validation_loss"]) == (0.5, 0.4)
    assert found["parent_validation_loss"] == 0.6
    assert found["notes"] == ["It takes a little longer."]
    assert found["data"] == {
        "source": "gallery", "pictures": None, "trained_on": 6, "held_out": 2, "rejected": None,
    }  # fmt: skip
    assert [point["step"] for point in found["curve"]] == [0, 1, 2, 3]
    assert found["curve"][0]["validation_loss"] == 0.6
    assert found["options"]["method"] == "lora"
    assert (found["grid_prompts"], found["grid_seeds"]) == (["a cat"], [1, 2])
    assert [grid["step"] for grid in found["grids"]] == [0, 2]
    grid = client.get(found["grids"][1]["url"])
    assert (grid.data, grid.mimetype) == (png(2), "image/png")
    assert "immutable" in grid.headers["Cache-Control"]
    etag = {"If-None-Match": grid.headers["ETag"]}
    assert client.get(found["grids"][1]["url"], headers=etag).status_code == 304
    assert client.get(f"/api/retrain/grids/{job_id}/7").status_code == 404
    assert client.get("/api/retrain/grids/nothing/0").status_code == 404

    assert client.post("/api/retrain/pause").get_json()["state"] == "running"
    assert status(client)["state"] == "pausing"
    assert client.post("/api/retrain/pause").status_code == 409
    assert "about to stop" in client.post("/api/retrain/resume").get_json()["detail"]
    services.trainings.release(WORKER)
    found = status(client)
    assert (found["state"], found["active"], found["resumable"]) == ("paused", True, True)
    assert (found["current_step"], found["eta_seconds"]) == (2, None)
    assert client.get(f"/api/jobs/{job_id}").get_json()["paused"] is True
    assert start(client).status_code == 409
    told = [stream.next() for _ in range(2)]
    assert [(m.event, m.data["state"]) for m in told] == [
        ("job", "running"),
        ("training", "pausing"),
    ]
    stream.close()


def test_paused_resumed_cancelled_and_resumed_again(
    client: FlaskClient, rated: Studio, services: Services
) -> None:
    pool = services.training_pool
    assert isinstance(pool, FakeTrainingPool)
    job_id = start(client, name="mine").get_json()["id"]
    assert client.post("/api/retrain/pause").get_json()["paused"] is True
    assert services.trainings.claim(WORKER) is None
    assert client.post("/api/retrain/resume").get_json()["paused"] is False
    assert claim(services).id == job_id
    answer = client.delete(f"/api/jobs/{job_id}")
    assert answer.get_json()["state"] == "running"
    assert pool.told == ["pause", "cancel"]
    assert status(client)["state"] == "cancelling"
    services.trainings.release(WORKER)
    assert status(client)["state"] == "cancelled"
    assert client.delete(f"/api/jobs/{job_id}").status_code == 409
    assert client.post("/api/retrain/resume?name=nothing").status_code == 404
    assert client.post("/api/retrain/resume?name=mine").get_json()["state"] == "queued"
    services.trainings.fail(WORKER, claim(services).id, "The disk is full. Make room.")
    found = status(client)
    assert (found["state"], found["error"]) == ("failed", "The disk is full. Make room.")
    assert client.post("/api/retrain/resume").get_json()["error"] is None
    services.trainings.succeed(WORKER, claim(services).id)
    assert "its version is there" in client.post("/api/retrain/resume").get_json()["detail"]


def test_jobs_are_listed_by_kind(client: FlaskClient, rated: Studio) -> None:
    drawn = client.post("/api/generate", json={"prompt": "x", "width": 64, "height": 64})
    trained = start(client).get_json()["id"]
    for query, ids in (
        ("kind=retrain", [trained]),
        ("kind=generate,variations", [drawn.get_json()["id"]]),
        ("", [trained, drawn.get_json()["id"]]),
    ):
        items = client.get(f"/api/jobs?{query}").get_json()["items"]
        assert [job["id"] for job in items] == ids
    assert client.get("/api/jobs?kind=training").status_code == 422


def test_the_preview_of_ratings(client: FlaskClient, rated: Studio, services: Services) -> None:
    found = client.get("/api/retrain/preview?limit=3").get_json()
    assert (found["ready"], found["reason"], found["method"]) == (True, None, "lora")
    assert found["options"]["max_steps"] == 1000
    assert len(found["examples"]) == 3
    first = found["examples"][0]
    assert first["thumbnail_url"] == f"/api/images/{first['image_id']}/thumbnail"
    assert (first["key"], first["thumbnail"]) == (str(first["image_id"]), None)
    rest = client.get(f"/api/retrain/preview?limit=200&cursor={found['next_cursor']}").get_json()
    assert rest["next_cursor"] is None
    assert len(rest["examples"]) == found["accepted"] - 3
    assert found["estimate"]["state"] == "measuring"
    assert found["estimate"]["steps"] == 1000


def test_the_estimate_is_measured_once_and_kept(
    client: FlaskClient, rated: Studio, services: Services
) -> None:
    errands = services.errands
    assert isinstance(errands, FakeErrands)
    measured = {
        "seconds_per_step": 0.5, "memory_bytes": 8_000_000_000, "device": "cpu", "fits": True,
        "memory_available_bytes": 4_000_000_000,
    }  # fmt: skip
    errands.answers["training"] = measured
    query = "/api/retrain/preview?method=lora&max_steps=10"
    estimate = client.get(query).get_json()["estimate"]
    assert (estimate["state"], estimate["seconds"], estimate["steps"]) == ("ready", 5, 10)
    assert "About 5 s for 10 steps on cpu" in estimate["detail"]
    assert "too much for the 4.0 GB that are free" in estimate["detail"]
    errands.answers["training"] = None
    assert client.get(query).get_json()["estimate"] == estimate
    other = client.get(f"{query}&batch_size=1").get_json()["estimate"]
    assert other["state"] == "measuring"
    start(client)
    claim(services)
    busy = client.get(f"{query}&batch_size=1").get_json()["estimate"]
    assert busy["state"] == "unavailable"


def test_the_preview_of_a_dataset_and_of_both(
    client: FlaskClient, rated: Studio, tmp_path: Path
) -> None:
    rows = [{"image": encoded(n), "text": f"picture {n}"} for n in range(5)]
    rows += [{"image": "no base64!", "text": "x"}, {"image": encoded(9), "text": ""}, rows[0]]
    path = write_jsonl(tmp_path / "set" / "train.jsonl", rows)
    query = {"source": "dataset", "dataset": str(path)}
    found = client.get("/api/retrain/preview", query_string=query).get_json()
    assert (found["ready"], found["total"], found["accepted"]) == (True, 8, 5)
    assert (found["duplicates"], found["sampled"]) == (1, False)
    assert {row["reason"]: row["count"] for row in found["rejected"]} == {
        "not_base64": 1, "no_caption": 1,
    }  # fmt: skip
    assert all(row["keys"] and row["message"] for row in found["rejected"])
    assert (found["mapping"]["image"], found["mapping"]["caption"]) == ("image", "text")
    assert found["examples"][0]["thumbnail"].startswith("data:image/webp;base64,")
    both = client.get("/api/retrain/preview", query_string={**query, "source": "both"}).get_json()
    assert both["accepted"] == 5 + 16
    kinds = {example["key"].partition(":")[0] for example in both["examples"]}
    assert kinds == {"gallery", "dataset"}
    answer = start(
        client, **{**query, "source": "both"}, captions={both["examples"][0]["key"]: "x"}
    )
    assert answer.get_json()["retrain"]["dataset"] == str(path)


def test_a_dataset_without_a_good_row_is_refused(client: FlaskClient, tmp_path: Path) -> None:
    good = {"image": encoded(1), "text": "a"}
    path = write_jsonl(tmp_path / "set" / "train.jsonl", [good])
    assert start(client, source="dataset", dataset=str(path), name="fine").status_code == 202
    client.delete(f"/api/jobs/{status(client)['job_id']}")
    empty = write_jsonl(tmp_path / "other" / "train.jsonl", [{"image": "no!", "text": "x"}])
    answer = start(client, source="dataset", dataset=str(empty))
    assert answer.status_code == 422
    assert "can be decoded" in answer.get_json()["detail"]
