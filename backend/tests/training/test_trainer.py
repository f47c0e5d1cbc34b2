"""The loop: it learns, touches nothing else, and gets through mishaps."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tastemaker.diffusion.components import Components
from tastemaker.errors import Conflict, InvalidInput, OutOfMemory, TrainingFailed
from tastemaker.training.encoding import TrainingSet, network_hash, tensors_hash
from tastemaker.training.objective import Measured, Objective
from tastemaker.training.progress import Stop, TrainingProgress
from tastemaker.training.state import RunData
from tastemaker.training.stepper import Stepper
from tastemaker.training.trainer import Trainer
from tests.training.conftest import make_set
from tests.training.runs import data, options

Fresh = Callable[[], Components]
METHODS = ["full", "lora", "preference"]


@pytest.mark.parametrize("method", METHODS)
def test_it_learns_and_changes_only_what_it_should(
    fresh: Fresh, tmp_path: Path, method: str
) -> None:
    """Text encoder and VAE stay as they are; with an adapter, so do the U-Net's own weights."""
    parts = fresh()
    before = {part: network_hash(getattr(parts, part)) for part in ("vae", "text_encoder")}
    own = {name: tensor.clone() for name, tensor in parts.unet.state_dict().items()}
    heard: list[TrainingProgress] = []
    fast = options(method, max_steps=16, checkpoint_every=8, learning_rate=4e-3, patience=0)
    run = data(parts, tmp_path)
    assert run.validation is not None
    if method != "preference":
        run = replace(run, validation=of_kind(run.validation, 1))
    outcome = Trainer(parts, run, fast, tmp_path, on_progress=heard.append).run()

    assert [p.step for p in heard] == list(range(1, 17))
    assert heard[-1].eta_seconds == 0
    assert heard[10].eta_seconds is not None
    assert outcome.better, outcome
    assert heard[-1].validation_loss is not None
    assert heard[-1].parent_loss is not None
    assert heard[-1].validation_loss < heard[-1].parent_loss
    for part, digest in before.items():
        assert network_hash(getattr(parts, part)) == digest, f"the {part} changed"
    after = parts.unet.state_dict()
    unchanged = [k for k, v in own.items() if torch.equal(v, after[_moved(k, after)])]
    assert len(unchanged) == (0 if method == "full" else len(own))


def of_kind(pictures: TrainingSet, feedback: int) -> TrainingSet:
    """Those that were rated so."""
    return pictures.only([i for i, p in enumerate(pictures.items) if p.feedback == feedback])


@pytest.mark.parametrize("method", ["full", "lora"])
def test_ratings_validate_by_how_far_they_come_apart_and_likes_by_their_error(
    fresh: Fresh, tmp_path: Path, method: str
) -> None:
    run = data(fresh(), tmp_path)
    for name in ("rated", "liked"):
        held = run.validation
        assert held is not None
        seen = replace(run, validation=held if name == "rated" else of_kind(held, 1))
        whole = Trainer(fresh(), seen, options(method), tmp_path / name).run()
        assert (whole.parent_loss == 1) is (name == "rated")
        stops = iter([None] * 4 + [Stop.PAUSE])
        folder = tmp_path / f"{name}-paused"
        Trainer(
            fresh(), seen, options(method), folder, requested_stop=lambda stops=stops: next(stops)
        ).run()
        assert Trainer(fresh(), seen, options(method), folder).run() == whole


def _moved(name: str, state: dict[str, Any]) -> str:
    """Where peft put a layer's own weight."""
    stem, _, leaf = name.rpartition(".")
    return name if name in state else f"{stem}.base_layer.{leaf}"


