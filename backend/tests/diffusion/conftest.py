"""Loaded tiny models, and requests to draw with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tastemaker.diffusion.components import Components, load_components
from tastemaker.domain import GenerationRequest, Sampler, Schedule
from tests.tiny_pipeline import make_tiny_pipeline

CPU = torch.device("cpu")
REQUEST = GenerationRequest(
    prompt="a red apple",
    model="tiny",
    width=32,
    height=32,
    num_inference_steps=4,
    guidance_scale=3.0,
    seed=7,
    sampler=Sampler.DPMPP_2M,
    schedule=Schedule.NORMAL,
)


def request(**changes: Any) -> GenerationRequest:
    """A quick request for the tiny model, with changes."""
    return replace(REQUEST, **changes)


def psnr(a: Image.Image, b: Image.Image) -> float:
    """Peak signal-to-noise ratio of two RGB images in dB; infinite when equal."""
    difference = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    mean = float((difference**2).mean())
    return math.inf if mean == 0 else 10 * math.log10(255**2 / mean)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_pipeline(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Components:
    return load_components(tiny_folder, CPU)


@pytest.fixture
def fresh_tiny(tiny_folder: Path) -> Components:
    """A copy of the tiny model that a test may damage."""
    return load_components(tiny_folder, CPU)


@pytest.fixture(scope="session")
def make_model(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., tuple[Path, Components]]:
    """Makes other tiny models; options are `make_tiny_pipeline`'s."""
    made: dict[str, tuple[Path, Components]] = {}

    def make(**options: Any) -> tuple[Path, Components]:
        key = repr(sorted(options.items()))
        if key not in made:
            folder = make_tiny_pipeline(tmp_path_factory.mktemp("models") / "other", **options)
            made[key] = folder, load_components(folder, CPU)
        return made[key]

    return make
