"""Edits: as diffusers' own inpainting where both do the same, and no pixel but those asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInpaintPipeline
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.editing import Grid, part_of, put_back, transition
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.latents import encode_image
from tastemaker.diffusion.outcomes import Finished
from tastemaker.diffusion.starts import grid_of, start_of
from tastemaker.domain import Box, Extend, GenerationRequest, Sampler
from tastemaker.errors import InvalidInput
from tests.diffusion.conftest import psnr, request
from tests.diffusion.test_against_diffusers import SAME, pipeline, theirs

Make = Callable[..., tuple[Path, Components]]
SIZE = (32, 48)
HOLE = (8, 16, 24, 40)


def picture(size: tuple[int, int] = SIZE, seed: int = 1) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (6, 4, 3), dtype=np.uint8)
    return Image.fromarray(pixels, "RGB").resize(size, Image.Resampling.BICUBIC)


def hole(size: tuple[int, int] = SIZE, box: tuple[int, int, int, int] = HOLE) -> Image.Image:
    mask = Image.new("L", size)
    mask.paste(255, box)
    return mask


def edit(**changes: Any) -> GenerationRequest:
    values: dict[str, Any] = {
        "width": SIZE[0],
        "height": SIZE[1],
        "mask": "sha256:0",
        "mask_blur": 0,
        "region": Box(0, 0, *SIZE),
        "strength": 1.0,
        "init_image": "sha256:1",
        "final_width": SIZE[0],
        "final_height": SIZE[1],
    }
    return request(**{**values, **changes})


def drawn(components: Components, wanted: GenerationRequest, *, size: Any = SIZE) -> Finished:
    mask = hole(size) if wanted.mask else None
    return generate(components, wanted, init_image=picture(size), mask=mask)[0]


# The others are compared where diffusers starts them in the middle; there it counts otherwise.
APART = (Sampler.PNDM, Sampler.LCM, Sampler.DPMPP_SDE)
COMPARED = [(sampler, 1.0) for sampler in Sampler if sampler not in APART]
COMPARED += [(s, 0.6) for s in Sampler if s not in (*APART, Sampler.LMS)]


def begin_with_what_is_known(pipe: Any, mask: Image.Image) -> None:
    """diffusers puts in what is known only after the first step; we do so before it, too."""
    plain = pipe.prepare_latents

    def prepare(*args: Any, **options: Any) -> Any:
        latents, noise, image = plain(*args, **options)
        small = torch.from_numpy(np.asarray(mask.reduce(4)) > 0)
        known = pipe.scheduler.add_noise(image, noise, pipe.scheduler.timesteps[:1])
        return torch.where(small, latents, known), noise, image

    pipe.prepare_latents = prepare


@pytest.mark.parametrize(("sampler", "strength"), COMPARED)
def test_any_model_fills_the_hole_as_diffusers_does(
    tiny_folder: Path, tiny: Components, sampler: Sampler, strength: float
) -> None:
    """Known latents are put back at each step's level, with the noise of the start."""
    wanted = edit(sampler=sampler, num_inference_steps=8, strength=strength)
    ours = drawn(tiny, wanted).image
    pipe = pipeline(tiny_folder, sampler, StableDiffusionInpaintPipeline)
    if strength == 1:
        begin_with_what_is_known(pipe, hole())
    latents = encode_image(tiny, picture())[None]
    expected = theirs(
        pipe,
        wanted,
        wanted.seed,
        image=latents,
        mask_image=hole(),
        masked_image_latents=latents,
        strength=strength,
        width=wanted.width,
        height=wanted.height,
    )
    assert psnr(ours.crop(HOLE), expected.crop(HOLE)) >= SAME
    outside = np.asarray(hole()) == 0
    assert (np.asarray(ours)[outside] == np.asarray(picture())[outside]).all()


@pytest.mark.parametrize("strength", [0.6, 1.0])
@pytest.mark.parametrize("sampler", [Sampler.DDIM, Sampler.EULER_A, Sampler.DPMPP_2M])
def test_a_model_made_for_inpainting_sees_mask_and_picture(
    make_model: Make, sampler: Sampler, strength: float
) -> None:
    folder, components = make_model(inpainting=True)
    wanted = edit(sampler=sampler, num_inference_steps=8, strength=strength)
    ours = drawn(components, wanted).image
    pipe = pipeline(folder, sampler, StableDiffusionInpaintPipeline)
    masked = encode_image(components, picture(), grey=np.asarray(hole()) > 0)[None]
    expected = theirs(
        pipe,
        wanted,
        wanted.seed,
        image=encode_image(components, picture())[None],
        mask_image=hole(),
        masked_image_latents=masked,
        strength=strength,
        width=wanted.width,
        height=wanted.height,
    )
    assert psnr(ours.crop(HOLE), expected.crop(HOLE)) >= SAME


