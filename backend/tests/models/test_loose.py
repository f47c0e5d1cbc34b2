"""Files put into the models folder by hand, as models of the registry."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file as save_numbers

from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.loading import load_model
from tastemaker.domain import ModelInfo, ModelState
from tastemaker.errors import InvalidInput, ModelBroken, ModelUnavailable
from tastemaker.models.original_names import diffusers_name, layers_of, unet_shapes
from tastemaker.models.registry import Registry
from tests.diffusion.conftest import CPU, psnr, request
from tests.models.conftest import MakeRegistry
from tests.models.fakes import write_pipeline
from tests.models.lora_made import values
from tests.original_layout import write_checkpoint
from tests.tiny_pipeline import TEXT_WIDTH, make_tiny_pipeline

OFFLINE = {"offline": True}
LAYER = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The models folder of `make_registry`."""
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.fixture
def listed(make_registry: MakeRegistry) -> Callable[[], dict[str, ModelInfo]]:
    registry = make_registry("http://127.0.0.1:1", offline=True)
    return lambda: {model.name: model for model in registry.list()}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    return write_checkpoint(make_tiny_pipeline(root / "tiny"), root / "tiny.safetensors")


def unet_lora(*, kohya: bool = False, layer: str = LAYER, width: int = 16) -> dict[str, np.ndarray]:
    """A LoRA of one layer that changes pictures visibly."""
    if kohya:
        name = "lora_unet_" + layer.replace(".", "_")
        halves = {f"{name}.lora_down.weight": (2, width), f"{name}.lora_up.weight": (width, 2)}
        return {k: values(*shape) for k, shape in halves.items()} | {
            f"{name}.alpha": np.float32(2).reshape(())
        }
    return {
        f"unet.{layer}.lora_A.weight": values(2, width),
        f"unet.{layer}.lora_B.weight": values(width, 2),
    }


def put(file: Path, tensors: dict[str, np.ndarray]) -> Path:
    save_numbers({k: np.array(v, order="C") for k, v in tensors.items()}, file)
    return file


def test_a_checkpoint_is_a_model(
    folder: Path, checkpoint: Path, listed: Callable[[], dict[str, ModelInfo]]
) -> None:
    file = folder / "My own (v2).safetensors"
    file.write_bytes(checkpoint.read_bytes())
    model = listed()["My-own-v2"]
    assert model.state is ModelState.READY
    assert model.family == "Stable Diffusion 1.x"
    assert not model.trainable
    assert model.defaults is not None
    assert (model.defaults.width, model.size_multiple, model.max_size) == (512, 64, 1024)
    assert model.size_bytes == file.stat().st_size
    assert "single file" in (model.notice or "")


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".pth", ".bin", ".CKPT"])
def test_pickles_are_shown_as_refused(
    folder: Path, suffix: str, listed: Callable[[], dict[str, ModelInfo]]
) -> None:
    (folder / f"old{suffix}").write_bytes(b"\x80\x04never opened")
    model = listed()["old"]
    assert model.state is ModelState.REFUSED
    assert f"old{suffix} is a pickle" in (model.error or "")
    assert "safetensors" in (model.error or "")


def test_a_pickle_in_disguise_is_refused(
    folder: Path, listed: Callable[[], dict[str, ModelInfo]]
) -> None:
    (folder / "sly.safetensors").write_bytes(pickle.dumps({"weight": [0.0] * 100}))
    assert "pickle" in (listed()["sly"].error or "")
    assert listed()["sly"].state is not ModelState.READY


@pytest.mark.parametrize("length", [0x180, 0x280, 0x380, 0x480, 0x580])
def test_a_header_as_long_as_a_pickles_first_bytes(
    folder: Path, length: int, listed: Callable[[], dict[str, ModelInfo]]
) -> None:
    """These lengths begin with the two bytes that every newer pickle begins with."""
    header = b'{"down_blocks.0.w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(length)
    content = length.to_bytes(8, "little") + header + bytes(4)
    assert content[0] == 0x80
    (folder / "unet.safetensors").write_bytes(content)
    assert "single network" in (listed()["unet"].error or "")


