"""Trainings as rows: one at a time, paused, resumed, given up after too many crashes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tastemaker.domain import DataSource, JobKind, JobState, TrainingRequest
from tastemaker.errors import Conflict, NotFound
from tastemaker.jobs.training_queue import TrainingQueue
from tests.studio import REQUEST, Studio, open_studio

TRAINING = TrainingRequest(
    name="mine",
    model="tiny",
    source=DataSource.BOTH,
    dataset="owner/name",
    method="lora",
    changes={"max_steps": 3, "learning_rate": 1e-4},
    captions={"1": None, "2": "ein Äpfelchen"},
    activate=True,
)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path, max_queue=2)


@pytest.fixture
def queue(studio: Studio) -> TrainingQueue:
    return TrainingQueue(studio.database)


def test_an_accepted_training_comes_back_whole(studio: Studio, queue: TrainingQueue) -> None:
    job, is_new = queue.submit(TRAINING)
    assert is_new
    assert (job.request, job.kind, job.state) == (TRAINING, JobKind.RETRAIN, JobState.QUEUED)
    assert studio.queue.get(job.id) == queue.get(job.id) == queue.latest() == job


def test_there_is_one_at_a_time(queue: TrainingQueue) -> None:
    first, _ = queue.submit(TRAINING, idempotency_key="k")
    assert queue.submit(TRAINING, idempotency_key="k") == (first, False)
    with pytest.raises(Conflict, match="mine is queued already"):
        queue.submit(replace(TRAINING, name="other"))
    queue.claim("one")
    with pytest.raises(Conflict, match="mine is running already"):
        queue.submit(TRAINING)
    assert queue.claim("two") is None
    queue.request_pause()
    queue.release("one")
    with pytest.raises(Conflict, match="mine is paused already"):
        queue.submit(TRAINING)
    queue.resume(first.id)
    queue.claim("three")
    queue.succeed("three", first.id)
    assert queue.submit(replace(TRAINING, name="other"))[1]


def test_drawings_and_trainings_do_not_get_in_each_others_way(
    studio: Studio, queue: TrainingQueue
) -> None:
    training, _ = queue.submit(TRAINING)
    drawings = [studio.queue.submit(JobKind.GENERATE, REQUEST)[0] for _ in range(2)]
    assert studio.queue.position(drawings[0].id) == 0
    assert [job.id for job in studio.queue.claim("worker", limit=5)] == [d.id for d in drawings]
    claimed = queue.claim("trainer")
    assert claimed is not None
    assert claimed.id == training.id
    assert {job.id for job in studio.queue.release()} == {d.id for d in drawings}
    assert queue.get(training.id).state is JobState.RUNNING
    released = queue.release()
    assert released is not None
    assert released.id == training.id
    with pytest.raises(NotFound):
        queue.get(drawings[0].id)
    listed = studio.queue.list(kinds=[JobKind.RETRAIN])
    assert [job.id for job in listed] == [training.id]


def test_a_worker_that_was_given_up_changes_nothing(queue: TrainingQueue) -> None:
    job, _ = queue.submit(TRAINING)
    queue.claim("dead")
    queue.release("dead")
    queue.claim("alive")
    assert queue.succeed("dead", job.id) is None
    assert queue.fail("dead", job.id, "no") is None
    assert queue.release("dead") is None
    assert queue.get(job.id).state is JobState.RUNNING
    ended = queue.succeed("alive", job.id)
    assert ended is not None
    assert ended.state is JobState.SUCCEEDED


def test_three_crashes_give_it_up_but_kills_do_not(queue: TrainingQueue) -> None:
    job, _ = queue.submit(TRAINING)
    for number in range(40):
        queue.claim(f"killed {number}")
        queue.release(f"killed {number}", crashed=False)
    for number in range(3):
        assert queue.get(job.id).state is JobState.QUEUED
        queue.claim(f"crashed {number}")
        queue.release(f"crashed {number}", crashed=True)
    found = queue.get(job.id)
    assert found.state is JobState.FAILED
    assert "ended 3 times" in (found.error or "")
    resumed = queue.resume(job.id)
    assert (resumed.state, resumed.crashes, resumed.error) == (JobState.QUEUED, 0, None)


def test_what_was_asked_for_when_the_worker_died_is_done(
    studio: Studio, queue: TrainingQueue
) -> None:
    job, _ = queue.submit(TRAINING)
    queue.claim("one")
    queue.request_pause()
    paused = queue.release("one", crashed=True)
    assert paused is not None
    assert (paused.paused, paused.crashes) == (True, 1)
    assert not queue.claimable()
    queue.resume(job.id)
    assert queue.claimable()
    queue.claim("two")
    studio.queue.request_cancel(job.id)
    with pytest.raises(Conflict, match="being cancelled"):
        queue.request_pause()
    cancelled = queue.release("two", crashed=True)
    assert cancelled is not None
    assert cancelled.state is JobState.CANCELLED


def test_the_latest_is_the_one_that_was_busy_last(studio: Studio, queue: TrainingQueue) -> None:
    first, _ = queue.submit(TRAINING)
    studio.queue.request_cancel(first.id)
    second, _ = queue.submit(replace(TRAINING, name="other"))
    studio.queue.request_cancel(second.id)
    latest = queue.latest()
    assert latest is not None
    assert latest.id == second.id
    queue.resume(first.id)
    studio.queue.request_cancel(first.id)
    latest = queue.latest()
    assert latest is not None
    assert latest.id == first.id
    named = queue.named("other")
    assert named is not None
    assert named.id == second.id
    assert queue.named("nothing") is None
