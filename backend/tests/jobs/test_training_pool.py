"""The training process on demand: started, told, restarted when it dies, left alone when idle."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tastemaker.domain import Event, JobState
from tastemaker.jobs.events import EventBroker
from tastemaker.jobs.training_pool import LocalTrainingPool
from tastemaker.jobs.training_queue import TrainingQueue
from tests.jobs import children
from tests.jobs.test_local_pool import eventually
from tests.jobs.test_training_queue import TRAINING
from tests.studio import open_studio


@pytest.fixture
def queue(tmp_path: Path) -> TrainingQueue:
    return TrainingQueue(open_studio(tmp_path).database)


class Watched:
    """A pool with what it heard."""

    def __init__(self, queue: TrainingQueue, path: Path) -> None:
        self.free = True
        self.claimed = threading.Event()
        self.models: list[Event] = []
        self.events = EventBroker()
        setup = {"path": str(path), "job": "job"}
        self.pool = LocalTrainingPool(
            children.TRAINING,
            setup,
            queue,
            self.events,
            device_is_free=lambda: self.free,
            on_event=self.models.append,
        )

    def is_training(self) -> bool:
        return self.pool.pid is not None and self.events.latest("training", "job") is not None


@pytest.fixture
def watched(queue: TrainingQueue, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(queue, tmp_path / "tastemaker.db")
    yield made
    made.pool.stop()


def submitted(queue: TrainingQueue, watched: Watched) -> str:
    watched.pool.start()
    job, _ = queue.submit(TRAINING)
    watched.pool.wake()
    eventually(watched.is_training)
    return job.id


def state(queue: TrainingQueue, job_id: str) -> Callable[[JobState], bool]:
    return lambda wanted: queue.get(job_id).state is wanted


def test_an_idle_studio_has_no_training_process(queue: TrainingQueue, watched: Watched) -> None:
    watched.pool.start()
    watched.pool.wake()
    watched.pool.tell("pause")
    assert watched.pool.pid is None
    job, _ = queue.submit(TRAINING)
    watched.pool.wake()
    eventually(watched.is_training)
    assert [event.data["name"] for event in watched.models] == ["x"]
    watched.pool.tell("succeed")
    eventually(lambda: watched.pool.pid is None)
    assert queue.get(job.id).state is JobState.SUCCEEDED


def test_a_crash_is_blamed_and_it_goes_on(queue: TrainingQueue, watched: Watched) -> None:
    job_id = submitted(queue, watched)
    first = watched.pool.pid
    watched.pool.tell("crash")
    eventually(lambda: watched.pool.pid not in (None, first))
    eventually(lambda: state(queue, job_id)(JobState.RUNNING))
    assert queue.get(job_id).crashes == 1


def test_a_kill_from_outside_is_nobodys_fault(queue: TrainingQueue, watched: Watched) -> None:
    job_id = submitted(queue, watched)
    first = watched.pool.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    eventually(lambda: watched.pool.pid not in (None, first))
    assert queue.get(job_id).crashes == 0


def test_it_waits_for_a_run_in_a_terminal(
    queue: TrainingQueue, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tastemaker.jobs.training_pool.DEVICE_POLL_SECONDS", 0.02)
    asked = threading.Event()

    def device_is_free() -> bool:
        asked.set()
        return watched.free

    watched.free = False
    watched.pool._device_is_free = device_is_free
    watched.pool.start()
    queue.submit(TRAINING)
    watched.pool.wake()
    assert asked.wait(20)
    assert watched.pool.pid is None
    watched.free = True
    eventually(watched.is_training)


def test_a_stop_ends_it_and_a_start_goes_on(
    queue: TrainingQueue, watched: Watched, tmp_path: Path
) -> None:
    job_id = submitted(queue, watched)
    watched.pool.stop()
    assert watched.pool.pid is None
    assert queue.get(job_id).state is JobState.QUEUED
    assert queue.get(job_id).crashes == 0
    queue.claim("of a server that was killed")
    again = Watched(queue, tmp_path / "tastemaker.db")
    again.pool.start()
    eventually(again.is_training)
    again.pool.stop()
