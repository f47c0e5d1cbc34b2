"""The worker's loop with a real engine and a tiny model: rows in, pictures and news out."""

from __future__ import annotations

import io
import queue as thread_queue
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tastemaker.diffusion.components import load_components
from tastemaker.diffusion.engine import Engine
from tastemaker.domain import (
    Box,
    Event,
    Extend,
    GenerationRequest,
    Job,
    JobKind,
    JobState,
    NewImage,
    Sampler,
    Schedule,
)
from tastemaker.gallery import Gallery, ImageFilter
from tastemaker.jobs import claims as claims_module
from tastemaker.jobs import worker as worker_module
from tastemaker.jobs.queue import JobQueue
from tastemaker.jobs.running import RunningJob
from tastemaker.jobs.worker import Worker
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.png import encode_png
from tests.tiny_pipeline import make_tiny_pipeline

REQUEST = GenerationRequest(
    prompt="a red apple",
    model="tiny",
    width=32,
    height=32,
    num_inference_steps=4,
    guidance_scale=3.0,
    seed=5,
    sampler=Sampler.EULER,
    schedule=Schedule.NORMAL,
)


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory):
    folder = make_tiny_pipeline(tmp_path_factory.mktemp("model") / "tiny")
    return load_components(folder, torch.device("cpu"))


class Studio:
    """A worker on a thread, with everything around it that it needs."""

    def __init__(self, folder: Path, components) -> None:
        self.blobs = BlobStore(folder / "blobs")
        self.database = Database(f"sqlite:///{folder / 'test.db'}")
        self.database.upgrade(self.blobs)
        self.queue = JobQueue(self.database, max_queue=50)
        self.gallery = Gallery(self.database, self.blobs)
        self.events: list[Event] = []
        self.commands: thread_queue.Queue[tuple[str, str]] = thread_queue.Queue()
        self.worker = Worker(
            "token-1",
            self.queue,
            self.blobs,
            Engine(lambda _: components, max_rows=8, preview_interval=0.0),
            self.commands,
            self.events.append,
            max_pixels=1_000_000,
        )
        self.thread = threading.Thread(target=self.worker.run, kwargs={"preload": "tiny"})

    def submit(self, **changes: object) -> str:
        job, _ = self.queue.submit(JobKind.GENERATE, replace(REQUEST, **changes))
        self.commands.put(("wake", ""))
        return job.id

    def run_until(self, *job_ids: str) -> None:
        """Work until these jobs have ended, then stop the worker."""
        if not self.thread.is_alive():
            self.thread.start()
        pause = threading.Event()
        for _ in range(3000):
            if all(self.queue.get(j).state.is_final for j in job_ids):
                break
            pause.wait(0.02)
        else:
            raise AssertionError([self.queue.get(j) for j in job_ids])
        self.commands.put(("stop", ""))
        self.thread.join(30)
        assert not self.thread.is_alive()

    def of(self, job_id: str, kind: str) -> list[Event]:
        return [e for e in self.events if e.job_id == job_id and e.type == kind]


@pytest.fixture
def studio(tmp_path, components):
    return Studio(tmp_path, components)


def test_a_job_becomes_pictures_in_the_gallery(studio):
    job_id = studio.submit(num_images=3)
    studio.run_until(job_id)
    job = studio.queue.get(job_id)
    assert job.state is JobState.SUCCEEDED
    images = studio.gallery.get_many(job.image_ids)
    assert [i.seed for i in images] == [5, 6, 7]
    assert {(i.width, i.height, i.model, i.prompt) for i in images} == {
        (32, 32, "tiny", "a red apple")
    }
    assert images[0].params["num_inference_steps"] == 4
    assert images[0].params["versions"]["torch"] == torch.__version__
    assert studio.gallery.content(images[0].id).startswith(b"\x89PNG")


