"""A hub that serves a Stable-Diffusion-like repository, and registries that end with their test."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tastemaker.domain import Event
from tastemaker.models.registry import Registry
from tastemaker.settings import Settings, load_settings
from tests.models.fakes import WEIGHT_BYTES, Pointer, write_pipeline
from tests.models.hub_server import FakeHub, serve

BASE = "stable-diffusion-v1-4"
REPO = f"CompVis/{BASE}"
MakeRegistry = Callable[..., Registry]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[FakeHub]:
    folder = write_pipeline(tmp_path / "repo", weight_bytes=WEIGHT_BYTES, variants="plain fp16 bin")
    (folder / "sd-v1-4.safetensors").write_bytes(b"a duplicate in one file")
    (folder / "README.md").write_text("# A model")
    with serve(FakeHub(REPO, folder)) as running:
        yield running


@pytest.fixture
def closed_port() -> str:
    """The address of a hub that isn't there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    def make(hub_url: str, **overrides: Any) -> Settings:
        return load_settings(
            data_dir=tmp_path / "data",
            models_dir=tmp_path / "models",
            hub_url=hub_url,
            base_model=REPO,
            device="cpu",
            offline=overrides.pop("offline", False),
            **overrides,
        )

    return make


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def make_registry(
    tmp_path: Path, settings_for: Callable[..., Settings], events: list[Event]
) -> Iterator[MakeRegistry]:
    """Build registries over one models folder, as a restarted server would."""
    starter = write_pipeline(tmp_path / "starter")
    made: list[Registry] = []

    def make(
        hub_url: str, *, gpu: bool = False, pointer: Pointer | None = None, **options: Any
    ) -> Registry:
        overrides = {key: options.pop(key) for key in ("offline",) if key in options}
        options.setdefault("retry_seconds", (3600.0,))
        registry = Registry(
            settings_for(hub_url, **overrides),
            pointer or Pointer(),
            events.append,
            device_is_gpu=lambda: gpu,
            starter=starter,
            **options,
        )
        made.append(registry)
        return registry

    yield make
    for registry in made:
        registry.close()
