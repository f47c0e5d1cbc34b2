"""The small parts: prompts, pictures in and out, previews, safety checker, devices."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from safetensors.torch import load_file, save_file

from tastemaker.diffusion import device, latents
from tastemaker.diffusion.attention import QuickAttention
from tastemaker.diffusion.batch import BUCKETS, bucket_size
from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.device import is_out_of_memory, pick_device, pick_dtype
from tastemaker.diffusion.fitting import resized
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.latents import decode_latents, encode_image
from tastemaker.diffusion.previews import Previewer
from tastemaker.diffusion.safety import REASON, blur
from tastemaker.domain import ResizeMode
from tastemaker.errors import ModelBroken, NumericalFailure, SettingsError
from tests.diffusion.conftest import CPU, psnr, request
from tests.tiny_pipeline import make_tiny_pipeline

Make = Callable[..., tuple[Path, Components]]


def test_pictures_are_cropped_to_the_wanted_shape(tiny: Components) -> None:
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste("blue", (0, 0, 50, 100))
    square = Image.new("RGB", (100, 100), "red")
    encoded = encode_image(tiny, resized(wide, 32, 32, ResizeMode.CROP))
    assert encoded.shape == (4, 8, 8)
    torch.testing.assert_close(
        encoded, encode_image(tiny, resized(square, 32, 32, ResizeMode.CROP))
    )


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "I;16"])
def test_pictures_of_any_mode(tiny: Components, mode: str) -> None:
    assert encode_image(tiny, Image.new(mode, (16, 16))).isfinite().all()


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_latents_that_are_no_numbers(tiny: Components, value: float) -> None:
    broken = torch.zeros(4, 8, 8)
    broken[0, 0, 0] = value
    with pytest.raises(NumericalFailure):
        decode_latents(tiny, broken)


class OverflowingVae(torch.nn.Module):
    """A VAE that overflows in float16 and is right in float32."""

    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.vae = vae
        self.config = vae.config
        self.device = vae.device

    @property
    def dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype

    def decode(self, unscaled: torch.Tensor) -> Any:
        result = self.vae.float().decode(unscaled.float())
        half = unscaled.dtype == torch.float16
        self.to(unscaled.dtype)
        return replace(result, sample=result.sample / 0 if half else result.sample)


def test_half_precision_overflow_is_decoded_in_float32(
    fresh_tiny: Components, tiny: Components
) -> None:
    vae = OverflowingVae(fresh_tiny.vae).half()
    start = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(1))
    picture, _ = decode_latents(replace(fresh_tiny, vae=vae), start)
    assert vae.dtype == torch.float16
    assert psnr(picture, decode_latents(tiny, start)[0]) > 40


def test_pixels_are_rounded_and_clamped() -> None:
    pixels = torch.tensor([-3.0, -1.0, 0.0, 1.0, 9.0]).expand(3, 1, 5)
    assert np.asarray(latents.to_image(pixels))[0, :, 0].tolist() == [0, 0, 128, 255, 255]


class BrightnessVae:
    """Latents are colours: channel c is the mean of colour c in each 4 x 4 block."""

    config = type("Config", (), {"scaling_factor": 0.5, "shift_factor": None})()
    device, dtype = CPU, torch.float32

    def encode(self, pixels: torch.Tensor) -> Any:
        mode = torch.nn.functional.avg_pool2d(pixels, 4)
        posterior = type("Posterior", (), {"mode": lambda _: mode})()
        return type("Output", (), {"latent_dist": posterior})()


def test_previews_show_the_colours(tiny: Components) -> None:
    components = replace(tiny, vae=BrightnessVae())
    type(components.vae).config.block_out_channels = (1, 1, 1)
    colours = torch.zeros(3, 4, 8)
    colours[0, :, :4], colours[0, :, 4:], colours[2] = -0.8, 0.8, 0.4
    image = Previewer(components).preview(colours * 0.5)
    assert image.size == (128, 64)
    left, right = image.getpixel((5, 32)), image.getpixel((122, 32))
    assert left == pytest.approx((25, 128, 178), abs=3)
    assert right == pytest.approx((230, 128, 178), abs=3)


def test_flagged_pictures_are_blurred_with_a_reason(make_model: Make) -> None:
    folder, strict = make_model(with_safety_checker=True)
    (flagged,) = generate(strict, request())
    (plain,) = generate(load_components(folder, CPU, safety_checker=False), request())
    assert flagged.flagged == REASON
    assert plain.flagged is None
    assert flagged.image == blur(plain.image)
    assert flagged.image != plain.image
    detail = np.abs(np.diff(np.asarray(flagged.image, dtype=float), axis=1)).mean()
    assert detail < 0.25 * np.abs(np.diff(np.asarray(plain.image, dtype=float), axis=1)).mean()


def test_unflagged_pictures_are_untouched(make_model: Make) -> None:
    folder, lenient = make_model(with_safety_checker=True, flags_everything=False)
    (passed,) = generate(lenient, request())
    (plain,) = generate(load_components(folder, CPU, safety_checker=False), request())
    assert passed.flagged is None
    assert passed.image == plain.image


def test_safety_checker_saved_before_transformers_5(tmp_path: Path) -> None:
    """Stable Diffusion v1-4's checker has its tower under ``vision_model.vision_model.``."""
    folder = make_tiny_pipeline(tmp_path, with_safety_checker=True)
    path = folder / "safety_checker" / "model.safetensors"
    prefix = "vision_model."
    old = {
        f"{prefix}{k}" if k.startswith(prefix) and not k.startswith(prefix * 2) else k: v
        for k, v in load_file(path).items()
    }
    save_file(old, path, metadata={"format": "pt"})
    assert generate(load_components(folder, CPU), request())[0].flagged == REASON


