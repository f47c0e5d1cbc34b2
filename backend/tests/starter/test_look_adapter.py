"""The starter's own IP-Adapter: trained for seconds, exported, found in the model, drawn with."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.layout import IP_ADAPTERS
from tastemaker.diffusion.loading import load_model
from tastemaker.diffusion.outcomes import Finished
from tastemaker.domain import StyleReference
from tastemaker.starter.examples import presentation_of
from tastemaker.starter.export import export_starter
from tastemaker.starter.look_adapter import SIDE, LookAdapter, references
from tastemaker.starter.presets import Preset
from tastemaker.starter.recipe import (
    Starter,
    composer_of,
    load_starter,
    stage_progress,
    train_starter,
    vocabulary_of,
)
from tastemaker.starter.scenes import Arrangement, Scene
from tests.diffusion.conftest import request
from tests.starter.small import SMALL, STEPS, disc_glyphs

CPU = torch.device("cpu")
LOOKS: Preset = replace(
    SMALL,
    looks=("plain", "sepia"),
    mix=replace(SMALL.mix, looks=0.5),
    vae_mix=replace(SMALL.vae_mix, looks=0.5),
    adapter=replace(SMALL.unet),
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("looks")


@pytest.fixture(scope="module")
def made(work: Path) -> Starter:
    return train_starter(LOOKS, work, CPU, disc_glyphs)


def test_references_are_in_the_look_that_is_asked_for_and_show_something_else(
    work: Path, made: Starter
) -> None:
    vocabulary = vocabulary_of(LOOKS)
    pool = references(composer_of(LOOKS, vocabulary, work, CPU, disc_glyphs), work)
    assert pool.pictures.shape[1:] == (3, SIDE, SIDE)
    rng = random.Random(0)
    scenes = [Scene(Arrangement.SINGLE, (4,), 7, look=look) for look in (0, 1) for _ in range(50)]
    rows = [
        pool.pick(rng, scene, same_background=number % 2 == 0)
        for number, scene in enumerate(scenes)
    ]
    looks, backgrounds = pool.named(rows)
    assert looks.tolist() == [scene.look for scene in scenes]
    assert set(backgrounds[::2].tolist()) == {7}
    assert len(set(backgrounds[1::2].tolist())) > 5
    assert 4 not in {pool.subjects[row] for row in rows}
    # Sepia has one hue: red above green above blue, wherever there is any light.
    means = pool.pictures.float().mean((2, 3))
    red, green, blue = means[[row for row, look in zip(rows, looks, strict=True) if look]].T
    assert bool((red > green).all())
    assert bool((green > blue).all())


def test_only_the_adapter_learns(work: Path, made: Starter) -> None:
    fresh = LookAdapter(made.unet, made.vocabulary)
    assert made.adapter is not None
    learnt, before = made.adapter.state_dict(), fresh.state_dict()
    for part in ("proj.weight", "matrices.0", "matrices.1", "encoder.visual_projection.weight"):
        assert not torch.equal(learnt[part], before[part]), part
    again = load_starter(LOOKS, work, CPU)
    assert all(
        torch.equal(a, b)
        for a, b in zip(made.unet.parameters(), again.unet.parameters(), strict=True)
    )
    assert again.adapter is not None
    assert all(
        torch.equal(value, learnt[name]) for name, value in again.adapter.state_dict().items()
    )
    assert stage_progress(work)["adapter"].step == STEPS


def test_it_goes_with_the_exported_model_and_draws(made: Starter, tmp_path: Path) -> None:
    export_starter(made, presentation_of(LOOKS), tmp_path / "out")
    assert (tmp_path / "out" / IP_ADAPTERS / "look.safetensors").is_file()
    reference = Image.new("RGB", (64, 48), (200, 40, 40))
    asked = request(num_inference_steps=2, style_reference=StyleReference("sha256:x", 1.0))

    def drawn(ip_adapters: Path | None) -> Finished:
        parts = load_model(tmp_path / "out", CPU, ip_adapters=ip_adapters)
        assert isinstance(parts, Components)
        return generate(parts, asked, style=reference)[0]

    own = drawn(tmp_path / "ip-adapter")
    assert (own.place["style_method"], own.place["style_adapter"]) == (
        "ip-adapter",
        "look.safetensors",
    )
    again = drawn(tmp_path / "ip-adapter" / "look.safetensors")
    assert again.image == own.image
    without = drawn(None)
    assert without.place["style_method"] == "statistics"
    assert without.image != own.image
