"""A run killed at any moment and resumed ends with the bits of one that was left alone."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tastemaker.training.checkpoint import CheckpointFolder
from tests.training.runs import hashes, train

LONGEST_SECONDS = 120


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that needn't import torch again each time, so that kills hit the run itself."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.training.runs"])
    return context


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("method", "kills"), [("full", 20), ("preference", 5)])
def test_killed_at_random_moments(
    processes: ForkServerContext, tiny_folder: Path, tmp_path: Path, method: str, kills: int
) -> None:
    steps = 2 * kills + 6  # a life makes two steps, seldom four
    changes = {
        "max_steps": steps, "max_epochs": None, "checkpoint_every": 2, "ema_decay": 0.9,
        "gradient_accumulation": 1, "patience": 0,
    }  # fmt: skip
    alone, killed = tmp_path / "alone", tmp_path / "killed"

    def start(folder: Path) -> multiprocessing.process.BaseProcess:
        process = processes.Process(
            target=train, args=(tiny_folder, folder, method), kwargs=changes, daemon=True
        )
        process.start()
        return process

    def newest() -> int:
        return max(CheckpointFolder(killed / "checkpoints").steps(), default=-1)

    uninterrupted = start(alone)
    uninterrupted.join()
    assert uninterrupted.exitcode == 0

    source = random.Random(method)
    died_at = []
    for _ in range(kills):
        before, began = newest(), time.monotonic()
        process = start(killed)
        # Every life gets a little further, and then anything between a moment and some steps.
        while newest() == before and process.is_alive():
            assert time.monotonic() - began < LONGEST_SECONDS, "no progress"
            time.sleep(0.002)
        process.join(timeout=source.uniform(0, 0.1))
        process.kill()
        process.join()
        died_at.append(newest())
    assert died_at == sorted(died_at), "checkpoints were lost"
    assert died_at[-1] < steps, "the last kills came too late to hurt"
    last = start(killed)
    last.join()
    assert last.exitcode == 0

    assert hashes(killed, steps) == hashes(alone, steps)
    assert not list((killed / "checkpoints").glob(".*"))


def test_killed_between_any_two_checkpoints(tiny_folder: Path, tmp_path: Path) -> None:
    """The same without chance: from each checkpoint that a run ever had, and from a half one."""
    whole = tmp_path / "whole"
    train(tiny_folder, whole, "lora", keep=100, ema_decay=0.9)
    steps = CheckpointFolder(whole / "checkpoints").steps()
    assert steps == [0, 3, 6, 8]
    for step in steps[:-1]:
        again = tmp_path / f"from-{step}"
        shutil.copytree(whole, again)
        for other in steps:
            if other > step:
                shutil.rmtree(again / "checkpoints" / f"step-{other:08}")
        half = again / "checkpoints" / ".partial-step-00000099"
        half.mkdir()
        (half / "weights.safetensors").write_bytes(b"cut sho")
        outcome = train(tiny_folder, again, "lora", keep=100, ema_decay=0.9)
        assert outcome.step == 8
        assert hashes(again, 8) == hashes(whole, 8)
        assert not half.exists()
