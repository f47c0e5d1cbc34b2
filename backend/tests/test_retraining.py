"""`tastemaker train` with the tiny model: from the gallery's ratings to a version that draws."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result

from tastemaker import drawing, retraining
from tastemaker.errors import Conflict, InvalidInput
from tastemaker.models.versions import read_version
from tastemaker.preferences import Preferences
from tastemaker.settings import ENV_PREFIX, Settings, load_settings
from tastemaker.train_cli import summary, train
from tastemaker.training.data.disk import REJECTED, read_snapshot
from tastemaker.training.options import Method
from tastemaker.training.progress import Observer, Stop
from tastemaker.training.runs import free_name, run_folder
from tests.studio import Studio, open_studio
from tests.tiny_pipeline import make_tiny_pipeline
from tests.training.conftest import make_example
from tests.training.data.tables_made import encoded, write_jsonl

BROKEN: list[tuple[str, Mapping[str, Any] | str]] = [
    ("NOT_BASE64", {"image": "no base64!", "text": "x"}),
    ("NO_CAPTION", {"image": encoded(1), "text": "  "}),
    ("NO_PICTURE", {"image": None, "text": "x"}),
    ("DAMAGED", {"image": encoded(2)[:60], "text": "x"}),
    ("NOT_A_PICTURE", {"image": "aGVsbG8gd29ybGQhISEh", "text": "x"}),
]
STEPS = "--steps 2 --batch-size 2 --gradient-accumulation 2 --checkpoint-every 1 --lora-rank 2"
QUICK = f"--no-estimate {STEPS}"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    values = {"data_dir": tmp_path / "data", "models_dir": tmp_path / "models", "device": "cpu"}
    for name, value in values.items():
        monkeypatch.setenv(ENV_PREFIX + name.upper(), str(value))
    model = make_tiny_pipeline(tmp_path / "models" / "tiny")
    card = {"defaults": {"num_inference_steps": 1, "guidance_scale": 1.0}}
    (model / "tastemaker.json").write_text(json.dumps(card))
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(retraining, "REPLAY_PICTURES", 2)
    return load_settings()


@pytest.fixture
def studio(settings: Settings) -> Studio:
    return open_studio(settings.data_dir)


@pytest.fixture
def run(settings: Settings) -> Run:
    def invoke(arguments: str) -> Result:
        return CliRunner().invoke(train, f"{arguments} --model tiny".split())

    return invoke


def rate(studio: Studio, liked: int, disliked: int) -> None:
    """Put so many rated pictures into the gallery."""
    for number in range(liked + disliked):
        feedback = 1 if number < liked else -1
        example = make_example(number, feedback=feedback)
        content = studio.blobs.put(example.picture)
        image = studio.add(example.caption, content=content, width=32, height=32)
        studio.feedback.rate(image, feedback)


def test_ratings_become_a_version_that_draws(
    settings: Settings, studio: Studio, run: Run, tmp_path: Path
) -> None:
    rate(studio, 6, 6)
    result = run(f"{QUICK} --method preference --name mine --learning-rate 0.05")
    assert result.exit_code == 0, result.output
    assert "Version mine is in" in result.stdout
    info, components = drawing.load(settings, "mine")
    assert (info.source, info.title) == ("trained", "Mine")
    _, before = drawing.load(settings, "tiny")
    assert any(
        not torch.equal(a, b)
        for a, b in zip(components.unet.parameters(), before.unet.parameters(), strict=True)
    )
    assert retraining.unfinished(settings) == []
    record = read_version(retraining.version_folder(settings, "mine"))
    assert (record.data["source"], record.data["pictures"]) == ("gallery", 12)
    again = CliRunner().invoke(train, ["--model", "mine", "--name", "mine"])
    assert isinstance(again.exception, Conflict)


def test_too_few_ratings_are_refused_before_anything_is_loaded(studio: Studio, run: Run) -> None:
    for liked, disliked, says in (
        (0, 0, "There are 0 rated pictures"),
        (2, 1, "There are 3 rated pictures"),
        (0, 9, "All 9|There are"),
    ):
        rate(studio, liked, disliked)
        result = run(QUICK)
        assert isinstance(result.exception, InvalidInput)
        assert any(part in str(result.exception) for part in says.split("|"))


def test_a_dataset_of_a_folder_can_be_stopped_and_resumed(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(8):
        example = make_example(number)
        (folder / f"{number}.png").write_bytes(example.picture)
        (folder / f"{number}.txt").write_text(example.caption)
    (folder / "8.png").write_bytes(b"broken")
    (folder / "8.txt").write_text("a broken one")

    seen: list[int] = []
    stops_after_one = Observer(
        on_progress=lambda progress: seen.append(progress.step),
        requested_stop=lambda: Stop.CANCEL if seen else None,
    )
    changes = {"max_steps": 2, "batch_size": 2, "gradient_accumulation": 1, "lora_rank": 2}
    stopped = retraining.start(
        settings, str(folder), stops_after_one, model="tiny", changes=changes
    )
    assert stopped.version is None
    assert retraining.unfinished(settings) == ["tiny-taste-1"]
    assert free_name(settings, "tiny", ["tiny"]) == "tiny-taste-2"
    result = CliRunner().invoke(train, ["--resume", "tiny-taste-1"])
    assert result.exit_code == 0, result.output
    record = read_version(retraining.version_folder(settings, "tiny-taste-1"))
    assert (record.method, record.steps, record.data["pictures"]) == ("lora", 2, 8)
    missing = CliRunner().invoke(train, ["--resume", "nothing"])
    assert "Unfinished runs: none" in str(missing.exception)
    both = CliRunner().invoke(train, ["--resume", "tiny-taste-1", "--steps", "5"])
    assert both.exit_code == 2


def test_two_runs_on_one_device_are_refused(settings: Settings, run: Run) -> None:
    with retraining.only_run(settings):
        result = run(QUICK)
    assert isinstance(result.exception, Conflict)
    assert "on the device cpu already" in str(result.exception)


def test_both_sources_are_learned_from(settings: Settings, studio: Studio, tmp_path: Path) -> None:
    rate(studio, 6, 6)
    rows = [{"image": encoded(n), "text": f"picture {n}"} for n in range(8)]
    path = write_jsonl(tmp_path / "set" / "train.jsonl", rows)
    for method, learned in (("lora", {0, 1}), ("preference", {-1, 1})):
        changes = {"max_steps": 1, "batch_size": 2, "gradient_accumulation": 2, "lora_rank": 2}
        done = retraining.start(
            settings,
            f"gallery+{path}",
            Observer(),
            name=method,
            model="tiny",
            method=Method(method),
            changes=changes,
            captions={"gallery:1": None, "dataset:nothing": "x"},
        )
        assert done.version is not None
        assert done.version.data["pictures"] == 11 + 8
        snapshot = read_snapshot(run_folder(settings, method) / "data")
        candidates = sum(entry.feedback in learned for entry in snapshot.entries)
        assert 0 < done.version.data["trained_on"] < candidates


@pytest.mark.slow
def test_two_thousand_rows_of_which_some_are_broken(settings: Settings, tmp_path: Path) -> None:
    """5 % are broken in every way; the good ones are trained on, each bad one is named."""
    broken: dict[str, str] = {}
    rows: list[Mapping[str, Any] | str] = []
    for number in range(2000):
        if number % 20:
            # All rows differ, but pictures recur: encoding is what takes long, and more than one
            # shard of the cache is filled all the same.
            rows.append({"image": encoded(number % 330), "text": f"picture {number % 7}"})
            continue
        reason, row = BROKEN[number // 20 % len(BROKEN)]
        rows.append(row)
        broken[str(number + 1)] = reason
    path = write_jsonl(tmp_path / "set" / "train.jsonl", rows)
    notes: list[str] = []
    done = retraining.start(
        settings,
        str(path),
        Observer(on_note=notes.append),
        name="large",
        model="tiny",
        changes={"max_steps": 2, "batch_size": 4, "gradient_accumulation": 1, "lora_rank": 2},
    )
    assert done.version is not None
    assert done.version.data["pictures"] == 1900
    assert "100 of 2,000 rows can't be trained on" in notes[0]
    lines = (run_folder(settings, "large") / "data" / REJECTED).read_text().splitlines()
    rejected = {row["key"].rpartition(":")[2]: row["reason"] for row in map(json.loads, lines)}
    assert {key.lstrip("0") or "0" for key in rejected} == set(broken)
    assert Counter(rejected.values()) == Counter(broken.values())


def test_the_terminal_says_what_it_will_cost(settings: Settings, studio: Studio, run: Run) -> None:
    rate(studio, 6, 6)
    result = run(f"{STEPS} --method lora --name mine")
    assert result.exit_code == 0, result.output
    assert "for 2 steps on cpu; needs" in " ".join(result.output.split())
    assert not (run_folder(settings, "mine") / "checkpoints").exists()
    again = CliRunner().invoke(train, ["--resume", "mine"])
    assert "its version is there" in str(again.exception)


def test_the_summary_is_honest() -> None:
    auc = {"auc": 0.8, "low": 0.6, "high": 0.9, "liked": 9, "disliked": 12}
    said = " ".join(summary({"better_than_parent": True, "rating_auc": auc}))
    assert "9 held-out liked from 12 disliked" in said
    assert "AUC 0.80 (95 % interval 0.60 to 0.90" in said
    assert "say little" not in said
    few = {"better_than_parent": True, "rating_auc": {**auc, "disliked": 3}}
    assert "say little" in " ".join(summary(few))
    worse = summary({"better_than_parent": False, "liked_fit_worse": True})
    assert "NOT better" in worse[0]
    assert "Warning" in worse[1]
    assert "compare the grids" in summary({"better_than_parent": None})[0]


def test_comparisons_alone_become_a_version(settings: Settings, studio: Studio, run: Run) -> None:
    """Without a single thumb: what was preferred is learned, and written down with the version."""
    preferences = Preferences(studio.database)
    for number in range(0, 24, 2):
        ids = []
        for shift, feedback in ((0, 1), (1, -1)):
            example = make_example(number + shift, feedback=feedback, caption=f"apple {number}")
            content = studio.blobs.put(example.picture)
            ids.append(studio.add(example.caption, content=content, width=32, height=32))
        preferences.choose(ids[0], ids[1:])
    result = run(f"{QUICK} --name chosen")
    assert result.exit_code == 0, result.output
    record = read_version(settings.models_dir / "versions" / "chosen")
    assert record.method == "preference"
    assert record.data["pictures"] == 24
    assert (record.data["pairs"], record.data["trained_on"]) == (9, 18)
    assert record.metrics["held_out_pairs"] == 3
    assert 0 <= record.metrics["pairs_right"] <= 1


def test_the_look_of_chosen_pictures_becomes_a_lora_that_words_call_for(
    settings: Settings, studio: Studio, run: Run
) -> None:
    rate(studio, 6, 2)
    done = run(f"--data gallery:1,2,3,4,5,8 --style crayon --name crayon {QUICK}")
    assert done.exit_code == 0, done.output
    version = read_version(retraining.version_folder(settings, "crayon"))
    assert version.method == "lora"
    assert version.data["style"] == "crayon"
    assert version.data["trained_on"] + version.data["held_out"] == 6
    captions = [
        json.loads(line)["caption"]
        for line in (run_folder(settings, "crayon") / "data/examples.jsonl").read_text().split("\n")
        if line
    ]
    assert len(captions) == 6
    assert all(caption.endswith(", crayon") for caption in captions)
