"""What a model folder says about itself, and how a wrong one is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tastemaker.domain import GenerationDefaults, Sampler, Schedule, TrainingDefaults
from tastemaker.errors import ModelBroken
from tastemaker.models.manifest import read_manifest
from tests.models.fakes import write_json, write_pipeline

Damage = Callable[[Path], Any]


def test_defaults_follow_from_the_configurations(tmp_path: Path) -> None:
    manifest = read_manifest(write_pipeline(tmp_path / "sd"))
    assert manifest.defaults == GenerationDefaults(
        512, 512, 30, 7.5, Sampler.DPMPP_2M, Schedule.KARRAS
    )
    assert (manifest.size_multiple, manifest.max_size) == (64, 1024)
    assert manifest.title is manifest.notice is None
    assert not manifest.has_safety_checker


def test_sample_size_may_be_height_and_width(tmp_path: Path) -> None:
    folder = write_pipeline(tmp_path / "wide")
    write_json(folder / "unet/config.json", {"sample_size": [24, 40], "block_out_channels": [8, 8]})
    manifest = read_manifest(folder)
    assert (manifest.defaults.width, manifest.defaults.height) == (320, 192)
    assert (manifest.size_multiple, manifest.max_size) == (16, 640)


def test_a_card_overrides_and_describes(tmp_path: Path) -> None:
    folder = write_pipeline(tmp_path / "sd")
    card = {
        "title": "Starter",
        "notice": "Draws stickers.",
        "defaults": {"width": 128, "height": 192, "guidance_scale": 4, "sampler": "euler"},
        "example_prompts": ["a red apple", "two cats"],
        "vocabulary": "vocabulary.json",
        "training": {"method": "full", "full": {"learning_rate": 0.0003}},
    }
    write_json(folder / "tastemaker.json", card)
    manifest = read_manifest(folder)
    assert manifest.title == "Starter"
    assert manifest.notice == "Draws stickers."
    assert manifest.example_prompts == ("a red apple", "two cats")
    assert manifest.defaults == GenerationDefaults(
        128, 192, 30, 4.0, Sampler.EULER, Schedule.KARRAS
    )
    assert manifest.max_size == 384
    assert manifest.vocabulary == "vocabulary.json"
    assert manifest.training == TrainingDefaults("full", {"full": {"learning_rate": 0.0003}})


def test_a_changed_folder_is_read_again(tmp_path: Path) -> None:
    folder = write_pipeline(tmp_path / "sd")
    assert read_manifest(folder).title is None
    write_json(folder / "tastemaker.json", {"title": "Now named"})
    assert read_manifest(folder).title == "Now named"
    (folder / "tokenizer/vocab.json").unlink()
    with pytest.raises(ModelBroken, match="vocabulary"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ([], "no JSON object"),
        ({"title": 3}, "'title' must be a text"),
        ({"defaults": []}, ""),
        ({"defaults": "x"}, "'defaults' must be an object"),
        ({"defaults": {"width": "128"}}, "'width' must be a positive whole number"),
        ({"defaults": {"width": True}}, "'width' must be a positive whole number"),
        ({"defaults": {"width": 100}}, "only multiples of 64"),
        ({"defaults": {"guidance_scale": float("nan")}}, "'guidance_scale' must be a number"),
        ({"defaults": {"sampler": "magic"}}, "'sampler' must be one of euler"),
        ({"defaults": {"schedule": ["karras"]}}, "'schedule' must be one of normal, karras"),
        ({"example_prompts": "a cat"}, "'example_prompts' must be a list of texts"),
        ({"vocabulary": "../words.json"}, "'vocabulary' must be the name of a file"),
        ({"training": {"method": "magic"}}, "'method' must be one of full, lora, preference"),
    ],
)
def test_a_wrong_card_is_named(tmp_path: Path, card: Any, said: str) -> None:
    folder = write_pipeline(tmp_path / "sd")
    write_json(folder / "tastemaker.json", card)
    if not said:  # an empty section means: nothing to override
        assert read_manifest(folder).defaults.width == 512
        return
    with pytest.raises(ModelBroken, match=said):
        read_manifest(folder)


def test_a_model_made_for_inpainting_draws_but_is_not_trained(tmp_path: Path) -> None:
    folder = write_pipeline(tmp_path / "sd")
    plain = read_manifest(folder)
    _edit("unet/config.json", in_channels=9)(folder)
    manifest = read_manifest(folder)
    assert plain.trainable
    assert not manifest.trainable
    assert manifest.family == f"{plain.family}, for inpainting"
    assert manifest.defaults == plain.defaults


def _edit(name: str, **changes: Any) -> Damage:
    def edit(folder: Path) -> None:
        path = folder / name
        write_json(path, {**json.loads(path.read_text()), **changes})

    return edit


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda f: (f / "unet/config.json").unlink(), "unet/config.json"),
        (lambda f: (f / "vae/diffusion_pytorch_model.safetensors").unlink(), "missing"),
        (lambda f: (f / "tokenizer/merges.txt").unlink(), "vocabulary"),
        (lambda f: (f / "scheduler/scheduler_config.json").unlink(), "scheduler"),
        (lambda f: (f / "unet/config.json").write_text("{"), "JSON"),
        (lambda f: (f / "unet/config.json").write_text("[]"), "no JSON object"),
        (lambda f: (f / "vae/config.json").write_text("{}"), "can't be understood"),
        (_edit("unet/config.json", block_out_channels=7), "can't be understood"),
        (_edit("unet/config.json", in_channels=8), "instructions"),
        (_edit("model_index.json", **{"../x": ["diffusers", "Y"]}), "no folder name"),
        (_edit("model_index.json", unet=["diffusers", "Transformer2D"]), "Transformer2D"),
        (
            _edit("model_index.json", text_encoder_2=["transformers", "CLIPTextModel"]),
            "CLIPTextModelWithProjection",
        ),
        (
            _edit("model_index.json", safety_checker=["stable_diffusion", "Checker"]),
            "safety_checker",
        ),
    ],
)
def test_a_damaged_folder_is_refused_with_the_reason(
    tmp_path: Path, damage: Damage, said: str
) -> None:
    folder = write_pipeline(tmp_path / "sd")
    read_manifest(folder)
    damage(folder)
    with pytest.raises(ModelBroken, match=said):
        read_manifest(folder)
