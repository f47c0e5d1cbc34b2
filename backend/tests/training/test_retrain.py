"""From rated pictures to a version: the whole story, stopped in every chapter, and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tastemaker.diffusion.components import Components
from tastemaker.errors import InsufficientDisk, InvalidInput
from tastemaker.training.cache import TensorCache
from tastemaker.training.division import divide
from tastemaker.training.encoding import ExampleEncoder
from tastemaker.training.options import Method
from tastemaker.training.progress import Stop
from tastemaker.training.readiness import check_disk, check_ratings, choose_method, disk_bytes
from tastemaker.training.retrain import Assignment, Observer, retrain
from tastemaker.training.samples import MOST_CHECKPOINTS, is_sampled
from tastemaker.training.versions import check_weights
from tests.diffusion.conftest import request
from tests.training.conftest import make_example
from tests.training.runs import options

Fresh = Callable[[], Components]


def assignment(method: str, **changes: Any) -> Assignment:
    """Twenty rated pictures of five prompts; both ratings within each prompt."""
    examples = [make_example(i, feedback=1 if i % 2 else -1) for i in range(20)]
    fast = options(method, max_steps=4, checkpoint_every=2, learning_rate=1e-3, **changes)
    return Assignment(
        name="taste",
        base="tiny",
        parent="tiny",
        options=fast,
        request=request(num_inference_steps=2),
        examples=examples,
        prompts=("a red apple", "a cat"),
        replay_prompts=("a cat", "a red apple"),
        data={"source": "test"},
    )


@pytest.mark.parametrize(
    ("method", "weights"),
    [
        ("lora", "pytorch_lora_weights.safetensors"),
        ("preference", "pytorch_lora_weights.safetensors"),
        ("full", "unet"),
    ],
)
def test_from_ratings_to_a_version(fresh: Fresh, tmp_path: Path, method: str, weights: str) -> None:
    chapters: list[str] = []
    watch = Observer(on_chapter=lambda name, done, total: chapters.append(name))
    done = retrain(assignment(method), fresh(), tmp_path / "run", tmp_path / "taste", watch)
    assert done.version is not None
    assert list(dict.fromkeys(chapters)) == ["drawing", "encoding", "evaluating"]
    metrics = done.version.metrics
    assert json.loads(json.dumps(metrics)) == metrics
    assert 0 <= metrics["rating_auc"]["low"] <= metrics["rating_auc"]["high"] <= 1
    assert metrics["better_than_parent"] in (True, False)
    assert metrics["liked_fit"] > 0
    assert done.version.data["source"] == "test"
    check_weights(tmp_path / "taste")
    names = {path.name for path in (tmp_path / "taste").iterdir()}
    assert names == {"version.json", weights, "grid-before.png", "grid-after.png"}


def test_stopped_in_every_chapter_it_ends_the_same(fresh: Fresh, tmp_path: Path) -> None:
    work = assignment("lora")
    whole = retrain(work, fresh(), tmp_path / "whole", tmp_path / "taste-whole").version

    class Killed(Exception):
        pass

    def dies_in(chapter: str) -> Observer:
        def on_chapter(name: str, done: int, total: int) -> None:
            if name == chapter and done == total - (chapter == "evaluating"):
                raise Killed

        return Observer(on_chapter=on_chapter)

    parts = tmp_path / "parts", tmp_path / "taste-parts"
    for chapter in ("drawing", "encoding", "evaluating"):
        with pytest.raises(Killed):
            retrain(work, fresh(), *parts, dies_in(chapter))
        if chapter == "encoding":
            paused = retrain(work, fresh(), *parts, Observer(requested_stop=lambda: Stop.PAUSE))
            assert paused.version is None
            assert paused.outcome.stopped is Stop.PAUSE
    ended = retrain(work, fresh(), *parts).version
    assert whole is not None
    assert ended is not None
    assert ended.weights == whole.weights
    assert ended.metrics == whole.metrics
    again = retrain(work, fresh(), *parts).version
    assert again == ended


def test_samples_are_drawn_with_every_checkpoint_of_a_short_run_and_some_of_a_long_one() -> None:
    assert [s for s in range(1, 8) if is_sampled(s, 7, 3)] == [3, 6, 7]
    drawn = [s for s in range(50, 100_001, 50) if is_sampled(s, 100_000, 50)]
    assert len(drawn) == MOST_CHECKPOINTS
    assert drawn[-1] == 100_000


def test_likes_are_learned_and_all_ratings_judge(tiny: Components, tmp_path: Path) -> None:
    work = assignment("lora")
    encoded, _ = ExampleEncoder(tiny, TensorCache(tmp_path)).encode(work.examples)
    for method in ("lora", "preference"):
        parts = divide(encoded, options(method))
        train, validation, judged = parts.train, parts.validation, parts.judged
        liked_only = method == "lora"
        assert {i.feedback for i in train.items} == ({1} if liked_only else {1, -1})
        # Two dislikes are held out: too few to validate with.
        assert {i.feedback for i in validation.items} == ({1} if liked_only else {1, -1})
        assert {i.feedback for i in judged.items} == {1, -1}
        assert not {i.caption for i in train.items} & {i.caption for i in judged.items}
        if liked_only:
            assert parts.disliked is not None
            assert {i.feedback for i in parts.disliked.items} == {-1}
            assert len(parts.disliked) + len(train) + len(judged) == 20
        else:
            assert parts.disliked is None
    assert divide(encoded, options("lora", avoid_disliked=False)).disliked is None
    unrated = [replace(example, feedback=0) for example in work.examples]
    encoded, _ = ExampleEncoder(tiny, TensorCache(tmp_path)).encode(unrated)
    parts = divide(encoded, options("full"))
    assert len(parts.train) + len(parts.judged) == 20
    assert len(parts.validation) == len(parts.judged)
    assert parts.disliked is None


def test_enough_of_both_kinds_validate_together(tiny: Components, tmp_path: Path) -> None:
    examples = [make_example(i, feedback=1 if i % 2 else -1) for i in range(40)]
    encoded, _ = ExampleEncoder(tiny, TensorCache(tmp_path)).encode(examples)
    parts = divide(encoded, options("full"))
    assert {i.feedback for i in parts.train.items} == {1}
    assert sorted(i.feedback for i in parts.validation.items) == [-1] * 4 + [1] * 4
    # Whoever learns from unrated pictures, too, has no likes to tell from the rest.
    parts = divide(encoded, options("full"), with_unrated=True)
    assert {i.feedback for i in parts.validation.items} == {1}


@pytest.mark.parametrize(
    ("method", "liked", "disliked", "says"),
    [
        (Method.LORA, 2, 1, "There are 3 rated pictures; .* Rate 7 more"),
        (Method.LORA, 1, 0, "There is 1 rated picture;"),
        (Method.LORA, 0, 0, "There are 0 rated pictures; .* Rate 10 more"),
        (Method.LORA, 0, 30, "All 30 rated pictures are disliked"),
        (Method.PREFERENCE, 30, 0, "All 30 rated pictures are liked"),
    ],
)
def test_too_little_to_learn_a_taste_from(
    method: Method, liked: int, disliked: int, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        check_ratings(method, liked, disliked)


def test_enough_ratings_and_the_method_that_fits_them() -> None:
    check_ratings(Method.LORA, 10, 0)
    check_ratings(Method.PREFERENCE, 5, 5)
    assert choose_method(20, 20) is Method.LORA
    assert choose_method(40, 40) is Method.PREFERENCE
    assert choose_method(100, 0) is Method.LORA


def test_too_small_a_disk_is_refused() -> None:
    needed = disk_bytes(options("full", keep=1, ema_decay=0.9), 1_000_000, 10, 256)
    assert needed == (4 * 3 + 1) * 4_000_000 + 10 * 256 * 16
    check_disk(Path(), needed, lambda _: 600_000_000)
    with pytest.raises(InsufficientDisk, match=r"needs about 2\.00 GB"):
        check_disk(Path(), 2_000_000_000, lambda _: 600_000_000)
