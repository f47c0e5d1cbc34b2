"""What a training will cost: a dry run of real steps, sizes from headers, kept and in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tastemaker.diffusion.components import Components
from tastemaker.errors import ModelBroken
from tastemaker.settings import Settings, load_settings
from tastemaker.training.estimate import STEPS, measure
from tastemaker.training.estimates import Measurement, in_words, keep, kept, key_of
from tastemaker.training.network import Trainee
from tastemaker.training.readiness import disk_bytes
from tastemaker.training.sizes import run_bytes
from tastemaker.training.stepper import Stepper
from tests.training.runs import options

MEASURED = Measurement(0.5, 2_000_000_000, 8_000_000_000, "cpu")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path, device="cpu")


@pytest.mark.parametrize("method", ["full", "lora", "preference"])
def test_a_dry_run_takes_real_steps(
    tiny: Components, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    steps: list[int] = []
    update = Stepper.update

    def counted(stepper: Stepper, step: int, rate_scale: float) -> float:
        steps.append(step)
        return update(stepper, step, rate_scale)

    monkeypatch.setattr(Stepper, "update", counted)
    found = measure(tiny, options(method))
    assert steps == list(range(1 + STEPS))
    assert found.fits
    assert found.seconds_per_step > 0
    assert found.memory_bytes > 50_000_000
    assert found.device == "cpu"
    assert found.memory_available_bytes is None or found.memory_available_bytes > 0


def test_too_little_memory_is_an_answer(tiny: Components, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Stepper, "gradient", fails)
    found = measure(tiny, options("full"))
    assert not found.fits
    assert "ran out of memory" in in_words(found, 0.0, 10)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_sizes_from_headers_are_those_of_the_network(
    fresh: Callable[[], Components], tiny_folder: Path, method: str
) -> None:
    chosen = options(method)
    learning = sum(p.numel() for p in Trainee(fresh().unet, chosen).parameters.values())
    assert run_bytes(tiny_folder, chosen, 10) == disk_bytes(chosen, learning, 10, 4 * 8 * 8)
    larger = options(method, resolution=64)
    assert run_bytes(tiny_folder, larger, 10) == disk_bytes(larger, learning, 10, 4 * 16 * 16)


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match="no weights"):
        run_bytes(tmp_path, options("lora"), 1)
    (tmp_path / "unet").mkdir()
    for content in (b"", b"\xff" * 20, (4).to_bytes(8, "little") + b"nope"):
        (tmp_path / "unet" / "x.safetensors").write_bytes(content)
        with pytest.raises(ModelBroken, match="can't be read"):
            run_bytes(tmp_path, options("lora"), 1)


def test_measurements_are_kept_by_what_they_depend_on(
    settings: Settings, tiny_folder: Path
) -> None:
    key = key_of(settings, tiny_folder, options("lora"))
    assert kept(settings, key) is None
    keep(settings, key, MEASURED)
    assert kept(settings, key) == MEASURED
    same = options("lora", max_steps=99, learning_rate=1e-3, seed=7)
    assert key_of(settings, tiny_folder, same) == key
    for other in (
        options("preference"),
        options("lora", batch_size=1),
        options("lora", lora_rank=4),
        options("lora", resolution=64),
    ):
        assert key_of(settings, tiny_folder, other) != key
    (settings.data_dir / "training" / "estimates.json").write_text("{")
    assert kept(settings, key) is None
    keep(settings, key, MEASURED)
    assert kept(settings, key) == MEASURED


@pytest.mark.parametrize(
    ("seconds", "says"), [(0.2, "About 1 s"), (89, "89 s"), (1800, "30 min"), (9000, "2.5 h")]
)
def test_in_words(seconds: float, says: str) -> None:
    text = in_words(MEASURED, seconds, 100)
    assert says in text
    assert "2.0 GB" in text
    assert "too much" not in text
    assert "too much for the 2.1 GB" in in_words(
        Measurement(0.5, 2_000_000_000, 2_100_000_000, "cuda:0"), seconds, 100
    )
