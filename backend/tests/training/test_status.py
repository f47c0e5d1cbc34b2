"""How far a run is, on disk: what is told when, what survives, and what damage does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tastemaker.training import status as module
from tastemaker.training.curve import LOG_FILE, read_curve
from tastemaker.training.progress import Observer, Pace, Stop, TrainingProgress
from tastemaker.training.samples_folder import (
    Legend,
    grid_path,
    read_legend,
    steps_drawn,
    write_legend,
)
from tastemaker.training.status import (
    STATUS_FILE,
    News,
    Reporter,
    RunStatus,
    read_status,
    training_event,
)

PROGRESS = TrainingProgress(
    step=1,
    total_steps=10,
    loss=0.5,
    error=0.6,
    gain=None,
    learning_rate=1e-4,
    gradient_norm=1.0,
    validation_loss=0.4,
    parent_loss=0.7,
    best_step=None,
    batch_size=2,
    seconds=3.0,
    eta_seconds=27.0,
)


def told(folder: Path, observer: Observer | None = None) -> tuple[Reporter, list[News]]:
    heard: list[News] = []
    return Reporter(folder, observer or Observer(), heard.append, window=4), heard


def test_everything_is_passed_on_and_kept(tmp_path: Path) -> None:
    calls: list[object] = []
    inner = Observer(
        on_chapter=lambda *chapter: calls.append(chapter),
        on_progress=lambda progress: calls.append(progress.step),
        on_split=lambda *numbers: calls.append(numbers),
        on_samples=calls.append,
        on_note=calls.append,
        requested_stop=lambda: Stop.PAUSE,
    )
    reporter, _ = told(tmp_path, inner)
    watch = reporter.observer()
    watch.on_chapter("reading", 3, 9)
    watch.on_split(6, 2)
    watch.on_progress(PROGRESS)
    watch.on_samples(1)
    watch.on_note("Something.")
    assert calls == [("reading", 3, 9), (6, 2), 1, 1, "Something."]
    assert watch.requested_stop() is Stop.PAUSE
    kept = read_status(tmp_path)
    assert (kept.phase, kept.step, kept.total_steps, kept.eta_seconds) == ("training", 1, 10, 27.0)
    assert (kept.trained_on, kept.held_out, kept.notes) == (6, 2, ("Something.",))
    assert kept.epochs(3) == 2.0
    reporter.finish()
    assert read_status(tmp_path).progress == 1.0


def test_only_what_is_worth_it_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    reporter, heard = told(tmp_path)
    watch = reporter.observer()
    for step in range(1, 10):
        watch.on_progress(replace(PROGRESS, step=step))
    assert [news.status.step for news in heard] == [1]
    now[0] += 1
    watch.on_progress(replace(PROGRESS, step=9))
    watch.on_progress(replace(PROGRESS, step=9, note="Half the rate."))
    watch.on_samples(9)
    watch.on_progress(replace(PROGRESS, step=10))
    assert [(n.status.step, n.note, n.grid_step) for n in heard[1:]] == [
        (9, None, None), (9, "Half the rate.", None), (9, None, 9), (10, None, None),
    ]  # fmt: skip


def test_the_step_before_a_stop_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "monotonic", lambda: 100.0)
    asked: list[Stop | None] = [None]
    reporter, _ = told(tmp_path, Observer(requested_stop=lambda: asked[0]))
    watch = reporter.observer()
    for step in (1, 2, 3):
        watch.on_progress(replace(PROGRESS, step=step))
        assert watch.requested_stop() is None
    assert read_status(tmp_path).step == 1
    asked[0] = Stop.CANCEL
    assert watch.requested_stop() is Stop.CANCEL
    assert read_status(tmp_path).step == 3


def test_a_run_that_goes_on_does_not_start_from_nothing(tmp_path: Path) -> None:
    reporter, _ = told(tmp_path)
    reporter.observer().on_progress(replace(PROGRESS, step=8, note="Once."))
    again, heard = told(tmp_path)
    again.begin()
    before = again.status.progress
    again.observer().on_chapter("encoding", 1, 9)
    again.observer().on_note("Once.")
    assert (heard[0].status.phase, heard[0].status.eta_seconds) == ("waiting", None)
    assert again.status.progress >= before > 0.7
    assert again.status.notes == ("Once.",)


def test_progress_never_falls() -> None:
    seen = [
        RunStatus(phase, done, 4, step=done if phase == "training" else 0, total_steps=4).progress
        for phase in ("waiting", "reading", "drawing", "encoding", "training", "evaluating", "done")
        for done in range(5)
    ]
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"phase": "lunch"}', '{"phase": 3}', "null"])
def test_a_damaged_status_is_no_status(tmp_path: Path, content: str) -> None:
    (tmp_path / STATUS_FILE).write_text(content)
    assert read_status(tmp_path) == RunStatus()
    assert read_status(tmp_path / "missing") == RunStatus()


def test_the_event_says_what_changed() -> None:
    event = training_event("id", "running", News(RunStatus("training", step=3, loss=0.5), "A note"))
    assert (event.type, event.job_id) == ("training", "id")
    assert (event.data["state"], event.data["current_step"], event.data["note"]) == (
        "running", 3, "A note",
    )  # fmt: skip


def write_log(folder: Path, steps: int, every: int) -> None:
    lines: list[object] = [{"step": 0, "validation_loss": 2.0}]
    for step in range(1, steps + 1):
        if step % every == 0:
            lines.append({"step": step, "validation_loss": 1.0 / step})
        lines.append({"step": step, "loss": float(step), "rate": 1e-4})
    lines.append({"step": steps, "note": "Out of memory."})
    (folder / LOG_FILE).write_text("\n".join(map(json.dumps, lines)) + '\n{"step": 9, "lo')


def test_a_short_curve_is_shown_in_full(tmp_path: Path) -> None:
    assert read_curve(tmp_path) == ()
    write_log(tmp_path, 6, 3)
    points = read_curve(tmp_path)
    assert [p.step for p in points] == list(range(7))
    assert (points[0].loss, points[0].validation_loss) == (None, 2.0)
    assert (points[3].loss, points[3].validation_loss, points[3].learning_rate) == (
        3.0,
        1 / 3,
        1e-4,
    )
    assert points[4].validation_loss is None


def test_a_long_curve_is_thinned_and_keeps_its_ends(tmp_path: Path) -> None:
    write_log(tmp_path, 5000, 5)
    points = read_curve(tmp_path)
    assert len(points) <= 500
    steps = [p.step for p in points]
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, 5000)
    validated = [p.step for p in points if p.validation_loss is not None]
    assert (validated[0], validated[-1]) == (0, 5000)
    losses = [p.loss for p in points if p.loss is not None]
    # Each is the mean of its part, so that all of them together weigh the same.
    assert losses == sorted(losses)
    assert losses[0] < 20


def test_the_time_left_counts_checkpoints_too() -> None:
    pace = Pace()
    for _ in range(5):
        pace.add(2.0)
    assert pace.eta(10, 3) == 20.0
    pace.add_checkpoint(4.0)
    pace.add_checkpoint(6.0)
    assert pace.eta(10, 3) == 20.0 + 3 * 5.0


def test_grids_are_found_by_step(tmp_path: Path) -> None:
    assert (steps_drawn(tmp_path), read_legend(tmp_path)) == ([], Legend())
    write_legend(tmp_path, Legend(("a cat", "ein Äpfelchen"), (1, 2)))
    for step in (100, 0, 50):
        grid_path(tmp_path, step).write_bytes(b"x")
    assert steps_drawn(tmp_path) == [0, 50, 100]
    assert read_legend(tmp_path).prompts == ("a cat", "ein Äpfelchen")