def test_what_cannot_draw_says_why(
    folder: Path, checkpoint: Path, listed: Callable[[], dict[str, ModelInfo]]
) -> None:
    put(folder / "vae.safetensors", {f"decoder.{n}.weight": values(2) for n in range(9)})
    (folder / "cut.safetensors").write_bytes(checkpoint.read_bytes()[:-7])
    (folder / ".hidden.safetensors").write_bytes(b"")
    (folder / "notes.txt").write_text("not a model")
    models = listed()
    assert "VAE alone" in (models["vae"].error or "")
    assert "still being copied" in (models["cut"].error or "")
    assert "still being copied" not in (models["vae"].error or "")
    assert all(models[name].state is ModelState.FAILED for name in ("vae", "cut"))
    assert not {"hidden", "notes"} & set(models)


def test_names_stay_apart(
    folder: Path, checkpoint: Path, listed: Callable[[], dict[str, ModelInfo]]
) -> None:
    """Of a folder, of two files with the same stem, of an older version, of the starter."""
    write_pipeline(folder / "same")
    (folder / "versions" / "taste").mkdir(parents=True)
    for name in ("same", "taste", "starter", "..."):
        (folder / f"{name}.safetensors").write_bytes(checkpoint.read_bytes())
    (folder / "same.ckpt").write_bytes(b"\x80\x04")
    models = listed()
    expected = {"same", "same.ckpt", "same.safetensors", "taste.safetensors"}
    assert expected | {"starter.safetensors", "starter"} <= set(models)
    assert len({name.lower() for name in models}) == len(models)


@pytest.mark.parametrize("kohya", [False, True])
def test_a_lora_rests_on_the_model_that_it_fits(
    folder: Path, listed: Callable[[], dict[str, ModelInfo]], kohya: bool
) -> None:
    base = make_tiny_pipeline(folder / "tiny")
    write_pipeline(folder / "another")
    file = put(folder / "style.safetensors", unet_lora(kohya=kohya))
    model = listed()["style"]
    assert model.state is ModelState.READY
    assert model.base == "tiny"
    assert model.defaults == listed()["tiny"].defaults
    assert "tiny" in (model.notice or "").lower()

    plain = load_components(base, CPU)
    changed = load_model(base, CPU, trained=[file])
    assert isinstance(changed, Components)
    layer, before = (c.unet.get_submodule(LAYER).weight for c in (changed, plain))
    tensors = unet_lora()
    up, down = (tensors[f"unet.{LAYER}.lora_{half}.weight"] for half in ("B", "A"))
    np.testing.assert_allclose(layer - before, up @ down, rtol=1e-3, atol=1e-5)
    pictures = [generate(model, request())[0].image for model in (plain, changed)]
    assert psnr(*pictures) < 45


def test_parts_of_files(folder: Path, checkpoint: Path, make_registry: MakeRegistry) -> None:
    registry: Registry = make_registry("http://127.0.0.1:1", offline=True)
    (folder / "own.safetensors").write_bytes(checkpoint.read_bytes())
    put(folder / "style.safetensors", unet_lora())
    assert registry.parts_of("own") == (folder / "own.safetensors", [])
    assert registry.parts_of("style") == (
        folder / "own.safetensors",
        [folder / "style.safetensors"],
    )
    assert registry.bottom_of("style") == "own"
    assert registry.get("style").family == "Stable Diffusion 1.x"
    with pytest.raises(InvalidInput, match="not be retrained"):
        registry.require_trainable("own")
    stamp = registry.stamp_of("own")
    assert stamp is not None
    assert registry.stamp_of("starter") is None
    (folder / "own.safetensors").unlink()
    (folder / "own.safetensors").write_bytes(checkpoint.read_bytes())
    assert registry.stamp_of("own") != stamp
    registry.activate("own")
    assert registry.active().name == "own"


def test_a_lora_that_fits_nothing(folder: Path, make_registry: MakeRegistry) -> None:
    registry = make_registry("http://127.0.0.1:1", offline=True)
    make_tiny_pipeline(folder / "tiny")
    listener = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
    large = unet_lora(layer=listener, width=2048)
    put(folder / "large.safetensors", large)
    put(folder / "unknown.safetensors", unet_lora(layer="no.such.layer"))
    put(folder / "other.safetensors", {f"lora_unet_{LAYER}.hada_w1_a": values(2, 2)})
    errors = {name: registry.get(name).error or "" for name in ("large", "unknown", "other")}
    assert "Stable Diffusion XL" in errors["large"]
    assert "no.such.layer" in errors["unknown"]
    assert "another kind than LoRA" in errors["other"]
    with pytest.raises(ModelUnavailable, match="Stable Diffusion XL"):
        registry.require_ready("large")


