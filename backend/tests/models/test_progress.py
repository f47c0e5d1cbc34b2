"""Estimates and words for people."""

from __future__ import annotations

import pytest

from tastemaker.domain import DownloadProgress
from tastemaker.models.describe import title_of
from tastemaker.models.progress import (
    Speedometer,
    bytes_in_words,
    progress_in_words,
    seconds_in_words,
)


def test_the_estimate_follows_the_latest_speed() -> None:
    now = 0.0
    speed = Speedometer(lambda: now)
    assert speed.seconds_for(100) is None
    position = 0
    for step in [10] * 30 + [1000] * 30:
        now += 1
        position += step
        speed.add(position)
    assert speed.seconds_for(5000) == pytest.approx(5.0)
    assert speed.seconds_for(0) == 0


def test_a_line_that_stands_still_has_no_estimate() -> None:
    now = 0.0
    speed = Speedometer(lambda: now)
    for _ in range(5):
        now += 1
        speed.add(1000)
    assert speed.seconds_for(100) is None


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_600, "1 MB"), (4_265_380_512, "4.3 GB")],
)
def test_bytes(count: int, words: str) -> None:
    assert bytes_in_words(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (12_000, "3 h 20 min")],
)
def test_seconds(seconds: float, words: str) -> None:
    assert seconds_in_words(seconds) == words


def test_progress() -> None:
    whole = DownloadProgress(1_700_000_000, 4_000_000_000, 720.0)
    assert progress_in_words(whole) == "42 % (1.7 GB of 4.0 GB), about 12 min left"
    assert "list of files" in progress_in_words(DownloadProgress(0))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("stable-diffusion-v1-4", "Stable Diffusion v1-4"),
        ("stable-diffusion-2-1", "Stable Diffusion 2-1"),
        ("dreamlike_art", "Dreamlike Art"),
        ("OpenJourney-v4", "OpenJourney v4"),
    ],
)
def test_titles(name: str, title: str) -> None:
    assert title_of(name) == title
