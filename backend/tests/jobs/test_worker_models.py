"""What the gallery records of models that draw in their own way, and of prompts with weights."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
import torch
from PIL import Image

from tastemaker.api.present import image_params
from tastemaker.diffusion.whole import load_whole
from tastemaker.domain import Event, JobState, Sampler
from tastemaker.redraw import request_of
from tests.jobs.test_worker import Studio, components
from tests.tiny_whole import make_tiny_sd3

__all__ = ["components"]

WEIGHTED = r"a (red:1.3) [apple] \(still\), " + "very " * 40


@pytest.fixture(scope="module")
def sd3(tmp_path_factory: pytest.TempPathFactory):
    return load_whole(make_tiny_sd3(tmp_path_factory.mktemp("model") / "sd3"), torch.device("cpu"))


def test_a_pipeline_of_its_own_goes_through_the_same_queue(tmp_path: Path, sd3) -> None:
    studio = Studio(tmp_path, sd3)
    job_id = studio.submit(num_images=2)
    studio.run_until(job_id)
    job = studio.queue.get(job_id)
    assert job.state is JobState.SUCCEEDED
    first, second = studio.gallery.get_many(job.image_ids)
    assert (first.seed, second.seed) == (5, 6)
    assert first.params["pipeline"] == "StableDiffusion3Pipeline"
    assert first.params["sampler"] == "FlowMatchEulerDiscreteScheduler"
    assert first.params["schedule"] == "own"
    assert any(isinstance(e, Event) and e.type == "progress" for e in studio.events)

    # What isn't one of our samplers is not offered as one, but told.
    shown = image_params(first.params)
    assert shown.sampler is None
    assert shown.model_dump()["scheduler"] == "FlowMatchEulerDiscreteScheduler"
    written = Image.open(BytesIO(studio.gallery.content(first.id))).text["parameters"]
    assert "FlowMatchEulerDiscreteScheduler" in written
    again = request_of(first)
    assert isinstance(again.sampler, Sampler)
    assert (again.prompt, again.seed) == (first.prompt, first.seed)


def test_a_size_that_the_pipeline_refuses_fails_alone(tmp_path: Path, sd3) -> None:
    studio = Studio(tmp_path, sd3)
    bad, good = studio.submit(width=33), studio.submit()
    studio.run_until(bad, good)
    assert studio.queue.get(bad).state is JobState.FAILED
    assert "divisible" in (studio.queue.get(bad).error or "")
    assert studio.queue.get(good).state is JobState.SUCCEEDED


def test_the_prompt_is_kept_as_it_was_typed(tmp_path: Path, components) -> None:
    """Weights, escapes and words beyond the first window included."""
    studio = Studio(tmp_path, components)
    job_id = studio.submit(prompt=WEIGHTED, negative_prompt="(grey:1.2)")
    studio.run_until(job_id)
    (image,) = studio.gallery.get_many(studio.queue.get(job_id).image_ids)
    assert image.prompt == WEIGHTED
    assert image.negative_prompt == "(grey:1.2)"
    written = Image.open(BytesIO(studio.gallery.content(image.id))).text["parameters"]
    assert written.startswith(WEIGHTED.strip()[:40])