TEXT = "text_model.encoder.layers.0.self_attn.q_proj"


@pytest.mark.parametrize("prefix", ["lora_te_", "lora_te1_", "text_encoder."])
def test_text_encoders_are_changed_too(tmp_path: Path, prefix: str) -> None:
    """As kohya's trainers and diffusers name their layers; scaled by alpha over rank."""
    base = make_tiny_pipeline(tmp_path / "tiny")
    down, up = values(2, TEXT_WIDTH, seed=1), values(TEXT_WIDTH, 2, seed=2)
    kohya = prefix.startswith("lora")
    layer = prefix + (TEXT.replace(".", "_") if kohya else TEXT)
    halves = ("lora_down", "lora_up") if kohya else ("lora_A", "lora_B")
    tensors = {
        f"{layer}.{half}.weight": value for half, value in zip(halves, (down, up), strict=True)
    }
    if kohya:
        tensors[f"{layer}.alpha"] = np.float32(1).reshape(())
    file = put(tmp_path / "words.safetensors", tensors | unet_lora(kohya=kohya))
    plain, changed = load_components(base, CPU), load_components(base, CPU, trained=[file])
    difference = [
        dict(model.text_encoder.named_parameters())[
            next(
                name
                for name, _ in model.text_encoder.named_parameters()
                if name.endswith("layers.0.self_attn.q_proj.weight")
            )
        ]
        for model in (changed, plain)
    ]
    scale = 0.5 if kohya else 1.0
    np.testing.assert_allclose(
        difference[0] - difference[1], scale * (up @ down), rtol=1e-3, atol=1e-5
    )
    assert not np.array_equal(
        changed.unet.get_submodule(LAYER).weight, plain.unet.get_submodule(LAYER).weight
    )


@pytest.mark.parametrize(
    "layer", ["lora_te2_" + TEXT.replace(".", "_"), "lora_te_text_model_no_such_layer"]
)
def test_a_text_encoder_that_is_not_there(tmp_path: Path, layer: str) -> None:
    base = make_tiny_pipeline(tmp_path / "tiny")
    tensors = {f"{layer}.lora_down.weight": values(2, 16), f"{layer}.lora_up.weight": values(16, 2)}
    file = put(tmp_path / "words.safetensors", tensors)
    with pytest.raises(ModelBroken, match="doesn't have in that shape"):
        load_components(base, CPU, trained=[file])


def test_versions_still_change_the_unet_alone(tmp_path: Path) -> None:
    base = make_tiny_pipeline(tmp_path / "tiny")
    layer = "lora_te_" + TEXT.replace(".", "_")
    tensors = {f"{layer}.lora_down.weight": values(2, 16), f"{layer}.lora_up.weight": values(16, 2)}
    version = tmp_path / "version"
    version.mkdir()
    put(version / "pytorch_lora_weights.safetensors", tensors | unet_lora(kohya=True))
    with pytest.raises(ModelBroken, match="U-Net alone"):
        load_components(base, CPU, trained=[version])


def test_original_names_become_diffusers(checkpoint: Path, tmp_path: Path) -> None:
    """Every tensor of a U-Net, with dots and as kohya's trainers flatten them."""
    from safetensors import safe_open

    def shapes(file: Path) -> dict[str, tuple[int, ...]]:
        with safe_open(file, "np") as content:
            return {k: tuple(content.get_slice(k).get_shape()) for k in content.keys()}  # noqa: SIM118

    expected = shapes(checkpoint.parent / "tiny" / "unet" / "diffusion_pytorch_model.safetensors")
    original = shapes(checkpoint)
    assert unet_shapes(original) == expected
    assert layers_of(expected) == 1
    unet = [k.removeprefix("model.diffusion_model.") for k in original if "diffusion_model" in k]
    for key in unet:
        layer = key.rsplit(".", 1)[0]
        flat = diffusers_name(layer.replace(".", "_"), 1)
        assert flat == diffusers_name(layer, 1).replace(".", "_")


def test_a_lora_in_original_names_fits(folder: Path, make_registry: MakeRegistry) -> None:
    """As trainers of XL write them."""
    registry = make_registry("http://127.0.0.1:1", offline=True)
    make_tiny_pipeline(folder / "tiny")
    layer = "input_blocks.1.1.transformer_blocks.0.attn1.to_q"
    put(folder / "style.safetensors", unet_lora(kohya=True, layer=layer))
    assert registry.get("style").error is None
    assert registry.get("style").base == "tiny"