@pytest.mark.parametrize("method", METHODS)
def test_parts_of_a_step_don_t_change_its_gradient(
    fresh: Fresh, tmp_path: Path, method: str
) -> None:
    """One, two or all pictures at once: the gradient is the same but for rounding."""
    gradients = []
    for batch_size in (1, 3, 4):
        parts = fresh()
        stepper = Stepper(parts, data(parts, tmp_path), options(method))
        if method != "full":
            _stir(stepper)
        stepper.gradient(5, batch_size)
        found = [
            p.grad.flatten() for p in stepper.trainee.parameters.values() if p.grad is not None
        ]
        gradients.append(torch.cat(found))
    for other in gradients[1:]:
        torch.testing.assert_close(other, gradients[0], rtol=1e-3, atol=1e-5)
    assert gradients[0].norm() > 0


def _stir(stepper: Stepper) -> None:
    """Move an adapter away from its start, where half of its gradient is zero."""
    source = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in stepper.trainee.parameters.values():
            parameter.add_(torch.randn(parameter.shape, generator=source) * 0.05)


def test_reference_is_the_network_before_training(fresh: Fresh, tmp_path: Path) -> None:
    parts = fresh()
    run = data(parts, tmp_path)
    stepper = Stepper(parts, run, options("preference"))
    held = stepper.evaluate(run.train, 4, 2)
    assert (held.gains == 0).all()
    _stir(stepper)
    moved = stepper.evaluate(run.train, 4, 2)
    assert (moved.reference_errors == held.errors).all()
    assert (moved.errors != held.errors).all()


def test_stop_saves_and_the_run_goes_on_to_the_same_end(fresh: Fresh, tmp_path: Path) -> None:
    weights = []
    for name, stops in (("alone", [None] * 99), ("paused", [None] * 5 + [Stop.PAUSE])):
        folder, asked = tmp_path / name, iter(stops)
        parts = fresh()
        run = data(parts, tmp_path / "cache")
        trainer = Trainer(
            parts, run, options("lora"), folder, requested_stop=lambda asked=asked: next(asked)
        )
        outcome = trainer.run()
        if name == "paused":
            assert (outcome.stopped, outcome.step) == (Stop.PAUSE, 5)
            parts = fresh()
            trainer = Trainer(parts, run, options("lora"), folder)
            outcome = trainer.run()
        assert (outcome.stopped, outcome.step, outcome.ended_early) == (None, 8, False)
        trainer.load(outcome.best_step)
        weights.append(tensors_hash(parts.unet.state_dict()))
        lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        assert [e["step"] for e in lines if "loss" in e] == list(range(1, 9))
        assert [e["step"] for e in lines if "validation_loss" in e] == [0, 3, 6, 8]
    assert weights[0] == weights[1]


