"""Looking after versions from the terminal, and what a crash in the middle leaves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tastemaker.cli import main
from tastemaker.errors import Conflict
from tastemaker.models import importing, management
from tastemaker.models.management import Versions
from tastemaker.settings import ENV_PREFIX, load_settings
from tastemaker.wiring import open_models
from tests.models.lora_made import (
    as_file,
    kohya_lora,
    peft_lora,
    unet_tensors,
    write_full_version,
    write_lora_version,
    write_model,
)

Run = Callable[..., Result]


@pytest.fixture
def models_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, folder in (("DATA_DIR", "data"), ("MODELS_DIR", "models")):
        monkeypatch.setenv(ENV_PREFIX + name, str(tmp_path / folder))
    write_model(tmp_path / "models" / "mine")
    write_lora_version(tmp_path / "models", "taste-1", "mine")
    write_lora_version(tmp_path / "models", "taste-2", "mine", parent="taste-1")
    return tmp_path / "models"


@pytest.fixture
def run(models_dir: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["models", *arguments])

    return invoke


@pytest.fixture
def versions(models_dir: Path) -> Versions:
    return open_models(load_settings())[1]


def names(models_dir: Path) -> list[str]:
    """Everything in the versions' folder, hidden folders as well."""
    return sorted(path.name for path in (models_dir / "versions").iterdir())


def test_switching_and_going_back(run: Run) -> None:
    assert "taste-2" in run("activate", "taste-2").output.lower().replace(" ", "-")
    listed = run().output
    assert "* taste-2" in listed
    assert "preference, from taste-1" in listed
    for expected in ("taste-1", "mine"):
        assert run("rollback").exit_code == 0
        assert f"* {expected}" in run().output
    failed = run("rollback")
    assert failed.exit_code == 1
    assert "nothing to go back to" in failed.output
    assert run("activate", "nobody").exit_code == 1


def test_titles_and_deleting(run: Run, models_dir: Path) -> None:
    assert "Evening light" in run("rename", "taste-1", " Evening  light ").output
    assert run("rename", "taste-1", " ").exit_code == 1
    refused = CliRunner().invoke(main, ["models", "delete", "taste-1"], input="n\n")
    assert refused.exit_code == 1
    assert "taste-1" in names(models_dir)
    assert run("delete", "taste-1", "--yes").exit_code == 0
    assert names(models_dir) == ["taste-2"]
    assert "no trained version" in run("delete", "mine", "--yes").output


def test_out_and_in(run: Run, models_dir: Path, tmp_path: Path) -> None:
    write_full_version(models_dir, "full-1", "mine")
    out = tmp_path / "out"
    out.mkdir()
    assert run("export", "taste-1", str(out)).exit_code == 0
    assert (out / "taste-1.safetensors").read_bytes() == as_file(peft_lora())
    assert "exists already" in run("export", "taste-1", str(out / "taste-1.safetensors")).output
    assert run("export", "full-1", str(out / "whole.zip")).exit_code == 0
    assert run("export", "full-1", str(out / "whole")).exit_code == 0
    assert "doesn't exist" in run("export", "full-1", str(out / "no" / "where")).output
    assert not list(out.glob(".*"))
    base = ("--base", "mine")
    for source, name in (("whole.zip", "whole"), ("whole", "whole-2"), ("taste-1.safetensors", "")):
        result = run("import", str(out / source), *base)
        assert result.exit_code == 0, result.output
        assert name in result.output
    for name in ("whole", "whole-2"):
        weights = models_dir / "versions" / name / "unet" / "diffusion_pytorch_model.safetensors"
        assert weights.read_bytes() == as_file(unet_tensors(9))
        assert not weights.stat().st_mode & 0o222
    folder = models_dir / "versions" / "taste-2"
    assert run("import", str(folder), "--name", "copied", "--title", "Copied", *base).exit_code == 0
    assert "imported, from mine" in run().output
    (out / "old.ckpt").write_bytes(b"anything")
    assert "pickle" in run("import", str(out / "old.ckpt"), *base).output
    (out / "empty").mkdir()
    assert run("import", str(out / "empty"), *base).exit_code == 1
    assert not [name for name in names(models_dir) if name.startswith(".")]


def test_a_crash_while_deleting_leaves_no_half_version(
    versions: Versions, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_folder = tmp_path / "data" / "training" / "taste-1"
    run_folder.mkdir(parents=True)
    (run_folder / "run.json").write_text('{"parent": "mine"}')

    def killed(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(management, "_remove_tree", killed)
    # Killed over the run's folder: the version is whole. Killed over its own: it is gone.
    for left in (True, False):
        with pytest.raises(KeyboardInterrupt):
            versions.delete("taste-1")
        listed = [model.name for model in open_models(load_settings())[0].list()]
        assert ("taste-1" in listed) is left
        assert not run_folder.exists()
    monkeypatch.undo()
    monkeypatch.setenv(ENV_PREFIX + "MODELS_DIR", str(models_dir))
    assert len([name for name in names(models_dir) if name.startswith(".deleted-")]) == 1
    versions.sweep()
    assert names(models_dir) == ["taste-2"]
    assert not list((tmp_path / "data" / "training").iterdir())


def test_a_crash_while_taking_in_leaves_no_half_version(
    versions: Versions, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(as_file(kohya_lora()))

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    def take_in() -> None:
        with file.open("rb") as opened:
            versions.take_in(opened, file.name, base="mine", title="New")

    with monkeypatch.context() as patch:
        patch.setattr(importing, "write_record", killed)
        # A kill runs no handlers.
        patch.setattr(shutil, "rmtree", lambda *a, **k: None)
        with pytest.raises(KeyboardInterrupt):
            take_in()
    assert [name for name in names(models_dir) if not name.startswith(".")] == [
        "taste-1",
        "taste-2",
    ]
    (left,) = (models_dir / "versions").glob(".importing-*")
    versions.sweep()
    assert left.exists(), "it may be another process's"
    os.utime(left, (0, 0))
    versions.sweep()
    assert not left.exists()
    take_in()
    assert "x" in names(models_dir)


def test_two_imports_of_one_name_at_once(
    versions: Versions, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process was faster: its version stays as it is."""
    real = importing.write_record

    def slow(scratch: Path, name: str, base: str, file_name: str) -> object:
        shutil.copytree(models_dir / "versions" / "taste-1", models_dir / "versions" / name)
        return real(scratch, name, base, file_name)

    monkeypatch.setattr(importing, "write_record", slow)
    file = tmp_path / "x.safetensors"
    file.write_bytes(as_file(kohya_lora()))
    with file.open("rb") as opened, pytest.raises(Conflict, match="already"):
        versions.take_in(opened, file.name, base="mine")
    kept = models_dir / "versions" / "x" / "pytorch_lora_weights.safetensors"
    assert kept.read_bytes() == as_file(peft_lora())
