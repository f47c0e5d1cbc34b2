"""Pictures and captions encoded once: the right numbers, kept, continued, refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.latents import encode_image
from tastemaker.diffusion.text import PromptEncoder
from tastemaker.training.cache import TensorCache
from tastemaker.training.encoding import ExampleEncoder, network_hash, to_pixels
from tests.training.conftest import make_example


def test_encodings_are_those_of_the_networks(tiny: Components, tmp_path: Path) -> None:
    example = make_example(1)
    encoded, _ = ExampleEncoder(tiny, TensorCache(tmp_path)).encode([example])
    zero = torch.zeros(encoded.latent_shape)
    mode = encode_image(tiny, Image.open(io.BytesIO(example.picture)))
    torch.testing.assert_close(encoded.latents(0, zero), mode)
    pixels = to_pixels(example.picture, 32, 32)[None]
    with torch.no_grad():
        distribution = tiny.vae.encode(pixels).latent_dist
    drawn = (distribution.mean + 2 * distribution.std)[0] * tiny.vae.config.scaling_factor
    torch.testing.assert_close(encoded.latents(0, zero + 2), drawn)
    encoder = PromptEncoder(tiny)
    torch.testing.assert_close(encoded.caption(0), encoder.encode(example.caption).states)
    torch.testing.assert_close(encoded.caption(0, dropped=True), encoder.encode("").states)


def test_nothing_is_encoded_twice(
    tiny: Components, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = [make_example(i) for i in range(5)]
    calls: list[int] = []
    real = type(tiny.vae).encode

    def counted(self: Any, pixels: torch.Tensor) -> Any:
        calls.append(len(pixels))
        return real(self, pixels)

    monkeypatch.setattr(type(tiny.vae), "encode", counted)
    first, _ = ExampleEncoder(tiny, TensorCache(tmp_path)).encode(examples)
    heard: list[int] = []
    second, _ = ExampleEncoder(tiny, TensorCache(tmp_path)).encode(examples, heard.append)
    assert (len(calls), heard) == (5, [1, 2, 3, 4, 5])
    assert second.digest == first.digest
    smaller, _ = ExampleEncoder(tiny, TensorCache(tmp_path), resolution=16).encode(examples)
    assert len(calls) == 10
    assert smaller.latent_shape == (4, 4, 4)
    with torch.no_grad():
        next(tiny.vae.parameters()).add_(1e-3)
    ExampleEncoder(tiny, TensorCache(tmp_path)).encode(examples)
    assert len(calls) == 15, "another VAE must not use the old one's latents"


def test_an_interrupted_encoding_goes_on(tiny: Components, tmp_path: Path) -> None:
    examples = [make_example(i) for i in range(9)]
    whole, _ = ExampleEncoder(tiny, TensorCache(tmp_path / "a")).encode(examples)

    def stop(done: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    cache = tmp_path / "b"
    with pytest.raises(KeyboardInterrupt):
        ExampleEncoder(tiny, TensorCache(cache, shard_entries=4)).encode(examples, stop)
    assert len(list(cache.glob("*.safetensors"))) >= 2
    (cache / ".partial-000009.safetensors").write_bytes(b"half")
    again, _ = ExampleEncoder(tiny, TensorCache(cache)).encode(examples)
    assert again.digest == whole.digest
    noise = torch.zeros(whole.latent_shape)
    for i in range(9):
        assert torch.equal(again.latents(i, noise), whole.latents(i, noise))
        assert torch.equal(again.caption(i), whole.caption(i))
    assert not list(cache.glob(".*"))


def test_a_damaged_shard_is_made_again(tiny: Components, tmp_path: Path) -> None:
    examples = [make_example(i) for i in range(3)]
    ExampleEncoder(tiny, TensorCache(tmp_path)).encode(examples)
    (shard,) = tmp_path.glob("*.safetensors")
    shard.write_bytes(shard.read_bytes()[:100])
    again, _ = ExampleEncoder(tiny, TensorCache(tmp_path)).encode(examples)
    assert again.latents(2, torch.zeros(again.latent_shape)).isfinite().all()


def test_what_the_vae_turns_into_nan_is_set_aside(
    tiny: Components, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = make_example(1)
    real = type(tiny.vae).encode

    def poisoned(self: Any, pixels: torch.Tensor) -> Any:
        wrong = torch.equal(pixels[0], to_pixels(bad.picture, 32, 32))
        return real(self, pixels * float("nan") if wrong else pixels)

    monkeypatch.setattr(type(tiny.vae), "encode", poisoned)
    examples = [make_example(0), bad, make_example(2)]
    encoded, unusable = ExampleEncoder(tiny, TensorCache(tmp_path)).encode(examples)
    assert [item.key for item in encoded.items] == ["0", "2"]
    assert [row.key for row in unusable] == ["1"]
    assert "no numbers" in unusable[0].reason


def test_the_digest_depends_on_all_that_matters(tiny: Components, tmp_path: Path) -> None:
    cache = TensorCache(tmp_path)
    sets = [
        [make_example(0), make_example(1)],
        [make_example(1), make_example(0)],
        [make_example(0), make_example(2)],
        [make_example(0), make_example(1, caption="a cat")],
        [make_example(0)],
    ]
    digests = {ExampleEncoder(tiny, cache).encode(examples)[0].digest for examples in sets}
    assert len(digests) == len(sets)


def test_pictures_are_turned_upright_and_cropped(tmp_path: Path) -> None:
    wide = Image.new("RGB", (90, 30), "blue")
    wide.paste("red", (30, 0, 60, 30))
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    wide.save(file, "PNG", exif=exif)
    pixels = to_pixels(file.getvalue(), 32, 32)
    assert pixels.shape == (3, 32, 32)
    torch.testing.assert_close(pixels[:, 16, 16], torch.tensor([1.0, -1.0, -1.0]))
    assert pixels.min() >= -1


def test_hashes_notice_every_bit(tiny: Components) -> None:
    before = network_hash(tiny.text_encoder)
    assert network_hash(tiny.text_encoder) == before
    with torch.no_grad():
        parameter = next(tiny.text_encoder.parameters())
        parameter.view(-1)[0] += 1e-6
    assert network_hash(tiny.text_encoder) != before
