"""The weights in the package: complete, small, and drawing the same picture every time."""

import json
from dataclasses import replace

import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.layout import IP_ADAPTERS
from tastemaker.diffusion.loading import load_model
from tastemaker.domain import Schedule, StyleReference
from tastemaker.starter import WEIGHTS
from tastemaker.starter.examples import presentation_of
from tastemaker.starter.presets import PRESETS
from tests.diffusion.conftest import request

pytestmark = pytest.mark.skipif(
    not (WEIGHTS / "model_index.json").is_file(), reason="weights are not built"
)


def test_files_are_safetensors_and_small() -> None:
    files = [path for path in WEIGHTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 48 * 2**20
    assert all(path.stat().st_size <= 15 * 2**20 for path in files)
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".txt"}


def test_the_card_says_how_to_sample() -> None:
    card = json.loads((WEIGHTS / "tastemaker.json").read_text())
    presentation = presentation_of(PRESETS[card["preset"]])
    assert card["example_prompts"] == list(presentation.example_prompts)
    assert card["training"] == presentation.training
    assert card["defaults"]["width"] % 8 == 0
    vocabulary = json.loads((WEIGHTS / card["vocabulary"]).read_text())
    assert len(vocabulary["subjects"]) >= 100
    assert all(entry["name"] for entry in vocabulary["subjects"])


def test_it_draws_and_the_seed_decides() -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(
        WEIGHTS, torch_dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    side = pipeline.vae.config.sample_size

    def draw(seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        result = pipeline(
            "a red apple on a blue background",
            num_inference_steps=6,
            guidance_scale=4.0,
            height=side,
            width=side,
            generator=generator,
            output_type="pt",
        )
        return torch.as_tensor(result.images[0])

    first = draw(3)
    assert torch.equal(first, draw(3))
    assert not torch.equal(first, draw(4))
    corner = first[:, :12, :12].mean((1, 2))
    assert corner[2] > corner[0] + 0.15  # the background is blue


def test_a_look_is_taken_from_a_picture() -> None:
    """A sepia reference makes what the prompt wants blue brownish."""
    parts = load_model(WEIGHTS, torch.device("cpu"), ip_adapters=WEIGHTS / IP_ADAPTERS)
    assert isinstance(parts, Components)
    plain = request(
        prompt="a red apple on a blue background",
        width=256,
        height=256,
        num_inference_steps=8,
        schedule=Schedule.KARRAS,
        seed=3,
    )
    sepia = (
        Image.linear_gradient("L")
        .convert("RGB")
        .convert("RGB", (0.9, 0, 0, 0, 0.7, 0, 0, 0, 0.5, 0, 0, 0))
    )
    styled = replace(plain, style_reference=StyleReference("sha256:x", 1.0))
    drawn = {
        "plain": generate(parts, plain)[0],
        "styled": generate(parts, styled, style=sepia)[0],
    }
    assert drawn["styled"].place["style_method"] == "ip-adapter"
    corners = {name: done.image.crop((0, 0, 16, 16)).resize((1, 1)) for name, done in drawn.items()}
    red, _, blue = corners["plain"].getpixel((0, 0))
    assert blue > red + 40
    red, _, blue = corners["styled"].getpixel((0, 0))
    assert red > blue + 10
