"""The library's caches go to a folder of the test run."""

from __future__ import annotations

from pathlib import Path

import datasets
import pytest
from huggingface_hub import constants


@pytest.fixture(autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(cache / "datasets"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache / "hub"))
    # So that they are put back when a test points the libraries at its own hub.
    for place, name in (
        (datasets.config, "HF_ENDPOINT"),
        (datasets.config, "HUB_DATASETS_URL"),
        (constants, "ENDPOINT"),
        (constants, "HUGGINGFACE_CO_URL_TEMPLATE"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dataset"
    made.mkdir()
    return made
