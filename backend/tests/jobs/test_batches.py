"""Batches: accepted whole, behind what is asked for singly, looked after as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tastemaker.domain import JobKind, JobState
from tastemaker.domain.batches import Axis, BatchKind, BatchState, GridLayout
from tastemaker.errors import Conflict, NotFound, QueueFull
from tastemaker.jobs.batches import BatchQueue
from tests.studio import REQUEST, Studio, new_image, open_studio, png

REQUESTS = [replace(REQUEST, prompt=f"apple {n}", num_images=1) for n in range(5)]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path)


@pytest.fixture
def batches(studio: Studio) -> BatchQueue:
    return BatchQueue(studio.database, max_waiting=8)


def draw(studio: Studio, count: int = 1) -> list[str]:
    """Draw the next jobs to their end; returns their prompts."""
    drawn = []
    for _ in range(count):
        (job,) = studio.queue.claim("w")
        content = studio.blobs.put(png(1))
        studio.queue.add_image("w", new_image(job.id, 0, content))
        studio.queue.succeed("w", job.id)
        drawn.append(job.request.prompt)
    return drawn


def test_its_jobs_are_drawn_in_order_behind_single_ones(
    studio: Studio, batches: BatchQueue
) -> None:
    batches.submit(BatchKind.PROMPTS, "apples", REQUESTS)
    studio.queue.submit(JobKind.GENERATE, replace(REQUEST, prompt="single", num_images=1))
    assert draw(studio, 6) == ["single", *(request.prompt for request in REQUESTS)]


def test_it_knows_how_far_it_is(studio: Studio, batches: BatchQueue) -> None:
    made, is_new = batches.submit(BatchKind.PROMPTS, "apples", REQUESTS)
    assert is_new
    assert (made.state, made.num_jobs, made.num_images) == (BatchState.WAITING, 5, 5)
    draw(studio, 3)
    (job,) = studio.queue.claim("w")
    found = batches.get(made.id)
    assert found.state is BatchState.RUNNING
    assert (found.finished_images, found.remaining_images) == (3, 2)
    assert found.counts[JobState.SUCCEEDED] == 3
    assert found.seconds_per_image is not None
    studio.queue.fail("w", job.id, "no memory")
    draw(studio)
    found = BatchQueue(studio.restart().database, max_waiting=8).get(made.id)
    assert found.state is BatchState.FINISHED
    assert found.finished_at is not None
    assert found.counts[JobState.FAILED] == 1
    assert [state for state, _ in batches.cells(made.id)] == [
        *[JobState.SUCCEEDED] * 3,
        JobState.FAILED,
        JobState.SUCCEEDED,
    ]
    assert [image_id is None for _, image_id in batches.cells(made.id)] == [
        *[False] * 3,
        True,
        False,
    ]


def test_the_rest_is_cancelled_and_the_pictures_stay(studio: Studio, batches: BatchQueue) -> None:
    made, _ = batches.submit(BatchKind.PROMPTS, "apples", REQUESTS)
    draw(studio, 2)
    (running,) = studio.queue.claim("w")
    found, stopping = batches.cancel(made.id)
    assert stopping == (running.id,)
    assert studio.queue.get(running.id).cancel_requested
    assert found.counts[JobState.CANCELLED] == 2
    assert studio.gallery.counts()["total"] == 2
    studio.queue.cancelled("w", running.id)
    with pytest.raises(Conflict, match="nothing to cancel"):
        batches.cancel(made.id)


def test_a_paused_batch_lets_others_pass(studio: Studio, batches: BatchQueue) -> None:
    first, _ = batches.submit(BatchKind.PROMPTS, "first", REQUESTS[:2])
    batches.submit(BatchKind.PROMPTS, "second", [replace(REQUESTS[0], prompt="other")])
    assert batches.pause(first.id, True).state is BatchState.PAUSED
    assert draw(studio) == ["other"]
    assert studio.queue.claim("w") == ()
    assert batches.pause(first.id, False).state is BatchState.WAITING
    assert draw(studio, 2) == ["apple 0", "apple 1"]


def test_a_full_queue_takes_none_of_it(studio: Studio, batches: BatchQueue) -> None:
    batches.submit(BatchKind.PROMPTS, "apples", REQUESTS)
    with pytest.raises(QueueFull, match="at most 8"):
        batches.submit(BatchKind.PROMPTS, "more", REQUESTS)
    assert len(batches.list()) == 1
    # The places of single requests aren't taken by a batch, nor the other way round.
    small = open_studio(studio.folder, max_queue=1)
    small.queue.submit(JobKind.GENERATE, REQUEST)
    with pytest.raises(QueueFull):
        small.queue.submit(JobKind.GENERATE, REQUEST)


def test_a_repeated_submission_is_the_first(batches: BatchQueue) -> None:
    key = {"idempotency_key": "k", "fingerprint": "one"}
    first, _ = batches.submit(BatchKind.PROMPTS, "apples", REQUESTS, **key)
    again, is_new = batches.submit(BatchKind.PROMPTS, "apples", REQUESTS, **key)
    assert (again.id, is_new) == (first.id, False)
    with pytest.raises(Conflict, match="another batch"):
        batches.submit(BatchKind.PROMPTS, "x", REQUESTS, idempotency_key="k", fingerprint="two")


def test_a_grid_keeps_its_axes(batches: BatchQueue) -> None:
    layout = GridLayout(Axis("seed", ("1", "2")), Axis("guidance_scale", ("3", "4", "5")))
    made, _ = batches.submit(BatchKind.GRID, "grid", [*REQUESTS, REQUESTS[0]], layout=layout)
    assert batches.get(made.id).layout == layout
    assert (layout.columns, layout.rows) == (2, 3)
    with pytest.raises(NotFound):
        batches.get("nothing")


def test_an_unpaused_job_of_a_crashed_worker_keeps_its_place(
    studio: Studio, batches: BatchQueue
) -> None:
    batches.submit(BatchKind.PROMPTS, "apples", REQUESTS)
    (job,) = studio.queue.claim("w")
    studio.queue.release("w", crashed=False)
    (again,) = studio.queue.claim("w")
    assert again.id == job.id
