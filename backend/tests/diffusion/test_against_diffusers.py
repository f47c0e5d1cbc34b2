"""The engine against diffusers' own pipelines: same weights, noise and steps, same picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.fitting import resized
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.latents import encode_image
from tastemaker.domain import ResizeMode, Sampler, Schedule
from tests.diffusion.conftest import psnr, request
from tests.diffusion.oracles import ORACLES, RESPACED, path_noise, repeated_from

Make = Callable[..., tuple[Path, Components]]
SAME = 55.0


def pipeline(
    folder: Path, sampler: Sampler, cls: Any = StableDiffusionPipeline, **config: Any
) -> Any:
    pipe = cls.from_pretrained(folder, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    scheduler, extra = ORACLES[sampler]
    pipe.scheduler = scheduler.from_config(pipe.scheduler.config, **extra, **config)
    return pipe


def theirs(pipe: Any, wanted: Any, seed: int, **inputs: Any) -> Image.Image:
    if isinstance(pipe, StableDiffusionPipeline):
        inputs |= {"width": wanted.width, "height": wanted.height}
    generator = torch.Generator().manual_seed(seed)
    if wanted.sampler is Sampler.DPMPP_SDE:
        draw_path_from(pipe, generator, (1, 4, wanted.height // 4, wanted.width // 4))
    return pipe(
        wanted.prompt,
        negative_prompt=wanted.negative_prompt,
        num_inference_steps=wanted.num_inference_steps,
        guidance_scale=wanted.guidance_scale,
        generator=generator,
        **inputs,
    ).images[0]


def draw_path_from(pipe: Any, generator: torch.Generator, shape: tuple[int, ...]) -> None:
    """Let DPM++ SDE take its noise from the picture's generator, and not from a seed of its own."""
    scheduler = pipe.scheduler
    plain = type(scheduler).set_timesteps

    def set_timesteps(*args: Any, **options: Any) -> None:
        plain(scheduler, *args, **options)
        scheduler.noise_sampler = path_noise(generator, shape)

    scheduler.set_timesteps = set_timesteps


def begin_anew(pipe: Any, sampler: Sampler) -> None:
    """Let the multistep schedulers that count from the whole walk's start count from this one's."""

    def get_timesteps(steps: int, strength: float, device: Any) -> tuple[torch.Tensor, int]:
        scheduler = pipe.scheduler
        begin = steps - min(int(steps * strength), steps)
        if sampler is Sampler.PNDM and begin:
            return repeated_from(scheduler, begin), steps - begin
        if sampler is Sampler.LMS:
            scheduler.sigmas = scheduler.sigmas[begin:]
        scheduler.timesteps = scheduler.timesteps[begin:]
        return scheduler.timesteps, steps - begin

    if sampler in (Sampler.PNDM, Sampler.LMS):
        pipe.get_timesteps = get_timesteps


@pytest.mark.parametrize("sampler", Sampler)
def test_text_to_image(tiny_folder: Path, tiny: Components, sampler: Sampler) -> None:
    wanted = request(
        sampler=sampler, num_inference_steps=9, height=48, negative_prompt="cat", num_images=2
    )
    ours = generate(tiny, wanted)
    pipe = pipeline(tiny_folder, sampler)
    for index, finished in enumerate(ours):
        assert finished.seed == wanted.seed + index
        assert psnr(finished.image, theirs(pipe, wanted, finished.seed)) >= SAME
    assert psnr(ours[0].image, ours[1].image) < 30


@pytest.mark.parametrize("sampler", RESPACED)
def test_karras(tiny_folder: Path, tiny: Components, sampler: Sampler) -> None:
    wanted = request(sampler=sampler, schedule=Schedule.KARRAS, num_inference_steps=6)
    pipe = pipeline(tiny_folder, sampler, use_karras_sigmas=True)
    assert psnr(generate(tiny, wanted)[0].image, theirs(pipe, wanted, wanted.seed)) >= SAME


@pytest.mark.parametrize(
    "options",
    [
        {"prediction_type": "v_prediction"},
        {"latent_channels": 8},
        {"prediction_type": "v_prediction", "latent_channels": 3, "seed": 5},
    ],
    ids=str,
)
def test_other_models(make_model: Make, options: dict[str, Any]) -> None:
    folder, components = make_model(**options)
    for sampler in (Sampler.PNDM, Sampler.DPMPP_2M_SDE):
        wanted = request(sampler=sampler)
        pipe = pipeline(folder, sampler)
        assert psnr(generate(components, wanted)[0].image, theirs(pipe, wanted, 7)) >= SAME


def test_without_guidance(tiny_folder: Path, tiny: Components) -> None:
    wanted = request(guidance_scale=1.0, sampler=Sampler.DDIM)
    pipe = pipeline(tiny_folder, Sampler.DDIM)
    assert psnr(generate(tiny, wanted)[0].image, theirs(pipe, wanted, 7)) >= SAME


@pytest.mark.parametrize("strength", [0.3, 0.75, 1.0])
@pytest.mark.parametrize("sampler", Sampler)
def test_image_to_image(
    tiny_folder: Path, tiny: Components, sampler: Sampler, strength: float
) -> None:
    """From the same latents: diffusers draws them from the VAE's posterior, we take its mode."""
    pixels = np.random.default_rng(1).integers(0, 256, (6, 4, 3), dtype=np.uint8)
    source = Image.fromarray(pixels, "RGB").resize((32, 48), Image.Resampling.BICUBIC)
    wanted = request(sampler=sampler, height=48, num_inference_steps=8, strength=strength)
    ours = generate(tiny, wanted, init_image=source)[0]
    pipe = pipeline(tiny_folder, sampler, StableDiffusionImg2ImgPipeline)
    begin_anew(pipe, sampler)
    latents = encode_image(tiny, resized(source, 32, 48, ResizeMode.CROP))[None]
    expected = theirs(pipe, wanted, wanted.seed, image=latents, strength=strength)
    assert psnr(ours.image, expected) >= SAME


def test_little_strength_keeps_the_source(tiny: Components) -> None:
    """Two seeds agree when hardly anything is redrawn, and differ when everything is."""
    source = generate(tiny, request())[0].image
    alike = []
    for strength in (0.02, 1.0):
        wanted = request(strength=strength, num_inference_steps=50, num_images=2)
        a, b = generate(tiny, wanted, init_image=source)
        alike.append(psnr(a.image, b.image))
    assert alike[0] > alike[1] + 4, alike