def test_memory_is_given_back_once_after_drawing(studio, monkeypatch):
    given_back = []
    monkeypatch.setattr(worker_module, "REST_SECONDS", 0.1)
    monkeypatch.setattr(worker_module, "trim_memory", lambda: given_back.append(len(drawn())))
    monkeypatch.setattr(claims_module, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(worker_module, "POLL_SECONDS", 0.05)

    def drawn():
        return [event for event in studio.events if event.type == "image"]

    studio.thread.start()
    jobs, pause = [], threading.Event()
    for expected in ([1], [1, 2]):
        jobs.append(studio.submit())
        for _ in range(200):
            if given_back == expected:
                break
            pause.wait(0.05)
        # Time for another one, which mustn't come.
        pause.wait(0.5)
        assert given_back == expected
    studio.run_until(*jobs)


def test_previews_are_made_while_somebody_watches(studio):
    studio.commands.put(("watched", ""))
    unseen = studio.submit()
    studio.run_until(unseen)
    assert not studio.of(unseen, "preview")
    assert studio.of(unseen, "progress")


def test_the_news_tell_the_story_in_order(studio):
    job_id = studio.submit(num_images=2)
    studio.run_until(job_id)
    states = [e.data["state"] for e in studio.of(job_id, "job")]
    assert states == [JobState.RUNNING, JobState.SUCCEEDED]
    assert len(studio.of(job_id, "image")) == 2
    assert studio.of(job_id, "preview")[0].data["preview"].startswith("data:image/webp;base64,")
    final = [e.data for e in studio.of(job_id, "progress") if e.data["step"] == 4]
    assert {d["image_index"] for d in final} == {0, 1}
    assert studio.events[-1].data["state"] == JobState.SUCCEEDED
    assert [e.data["ready"] for e in studio.events if e.type == "status"] == [False, True]


def picture_of(studio, job=None, index=0) -> NewImage:
    """A picture that was stored by somebody else, for ``job``."""
    address = studio.blobs.put(encode_png(Image.new("RGB", (32, 32), "red"), {}))
    return NewImage(
        prompt="a red square",
        negative_prompt="",
        seed=1,
        params={},
        width=32,
        height=32,
        model="tiny",
        content=address,
        job_id=job.id if job else None,
        batch_index=index,
    )


def test_a_variation_starts_from_its_picture_and_names_its_parent(studio):
    parent = studio.gallery.add(picture_of(studio))
    job_id = studio.submit(init_image=parent.content, strength=0.5, parent_id=parent.id)
    studio.run_until(job_id)
    assert studio.queue.get(job_id).state is JobState.SUCCEEDED
    (image,) = studio.gallery.search(ImageFilter(parent_id=parent.id)).items
    assert image.params["strength"] == 0.5
    assert image.params["init_image"] == parent.content
    assert {e.data["total_steps"] for e in studio.of(job_id, "progress")} == {2}


def test_an_edit_redraws_its_part_and_leaves_the_rest(studio):
    parent = studio.gallery.add(picture_of(studio))
    mask = Image.new("L", (32, 32))
    mask.paste(255, (8, 8, 24, 24))
    job_id = studio.submit(
        init_image=parent.content,
        mask=studio.blobs.put(encode_png(mask, {})),
        mask_blur=0,
        extend=Extend(bottom=8),
        region=Box(0, 0, 32, 40),
        height=40,
        strength=1.0,
        parent_id=parent.id,
        final_width=32,
        final_height=40,
    )
    studio.run_until(job_id)
    (image,) = studio.gallery.search(ImageFilter(parent_id=parent.id)).items
    pixels = np.asarray(Image.open(io.BytesIO(studio.gallery.content(image.id))))
    red = (pixels == (255, 0, 0)).all(-1)
    assert (image.width, image.height) == (32, 40)
    assert red[:8].all()
    assert red[24:32].all()
    assert not red[8:24, 8:24].all()
    assert not red[32:].all()


def test_finished_pictures_of_an_interrupted_job_are_not_drawn_again(studio):
    job_id = studio.submit(num_images=3)
    (job,) = studio.queue.claim("dead-worker")
    studio.queue.add_image("dead-worker", picture_of(studio, job, index=1))
    studio.queue.release("dead-worker")
    studio.run_until(job_id)
    images = studio.gallery.get_many(studio.queue.get(job_id).image_ids)
    assert sorted(i.batch_index for i in images) == [0, 1, 2]
    assert {e.data["image_index"] for e in studio.of(job_id, "image")} == {0, 2}


def test_cancel_stops_between_steps_and_keeps_what_is_finished(studio):
    job_id = studio.submit(num_images=20, num_inference_steps=100)
    studio.thread.start()
    while not studio.of(job_id, "progress"):
        threading.Event().wait(0.01)
    studio.queue.request_cancel(job_id)
    studio.commands.put(("cancel", job_id))
    studio.run_until(job_id)
    assert studio.queue.get(job_id).state is JobState.CANCELLED


def test_a_job_that_is_cancelled_while_it_is_being_claimed_is_not_begun(studio, monkeypatch):
    """It belongs to the worker already, and isn't known to its engine yet."""
    slow, claimed, go = threading.Event(), threading.Event(), threading.Event()
    claim = studio.queue.claim

    def slow_claim(*arguments, **options):
        found = claim(*arguments, **options)
        if found and slow.is_set():
            claimed.set()
            assert go.wait(30)
        return found

    monkeypatch.setattr(studio.queue, "claim", slow_claim)
    first = studio.submit(num_inference_steps=100, num_images=20)
    studio.thread.start()
    while not studio.of(first, "progress"):
        threading.Event().wait(0.01)
    slow.set()
    late = studio.submit(seed=9)
    assert claimed.wait(30)
    studio.queue.request_cancel(late)
    studio.commands.put(("cancel", late))
    while not studio.commands.empty():
        threading.Event().wait(0.01)
    before = len(studio.of(first, "progress"))
    while len(studio.of(first, "progress")) < before + 3:
        threading.Event().wait(0.01)
    go.set()
    studio.queue.request_cancel(first)
    studio.commands.put(("cancel", first))
    studio.run_until(first, late)
    assert studio.queue.get(late).state is JobState.CANCELLED
    assert not studio.of(late, "progress")


def test_the_queue_is_looked_at_only_when_there_may_be_something(studio, monkeypatch):
    """Each look takes the database's write lock, so not at every step."""
    monkeypatch.setattr(claims_module, "POLL_SECONDS", 3600.0)
    claims: list[int] = []
    claim = studio.queue.claim
    monkeypatch.setattr(
        studio.queue, "claim", lambda *a, **k: claims.append(len(found := claim(*a, **k))) or found
    )
    first = studio.submit(num_inference_steps=60, num_images=2)
    studio.thread.start()
    while not studio.of(first, "progress"):
        threading.Event().wait(0.01)
    late = studio.submit(seed=9)
    studio.run_until(first, late)
    assert sum(claims) == 2
    assert len(claims) <= 8


def test_time_left_counts_what_a_job_has_still_to_draw():
    """Two of four pictures are there already; a step of the sampler may evaluate twice."""
    request = replace(REQUEST, num_images=4)
    job = Job("a", JobKind.GENERATE, JobState.RUNNING, request, datetime.now(UTC))
    running = RunningJob(job, done=2)
    assert running.advance(2, 1, 10, now=0.0) is None
    assert running.advance(2, 2, 10, now=1.0) == 18.0
    assert running.advance(3, 8, 10, now=9.0) == 10.0
    running.done = 3
    assert running.advance(2, 10, 10, now=17.0) == 2.0
    assert running.advance(3, 10, 10, now=19.0) == 0.0


def test_progress_is_told_less_often_while_nobody_watches():
    job = Job("a", JobKind.GENERATE, JobState.RUNNING, REQUEST, datetime.now(UTC))
    told = {}
    for watched in (True, False):
        running = RunningJob(job, done=0)
        times = [100 + n / 10 for n in range(25)]
        told[watched] = [
            t for t in times if running.is_news(t, final=t == times[-1], watched=watched)
        ]
    assert told[True][-1] == 102.4
    assert len(told[True]) > 12
    assert told[False] == [100.0, 101.0, 102.0]


def test_a_request_the_model_cannot_draw_fails_alone(studio):
    bad = studio.submit(width=33)
    good = studio.submit()
    studio.run_until(bad, good)
    assert studio.queue.get(bad).state is JobState.FAILED
    assert "33" in (studio.queue.get(bad).error or "")
    assert studio.queue.get(good).state is JobState.SUCCEEDED


def test_a_missing_source_picture_fails_the_job_with_the_reason(studio):
    job_id = studio.submit(init_image="sha256:" + "0" * 64, strength=0.5)
    studio.run_until(job_id)
    job = studio.queue.get(job_id)
    assert job.state is JobState.FAILED
    assert job.error


def test_a_full_disk_fails_the_job_not_the_worker(studio, monkeypatch):
    monkeypatch.setattr(
        studio.blobs, "put", lambda data: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    first = studio.submit()
    studio.thread.start()
    while not studio.queue.get(first).state.is_final:
        threading.Event().wait(0.02)
    assert "No space left" in (studio.queue.get(first).error or "")
    monkeypatch.undo()
    second = studio.submit()
    studio.run_until(second)
    assert studio.queue.get(second).state is JobState.SUCCEEDED


def test_a_job_taken_away_is_not_finished_by_the_old_worker(studio):
    job_id = studio.submit()
    job = studio.queue.claim("token-1")[0]
    studio.queue.release("token-1")
    studio.queue.claim("token-2")
    studio.worker._begin(job)
    while not studio.worker._engine.idle:
        for outcome in studio.worker._engine.step():
            studio.worker._handle(outcome)
    studio.worker._writer.shutdown(wait=True)
    assert studio.queue.get(job_id).state is JobState.RUNNING
    assert studio.gallery.search(ImageFilter()).items == ()