def test_a_model_made_for_inpainting_draws_from_text_and_varies(make_model: Make) -> None:
    """With all of the picture masked, alone and beside an edit."""
    _, components = make_model(inpainting=True)
    plain = generate(components, request(num_images=2))
    assert len({found.image.tobytes() for found in plain}) == 2
    varied = generate(components, request(strength=0.5), init_image=picture())
    assert varied[0].image.size == (32, 32)


boxes = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20))


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(5, 70), st.integers(5, 70)),
    place=boxes,
    blur=st.integers(0, 9),
    added=st.tuples(*[st.integers(0, 9)] * 4),
    masked=st.booleans(),
)
def test_nothing_beyond_the_blur_is_touched(
    size: tuple[int, int], place: Any, blur: int, added: Any, masked: bool
) -> None:
    """Whatever was drawn, and at whatever size; what is masked or new shows what was drawn."""
    if not masked and not any(added):
        added = (0, 3, 0, 0)
    extend = Extend(*added)
    left, top = min(place[0], size[0] - 1), min(place[1], size[1] - 1)
    mask = hole(size, (left, top, left + place[2], top + place[3])) if masked else None
    whole = extend.size(*size)
    wanted = edit(
        width=96,
        height=96,
        mask="sha256:0" if masked else None,
        extend=None if extend.is_empty else extend,
        mask_blur=blur,
        region=Box(0, 0, *whole),
    )
    source = picture(size)
    result = put_back(wanted, source, mask, Grid(32, 4), Image.new("RGB", (96, 96), (1, 255, 3)))
    assert result.size == whole
    new = np.ones((whole[1], whole[0]), dtype=bool)
    old = (slice(extend.top, extend.top + size[1]), slice(extend.left, extend.left + size[0]))
    new[old] = False if mask is None else np.asarray(mask) > 0
    reach = np.zeros_like(new)
    for y, x in np.argwhere(new):
        reach[max(0, y - blur) : y + blur + 1, max(0, x - blur) : x + blur + 1] = True
    pixels = np.asarray(result)
    kept = ~reach[old]
    assert (pixels[old][kept] == np.asarray(source)[kept]).all()
    assert (pixels[new] == (1, 255, 3)).all()


def test_the_transition_falls_evenly_and_no_further_than_asked() -> None:
    mask = np.zeros((1, 40), dtype=bool)
    mask[0, :10] = True
    for reach in range(12):
        weights = transition(mask, reach)[0].astype(int)
        assert (weights[:10] == 255).all()
        assert (weights[10 + reach :] == 0).all()
        assert (np.diff(weights) <= 0).all()
        if reach > 1:
            assert weights[10] > 0


def test_a_picture_of_any_size_is_drawn_as_it_is(tiny: Components) -> None:
    """Sides that the model can't draw get a margin; nothing is resampled for it."""
    size = (30, 45)
    wanted = edit(region=Box(0, 0, *size), final_width=size[0], final_height=size[1])
    part = part_of(wanted, picture(size), hole(size), grid_of(tiny))
    assert part.picture.size == SIZE
    assert part.picture.crop((0, 0, *size)) == picture(size)
    assert not part.new[45:].any()
    assert drawn(tiny, wanted, size=size).image.size == size


def test_an_extended_picture_begins_where_a_latent_pixel_does(tiny: Components) -> None:
    """So no latent pixel is new that is old in part, where the size leaves room for it."""
    size = (24, 24)
    wanted = edit(
        mask=None,
        extend=Extend(left=5, top=3),
        region=Box(0, 0, 29, 27),
        width=32,
        height=32,
        final_width=29,
        final_height=27,
    )
    part = part_of(wanted, picture(size), None, grid_of(tiny))
    assert part.picture.crop((8, 4, 32, 28)) == picture(size)
    assert part.added[:, :8].all()
    assert part.added[:4].all()
    assert not part.added[4:, 8:].any()
    assert np.asarray(drawn(tiny, wanted, size=size).image).shape == (27, 29, 3)


def test_only_the_masked_area_is_drawn_larger_and_put_back(tiny: Components) -> None:
    wanted = edit(region=Box(4, 12, 28, 44), width=48, height=64, only_masked=True, padding=4)
    part = part_of(wanted, picture(), hole(), grid_of(tiny))
    assert part.picture.size == (48, 64)
    assert part.masked[8:56, 8:40].all()
    assert part.masked.sum() == 48 * 32
    result = drawn(tiny, wanted).image
    changed = np.argwhere((np.asarray(result) != np.asarray(picture())).any(-1))
    assert result.size == SIZE
    assert len(changed) > 300
    assert changed.min(0).tolist() >= [16, 8]
    assert changed.max(0).tolist() <= [39, 23]


