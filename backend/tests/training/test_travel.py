"""Versions that leave a studio and come back draw the same picture, and in plain diffusers, too."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from tastemaker.diffusion.adapters import LORA_FILE
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import Failed, Finished
from tastemaker.errors import NotFound
from tastemaker.models.management import Versions
from tastemaker.models.registry import Registry
from tastemaker.settings import load_settings
from tastemaker.storage.titles import ModelTitles
from tastemaker.worker_wiring import build_engine
from tests.diffusion.conftest import psnr
from tests.models.fakes import Pointer
from tests.studio import open_studio
from tests.training.conftest import CPU
from tests.training.test_versions import ALIKE, WANTED, in_diffusers, picture, trained

Fresh = Callable[[], Components]


class House:
    """A studio with the tiny model as its starter, and an engine that loads from it."""

    def __init__(self, folder: Path, starter: Path) -> None:
        settings = load_settings(
            data_dir=folder / "data", models_dir=folder / "models", offline=True, device="cpu"
        )
        settings.data_dir.mkdir(parents=True)
        titles = ModelTitles(open_studio(settings.data_dir).database)
        self.models = Registry(settings, Pointer(), titles=titles.all, starter=starter)
        self.versions = Versions(settings, self.models, titles)
        self.folder = settings.models_dir / "versions"
        self.folder.mkdir(parents=True)
        self.engine: Engine = build_engine(
            settings.model_copy(update={"threads": 1}), self.models, CPU
        )

    def adopt(self, version: Path, name: str) -> None:
        """Take over a trained version as it is."""
        shutil.copytree(version, self.folder / name)

    def draw(self, name: str) -> Image.Image:
        """What the engine draws with a model."""
        self.engine.submit(Ticket("one", replace(WANTED, model=name), (0,), None))
        while True:
            for outcome in self.engine.step():
                if isinstance(outcome, Failed):
                    raise outcome.error
                if isinstance(outcome, Finished):
                    return outcome.image


@pytest.fixture
def house(tiny_folder: Path, tmp_path: Path) -> House:
    return House(tmp_path / "house", tiny_folder)


def test_a_full_version_there_and_back(
    fresh: Fresh, house: House, tiny_folder: Path, tmp_path: Path
) -> None:
    live = fresh()
    version = trained(live, tmp_path, "full")
    expected = picture(live)
    (version / "version.json").chmod(0o644)
    record = (version / "version.json").read_text()
    (version / "version.json").write_text(record.replace('"base": "tiny"', '"base": "starter"'))
    house.adopt(version, "full-1")
    assert psnr(house.draw("full-1"), expected) >= ALIKE

    data = b"".join(house.versions.export("full-1").stream())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "plain")
    assert psnr(in_diffusers(tmp_path / "plain"), expected) >= ALIKE
    assert psnr(in_diffusers(tiny_folder), expected) < 35
    house.versions.export("full-1").write(tmp_path / "folder")
    assert psnr(in_diffusers(tmp_path / "folder"), expected) >= ALIKE

    for number, source in enumerate((io.BytesIO(data), tmp_path / "folder")):
        made = house.versions.take_in(source, "back.zip", base="starter", name=f"back-{number}")
        assert psnr(house.draw(made.name), expected) >= ALIKE


def test_a_lora_there_and_back(
    fresh: Fresh, house: House, tiny_folder: Path, tmp_path: Path
) -> None:
    live = fresh()
    version = trained(live, tmp_path, "lora")
    expected = picture(live)
    for style, tensors in styles(load_file(version / LORA_FILE)).items():
        file = tmp_path / f"{style}.safetensors"
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)
        with file.open("rb") as opened:
            made = house.versions.take_in(opened, file.name, base="starter")
        assert psnr(house.draw(made.name), expected) >= ALIKE, style
        out = house.versions.export(made.name).write(tmp_path / f"out-{style}.safetensors")
        plain = in_diffusers(tiny_folder, lambda pipe, out=out: pipe.load_lora_weights(out))
        assert psnr(plain, expected) >= ALIKE, style


def styles(ours: dict[str, torch.Tensor]) -> dict[str, dict[str, torch.Tensor]]:
    """One LoRA as peft, as older diffusers, and as kohya's trainers write it (scaled by alpha)."""
    older, kohya = {}, {}
    for name, tensor in ours.items():
        layer, half = name.removeprefix("unet.").removesuffix(".weight").rsplit(".", 1)
        down = half == "lora_A"
        older[f"unet.{layer}.lora.{'down' if down else 'up'}.weight"] = tensor
        flat = "lora_unet_" + layer.replace(".", "_")
        kohya[f"{flat}.lora_{'down' if down else 'up'}.weight"] = tensor if down else 2 * tensor
        if down:
            kohya[f"{flat}.alpha"] = torch.tensor(tensor.shape[0] / 2)
    return {"peft": ours, "older": older, "kohya": kohya}


def test_another_version_of_the_same_name_is_drawn_with(
    fresh: Fresh, house: House, tmp_path: Path
) -> None:
    """Nothing of a deleted version is drawn from memory, though the engine runs on."""
    files = []
    for number in range(2):
        version = trained(fresh(), tmp_path / str(number), ("lora", "preference")[number])
        files.append(version / LORA_FILE)

    def take_in(number: int) -> Image.Image:
        with files[number].open("rb") as opened:
            house.versions.take_in(opened, "x.safetensors", base="starter", name="same")
        return house.draw("same")

    first = take_in(0)
    assert house.draw("same").tobytes() == first.tobytes()
    house.versions.delete("same")
    with pytest.raises(NotFound):
        house.draw("same")
    second = take_in(1)
    assert psnr(second, first) < ALIKE
    house.versions.delete("same")
    assert take_in(0).tobytes() == first.tobytes()
