"""A picture that a compiled network drew (in part) is drawn again by the same kind of network."""

from __future__ import annotations

import queue as thread_queue
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
import torch

from tastemaker.diffusion.compiled import openvino_unet
from tastemaker.diffusion.compiled.warm_up import WarmUp
from tastemaker.diffusion.engine import Engine
from tastemaker.diffusion.outcomes import EAGER
from tastemaker.domain import GenerationRequest, JobKind
from tastemaker.drawing import open_registry
from tastemaker.jobs.worker import Worker
from tastemaker.redraw import evaluations_of, redraw
from tastemaker.settings import Settings, load_settings
from tastemaker.worker_wiring import build_engine, build_warm_up
from tests.studio import Studio, open_studio
from tests.test_redraw import REQUEST
from tests.tiny_pipeline import make_tiny_pipeline

pytestmark = pytest.mark.skipif(
    not openvino_unet.is_available(), reason="OpenVINO isn't installed: pip install .[openvino]"
)
SWITCH_AFTER = 2


@pytest.fixture(autouse=True, params=[1, 2])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.fixture
def settings(tmp_path: Path, compiled_folder: Path) -> Settings:
    make_tiny_pipeline(tmp_path / "models" / "tiny")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "compiled").symlink_to(compiled_folder)
    return load_settings(
        data_dir=tmp_path / "data",
        models_dir=tmp_path / "models",
        device="cpu",
        compile="auto",
        max_batch_rows=8,
    )


class _Late:
    """A warm-up that hands over in the middle of a picture."""

    def __init__(self, warm_up: WarmUp) -> None:
        self._warm_up = warm_up
        self._ticks = 0

    def tick(self) -> Any:
        self._ticks += 1
        return self._warm_up.tick() if self._ticks > SWITCH_AFTER else None

    def close(self) -> None:
        self._warm_up.close()


def made_ready(settings: Settings) -> tuple[Studio, WarmUp, Engine]:
    """A studio whose model is loaded, and its twin ready to be handed over."""
    device = torch.device("cpu")
    warm_up = build_warm_up(settings, device)
    assert warm_up is not None
    engine = build_engine(settings, open_registry(settings), device, warm_up)
    engine.preload("tiny")
    assert warm_up.join(200)
    return open_studio(settings.data_dir), warm_up, engine


def work_through(
    studio: Studio, engine: Engine, warm_up: WarmUp, requests: Sequence[GenerationRequest]
) -> list[str]:
    """Let a worker draw the requests; their jobs."""
    commands: thread_queue.Queue[tuple[str, str]] = thread_queue.Queue()
    jobs = [studio.queue.submit(JobKind.GENERATE, wanted)[0].id for wanted in requests]

    def emit(event: Any) -> None:
        if event.type == "job" and all(studio.queue.get(job).state.is_final for job in jobs):
            commands.put(("stop", ""))

    Worker(
        "token",
        studio.queue,
        studio.blobs,
        engine,
        commands,
        emit,
        max_pixels=10**6,
        warm_up=warm_up,
    ).run()
    return jobs


def test_a_picture_that_two_networks_drew_comes_out_the_same(
    settings: Settings, threads: int
) -> None:
    studio, warm_up, engine = made_ready(settings)
    late: Any = _Late(warm_up)
    (job,) = work_through(studio, engine, late, [REQUEST])
    (image_id,) = studio.queue.get(job).image_ids
    runs = evaluations_of(studio.gallery.get(image_id).params)
    assert [run.by for run in runs] == [
        EAGER,
        openvino_unet.KIND if threads == 1 else openvino_unet.IN_STREAMS,
    ]
    assert runs[0].count == SWITCH_AFTER

    again = redraw(settings, image_id)
    assert again.psnr == inf
    assert again.reasons == ()
    # Though the studio doesn't evaluate so many rows at once any more.
    again = redraw(settings.model_copy(update={"max_batch_rows": runs[1].rows - 1}), image_id)
    assert again.psnr == inf


def test_pictures_drawn_side_by_side_come_out_the_same(settings: Settings, threads: int) -> None:
    studio, warm_up, engine = made_ready(settings)
    warm_up.tick()
    requests = [replace(REQUEST, seed=seed) for seed in range(4)]
    jobs = work_through(studio, engine, warm_up, requests)
    by = set()
    for job in jobs:
        (image_id,) = studio.queue.get(job).image_ids
        params = studio.gallery.get(image_id).params
        by.add(params.get("vae_threads"))
        assert params["threads"] == threads
        again = redraw(settings, image_id)
        assert again.psnr == inf
        assert again.reasons == ()
    assert by == {None} if threads == 1 else 1 in by
