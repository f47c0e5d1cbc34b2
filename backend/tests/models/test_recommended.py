"""What folders of other families say of themselves, from their configs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tastemaker.domain import ModelState
from tastemaker.errors import InvalidInput, ModelBroken
from tastemaker.models.manifest import read_manifest
from tests.models.conftest import MakeRegistry
from tests.models.fakes import random_safetensors, write_json, write_pipeline

VAE = {"block_out_channels": [128, 256, 512, 512], "latent_channels": 4}


def write_whole(
    folder: Path, pipeline: str, transformer: dict[str, Any], vae: dict[str, Any]
) -> Path:
    """A folder laid out like a pipeline with a transformer, with random bytes for weights."""
    index = {
        "_class_name": pipeline,
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "T5EncoderModel"],
        "tokenizer": ["transformers", "T5Tokenizer"],
        "transformer": ["diffusers", "Transformer"],
        "vae": ["diffusers", "AutoencoderKL"],
        "image_encoder": [None, None],
    }
    write_json(folder / "model_index.json", index)
    write_json(folder / "scheduler" / "scheduler_config.json", {})
    write_json(folder / "tokenizer" / "tokenizer.json", {"model": {}})
    parts = {"transformer": transformer, "vae": vae, "text_encoder": {}}
    for name, config in parts.items():
        write_json(folder / name / "config.json", config)
        stem = "model" if name == "text_encoder" else "diffusion_pytorch_model"
        (folder / name / f"{stem}.safetensors").write_bytes(random_safetensors(900, seed=name))
    return folder


@pytest.mark.parametrize(
    ("pipeline", "transformer", "vae", "size", "multiple", "steps", "guidance", "family"),
    [
        (
            "PixArtAlphaPipeline",
            {"sample_size": 128, "patch_size": 2},
            VAE,
            1024,
            16,
            20,
            4.5,
            "PixArt-alpha",
        ),
        ("FluxPipeline", {"patch_size": 1}, VAE, 1024, 16, 28, 3.5, "Flux"),
        (
            "SanaPipeline",
            {"sample_size": 32, "patch_size": 1},
            {"encoder_block_out_channels": [128, 256, 512, 512, 1024, 1024]},
            1024,
            64,
            20,
            4.5,
            "Sana",
        ),
        (
            "StableDiffusion3Pipeline",
            {"sample_size": 128, "patch_size": 2},
            VAE,
            1024,
            16,
            28,
            7.0,
            "Stable Diffusion 3",
        ),
    ],
)
def test_sizes_and_steps(
    tmp_path: Path,
    pipeline: str,
    transformer: dict[str, Any],
    vae: dict[str, Any],
    size: int,
    multiple: int,
    steps: int,
    guidance: float,
    family: str,
) -> None:
    manifest = read_manifest(write_whole(tmp_path / "model", pipeline, transformer, vae))
    defaults = manifest.defaults
    assert (defaults.width, defaults.height) == (size, size)
    assert manifest.size_multiple == multiple
    assert (defaults.num_inference_steps, defaults.guidance_scale) == (steps, guidance)
    assert (manifest.family, manifest.own_sampler, manifest.trainable) == (family, True, False)


def test_stable_diffusion_is_neither(tmp_path: Path) -> None:
    manifest = read_manifest(write_pipeline(tmp_path / "sd"))
    assert (manifest.own_sampler, manifest.trainable) == (False, True)
    assert manifest.defaults.guidance_scale == 7.5


def test_in_the_registry(make_registry: MakeRegistry, tmp_path: Path) -> None:
    registry = make_registry("http://127.0.0.1:1", offline=True)
    write_whole(tmp_path / "models" / "pixart", "PixArtAlphaPipeline", {"patch_size": 2}, VAE)
    model = registry.get("pixart")
    assert model.state is ModelState.READY
    assert "one picture at a time" in (model.notice or "")
    with pytest.raises(InvalidInput, match="not be retrained") as caught:
        registry.require_trainable("pixart")
    assert caught.value.errors[0].field == "base_model"


def test_a_tokenizer_that_needs_another_library(tmp_path: Path) -> None:
    folder = write_whole(tmp_path / "model", "FluxPipeline", {}, VAE)
    (folder / "tokenizer" / "tokenizer.json").unlink()
    (folder / "tokenizer" / "spiece.model").write_bytes(b"sentencepiece")
    with pytest.raises(ModelBroken, match=r"SentencePiece.*tokenizer\.json"):
        read_manifest(folder)
