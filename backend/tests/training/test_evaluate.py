"""Measures against worked examples; the split keeps prompts apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.generate import generate
from tastemaker.errors import InvalidInput
from tastemaker.training.evaluate import (
    HeldOut,
    auc,
    draw_grid,
    rating_auc,
    sheet,
    split_by_prompt,
)
from tests.diffusion.conftest import request

LIKED = np.array([1.0, 1.0, -1.0, -1.0])


def test_auc() -> None:
    assert auc(np.array([3.0, 4.0, 1.0, 2.0]), LIKED) == 1.0
    assert auc(np.array([1.0, 2.0, 3.0, 4.0]), LIKED) == 0.0
    assert auc(np.zeros(4), LIKED) == 0.5
    assert auc(np.array([3.0, 1.0, 2.0, 0.0]), LIKED) == 0.75
    assert auc(np.array([3.0, 1.0, 1.0, 0.0]), LIKED) == (1 + 1 + 0.5 + 1) / 4


def test_bootstrap_interval() -> None:
    source = np.random.default_rng(0)
    labels = np.repeat([1.0, -1.0], 100)
    scores = source.normal(size=200) + labels * 0.5
    found = rating_auc(scores, labels, seed=1)
    assert 0.5 < found.low < found.auc < found.high < 1
    assert (found.liked, found.disliked) == (100, 100)
    assert rating_auc(scores, labels, seed=1) == found
    # Theory (Hanley & McNeil 1982) gives a standard error of about 0.03 here.
    assert found.high - found.low == pytest.approx(4 * 0.031, rel=0.2)
    chance = rating_auc(source.normal(size=200), labels, seed=1)
    assert chance.low < 0.5 < chance.high
    with pytest.raises(InvalidInput, match="Both liked and disliked"):
        rating_auc(scores[:100], labels[:100], seed=1)


def test_preference_loss_is_half_without_an_idea_and_falls_with_a_good_one() -> None:
    def held(gains: list[float]) -> HeldOut:
        return HeldOut(np.ones(4) - np.array(gains), np.ones(4), LIKED)

    assert held([0, 0, 0, 0]).preference_loss(100.0) == pytest.approx(0.5)
    good = held([0.1, 0.1, -0.1, -0.1]).preference_loss(100.0)
    assert good == pytest.approx(1 - 1 / (1 + np.exp(-10.0)))
    assert held([-0.1, -0.1, 0.1, 0.1]).preference_loss(100.0) > 0.9


def test_fit_of_liked_pictures() -> None:
    errors, reference = np.array([1.1, 1.3, 9.0, 9.0]), np.array([1.0, 1.0, 1.0, 1.0])
    assert HeldOut(errors, reference, LIKED).liked_fit() == pytest.approx(1.2)
    assert HeldOut(errors, reference, -np.ones(4)).liked_fit() is None
    assert HeldOut(errors, None, LIKED).liked_fit() is None


def test_taste_is_how_far_likes_and_dislikes_come_apart() -> None:
    errors = np.array([0.8, 0.9, 1.3, 1.0])
    held = HeldOut(errors, np.ones(4), LIKED)
    assert held.taste_loss() == pytest.approx(1 - 0.15 - 0.15)
    assert HeldOut(np.ones(4), np.ones(4), LIKED).taste_loss() == 1
    # Dislikes may cost as much as they like, unless likes do, too.
    assert HeldOut(np.array([1.1, 1.0, 9.0, 9.0]), np.ones(4), LIKED).taste_loss() == 1
    assert HeldOut(2 * errors, 2 * np.ones(4), LIKED).taste_loss() == held.taste_loss()


def test_no_prompt_is_on_both_sides() -> None:
    captions = [f"prompt {i % 17}" for i in range(200)]
    train, held = split_by_prompt(captions, 0.2, seed=4)
    assert sorted(train + held) == list(range(200))
    assert not {captions[i] for i in train} & {captions[i] for i in held}
    assert 40 <= len(held) <= 60
    assert split_by_prompt(captions, 0.2, seed=4) == (train, held)
    assert split_by_prompt(captions, 0.2, seed=5) != (train, held)


@pytest.mark.parametrize("captions", [[], ["one"], ["one", "one"]])
def test_a_single_prompt_is_trained_on(captions: list[str]) -> None:
    assert split_by_prompt(captions, 0.5, seed=0) == (list(range(len(captions))), [])


def test_grids_draw_what_the_engine_draws(tiny: Components) -> None:
    rows = draw_grid(tiny, request(), ["a red apple", "a cat"], [7, 8])
    alone = generate(tiny, request(prompt="a cat", seed=8))[0].image
    assert np.array_equal(np.asarray(rows[1][1]), np.asarray(alone))
    whole = sheet(rows, gap=4)
    assert whole.size == (68, 68)
    corner = whole.crop((36, 36, 68, 68))
    assert np.array_equal(np.asarray(corner), np.asarray(alone))
    assert isinstance(whole, Image.Image)
    assert torch.is_grad_enabled()
