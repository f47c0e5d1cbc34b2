"""Between steps the worker takes up what was compiled and tells what is being compiled."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from tastemaker.diffusion.compiled.warm_up import WarmUpStatus
from tastemaker.diffusion.components import Components, load_components
from tests.jobs.test_worker import Studio
from tests.tiny_pipeline import make_tiny_pipeline

SINCE = datetime(2026, 11, 24, 12, tzinfo=UTC)


class FakeWarmUp:
    """Is at something for a few steps."""

    def __init__(self) -> None:
        self.ticks = 0
        self.closed = False

    def tick(self) -> WarmUpStatus | None:
        self.ticks += 1
        stage = {2: "converting", 3: "converting", 4: "compiling"}.get(self.ticks)
        return None if stage is None else WarmUpStatus("tiny", stage, SINCE)

    def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> Components:
    folder = make_tiny_pipeline(tmp_path_factory.mktemp("model") / "tiny")
    return load_components(folder, torch.device("cpu"))


def test_every_change_is_told_once_and_pictures_go_on(
    tmp_path: Path, components: Components
) -> None:
    studio = Studio(tmp_path, components)
    warm_up: Any = FakeWarmUp()
    studio.worker._warm_up = warm_up
    studio.run_until(studio.submit(num_inference_steps=8))
    told = [event.data for event in studio.events if event.type == "status"]
    stages = [news["warm_up"] and news["warm_up"]["stage"] for news in told]
    assert stages == [None, None, "converting", "compiling", None]
    assert all(news["ready"] for news in told[1:]), "it draws meanwhile"
    assert told[2]["warm_up"] == {
        "model": "tiny",
        "stage": "converting",
        "since": SINCE.isoformat(),
    }
    assert warm_up.ticks >= 8, "asked between all steps"
    assert warm_up.closed
