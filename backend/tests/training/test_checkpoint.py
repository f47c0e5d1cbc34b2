"""Checkpoints are whole or not there; nothing of them needs a pickle."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tastemaker.errors import InsufficientDisk, TrainingFailed
from tastemaker.training import checkpoint as module
from tastemaker.training.checkpoint import Checkpoint, CheckpointFolder
from tastemaker.training.optimizer import load_state, make_optimizer, state_tensors
from tastemaker.training.options import TrainingOptions
from tastemaker.training.progress import Pace, RunLog


def some(step: int) -> Checkpoint:
    weights = {"a.weight": torch.full((3, 2), float(step))}
    return Checkpoint(step, weights, {}, {"a.weight/step": torch.tensor(1.0)}, {"x": [1, None]})


def test_there_and_back(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path / "checkpoints")
    assert folder.steps() == []
    folder.prepare()
    folder.save(some(12))
    again = folder.load(12)
    assert torch.equal(again.weights["a.weight"], some(12).weights["a.weight"])
    assert again.average == {}
    assert again.optimizer["a.weight/step"].item() == 1.0
    assert again.state == {"step": 12, "x": [1, None]}
    kinds = {path.suffix for path in (tmp_path / "checkpoints").rglob("*") if path.is_file()}
    assert kinds == {".safetensors", ".json"}


def test_the_newest_and_the_best_stay(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    for step in range(6):
        folder.save(some(step))
    folder.prune(2, also=1)
    assert folder.steps() == [1, 4, 5]


def test_a_full_disk_keeps_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CheckpointFolder(tmp_path)
    folder.save(some(1))

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module, "save_file", full)
    with pytest.raises(InsufficientDisk, match="earlier checkpoints are kept"):
        folder.save(some(2))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]


def test_damage_is_named(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    folder.save(some(1))
    path = tmp_path / "step-00000001" / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(TrainingFailed, match="step-00000001"):
        folder.load(1)


def test_optimiser_state_goes_on_to_the_bit() -> None:
    def layer() -> nn.Linear:
        torch.manual_seed(0)
        return nn.Linear(4, 4)

    def step(linear: nn.Linear, optimizer: torch.optim.Optimizer, number: int) -> None:
        torch.manual_seed(number)
        optimizer.zero_grad()
        linear(torch.randn(2, 4)).square().sum().backward()
        optimizer.step()

    options = TrainingOptions.for_method("lora", learning_rate=0.1)
    alone, first, second = layer(), layer(), layer()
    optimizer = make_optimizer(alone.parameters(), options)
    for number in range(6):
        step(alone, optimizer, number)
    before = make_optimizer(first.parameters(), options)
    assert state_tensors(before, dict(first.named_parameters())) == {}
    for number in range(3):
        step(first, before, number)
    saved = state_tensors(before, dict(first.named_parameters()))
    assert set(saved) == {
        f"{p}/{what}" for p in ("weight", "bias") for what in ("step", "exp_avg", "exp_avg_sq")
    }
    second.load_state_dict(first.state_dict())
    after = make_optimizer(second.parameters(), options)
    load_state(after, dict(second.named_parameters()), saved)
    for number in range(3, 6):
        step(second, after, number)
    assert torch.equal(second.weight, alone.weight)
    assert torch.equal(second.bias, alone.bias)


def test_eta_is_the_median_of_the_first_timed_steps() -> None:
    pace = Pace()
    assert pace.eta(10) is None
    for seconds in (100.0, 1.0, 2.0, 3.0):
        pace.add(seconds)
    assert pace.eta(10) == 20.0, "the first step is slower and doesn't count"
    for _ in range(100):
        pace.add(2.0)
    for _ in range(1000):
        pace.add(50.0)
    assert pace.eta(10) == 20.0
    pace.restart()
    assert pace.eta(10) is None


def test_a_log_that_was_cut_short_is_wound_back(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "run" / "log.jsonl")
    log.rewind(5)
    for step in range(6):
        log.add({"step": step, "loss": step / 2})
    with (tmp_path / "run" / "log.jsonl").open("a") as file:
        file.write('{"step": 6, "lo')
    assert len(log.entries()) == 6
    log.rewind(3)
    assert [entry["step"] for entry in log.entries()] == [0, 1, 2, 3]
