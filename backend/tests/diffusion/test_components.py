"""What is read from a model's configs, and what is said about folders that can't be used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.generate import generate
from tastemaker.errors import InvalidInput, ModelBroken
from tests.diffusion.conftest import CPU, psnr, request

UNET = "unet/diffusion_pytorch_model.safetensors"
Make = Callable[..., tuple[Path, Components]]


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "tiny"))


def test_everything_comes_from_the_configs(make_model: Make) -> None:
    _, components = make_model(prediction_type="v_prediction", latent_channels=8)
    assert components.latent_channels == 8
    assert components.prediction_type == "v_prediction"
    assert components.vae_scale_factor == 4
    assert components.size_multiple == 8
    assert components.max_tokens == 16
    assert components.default_size == (32, 32)
    assert components.dtype == torch.float32
    assert not components.unet.training
    assert not any(p.requires_grad for p in components.unet.parameters())


@pytest.mark.parametrize(
    ("size", "hint"), [((36, 32), "32 or 40"), ((32, 4), "nearest: 8"), ((0, 32), "nearest: 8")]
)
def test_sizes_the_model_cannot_draw(tiny: Components, size: tuple[int, int], hint: str) -> None:
    with pytest.raises(InvalidInput, match=hint):
        tiny.latent_size(*size)


@pytest.mark.parametrize(
    ("victim", "match"),
    [
        ("model_index.json", "model_index.json"),
        ("tokenizer/vocab.json", "no vocabulary"),
        ("tokenizer/merges.txt", "no vocabulary"),
        ("text_encoder/model.safetensors", "text_encoder"),
        ("text_encoder/config.json", "text_encoder"),
        (UNET, "unet"),
        ("unet/config.json", "config.json"),
        ("scheduler/scheduler_config.json", "scheduler_config.json"),
    ],
)
def test_missing_files_are_named(folder: Path, victim: str, match: str) -> None:
    (folder / victim).unlink()
    with pytest.raises(ModelBroken, match=match):
        load_components(folder, CPU)


@pytest.mark.parametrize("keep", [4, 100, 5000, -1])
def test_truncated_weights(folder: Path, keep: int) -> None:
    content = (folder / UNET).read_bytes()
    (folder / UNET).write_bytes(content[:keep])
    with pytest.raises(ModelBroken, match="damaged"):
        load_components(folder, CPU)


def test_weights_that_are_something_else(folder: Path) -> None:
    (folder / UNET).write_text("<html>404</html>" * 10)
    with pytest.raises(ModelBroken, match="damaged"):
        load_components(folder, CPU)


def test_pickles_are_refused_unopened(folder: Path) -> None:
    (folder / UNET).unlink()
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04never loaded")
    with pytest.raises(ModelBroken, match="pickle"):
        load_components(folder, CPU)


def test_missing_tensors(folder: Path) -> None:
    weights = load_file(folder / UNET)
    del weights["conv_out.bias"]
    save_file(weights, folder / UNET, metadata={"format": "pt"})
    with pytest.raises(ModelBroken, match=r"conv_out\.bias"):
        load_components(folder, CPU)


@pytest.mark.parametrize(
    ("file", "change", "match"),
    [
        ("model_index.json", {"unet": ["diffusers", "UNet3DConditionModel"]}, "UNet3D"),
        ("model_index.json", {"unet": [None, None]}, "nothing"),
        ("model_index.json", {"tokenizer": ["transformers", "T5Tokenizer"]}, "tokenizer"),
        ("unet/config.json", {"addition_embed_type": "text_time"}, "beside the prompt"),
        ("unet/config.json", {"in_channels": 8}, "instructions"),
        ("text_encoder/config.json", {"vocab_size": 20}, "text_encoder"),
    ],
)
def test_unsupported_models(folder: Path, file: str, change: dict[str, object], match: str) -> None:
    config = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps(config | change))
    with pytest.raises(ModelBroken, match=match):
        load_components(folder, CPU)


def test_config_that_is_no_json(folder: Path) -> None:
    (folder / "unet" / "config.json").write_text("{")
    with pytest.raises(ModelBroken, match=r"config\.json"):
        load_components(folder, CPU)


def test_sharded_half_precision_weights(folder: Path, tiny: Components) -> None:
    """The layout of the starter: float16, several shards and an index."""
    weights = {k: v.half() for k, v in load_file(folder / UNET).items()}
    (folder / UNET).unlink()
    names = sorted(weights)
    halves = {"a": names[::2], "b": names[1::2]}
    weight_map = {}
    for letter, keys in halves.items():
        shard = f"diffusion_pytorch_model-{letter}.safetensors"
        save_file({k: weights[k] for k in keys}, folder / "unet" / shard, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(keys, shard)
    index = {"metadata": {"total_size": 1}, "weight_map": weight_map}
    path = folder / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    path.write_text(json.dumps(index))
    loaded = load_components(folder, CPU)
    assert next(loaded.unet.parameters()).dtype == torch.float32
    assert psnr(generate(loaded, request())[0].image, generate(tiny, request())[0].image) > 40

    (folder / "unet" / "diffusion_pytorch_model-b.safetensors").unlink()
    with pytest.raises(ModelBroken, match=r"model-b\.safetensors"):
        load_components(folder, CPU)


def test_half_precision_variant(folder: Path, tiny: Components) -> None:
    """Hub repositories often hold ``*.fp16.safetensors`` beside or instead of full weights."""
    for name in ("unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model"):
        weights = {k: v.half() for k, v in load_file(folder / f"{name}.safetensors").items()}
        (folder / f"{name}.safetensors").unlink()
        save_file(weights, folder / f"{name}.fp16.safetensors", metadata={"format": "pt"})
    loaded = load_components(folder, CPU)
    assert psnr(generate(loaded, request())[0].image, generate(tiny, request())[0].image) > 40


def test_weights_named_as_before_transformers_5(folder: Path, tiny: Components) -> None:
    """Stable Diffusion v1's text encoder was saved with every name under ``text_model.``."""
    path = folder / "text_encoder" / "model.safetensors"
    weights = {f"text_model.{k.removeprefix('text_model.')}": v for k, v in load_file(path).items()}
    weights["text_model.embeddings.position_ids"] = torch.arange(16)[None]
    save_file(weights, path, metadata={"format": "pt"})
    loaded = load_components(folder, CPU)
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    torch.testing.assert_close(
        loaded.text_encoder(ids).last_hidden_state, tiny.text_encoder(ids).last_hidden_state
    )


