"""A tiny model, loaded afresh, and little sets of rated pictures for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tastemaker.diffusion.components import Components, load_components
from tastemaker.training.cache import TensorCache
from tastemaker.training.data.examples import Example
from tastemaker.training.encoding import ExampleEncoder, TrainingSet
from tests.tiny_pipeline import make_tiny_pipeline

CPU = torch.device("cpu")


def make_example(number: int, *, feedback: int = 1, caption: str | None = None) -> Example:
    """A picture of one colour with a little noise; red when liked, blue when not."""
    source = np.random.default_rng(number)
    pixels = source.integers(0, 60, (32, 32, 3), dtype=np.uint8)
    pixels[..., 0 if feedback > 0 else 2] += 180
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    text = f"a red apple {number % 5}" if caption is None else caption
    return Example.of(str(number), file.getvalue(), text, "test", feedback=feedback)


def make_set(components: Components, cache: Path, count: int = 12) -> TrainingSet:
    """So many encoded pictures, every other one liked."""
    examples = [make_example(i, feedback=1 if i % 2 else -1) for i in range(count)]
    encoded, unusable = ExampleEncoder(components, TensorCache(cache)).encode(examples)
    assert not unusable
    return encoded


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_pipeline(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def fresh(tiny_folder: Path) -> Callable[[], Components]:
    """Loads the tiny model; training changes a loaded model, so each run wants its own."""
    return lambda: load_components(tiny_folder, CPU)


@pytest.fixture
def tiny(fresh: Callable[[], Components]) -> Components:
    return fresh()
