"""What came through the download is what diffusers and the engine load."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from tastemaker.diffusion.components import load_components
from tastemaker.domain import ModelState
from tests.models.conftest import BASE, REPO, MakeRegistry
from tests.models.fakes import wait_until
from tests.models.hub_server import FakeHub, serve
from tests.tiny_pipeline import make_tiny_pipeline


@pytest.mark.slow
@pytest.mark.parametrize("with_safety_checker", [False, True])
def test_a_downloaded_pipeline_loads(
    make_registry: MakeRegistry, tmp_path: Path, with_safety_checker: bool
) -> None:
    torch.set_num_threads(1)
    origin = make_tiny_pipeline(tmp_path / "tiny", with_safety_checker=with_safety_checker)
    with serve(FakeHub(REPO, origin)) as hub:
        registry = make_registry(hub.url)
        registry.begin_first_download()
        wait_until(lambda: registry.get(BASE).state is not ModelState.DOWNLOADING)
    model = registry.require_ready(BASE)
    assert model.has_safety_checker is with_safety_checker
    assert model.defaults is not None
    folder = registry.path_of(BASE)
    assert folder != origin

    components = load_components(folder, torch.device("cpu"))
    assert components.size_multiple == model.size_multiple
    assert components.default_size == (model.defaults.width, model.defaults.height)

    pipeline = StableDiffusionPipeline.from_pretrained(
        folder, local_files_only=True, use_safetensors=True
    )
    original = StableDiffusionPipeline.from_pretrained(origin, local_files_only=True)
    weights = pipeline.unet.state_dict()
    assert all(torch.equal(weights[k], v) for k, v in original.unet.state_dict().items())