def test_vae_attention_named_as_in_early_diffusers(folder: Path, tiny: Components) -> None:
    """Stable Diffusion v1-4's VAE calls its attention weights query, key, value and proj_attn."""
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    old = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    weights = {}
    for name, tensor in load_file(path).items():
        for new, former in old.items():
            name = name.replace(f".{new}.", f".{former}.")
        weights[name] = tensor
    assert any(".query." in name for name in weights)
    save_file(weights, path, metadata={"format": "pt"})
    loaded = load_components(folder, CPU)
    assert generate(loaded, request())[0].image == generate(tiny, request())[0].image


def test_tokenizer_json_alone_is_a_vocabulary(folder: Path, tiny: Components) -> None:
    tiny.tokenizer.save_pretrained(folder / "tokenizer")
    for name in ("vocab.json", "merges.txt"):
        (folder / "tokenizer" / name).unlink(missing_ok=True)
    assert (folder / "tokenizer" / "tokenizer.json").is_file()
    loaded = load_components(folder, CPU)
    assert loaded.tokenizer("a red apple").input_ids == tiny.tokenizer("a red apple").input_ids


def test_unbounded_tokenizer_is_bounded_by_the_text_encoder(folder: Path) -> None:
    path = folder / "tokenizer" / "tokenizer_config.json"
    config = json.loads(path.read_text())
    del config["model_max_length"]
    path.write_text(json.dumps(config))
    loaded = load_components(folder, CPU)
    assert loaded.max_tokens == 16
    assert generate(loaded, request(prompt="many words " * 9))[0].dropped_tokens == 0
