"""The supervisor: starts, speaks to, restarts and stops a worker process."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tastemaker.domain import Event, JobKind, JobState
from tastemaker.jobs.events import EventBroker
from tastemaker.jobs.local_pool import LocalWorkerPool
from tastemaker.jobs.queue import JobQueue
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
from tests.jobs.children import ECHO
from tests.jobs.test_worker import REQUEST


@pytest.fixture
def queue(tmp_path: Path) -> JobQueue:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.upgrade(BlobStore(tmp_path / "blobs"))
    return JobQueue(database, max_queue=10)


@pytest.fixture
def pool(queue: JobQueue) -> Iterator[LocalWorkerPool]:
    made = LocalWorkerPool(ECHO, {"preload": "starter"}, queue, EventBroker())
    yield made
    made.stop()


def eventually(condition: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(1500):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it never happened")


def test_status_follows_what_the_worker_says(pool):
    assert not pool.status().ready
    pool.start()
    eventually(lambda: pool.status().ready)
    assert pool.status().device == "cpu"
    assert pool.status().loaded_models == ("starter",)


def test_what_is_being_compiled_is_known_until_it_is_done(pool):
    news = {"model": "starter", "stage": "converting", "since": "2026-11-24T12:00:00+00:00"}
    state = {"ready": True, "detail": "Ready.", "loaded_models": ["starter"]}
    pool._hear(Event("status", {**state, "warm_up": news}))
    found = pool.status().warm_up
    assert (found.model, found.stage) == ("starter", "converting")
    assert found.since == datetime(2026, 11, 24, 12, tzinfo=UTC)
    pool._hear(Event("status", {**state, "warm_up": None}))
    assert pool.status().warm_up is None


def test_commands_reach_the_worker_and_events_come_back(pool):
    listener = pool._events.subscribe()
    pool.start()
    eventually(lambda: pool.status().ready)
    pool.wake()
    pool.cancel("job-7")
    pool.preload("other")
    told = []
    while len(told) < 3:
        item = listener.next(timeout=20)
        assert item is not None
        if item.event.type == "told":
            told.append((item.event.data["verb"], item.event.data["argument"]))
    assert told == [("wake", ""), ("cancel", "job-7"), ("preload", "other")]


def test_the_worker_is_told_of_the_first_watcher_and_of_the_last(pool):
    listener = pool._events.subscribe()
    pool.watch()
    pool.start()
    eventually(lambda: pool.status().ready)
    pool.watch()
    pool.unwatch()
    pool.unwatch()
    pool.watch()
    heard = []
    while len(heard) < 3:
        item = listener.next(timeout=20)
        assert item is not None
        if item.event.type == "setup":
            heard.append(item.event.data["watched"])
        if item.event.type == "told":
            heard.append((item.event.data["verb"], item.event.data["argument"]))
    assert heard == [True, ("watched", ""), ("watched", "yes")]


def test_commands_to_a_worker_that_is_not_there_are_no_error(pool):
    pool.wake()
    pool.cancel("x")


def submit(queue: JobQueue, pool: LocalWorkerPool) -> str:
    """A job that the running worker holds."""
    job, _ = queue.submit(JobKind.GENERATE, replace(REQUEST, seed=time.monotonic_ns()))
    listener = pool._events.subscribe(last_event_id=pool._events._first_id - 1)
    while True:
        item = listener.next(timeout=20)
        assert item is not None
        if item.event.type == "setup":
            token = item.event.data["token"]
        if item.id == pool._events.last_id:
            break
    queue.claim(token)
    return job.id


def test_a_crash_is_blamed_and_the_worker_comes_back(pool, queue):
    pool.start()
    eventually(lambda: pool.status().ready)
    job_id = submit(queue, pool)
    pool.cancel("crash")
    eventually(lambda: queue.get(job_id).state is JobState.QUEUED)
    assert queue.get(job_id).crashes == 1
    eventually(lambda: pool.status().restarts == 1 and pool.status().ready)


def test_a_kill_from_outside_is_nobodys_fault(pool, queue):
    pool.start()
    eventually(lambda: pool.status().ready)
    job_id = submit(queue, pool)
    os.kill(pool.pid, signal.SIGKILL)
    eventually(lambda: queue.get(job_id).state is JobState.QUEUED)
    assert queue.get(job_id).crashes == 0


def test_a_start_gives_back_what_an_earlier_server_held(pool, queue):
    job, _ = queue.submit(JobKind.GENERATE, REQUEST)
    queue.claim("worker of a server that was killed")
    pool.start()
    assert queue.get(job.id).state is JobState.QUEUED
    assert queue.get(job.id).crashes == 0


def test_stop_ends_the_process(pool):
    pool.start()
    eventually(lambda: pool.status().ready)
    pool.stop()
    assert pool.pid is None


def test_a_suspect_is_drawn_alone(queue):
    suspect, _ = queue.submit(JobKind.GENERATE, REQUEST)
    queue.claim("first")
    queue.release("first", crashed=True)
    innocent, _ = queue.submit(JobKind.GENERATE, REQUEST)
    assert [job.id for job in queue.claim("second", limit=4)] == [suspect.id]
    assert queue.claim("second", limit=4) == ()
    assert [job.id for job in queue.claim("other", limit=4)] == [innocent.id]
    queue.succeed("second", suspect.id)
    assert queue.claim("second", limit=4) == ()


def test_three_crashes_give_a_job_up_but_kills_do_not(queue):
    job, _ = queue.submit(JobKind.GENERATE, REQUEST)
    for number in range(8):
        queue.claim(f"killed-{number}")
        queue.release(f"killed-{number}", crashed=False)
    for number in range(3):
        assert queue.get(job.id).state is JobState.QUEUED
        queue.claim(f"crashed-{number}")
        queue.release(f"crashed-{number}")
    found = queue.get(job.id)
    assert found.state is JobState.FAILED
    assert "stopped" in (found.error or "")