def test_slow_steps_are_saved_between_checkpoints(
    fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tastemaker.training.trainer.SAVE_SECONDS", -1.0)
    seen: list[list[str]] = []
    told: list[int] = []
    parts = fresh()
    long = options("lora", max_steps=4, checkpoint_every=100)
    Trainer(
        parts,
        data(parts, tmp_path),
        long,
        tmp_path,
        on_progress=lambda p: seen.append(sorted(x.name for x in tmp_path.glob("checkpoints/*"))),
        on_checkpoint=told.append,
    ).run()
    assert [names[-1] for names in seen] == [f"step-{n:08}" for n in (1, 2, 3, 4)]
    assert told == [4]


def test_another_run_in_the_same_folder_is_refused(fresh: Fresh, tmp_path: Path) -> None:
    parts = fresh()
    run = data(parts, tmp_path / "cache")
    short = options("lora", max_steps=1)
    Trainer(parts, run, short, tmp_path).run()
    fewer = RunData(run.train.only([0, 1, 2]), run.validation, run.replay)
    with pytest.raises(Conflict, match="have changed since"):
        Trainer(fresh(), fewer, short, tmp_path).run()
    with pytest.raises(Conflict, match="other options"):
        Trainer(fresh(), run, options("lora", max_steps=2), tmp_path).run()


def test_out_of_memory_halves_the_parts(
    fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Objective.accumulate
    limit = 1

    def greedy(self: Objective, batches: Any, replay: Any, beta: float) -> Measured:
        if max(map(len, batches)) > limit:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return real(self, batches, replay, beta)

    monkeypatch.setattr(Objective, "accumulate", greedy)
    parts = fresh()
    heard: list[TrainingProgress] = []
    chosen = options("lora", batch_size=4, gradient_accumulation=1, max_steps=2)
    run = data(parts, tmp_path / "cache")
    outcome = Trainer(parts, run, chosen, tmp_path / "a", on_progress=heard.append).run()
    assert outcome.step == 2
    assert [p.batch_size for p in heard] == [1, 1]
    assert "2 pictures at once" in str(heard[0].note)
    limit = 0
    with pytest.raises(OutOfMemory, match="gradient_checkpointing"):
        Trainer(fresh(), run, chosen, tmp_path / "b").run()


def test_a_bad_moment_goes_back_and_halves_the_rate(
    fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Stepper.gradient
    bad = [5]

    def shaky(self: Stepper, step: int, batch_size: int) -> tuple[Measured, float]:
        measured, norm = real(self, step, batch_size)
        if step in bad:
            bad.remove(step)
            return measured, float("nan")
        return measured, norm

    monkeypatch.setattr(Stepper, "gradient", shaky)
    parts = fresh()
    heard: list[TrainingProgress] = []
    run = data(parts, tmp_path / "cache")
    outcome = Trainer(
        parts, run, options("lora"), tmp_path / "once", on_progress=heard.append
    ).run()
    assert [p.step for p in heard] == [1, 2, 3, 4, 5, 4, 5, 6, 7, 8]
    assert heard[5].learning_rate == pytest.approx(heard[3].learning_rate / 2)
    assert "half the learning rate" in str(heard[5].note)
    assert outcome.step == 8

    bad += [5] * 3
    with pytest.raises(TrainingFailed, match="ten times smaller"):
        Trainer(fresh(), run, options("lora"), tmp_path / "thrice").run()


def test_a_spike_of_the_error_counts_as_divergence(
    fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spikes = [25]

    def measured(self: Stepper, step: int, batch_size: int) -> tuple[Measured, float]:
        if step in spikes:
            spikes.remove(step)
            return Measured(50.0, 50.0), 1.0
        return Measured(1.0, 1.0), 1.0

    monkeypatch.setattr(Stepper, "gradient", measured)
    monkeypatch.setattr(Stepper, "update", lambda self, step, rate_scale: 1e-4 * rate_scale)
    parts = fresh()
    heard: list[TrainingProgress] = []
    chosen = options("lora", max_steps=30, checkpoint_every=10, patience=0)
    run = data(parts, tmp_path / "cache")
    Trainer(parts, run, chosen, tmp_path, on_progress=heard.append).run()
    note = next(p for p in heard if p.note)
    assert "the error jumped from about 1 to 50" in str(note.note)
    assert (note.step, note.learning_rate) == (21, 5e-5)


def test_no_better_for_long_ends_the_run_and_says_so(fresh: Fresh, tmp_path: Path) -> None:
    parts = fresh()
    run = data(parts, tmp_path / "cache")
    hopeless = options(
        "full", learning_rate=0.5, checkpoint_every=1, patience=2, ema_decay=0.0, warmup_steps=0
    )
    outcome = Trainer(parts, run, hopeless, tmp_path).run()
    assert outcome.ended_early
    assert outcome.better is False
    assert outcome.step < 8


def test_what_can_t_be_learned_from_is_refused(tiny: Components, tmp_path: Path) -> None:
    encoded = make_set(tiny, tmp_path)
    liked = [i for i, item in enumerate(encoded.items) if item.feedback > 0]
    with pytest.raises(InvalidInput, match="are liked"):
        Stepper(tiny, RunData(encoded.only(liked)), options("preference"))