def test_safety_checker_that_is_missing_is_not_skipped(tmp_path: Path) -> None:
    folder = make_tiny_pipeline(tmp_path, with_safety_checker=True)
    (folder / "safety_checker" / "model.safetensors").unlink()
    with pytest.raises(ModelBroken, match="safety_checker"):
        load_components(folder, CPU)


def test_quick_attention_is_diffusers_attention(tiny_folder: Path, tiny: Components) -> None:
    plain = UNet2DConditionModel.from_pretrained(tiny_folder / "unet").eval()
    plain = plain.to(memory_format=torch.channels_last)
    inputs = torch.randn(2, 4, 8, 8), torch.tensor([9.0, 500.0]), torch.randn(2, 16, 16)
    assert {type(p) for p in tiny.unet.attn_processors.values()} == {QuickAttention}
    assert torch.equal(tiny.unet(*inputs).sample, plain(*inputs).sample)


def test_buckets() -> None:
    sizes = [bucket_size(n) for n in (1, 2, 3, 5, 7, 9, 11, 13, 17)]
    assert sizes == [1, 2, 4, 6, 8, 10, 12, 16, 24]
    assert bucket_size(1000) == 1000
    assert list(BUCKETS) == sorted(BUCKETS)


@pytest.mark.parametrize("setting", ["gpu", "cuda:x", "", "cuda:-1"])
def test_devices_that_do_not_exist(setting: str) -> None:
    with pytest.raises(SettingsError, match="auto, cpu, cuda"):
        pick_device(setting)


def test_device_errors_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert pick_device("cpu") == pick_device("auto") == CPU
    with pytest.raises(SettingsError, match="built without CUDA"):
        pick_device("cuda")
    with pytest.raises(SettingsError, match="Apple"):
        pick_device("mps")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    with pytest.raises(SettingsError, match=r"CUDA 13\.0.*driver"):
        pick_device("cuda:0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(SettingsError, match="no device cuda:3"):
        pick_device("cuda:3")
    monkeypatch.setattr(device, "_works", lambda _: False)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Old GPU")
    with pytest.raises(SettingsError, match="Old GPU"):
        pick_device("cuda")
    assert pick_device("auto") == CPU


def test_precision_follows_the_device() -> None:
    cuda = torch.device("cuda", 0)
    assert pick_dtype(CPU) == pick_dtype(torch.device("mps")) == torch.float32
    assert pick_dtype(cuda) == torch.float16
    assert pick_dtype(cuda, upcast_attention=True) == torch.bfloat16


def test_what_out_of_memory_looks_like() -> None:
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
    assert not is_out_of_memory(ValueError("out of memory"))
    with pytest.raises(RuntimeError) as caught:
        torch.empty(sys.maxsize // 16, dtype=torch.float64)
    assert is_out_of_memory(caught.value)
