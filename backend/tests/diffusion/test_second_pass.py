"""A second pass at a larger size: it goes on from the first, in the batches of everybody else."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tastemaker.diffusion import latents as latents_module
from tastemaker.diffusion import passes
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.latents import decode_latents, encode_image
from tastemaker.diffusion.outcomes import Failed, Finished, Outcome, Progress
from tastemaker.diffusion.tiles import in_tiles
from tastemaker.domain import GenerationRequest, Hires, Sampler, Upscaler
from tests.diffusion.conftest import psnr, request


def hires(upscaler: Upscaler = Upscaler.LATENT, **changes: Any) -> GenerationRequest:
    second = Hires(1.5, 0.5, 6, upscaler)
    return request(hires=replace(second, **changes), final_width=48, final_height=48)


def run(components: Components, *wanted: GenerationRequest, **options: Any) -> list[Outcome]:
    engine = Engine(lambda _: components, **{"preview_interval": inf, **options})
    for number, one in enumerate(wanted):
        engine.submit(Ticket(str(number), one, tuple(range(one.num_images))))
    outcomes: list[Outcome] = []
    while not engine.idle:
        outcomes += engine.step()
    return outcomes


@pytest.fixture
def same_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pictures of a size begin with the same noise."""

    def noise(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
        return torch.randn(shape, generator=torch.Generator().manual_seed(shape[-1]))

    monkeypatch.setattr(passes, "draw_noise", noise)


@pytest.mark.usefixtures("same_noise")
def test_lanczos_is_image_to_image_from_the_first_picture_made_larger(tiny: Components) -> None:
    first = generate(tiny, request())[0].image
    larger = first.resize((48, 48), Image.Resampling.LANCZOS)
    wanted = request(width=48, height=48, strength=0.5, num_inference_steps=6)
    expected = generate(tiny, wanted, init_image=larger)[0].image
    found = generate(tiny, hires(Upscaler.LANCZOS))[0].image
    assert psnr(found, expected) >= 50


@pytest.mark.usefixtures("same_noise")
def test_latent_enlarges_what_the_first_pass_ended_with(
    tiny: Components, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And noises it as image to image does, which another strength noises more."""
    ends: list[torch.Tensor] = []
    plain = passes.enlarged

    def enlarged(latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        ends.append(latents)
        return plain(latents, height, width)

    monkeypatch.setattr(passes, "enlarged", enlarged)
    found = [generate(tiny, hires(strength=strength))[0].image for strength in (0.5, 0.5, 0.9)]
    first, _ = decode_latents(tiny, ends[0])
    assert first == generate(tiny, request())[0].image
    assert found[0] == found[1]
    assert found[0].size == (48, 48)
    assert psnr(found[0], found[2]) < 40


def test_progress_counts_the_steps_of_both_passes(tiny: Components) -> None:
    """Also where a step is two evaluations."""
    for sampler, evaluations in ((Sampler.EULER, 4 + 3), (Sampler.HEUN, 7 + 5)):
        outcomes = run(tiny, replace(hires(), sampler=sampler))
        steps = [(o.step, o.total_steps) for o in outcomes if isinstance(o, Progress)]
        assert {total for _, total in steps} == {7}
        assert [step for step, _ in steps] == sorted(step for step, _ in steps)
        assert steps[-1] == (7, 7)
        (finished,) = [o for o in outcomes if isinstance(o, Finished)]
        assert sum(run.count for run in finished.evaluations) == evaluations


@pytest.mark.parametrize("upscaler", Upscaler)
@pytest.mark.parametrize("aside", [False, True])
def test_it_is_the_same_in_company_and_keeps_its_rows(
    tiny: Components, upscaler: Upscaler, aside: bool
) -> None:
    """The first pass shares batches with small pictures, the second with large ones."""
    wanted = hires(upscaler)
    (expected,) = [o for o in run(tiny, wanted, strict_rows=4) if isinstance(o, Finished)]
    others = [
        request(seed=1, num_inference_steps=9),
        request(seed=2, width=48, height=48, num_inference_steps=12),
        hires(upscaler, num_inference_steps=4),
    ]
    engine = Engine(lambda _: tiny, preview_interval=inf, strict_rows=4, max_rows=8, aside=aside)
    for number, one in enumerate([wanted, *others]):
        engine.submit(Ticket(str(number), one, tuple(range(one.num_images))))
    found: dict[str, Finished] = {}
    while not engine.idle:
        for outcome in engine.step():
            assert not isinstance(outcome, Failed), outcome
            if isinstance(outcome, Finished):
                found[outcome.job_id] = outcome
        assert engine.active_rows <= 8
    assert len(found) == 4
    assert found["0"].image == expected.image


def test_it_is_repeated_from_its_record(tiny: Components) -> None:
    outcomes = run(tiny, hires(), request(num_inference_steps=6), hires(Upscaler.LANCZOS))
    drawn = {o.job_id: o for o in outcomes if isinstance(o, Finished)}
    assert max(run.rows for run in drawn["0"].evaluations) > 2
    again = run(tiny, hires(), replay=drawn["0"].evaluations)
    assert next(o for o in again if isinstance(o, Finished)).image == drawn["0"].image


def test_a_cancelled_one_leaves_nothing_behind(tiny: Components) -> None:
    """Whenever it is cancelled, between its passes too."""
    for moment in range(12):
        engine = Engine(lambda _: tiny, preview_interval=inf, aside=moment % 2 == 0)
        engine.submit(Ticket("1", hires(num_inference_steps=4), (0,)))
        for _ in range(moment):
            engine.step()
        engine.cancel("1")
        for _ in range(200):
            engine.step()
            if engine.idle and not engine.active_rows:
                break
        assert engine.idle
        assert engine.active_rows == 0


def test_tiles_give_what_the_whole_gives() -> None:
    """Up to what lies within reach of a tile's edge; here nothing does."""
    whole = torch.rand(1, 3, 40, 27, generator=torch.Generator().manual_seed(1))

    def twice(part: torch.Tensor) -> torch.Tensor:
        assert max(part.shape[-2:]) <= 16
        return torch.nn.functional.interpolate(part, scale_factor=2, mode="nearest")

    found = in_tiles(twice, whole, 16, latents_module.Fraction(2))
    torch.testing.assert_close(found, twice_whole(whole))

    def half(part: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.avg_pool2d(part, 2)

    even = whole[..., :26]
    found = in_tiles(half, even, 8, latents_module.Fraction(1, 2))
    torch.testing.assert_close(found, half(even))


def twice_whole(whole: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.interpolate(whole, scale_factor=2, mode="nearest")


class SmallVae:
    """A VAE that runs out of memory above so many latent pixels."""

    def __init__(self, vae: Any, most: int) -> None:
        self._vae, self._most = vae, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vae, name)

    def decode(self, latents: torch.Tensor) -> Any:
        if latents.shape[-1] * latents.shape[-2] > self._most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self._vae.decode(latents)

    def encode(self, pixels: torch.Tensor) -> Any:
        if pixels.shape[-1] * pixels.shape[-2] // 16 > self._most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self._vae.encode(pixels)


def test_a_picture_too_large_for_the_vae_is_decoded_in_tiles(tiny: Components) -> None:
    """Drawn as usual, and recorded, so that it can be drawn again in the same tiles."""
    small = replace(tiny, vae=SmallVae(tiny.vae, 20 * 20))
    wanted = request(width=120, height=64, num_inference_steps=1, guidance_scale=1.0)
    cut, whole = (generate(parts, wanted)[0] for parts in (small, tiny))
    assert cut.image.size == (120, 64)
    assert cut.place["vae_tile"] == 16
    assert "vae_tile" not in whole.place
    assert psnr(cut.image, whole.image) > 15
    engine = Engine(lambda _: tiny, preview_interval=inf)
    engine.submit(Ticket("1", wanted, (0,), tile=16))
    again: list[Image.Image] = []
    while not engine.idle:
        again += [o.image for o in engine.step() if isinstance(o, Finished)]
    assert again == [cut.image]


def test_a_large_start_is_encoded_in_tiles(tiny: Components) -> None:
    small = replace(tiny, vae=SmallVae(tiny.vae, 20 * 20))
    pixels = np.random.default_rng(1).integers(0, 256, (8, 15, 3), dtype=np.uint8)
    source = Image.fromarray(pixels, "RGB").resize((120, 64), Image.Resampling.BICUBIC)
    found, expected = (encode_image(parts, source) for parts in (small, tiny))
    assert found.shape == expected.shape == (4, 16, 30)
    assert (found - expected).abs().mean() < 0.3 * expected.std()


def test_memory_that_is_short_is_not_even_tried(
    tiny: Components, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latents_module, "available_memory", lambda device: 1000)
    _, tile = decode_latents(tiny, torch.zeros(4, 80, 80))
    assert tile == 64
    _, tile = decode_latents(tiny, torch.zeros(4, 8, 8))
    assert tile == 0
