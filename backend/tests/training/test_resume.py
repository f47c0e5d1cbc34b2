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

KILLS = 6
STEPS = 8


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that needn't import torch again each time, so that kills hit the run itself."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.training.runs"])
    return context


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("method", ["full", "preference"])
def test_killed_at_random_moments(
    processes: ForkServerContext, tiny_folder: Path, tmp_path: Path, method: str
) -> None:
    changes = {
        "max_steps": STEPS, "checkpoint_every": 2, "ema_decay": 0.9, "gradient_accumulation": 1,
    }  # fmt: skip
    alone, killed = tmp_path / "alone", tmp_path / "killed"

    def start(folder: Path) -> multiprocessing.process.BaseProcess:
        process = processes.Process(
            target=train, args=(tiny_folder, folder, method), kwargs=changes, daemon=True
        )
        process.start()
        return process

    began = time.monotonic()
    uninterrupted = start(alone)
    uninterrupted.join()
    assert uninterrupted.exitcode == 0
    whole = time.monotonic() - began

    source = random.Random(method)
    died_at = []
    for _ in range(KILLS):
        process = start(killed)
        process.join(timeout=whole * source.uniform(0.05, 0.6))
        process.kill()
        process.join()
        died_at.append(max(CheckpointFolder(killed / "checkpoints").steps(), default=-1))
    last = start(killed)
    last.join()
    assert last.exitcode == 0

    assert died_at == sorted(died_at), "checkpoints were lost"
    assert hashes(killed, STEPS) == hashes(alone, STEPS)
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
