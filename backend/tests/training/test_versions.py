"""A version draws the same picture in training, loaded by the engine, and in plain diffusers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline
from PIL import Image
from safetensors.torch import load_file, save_file

from tastemaker.diffusion.adapters import LORA_FILE
from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.generate import generate
from tastemaker.errors import Conflict, ModelBroken
from tastemaker.models.versions import VersionRecord, read_version
from tastemaker.training.encoding import network_hash
from tastemaker.training.trainer import Trainer
from tastemaker.training.versions import check_weights, join_loras, write_version
from tests.diffusion.conftest import psnr, request
from tests.training.conftest import CPU
from tests.training.runs import data, options

ALIKE = 45.0
WANTED = request(prompt="a red apple 3", num_inference_steps=6)


def trained(components: Components, folder: Path, method: str, parent: Path | None = None) -> Path:
    """A version after a few steps fast enough to change the picture; returns its folder."""
    rate = 5e-3 if method == "full" else 3e-2
    fast = options(method, max_steps=4, learning_rate=rate, warmup_steps=0, patience=0, seed=3)
    trainer = Trainer(components, data(components, folder / "cache"), fast, folder / "run")
    trainer.load(trainer.run().step)
    record = VersionRecord(
        name="taste",
        base="tiny",
        parent="tiny",
        options=fast.to_dict(),
        data={"pictures": 8},
        metrics={"validation_loss": 0.5},
        steps=4,
    )
    pictures = {"grid-after": picture(components)}
    lora = parent / LORA_FILE if parent is not None else None
    write_version(folder / "taste", components.unet, record, pictures, parent_lora=lora)
    return folder / "taste"


def picture(components: Components) -> Image.Image:
    return generate(components, WANTED)[0].image


def in_diffusers(model: Path, load: Callable[[Any], None] = lambda pipe: None) -> Image.Image:
    """What plain diffusers draws with a folder."""
    pipe = StableDiffusionPipeline.from_pretrained(model, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = DPMSolverMultistepScheduler.from_config(
        pipe.scheduler.config, algorithm_type="dpmsolver++"
    )
    load(pipe)
    drawn: Image.Image = pipe(
        WANTED.prompt,
        width=WANTED.width,
        height=WANTED.height,
        num_inference_steps=WANTED.num_inference_steps,
        guidance_scale=WANTED.guidance_scale,
        generator=torch.Generator().manual_seed(WANTED.seed),
    ).images[0]
    return drawn


@pytest.mark.parametrize("method", ["full", "lora"])
def test_the_same_picture_everywhere(
    fresh: Callable[[], Components], tiny_folder: Path, tmp_path: Path, method: str
) -> None:
    before = picture(fresh())
    live = fresh()
    version = trained(live, tmp_path, method)
    expected = picture(live)
    assert psnr(before, expected) < 35, "training changed too little for this to mean anything"

    loaded = load_components(tiny_folder, CPU, trained=[version])
    assert psnr(picture(loaded), expected) >= ALIKE
    assert psnr(Image.open(version / "grid-after.png"), expected) == float("inf")
    untouched = fresh()
    for part in ("vae", "text_encoder"):
        assert network_hash(getattr(loaded, part)) == network_hash(getattr(untouched, part))

    if method == "lora":
        as_lora = in_diffusers(tiny_folder, lambda pipe: pipe.load_lora_weights(version))
        assert psnr(as_lora, expected) >= ALIKE
    text = " ".join(path.read_text() for path in version.rglob("*.json"))
    assert str(tmp_path) not in text


def test_a_lora_trained_on_a_lora_goes_on_the_same_base(
    fresh: Callable[[], Components], tiny_folder: Path, tmp_path: Path
) -> None:
    first = trained(fresh(), tmp_path / "one", "lora")
    live = load_components(tiny_folder, CPU, trained=[first])
    second = trained(live, tmp_path / "two", "preference", parent=first)
    expected = picture(live)
    loaded = load_components(tiny_folder, CPU, trained=[second])
    assert psnr(picture(loaded), expected) >= ALIKE
    assert psnr(picture(load_components(tiny_folder, CPU, trained=[first])), expected) < 45


def test_a_lora_on_a_full_version(
    fresh: Callable[[], Components], tiny_folder: Path, tmp_path: Path
) -> None:
    first = trained(fresh(), tmp_path / "one", "full")
    live = load_components(tiny_folder, CPU, trained=[first])
    second = trained(live, tmp_path / "two", "lora")
    loaded = load_components(tiny_folder, CPU, trained=[first, second])
    assert psnr(picture(loaded), picture(live)) >= ALIKE


def test_versions_say_where_they_come_from_and_never_change(
    tiny: Components, tmp_path: Path
) -> None:
    version = trained(tiny, tmp_path, "lora")
    record = read_version(version)
    assert (record.base, record.method, record.steps) == ("tiny", "lora", 4)
    assert set(record.libraries) >= {"torch", "diffusers", "peft"}
    assert record.created_at.endswith("+00:00")
    check_weights(version)
    with pytest.raises(Conflict, match="never overwritten"):
        write_version(version, tiny.unet, record, {})
    lora = version / LORA_FILE
    assert not lora.stat().st_mode & 0o222
    lora.chmod(0o644)
    content = bytearray(lora.read_bytes())
    content[-1] ^= 1
    lora.write_bytes(content)
    with pytest.raises(ModelBroken, match="not those that were written"):
        check_weights(version)


def test_joined_loras_add_up() -> None:
    def lora(seed: int, rank: int) -> dict[str, torch.Tensor]:
        source = torch.Generator().manual_seed(seed)
        return {
            "unet.to_q.lora_A.weight": torch.randn(rank, 6, generator=source),
            "unet.to_q.lora_B.weight": torch.randn(5, rank, generator=source),
        }

    def change(tensors: dict[str, torch.Tensor]) -> torch.Tensor:
        return tensors["unet.to_q.lora_B.weight"] @ tensors["unet.to_q.lora_A.weight"]

    one, two = lora(0, 2), lora(1, 3)
    torch.testing.assert_close(change(join_loras(one, two)), change(one) + change(two))
    assert join_loras({}, two).keys() == two.keys()


def test_a_lora_for_something_else_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    def load() -> None:
        load_components(tiny_folder, CPU, trained=[tmp_path])

    with pytest.raises(ModelBroken, match="missing"):
        load()
    (tmp_path / LORA_FILE).write_bytes(b"cut")
    with pytest.raises(ModelBroken, match="damaged"):
        load()
    layer = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    for name, says in ((f"unet.{layer}", "doesn't fit"), ("text_encoder.layer.q_proj", "alone")):
        wrong = {
            f"{name}.lora_A.weight": torch.zeros(2, 999),
            f"{name}.lora_B.weight": torch.zeros(999, 2),
        }
        save_file(wrong, tmp_path / LORA_FILE)
        with pytest.raises(ModelBroken, match=says):
            load()
    assert load_file(tmp_path / LORA_FILE)
