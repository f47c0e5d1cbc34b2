"""The rows of jobs: what each step allows, and that a worker given up can change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tastemaker.domain import GenerationRequest, Job, JobKind, JobState
from tastemaker.errors import Conflict, NotFound, QueueFull
from tests.studio import REQUEST, Studio, new_image, open_studio, png


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path, max_queue=5)


def submit(studio: Studio, **changes: object) -> Job:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]
    return studio.queue.submit(JobKind.GENERATE, request)[0]


def claim(studio: Studio, worker: str = "worker") -> Job:
    (job,) = studio.queue.claim(worker)
    return job


def draw(studio: Studio, job: Job, index: int, worker: str = "worker") -> int | None:
    image = new_image(job.id, index, studio.blobs.put(png(index)))
    return studio.queue.add_image(worker, image)


def test_an_accepted_job_comes_back_whole(studio: Studio) -> None:
    request = GenerationRequest(
        **{
            **REQUEST.to_dict(),
            "prompt": 'ein "Äpfelchen" 🍎\n',
            "seed": 2**63 - 1,
            "strength": 0.5,
        }
    )
    before = datetime.now(UTC)
    job, created = studio.queue.submit(JobKind.VARIATIONS, request)
    assert created
    assert (job.request, job.kind, job.state) == (request, JobKind.VARIATIONS, JobState.QUEUED)
    assert before <= job.created_at <= datetime.now(UTC)
    assert (job.attempts, job.image_ids, job.error, job.started_at) == (0, (), None, None)
    assert studio.restart().queue.get(job.id) == job


def test_a_job_from_queue_to_success(studio: Studio) -> None:
    job = submit(studio)
    running = claim(studio)
    assert (running.id, running.state, running.attempts) == (job.id, JobState.RUNNING, 1)
    assert running.started_at is not None
    assert studio.queue.claim("worker") == ()
    second = draw(studio, job, 1)
    first = draw(studio, job, 0)
    assert first is not None
    assert second is not None
    assert studio.queue.finished_indices(job.id) == {0, 1}
    done = studio.queue.succeed("worker", job.id)
    assert done == studio.queue.get(job.id)
    assert done is not None
    assert (done.state, done.image_ids) == (JobState.SUCCEEDED, (first, second))
    assert done.finished_at is not None
    assert studio.gallery.get(first).job_id == job.id
    studio.gallery.trash([first])
    assert studio.queue.get(job.id).image_ids == (first, second)


def test_the_last_picture_ends_its_job(studio: Studio) -> None:
    submit(studio)
    job = claim(studio)
    first = draw(studio, job, 0)
    last = new_image(job.id, 1, studio.blobs.put(png(1)))
    assert studio.queue.add_last_image("another", last) == (None, None)
    image_id, ended = studio.queue.add_last_image("worker", last)
    assert ended is not None
    assert (ended.state, ended.image_ids) == (JobState.SUCCEEDED, (first, image_id))
    assert studio.queue.add_last_image("worker", last) == (None, None)


def test_jobs_are_claimed_in_the_order_of_arrival(studio: Studio) -> None:
    jobs = [submit(studio, seed=seed).id for seed in range(5)]
    assert [studio.queue.position(job) for job in jobs] == [0, 1, 2, 3, 4]
    assert [job.id for job in studio.queue.claim("a", limit=2)] == jobs[:2]
    assert [job.id for job in studio.queue.claim("b", limit=9)] == jobs[2:]
    assert [studio.queue.position(job) for job in jobs] == [0] * 5


def test_a_released_job_keeps_its_place(studio: Studio) -> None:
    first, second = submit(studio).id, submit(studio).id
    claim(studio)
    studio.queue.release("worker", crashed=False)
    assert [studio.queue.position(job) for job in (first, second)] == [0, 1]
    assert claim(studio, "other").id == first


def test_the_queue_is_bounded_by_what_waits(studio: Studio) -> None:
    for seed in range(5):
        submit(studio, seed=seed)
    with pytest.raises(QueueFull, match="5 jobs are waiting") as caught:
        submit(studio)
    assert caught.value.retry_after > 0
    claim(studio)
    submit(studio)
    assert studio.queue.counts()[JobState.QUEUED] == 5


def test_the_same_key_gives_the_first_job(studio: Studio) -> None:
    first, created = studio.queue.submit(JobKind.GENERATE, REQUEST, idempotency_key="k")
    assert created
    for seed in range(4):
        submit(studio, seed=seed)
    again = studio.queue.submit(JobKind.GENERATE, REQUEST, idempotency_key="k")
    assert again == (first, False)
    claim(studio)
    studio.queue.fail("worker", first.id, "broken")
    found, created = studio.queue.submit(JobKind.GENERATE, REQUEST, idempotency_key="k")
    assert (found.id, found.state, created) == (first.id, JobState.FAILED, False)
    for kind, request in (
        (JobKind.GENERATE, replace(REQUEST, seed=8)),
        (JobKind.VARIATIONS, REQUEST),
    ):
        with pytest.raises(Conflict, match="Idempotency-Key"):
            studio.queue.submit(kind, request, idempotency_key="k")
    assert studio.queue.submit(JobKind.GENERATE, REQUEST, idempotency_key="other")[1]


def test_a_fingerprint_says_what_is_the_same(studio: Studio) -> None:
    options = {"idempotency_key": "k", "fingerprint": "as sent"}
    first, _ = studio.queue.submit(JobKind.GENERATE, REQUEST, **options)
    random_seed = replace(REQUEST, seed=99)
    assert studio.queue.submit(JobKind.GENERATE, random_seed, **options) == (first, False)
    with pytest.raises(Conflict):
        studio.queue.submit(JobKind.GENERATE, REQUEST, idempotency_key="k", fingerprint="else")


@pytest.mark.parametrize("job_id", ["", "unknown", "x" * 10_000, "' OR 1=1 --"])
def test_unknown_jobs_are_not_found(studio: Studio, job_id: str) -> None:
    submit(studio)
    for call in (studio.queue.get, studio.queue.position, studio.queue.request_cancel):
        with pytest.raises(NotFound, match="no job") as caught:
            call(job_id)
        assert len(str(caught.value)) < 200
    with pytest.raises(NotFound):
        studio.queue.list(before=job_id)
    assert studio.queue.finished_indices(job_id) == frozenset()
    assert studio.queue.succeed("worker", job_id) is None


def test_the_history_pages_newest_first(studio: Studio) -> None:
    jobs = [submit(studio, seed=seed).id for seed in range(5)]
    claim(studio)
    studio.queue.fail("worker", jobs[0], "broken")
    assert [job.id for job in studio.queue.list()] == jobs[::-1]
    assert [job.id for job in studio.queue.list(limit=2)] == [jobs[4], jobs[3]]
    assert [job.id for job in studio.queue.list(limit=2, before=jobs[3])] == [jobs[2], jobs[1]]
    assert [job.id for job in studio.queue.list(states=[JobState.FAILED])] == [jobs[0]]
    counts = studio.queue.counts()
    assert counts == {state: counts[state] for state in JobState}
    assert (counts[JobState.QUEUED], counts[JobState.FAILED], counts[JobState.RUNNING]) == (4, 1, 0)


def test_cancelling(studio: Studio) -> None:
    waiting, running = submit(studio), submit(studio)
    studio.queue.request_cancel(waiting.id)
    found = studio.queue.get(waiting.id)
    assert (found.state, found.cancel_requested) == (JobState.CANCELLED, True)
    assert found.finished_at is not None
    assert claim(studio).id == running.id
    asked = studio.queue.request_cancel(running.id)
    assert (asked.state, asked.cancel_requested) == (JobState.RUNNING, True)
    assert studio.queue.request_cancel(running.id) == asked
    assert draw(studio, running, 0) is not None
    ended = studio.queue.cancelled("worker", running.id)
    assert ended is not None
    assert (ended.state, len(ended.image_ids)) == (JobState.CANCELLED, 1)
    for job in (waiting, running):
        with pytest.raises(Conflict, match="already cancelled"):
            studio.queue.request_cancel(job.id)


def test_a_worker_given_up_can_change_nothing(studio: Studio) -> None:
    job = submit(studio)
    claim(studio, "old")
    studio.queue.release("old")
    ends = (
        lambda: studio.queue.succeed("old", job.id),
        lambda: studio.queue.fail("old", job.id, "broken"),
        lambda: studio.queue.cancelled("old", job.id),
        lambda: draw(studio, job, 0, "old"),
    )
    assert [end() for end in ends] == [None] * 4
    claim(studio, "new")
    assert [end() for end in ends] == [None] * 4
    assert draw(studio, job, 0, "new") is not None
    assert draw(studio, job, 0, "new") is None
    assert studio.queue.succeed("new", job.id) is not None
    assert [end() for end in ends] == [None] * 4
    assert draw(studio, job, 1, "new") is None
    found = studio.queue.get(job.id)
    assert (found.state, len(found.image_ids), found.error) == (JobState.SUCCEEDED, 1, None)


def test_failing_says_why(studio: Studio) -> None:
    job = submit(studio)
    claim(studio)
    failed = studio.queue.fail("worker", job.id, "The device is out of memory.")
    assert failed is not None
    assert (failed.state, failed.error) == (JobState.FAILED, "The device is out of memory.")


def test_after_a_workers_death_its_jobs_are_settled(studio: Studio) -> None:
    again, drawn, unwanted, others = (submit(studio, seed=seed) for seed in range(4))
    assert len(studio.queue.claim("dead", limit=3)) == 3
    claim(studio, "alive")
    for index in range(2):
        draw(studio, drawn, index, "dead")
        draw(studio, unwanted, index, "dead") if index == 0 else None
    studio.queue.request_cancel(unwanted.id)
    settled = studio.queue.release("dead")
    assert {job.id: job.state for job in settled} == {
        again.id: JobState.QUEUED,
        drawn.id: JobState.SUCCEEDED,
        unwanted.id: JobState.CANCELLED,
    }
    assert settled == tuple(studio.queue.get(job.id) for job in settled)
    assert studio.queue.release("dead") == ()
    assert studio.queue.get(others.id).state == JobState.RUNNING
    assert [job.id for job in studio.queue.release()] == [others.id]


def test_a_job_that_kills_workers_is_given_up_with_a_reason(studio: Studio) -> None:
    job = submit(studio)
    for attempt in range(1, 4):
        assert claim(studio, str(attempt)).attempts == attempt
        (settled,) = studio.queue.release(str(attempt))
        assert (settled.state == JobState.FAILED) == (attempt == 3)
    found = studio.queue.get(job.id)
    assert found.error is not None
    assert "stopped 3 times while drawing this" in found.error
    assert studio.queue.claim("another") == ()


def test_a_worker_ended_from_outside_is_not_the_jobs_fault(studio: Studio) -> None:
    job = submit(studio)
    for attempt in range(10):
        claim(studio, str(attempt))
        studio.queue.release(str(attempt), crashed=False)
    assert studio.queue.get(job.id).state == JobState.QUEUED


def test_a_suspect_is_drawn_alone(studio: Studio) -> None:
    first, suspect, last = (submit(studio, seed=seed) for seed in range(3))
    studio.queue.claim("dead", limit=2)
    studio.queue.succeed("dead", first.id)
    studio.queue.release("dead")
    assert [job.id for job in studio.queue.claim("new", limit=9)] == [suspect.id]
    assert studio.queue.claim("new", limit=9) == ()
    studio.queue.succeed("new", suspect.id)
    assert [job.id for job in studio.queue.claim("new", limit=9)] == [last.id]


def test_old_jobs_can_be_forgotten_without_their_pictures(studio: Studio) -> None:
    old, waiting = submit(studio), submit(studio)
    claim(studio)
    image_id = draw(studio, old, 0)
    assert image_id is not None
    studio.queue.succeed("worker", old.id)
    assert studio.queue.clear_finished(datetime.now(UTC) - timedelta(1)) == 0
    assert studio.queue.clear_finished(datetime.now(UTC) + timedelta(1)) == 1
    with pytest.raises(NotFound):
        studio.queue.get(old.id)
    assert studio.queue.get(waiting.id).state == JobState.QUEUED
    assert studio.gallery.content(image_id) == png(0)


class Lives(RuleBasedStateMachine):
    """Any order of events: a job ends once, and each picture is there once."""

    def __init__(self) -> None:
        super().__init__()
        self.studio = Lives.opened
        self.jobs: list[str] = []
        self.ended: dict[str, Job] = {}

    opened: Studio
    workers = st.sampled_from(["a", "b"])

    @rule()
    def submit(self) -> None:
        try:
            self.jobs.append(submit(self.studio).id)
        except QueueFull:
            assert self.studio.queue.counts()[JobState.QUEUED] >= 5

    @rule(worker=workers)
    def claim(self, worker: str) -> None:
        for job in self.studio.queue.claim(worker):
            assert (job.state, job.id in self.ended) == (JobState.RUNNING, False)

    @precondition(lambda self: self.jobs)
    @rule(worker=workers, data=st.data(), index=st.integers(0, 1))
    def draw(self, worker: str, data: st.DataObject, index: int) -> None:
        job = self.studio.queue.get(data.draw(st.sampled_from(self.jobs)))
        stored = index in self.studio.queue.finished_indices(job.id)
        image_id = draw(self.studio, job, index, worker)
        if image_id is not None:
            assert not stored
            assert job.state == JobState.RUNNING

    @precondition(lambda self: self.jobs)
    @rule(worker=workers, data=st.data(), end=st.sampled_from(["succeed", "fail", "cancelled"]))
    def end(self, worker: str, data: st.DataObject, end: str) -> None:
        job = self.studio.queue.get(data.draw(st.sampled_from(self.jobs)))
        reason = ["broken"] if end == "fail" else []
        ended = getattr(self.studio.queue, end)(worker, job.id, *reason)
        assert ended is None or job.state == JobState.RUNNING

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.jobs))
        if self.studio.queue.get(job_id).state.is_final:
            with pytest.raises(Conflict):
                self.studio.queue.request_cancel(job_id)
        else:
            assert self.studio.queue.request_cancel(job_id).cancel_requested

    @rule(worker=st.one_of(st.none(), workers), crashed=st.booleans())
    def die(self, worker: str | None, crashed: bool) -> None:
        for job in self.studio.queue.release(worker, crashed=crashed):
            assert job.state != JobState.RUNNING

    @invariant()
    def what_has_ended_stays_as_it_is(self) -> None:
        for job_id in self.jobs:
            job = self.studio.queue.get(job_id)
            assert len(job.image_ids) <= job.request.num_images
            assert self.ended.get(job_id, job) == job
            if job.state.is_final:
                assert job.finished_at is not None
                self.ended[job_id] = job

    def teardown(self) -> None:
        self.studio.queue.release()
        for job in self.studio.queue.list(states=[JobState.QUEUED]):
            self.studio.queue.request_cancel(job.id)


def test_any_order_of_events_keeps_the_rules(studio: Studio) -> None:
    Lives.opened = studio
    run_state_machine_as_test(
        Lives, settings=settings(max_examples=10, stateful_step_count=20, deadline=None)
    )
