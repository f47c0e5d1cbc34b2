"""Real processes on one queue, killed while they write: nothing is lost, nothing done twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tastemaker.domain import ImageRecord, JobKind, JobState
from tastemaker.gallery import ImageFilter
from tests.studio import REQUEST, Studio, open_studio

BACKEND = Path(__file__).resolve().parents[2]

# A worker that draws nothing but does every write a real one does, as fast as it can.
WORKER = """
import sys
from pathlib import Path
from tests.studio import new_image, open_studio, png
studio, worker = open_studio(Path(sys.argv[1])), sys.argv[2]
while True:
    for job in studio.queue.claim(worker, limit=2):
        done = studio.queue.finished_indices(job.id)
        for index in range(job.request.num_images):
            if index not in done:
                content = studio.blobs.put(png(job.request.seed * 10 + index))
                studio.queue.add_image(worker, new_image(job.id, index, content))
        studio.queue.succeed(worker, job.id)
"""


def start(studio: Studio, worker: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORKER, str(studio.folder), worker]
    return subprocess.Popen(command, cwd=BACKEND, stderr=subprocess.PIPE)


def check(studio: Studio, jobs: list[str], images: int) -> None:
    """Every job has each of its pictures once, and the file is sound."""
    for job_id in jobs:
        job = studio.queue.get(job_id)
        assert (job.state, job.error) == (JobState.SUCCEEDED, None)
        assert studio.queue.finished_indices(job_id) == set(range(images))
        assert len(job.image_ids) == images
    found: list[ImageRecord] = []
    cursor = None
    while True:
        page = studio.gallery.search(ImageFilter(), limit=500, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert Counter(image.job_id for image in found) == dict.fromkeys(jobs, images)
    for image in found[:50]:
        assert studio.gallery.content(image.id)
    with studio.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def wait_until_done(
    studio: Studio, jobs: list[str], processes: list[subprocess.Popen[bytes]]
) -> None:
    while studio.queue.counts()[JobState.SUCCEEDED] < len(jobs):
        for process in processes:
            if process.poll() is not None:
                assert process.stderr is not None
                raise AssertionError(process.stderr.read().decode())
        time.sleep(0.02)


@pytest.mark.slow
def test_several_workers_share_a_queue_without_doing_anything_twice(tmp_path: Path) -> None:
    studio = open_studio(tmp_path, max_queue=1000)
    processes = [start(studio, f"worker-{n}") for n in range(4)]
    try:
        jobs = [
            studio.queue.submit(JobKind.GENERATE, REQUEST, idempotency_key=str(n))[0].id
            for n in range(60)
        ]
        wait_until_done(studio, jobs, processes)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    check(studio, jobs, REQUEST.num_images)
    assert all(studio.queue.get(job_id).attempts == 1 for job_id in jobs)


@pytest.mark.slow
def test_workers_killed_while_writing_lose_and_repeat_nothing(tmp_path: Path) -> None:
    studio = open_studio(tmp_path, max_queue=1000, max_attempts=1000)
    chance = random.Random(11)
    jobs = []
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for life in range(8):
            # Taken before there is more to do: fast workers may be done with it soon.
            before = studio.queue.counts()[JobState.SUCCEEDED]
            for number in range(10):
                key = f"{life}-{number}"
                job, _ = studio.queue.submit(JobKind.GENERATE, REQUEST, idempotency_key=key)
                jobs.append(job.id)
            for slot in range(2):
                if len(processes) <= slot:
                    worker = f"{life}-{slot}"
                    processes[worker] = start(studio, worker)
            while studio.queue.counts()[JobState.SUCCEEDED] < before + 3:
                time.sleep(chance.random() * 0.01)
            victim = chance.choice(list(processes))
            os.kill(processes[victim].pid, signal.SIGKILL)
            processes.pop(victim).wait()
            studio.queue.release(victim, crashed=False)
        wait_until_done(studio, jobs, list(processes.values()))
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    check(studio, jobs, REQUEST.num_images)
    assert sum(studio.queue.get(job_id).attempts for job_id in jobs) >= len(jobs)
