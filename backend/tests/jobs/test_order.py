"""The order of the queue: it can be seen, changed, paused and cleared, and changes survive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tastemaker.domain import JobKind, JobState
from tastemaker.domain.batches import BatchKind
from tastemaker.errors import Conflict, NotFound
from tastemaker.jobs.batches import BatchQueue
from tastemaker.jobs.order import QueueOrder
from tests.studio import REQUEST, Studio, open_studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path)


@pytest.fixture
def order(studio: Studio) -> QueueOrder:
    return QueueOrder(studio.database)


def submit(studio: Studio, prompt: str) -> str:
    job, _ = studio.queue.submit(JobKind.GENERATE, replace(REQUEST, prompt=prompt))
    return job.id


def prompts(studio: Studio) -> str:
    """The prompts that wait, in the order in which they will be drawn."""
    positions = studio.queue.positions()
    return "".join(
        studio.queue.get(job_id).request.prompt for job_id in sorted(positions, key=positions.get)
    )


def test_moving_survives_and_later_requests_come_later(studio: Studio, order: QueueOrder) -> None:
    a, _b, c = (submit(studio, name) for name in "abc")
    order.move(job_id=c, before=a)
    assert prompts(studio) == "cab"
    submit(studio, "d")
    order.move(job_id=c, before=None)
    assert prompts(studio.restart()) == "abdc"
    assert [studio.queue.claim("w")[0].request.prompt for _ in "abdc"] == list("abdc")


def test_a_batch_moves_as_one(studio: Studio, order: QueueOrder) -> None:
    requests = [replace(REQUEST, prompt=name) for name in "xyz"]
    made, _ = BatchQueue(studio.database, max_waiting=9).submit(BatchKind.PROMPTS, "", requests)
    a, _b = submit(studio, "a"), submit(studio, "b")
    assert [len(entry.job_ids) for entry in order.entries()] == [1, 1, 3]
    order.move(batch_id=made.id, before=a)
    assert prompts(studio) == "xyzab"
    # What comes now is still asked for singly, and the batch is ahead of it because it was moved.
    submit(studio, "c")
    assert prompts(studio) == "xyzabc"
    assert order.entries()[0].batch_id == made.id


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_moves_keep_every_job_and_distinct_places(tmp_path: Path, data: st.DataObject) -> None:
    studio = open_studio(tmp_path)
    order = QueueOrder(studio.database)
    order.clear()
    expected = [submit(studio, name) for name in "abcd"]
    for _ in range(4):
        moved = data.draw(st.sampled_from(expected))
        before = data.draw(st.sampled_from([None, *(job for job in expected if job != moved)]))
        order.move(job_id=moved, before=before)
        expected.remove(moved)
        expected.insert(len(expected) if before is None else expected.index(before), moved)
        positions = studio.queue.positions()
        assert sorted(positions, key=positions.__getitem__) == expected
        assert sorted(positions.values()) == [0, 1, 2, 3]


def test_what_has_begun_cannot_be_moved(studio: Studio, order: QueueOrder) -> None:
    a, b = submit(studio, "a"), submit(studio, "b")
    with pytest.raises(Conflict, match="in front of itself"):
        order.move(job_id=a, before=a)
    studio.queue.claim("w")
    with pytest.raises(NotFound, match="has begun"):
        order.move(job_id=a, before=b)
    with pytest.raises(NotFound, match="doesn't wait"):
        order.move(job_id=b, before=a)
    (running, waiting) = order.entries()
    assert (running.running, waiting.running) == (True, False)


def test_a_paused_queue_begins_nothing_even_after_a_restart(
    studio: Studio, order: QueueOrder
) -> None:
    submit(studio, "a")
    order.pause(True)
    again = studio.restart()
    assert again.queue.claim("w") == ()
    assert QueueOrder(again.database).paused
    order.pause(False)
    assert not order.paused
    assert len(studio.queue.claim("w")) == 1


def test_clearing_cancels_what_waits_only(studio: Studio, order: QueueOrder) -> None:
    ids = [submit(studio, name) for name in "abc"]
    studio.queue.claim("w")
    assert order.clear() == 2
    states = [studio.queue.get(job_id).state for job_id in ids]
    assert states == [JobState.RUNNING, JobState.CANCELLED, JobState.CANCELLED]
    assert order.clear() == 0
