"""Chance that can be repeated, and doesn't repeat itself."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from tastemaker.training.order import EvenOrder, RatedOrder
from tastemaker.training.randomness import Draw, Purpose, draw, generator, permutation

SHAPE = (4, 8, 8)


def one(seed: int = 0, step: int = 0, sample: int = 0, **changes: object) -> Draw:
    options = {"shape": SHAPE, "timesteps": 1000, "caption_dropout": 0.1, **changes}
    return draw(seed, Purpose.TRAINING, step, sample, **options)  # type: ignore[arg-type]


def test_equal_numbers_give_equal_draws_in_another_process() -> None:
    code = (
        "from tests.training.test_randomness import one;"
        "print(one(5, 77, 3).noise.numpy().tobytes().hex(), one(5, 77, 3).timestep)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    mine = one(5, 77, 3)
    assert told == [mine.noise.numpy().tobytes().hex(), str(mine.timestep)]


def test_other_numbers_give_unrelated_draws() -> None:
    keys = list(itertools.product((0, 1, 2**63 - 1), (0, 1, 9), (0, 1)))
    noises = np.stack([one(*key).noise.numpy().ravel() for key in keys])
    alike = np.corrcoef(noises) - np.eye(len(keys))
    assert np.abs(alike).max() < 0.3
    posterior = one().posterior_noise.numpy().ravel()
    assert abs(np.corrcoef(noises[0], posterior)[0, 1]) < 0.3
    streams = [generator(0, purpose).random() for purpose in Purpose]
    assert len(set(streams)) == len(Purpose)


def test_noise_is_standard_normal_and_captions_drop_as_often_as_asked() -> None:
    draws = [one(step=step) for step in range(2000)]
    noise = np.stack([d.noise.numpy() for d in draws])
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1) < 0.01
    assert 0.07 < sum(d.drops_caption for d in draws) / 2000 < 0.13
    assert not any(one(step=step, caption_dropout=0.0).drops_caption for step in range(200))
    assert all(one(step=step, caption_dropout=1.0).drops_caption for step in range(200))


def test_timesteps_are_even_and_in_range_with_and_without_strata() -> None:
    for strata in (1, 8):
        times = [
            one(step=s, sample=i, strata=strata).timestep for s in range(400) for i in range(8)
        ]
        assert min(times) >= 0
        assert max(times) <= 999
        counts = Counter(time // 100 for time in times)
        assert all(240 < counts[part] < 400 for part in range(10)), counts
    parts = [one(sample=i, strata=8).timestep // 125 for i in range(8)]
    assert parts == list(range(8))


def test_a_pass_visits_everything_once() -> None:
    order = EvenOrder(count=7, size=3, seed=1)
    visited = [visit.index for step in range(7) for visit in order.window(step)]
    for start in (0, 7, 14):
        assert sorted(visited[start : start + 7]) == list(range(7))
    assert visited[:7] != visited[7:14]
    later = EvenOrder(count=7, size=3, seed=1)
    assert [v.index for v in later.window(5)] == visited[15:18]
    assert permutation(1, 0, 50) != permutation(2, 0, 50)


@pytest.mark.parametrize("liked", [1, 10, 50, 99])
def test_rated_windows_hold_at_least_a_quarter_of_each_kind(liked: int) -> None:
    labels = [1] * liked + [-1] * (100 - liked)
    order = RatedOrder(labels, size=32, seed=3)
    seen: Counter[int] = Counter()
    for step in range(30):
        window = order.window(step)
        assert [visit.sample for visit in window] == list(range(32))
        kinds = Counter(labels[visit.index] for visit in window)
        assert min(kinds[1], kinds[-1]) >= 8
        seen.update(visit.index for visit in window)
    assert len(seen) == 100
