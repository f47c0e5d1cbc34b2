"""Stable Diffusion 2.x and XL in the batching engine, against diffusers' own pipelines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.engine import Engine
from tastemaker.diffusion.families import STABLE_DIFFUSION, XL, family_of, generation
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.layout import read_json
from tastemaker.diffusion.text import PromptEncoder
from tastemaker.domain import Sampler
from tastemaker.errors import ModelBroken
from tests.diffusion.conftest import CPU, psnr, request
from tests.diffusion.engines import drain, finished, ticket
from tests.diffusion.test_against_diffusers import pipeline
from tests.tiny_families import PROJECTION, make_tiny_sd2, make_tiny_xl

SAME = 60.0
Model = tuple[Path, Components]


@pytest.fixture(scope="module")
def sd2(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = make_tiny_sd2(tmp_path_factory.mktemp("models") / "sd2")
    return folder, load_components(folder, CPU)


@pytest.fixture(scope="module")
def xl(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = make_tiny_xl(tmp_path_factory.mktemp("models") / "xl")
    return folder, load_components(folder, CPU)


def theirs(pipe: Any, wanted: Any, **inputs: Any) -> Any:
    return pipe(
        wanted.prompt,
        negative_prompt=wanted.negative_prompt or None,
        num_inference_steps=wanted.num_inference_steps,
        guidance_scale=wanted.guidance_scale,
        width=wanted.width,
        height=wanted.height,
        generator=torch.Generator().manual_seed(wanted.seed),
        **inputs,
    ).images[0]


@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DPMPP_2M, Sampler.DDIM])
@pytest.mark.parametrize("changes", [{}, {"guidance_scale": 1.0}, {"negative_prompt": "cat"}])
def test_stable_diffusion_2(sd2: Model, sampler: Sampler, changes: dict[str, Any]) -> None:
    folder, components = sd2
    wanted = request(sampler=sampler, height=48, **changes)
    expected = theirs(pipeline(folder, sampler, StableDiffusionPipeline), wanted)
    assert psnr(generate(components, wanted)[0].image, expected) >= SAME


@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DPMPP_2M, Sampler.EULER_A])
@pytest.mark.parametrize("changes", [{}, {"guidance_scale": 1.0}, {"negative_prompt": "cat"}])
def test_stable_diffusion_xl(xl: Model, sampler: Sampler, changes: dict[str, Any]) -> None:
    folder, components = xl
    wanted = request(sampler=sampler, height=48, **changes)
    expected = theirs(pipeline(folder, sampler, StableDiffusionXLPipeline), wanted)
    assert psnr(generate(components, wanted)[0].image, expected) >= SAME


def test_xl_latents(xl: Model) -> None:
    """The same latents, not only the same picture."""
    folder, components = xl
    pipe = pipeline(folder, Sampler.EULER, StableDiffusionXLPipeline)
    text = PromptEncoder(components).condition("a red apple", "cat", 32, 48)
    expected = pipe.encode_prompt("a red apple", negative_prompt="cat", device=CPU)
    states = (text.conditional, text.unconditional, *text.added["text_embeds"])
    for ours, one in zip(states, expected, strict=True):
        torch.testing.assert_close(ours, one[0])
    assert text.added["time_ids"].tolist() == [[48, 32, 0, 0, 48, 32]] * 2


def test_xl_without_zeros_for_an_empty_negative_prompt(tmp_path: Path) -> None:
    folder = make_tiny_xl(tmp_path / "xl", force_zeros_for_empty_prompt=False)
    components = load_components(folder, CPU)
    assert not components.force_zeros_for_empty_prompt
    wanted = request(sampler=Sampler.EULER)
    pipe = pipeline(folder, Sampler.EULER, StableDiffusionXLPipeline)
    assert psnr(generate(components, wanted)[0].image, theirs(pipe, wanted)) >= SAME


def test_xl_latents_with_a_mean_and_a_spread(tmp_path: Path) -> None:
    """Some models of the family normalise each channel of their latents."""
    folder = make_tiny_xl(tmp_path / "xl")
    path = folder / "vae" / "config.json"
    spread = {"latents_mean": [0.5, -1.0, 0.2, 0.0], "latents_std": [1.5, 0.7, 1.0, 2.0]}
    path.write_text(json.dumps(read_json(path) | spread))
    wanted = request(sampler=Sampler.EULER)
    pipe = pipeline(folder, Sampler.EULER, StableDiffusionXLPipeline)
    components = load_components(folder, CPU)
    drawn = generate(components, wanted)[0].image
    assert psnr(drawn, theirs(pipe, wanted)) >= SAME
    # And back: a picture's latents, redrawn hardly at all, give the picture again.
    again = generate(components, request(strength=0.02, num_inference_steps=50), init_image=drawn)[
        0
    ]
    assert psnr(again.image, drawn) > psnr(again.image, generate(components, wanted)[0].image) - 1


def test_xl_long_and_weighted_prompts(xl: Model) -> None:
    """Both encoders cut alike; an absent negative prompt is zeros at any length."""
    _, components = xl
    text = PromptEncoder(components).condition(" ".join("q" * 20) + " (cat:1.5)", "", 32, 32)
    assert text.unconditional is not None
    assert text.conditional.shape == text.unconditional.shape == (32, 40)
    assert not text.unconditional.any()
    assert text.added["text_embeds"].shape == (2, PROJECTION)
    assert not text.added["text_embeds"][1].any()


def test_xl_company_changes_nothing(xl: Model) -> None:
    """Rows of other prompts, sizes, guidance and lengths, each with conditions of its own."""
    _, components = xl
    wanted = [
        request(prompt="cat"),
        request(prompt="a red apple", guidance_scale=1.0, seed=3),
        request(prompt=" ".join("q" * 20), negative_prompt="red", num_inference_steps=3),
        request(prompt="cat", height=48, num_images=2),
        request(prompt="(red:1.4) cat", sampler=Sampler.EULER_A),
    ]
    engine = Engine(lambda _: components, preview_interval=float("inf"))
    for number, one in enumerate(wanted):
        engine.submit(ticket(str(number), one))
    outcomes = drain(engine)
    for number, one in enumerate(wanted):
        for mine, alone in zip(
            finished(outcomes, str(number)), generate(components, one), strict=True
        ):
            assert psnr(mine.image, alone.image) >= 50


def test_size_matters_to_xl(xl: Model) -> None:
    _, components = xl
    encoder = PromptEncoder(components)
    small, large = (encoder.condition("cat", None, side, side).added for side in (32, 64))
    assert not torch.equal(small["time_ids"], large["time_ids"])
    assert torch.equal(small["text_embeds"], large["text_embeds"])


def test_an_xl_unet_of_another_text_encoder(tmp_path: Path) -> None:
    folder = make_tiny_xl(tmp_path / "xl")
    path = folder / "unet" / "config.json"
    path.write_text(json.dumps(read_json(path) | {"addition_time_embed_dim": 8}))
    with pytest.raises(ModelBroken, match="doesn't belong to this text encoder"):
        load_components(folder, CPU)


STABLE = {
    "_class_name": STABLE_DIFFUSION,
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "scheduler": ["diffusers", "PNDMScheduler"],
    "safety_checker": [None, None],
}


@pytest.mark.parametrize(
    ("width", "title"),
    [(768, "Stable Diffusion 1.x"), (1024, "Stable Diffusion 2.x"), (128, "Stable Diffusion")],
)
def test_generations(width: int, title: str) -> None:
    family = family_of(STABLE)
    assert family.batched
    assert family.trainable
    assert generation(family, {"cross_attention_dim": width}) == title


def test_xl_by_its_second_encoder() -> None:
    """Whatever class a copy was saved with, such as the one for image to image."""
    second = {"text_encoder_2": ["transformers", "CLIPTextModelWithProjection"]}
    family = family_of({**STABLE, **second, "_class_name": "StableDiffusionXLImg2ImgPipeline"})
    assert family.pipeline == XL
    assert family.batched
    assert not family.trainable


@pytest.mark.parametrize(
    "change",
    [
        {"_class_name": "PixArtAlphaPipeline"},
        {"_class_name": "FluxPipeline"},
        {"_class_name": "StableDiffusion3Pipeline"},
    ],
)
def test_families_with_pipelines_of_their_own(change: dict[str, Any]) -> None:
    index = {"transformer": ["diffusers", "Some"], "scheduler": ["diffusers", "Some"], **change}
    family = family_of(index)
    assert not family.batched
    assert not family.trainable
    assert family.networks == ("transformer",)


@pytest.mark.parametrize(
    ("index", "match"),
    [
        ({**STABLE, "unet": ["diffusers", "UNet3DConditionModel"]}, "UNet3D"),
        ({**STABLE, "text_encoder": [None, None]}, "nothing as its text_encoder"),
        ({"_class_name": "CogVideoXPipeline"}, "prompt alone"),
        ({"_class_name": "StableVideoDiffusionPipeline"}, "prompt alone"),
        ({"_class_name": "FluxFillPipeline"}, "prompt alone"),
        ({"_class_name": "KandinskyV22PriorPipeline"}, "prompt alone"),
        ({"_class_name": "AudioLDM2Pipeline"}, "prompt alone"),
        ({"_class_name": ["my_pipeline", "MyPipeline"]}, "code of their own"),
        ({"_class_name": "os.system"}, "code of their own"),
        ({"_class_name": "FluxPipeline", "../x": ["diffusers", "Some"]}, "no folder name"),
    ],
)
def test_what_no_prompt_draws(index: dict[str, Any], match: str) -> None:
    with pytest.raises(ModelBroken, match=match):
        family_of(index)