def test_what_is_added_is_wholly_new_whatever_the_strength(tiny: Components) -> None:
    wanted = edit(
        strength=0.25,
        width=40,
        extend=Extend(left=8),
        region=Box(0, 0, 40, 48),
        final_width=40,
        num_inference_steps=8,
    )
    start = start_of(tiny, wanted, picture(), hole())
    assert start.strength is None
    assert start.hold is not None
    hold = start.hold[0]
    assert ((hold[:, :2] > 0) & (hold[:, :2] < 1)).all()
    assert (hold[4:10, 4:8] == 0.75).all()
    assert (hold == 1).sum() == hold.numel() - 12 * 2 - 6 * 4
    changed, source = np.asarray(drawn(tiny, wanted).image)[:, 8:], np.asarray(picture())
    assert (changed[:16] == source[:16]).all()
    little = np.abs(changed[16:40, 8:24].astype(int) - source[16:40, 8:24]).mean()
    whole = np.asarray(drawn(tiny, replace(wanted, strength=1.0)).image)[16:40, 16:32]
    assert 0 < little < np.abs(whole.astype(int) - source[16:40, 8:24]).mean()


def test_what_is_added_grows_out_of_the_picture(tiny: Components) -> None:
    """It waits the longer the nearer it is, and far away not at all."""
    wanted = edit(width=88, extend=Extend(right=56), region=Box(0, 0, 88, 48), mask=None)
    hold = start_of(tiny, wanted, picture(), None).hold
    assert hold is not None
    assert (hold == hold[:, :1]).all()
    row = hold[0, 0]
    assert (row[:8] == 1).all()
    assert row[8] == pytest.approx(0.7)
    assert (row[8:16].diff() < 0).all()
    assert (row[15:] == 0).all()


def test_known_latents_come_back_as_they_were(tiny: Components) -> None:
    """With everything known, whatever the sampler, the VAE's reconstruction is what remains."""
    for sampler in Sampler:
        wanted = edit(sampler=sampler, region=None)
        start = start_of(tiny, wanted, picture(), Image.new("L", SIZE))
        assert start.hold is not None
        assert (start.hold == 1).all()
        found = generate(tiny, wanted, init_image=picture(), mask=Image.new("L", SIZE))[0]
        assert found.image == picture()


def test_several_images_of_an_edit_differ_in_the_hole_alone(tiny: Components) -> None:
    images = generate(tiny, edit(num_images=3), init_image=picture(), mask=hole())
    pixels = [np.asarray(found.image) for found in images]
    outside = np.asarray(hole()) == 0
    assert all((found[outside] == pixels[0][outside]).all() for found in pixels)
    assert len({found.tobytes() for found in pixels}) == 3


@pytest.mark.parametrize(
    ("changes", "size", "words"),
    [
        ({}, (16, 16), "mask has 16 x 16"),
        ({"region": Box(0, 0, 33, 48)}, SIZE, "outside of the picture"),
        ({"region": Box(4, 4, 4, 8)}, SIZE, "outside of the picture"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tiny: Components, changes: dict[str, Any], size: tuple[int, int], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        generate(tiny, edit(**changes), init_image=picture(), mask=Image.new("L", size))
    with pytest.raises(InvalidInput, match="no picture"):
        generate(tiny, edit())


def test_pictures_are_read_when_they_are_needed(tiny: Components) -> None:
    """Once to begin, and again for each image that is put back; none is kept in between."""
    from tastemaker.diffusion.engine import Engine, Ticket

    reads: list[str] = []

    def source() -> Image.Image:
        reads.append("source")
        return picture()

    engine = Engine(lambda _: tiny, preview_interval=float("inf"))
    engine.submit(Ticket("1", edit(num_images=2), (0, 1), source, hole))
    while not engine.idle:
        engine.step()
    assert len(reads) == 3


def test_torch_never_sees_the_source_of_another_job(tiny: Components) -> None:
    """Two edits of unlike pictures in one batch are each the one drawn alone."""
    from tastemaker.diffusion.engine import Engine, Ticket

    alone = [
        generate(tiny, edit(seed=seed), init_image=picture(seed=seed), mask=hole())[0].image
        for seed in (1, 2)
    ]
    engine = Engine(lambda _: tiny, preview_interval=float("inf"))
    for seed in (1, 2):
        engine.submit(Ticket(str(seed), edit(seed=seed), (0,), picture(seed=seed), hole()))
    found: dict[str, Image.Image] = {}
    while not engine.idle:
        for outcome in engine.step():
            if isinstance(outcome, Finished):
                found[outcome.job_id] = outcome.image
                assert outcome.evaluations[0].rows == 4
    for seed, expected in zip((1, 2), alone, strict=True):
        assert psnr(found[str(seed)], expected) >= 50
    assert torch.is_inference_mode_enabled() is False
