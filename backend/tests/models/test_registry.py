"""Which models there are, which is active, and what a request hears of one that isn't ready."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tastemaker.domain import Event, ModelInfo, ModelState
from tastemaker.errors import Conflict, ModelUnavailable, NotFound
from tastemaker.models import registry as registry_module
from tastemaker.models.registry import Registry
from tests.models.conftest import BASE, REPO, MakeRegistry
from tests.models.fakes import Pointer, wait_until, write_pipeline
from tests.models.hub_server import FakeHub


def put_base(tmp_path: Path) -> Path:
    return write_pipeline(tmp_path / "models" / BASE)


def states(registry: Registry) -> dict[str, str]:
    return {model.name: model.state.value for model in registry.list()}


def test_a_fresh_machine_lists_starter_and_base(
    closed_port: str, make_registry: MakeRegistry
) -> None:
    starter, base = make_registry(closed_port).list()
    assert (starter.name, starter.source, starter.state) == ("starter", "embedded", "ready")
    assert starter.active
    assert (base.name, base.source, base.title) == (BASE, REPO, "Stable Diffusion v1-4")
    assert base.state is ModelState.NOT_DOWNLOADED
    assert not base.active
    assert base.defaults is None
    assert "minutes" in (base.notice or "")


def test_other_complete_folders_are_listed_and_broken_ones_say_why(
    closed_port: str, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    write_pipeline(models / "mine")
    write_pipeline(models / "pickled", variants="bin")
    write_pipeline(models / "half.partial")
    write_pipeline(models / ".hidden")
    write_pipeline(models / "starter")
    (models / "notes").mkdir()
    (models / "mine.txt").write_text("not a folder")
    registry = make_registry(closed_port)
    assert states(registry) == {
        "starter": "ready",
        BASE: "not_downloaded",
        "mine": "ready",
        "pickled": "failed",
    }
    assert registry.get("starter").source == "embedded"
    assert registry.get("mine").source == "local"
    assert "pickle" in (registry.get("pickled").error or "")
    with pytest.raises(ModelUnavailable, match="pickle"):
        registry.path_of("pickled")


@pytest.mark.parametrize("gpu", [True, False])
def test_the_base_model_takes_over_only_on_a_gpu(
    hub: FakeHub, make_registry: MakeRegistry, events: list[Event], gpu: bool
) -> None:
    pointer = Pointer()
    registry = make_registry(hub.url, gpu=gpu, pointer=pointer)
    registry.begin_first_download()
    wait_until(lambda: registry.get(BASE).state is ModelState.READY)
    wait_until(lambda: events[-1].data["state"] == "ready")
    assert registry.active().name == (BASE if gpu else "starter")
    assert events[-1].data["active"] is gpu
    assert ("minutes" in (registry.get(BASE).notice or "")) is not gpu
    assert pointer.name is None, "the user hasn't chosen, so nothing is recorded as a choice"


def test_a_choice_of_the_user_stays_on_a_gpu(hub: FakeHub, make_registry: MakeRegistry) -> None:
    pointer = Pointer()
    registry = make_registry(hub.url, gpu=True, pointer=pointer)
    registry.activate("starter")
    registry.begin_first_download()
    wait_until(lambda: registry.get(BASE).state is ModelState.READY)
    assert registry.active().name == "starter"


def test_activating_lasts_and_is_told(
    closed_port: str, make_registry: MakeRegistry, tmp_path: Path, events: list[Event]
) -> None:
    put_base(tmp_path)
    pointer = Pointer()
    registry = make_registry(closed_port, pointer=pointer)
    assert registry.activate(BASE).active
    assert [(e.data["name"], e.data["active"]) for e in events] == [
        ("starter", False),
        (BASE, True),
    ]
    restarted = make_registry(closed_port, pointer=pointer)
    assert restarted.active().name == BASE
    assert [model.name for model in restarted.list() if model.active] == [BASE]
    assert restarted.require_ready(None).path == str(tmp_path / "models" / BASE)


def test_many_requests_look_at_the_models_once(
    closed_port: str, make_registry: MakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_base(tmp_path)
    looks: list[Path] = []
    look = registry_module.models_on_disk

    def counted(folder: Path, *arguments: Any, **options: Any) -> list[ModelInfo]:
        looks.append(folder)
        return look(folder, *arguments, **options)

    monkeypatch.setattr(registry_module, "models_on_disk", counted)
    monkeypatch.setattr(registry_module, "_RECENT_SECONDS", 3600.0)
    registry = make_registry(closed_port)
    assert [registry.require_ready(name).name for name in (None, BASE, "starter", None)] == [
        "starter",
        BASE,
        "starter",
        "starter",
    ]
    assert len(looks) == 1


def test_what_changed_a_moment_ago_counts_at_once(
    closed_port: str, make_registry: MakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "_RECENT_SECONDS", 3600.0)
    pointer = Pointer()
    registry = make_registry(closed_port, pointer=pointer)
    assert registry.require_ready(None).name == "starter"
    folder = write_pipeline(tmp_path / "models" / "new")
    assert registry.require_ready("new").path == str(folder)
    write_pipeline(tmp_path / "models" / "newer")
    pointer.set("newer")  # as another process would
    newer = registry.require_ready(None)
    assert (newer.name, newer.active) == ("newer", True)
    assert not registry.require_ready("new").active
    shutil.rmtree(folder)
    with pytest.raises(NotFound, match="There are: starter"):
        registry.require_ready("new")


def test_a_model_that_is_not_ready_cannot_be_activated(
    closed_port: str, make_registry: MakeRegistry
) -> None:
    pointer = Pointer()
    registry = make_registry(closed_port, pointer=pointer)
    with pytest.raises(ModelUnavailable, match="not downloaded"):
        registry.activate(BASE)
    assert pointer.name is None


def test_a_chosen_model_that_vanished_leaves_the_starter(
    closed_port: str,
    make_registry: MakeRegistry,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_pipeline(tmp_path / "models" / "mine")
    pointer = Pointer()
    make_registry(closed_port, pointer=pointer).activate("mine")
    shutil.rmtree(tmp_path / "models" / "mine")
    registry = make_registry(closed_port, pointer=pointer)
    with caplog.at_level(logging.WARNING):
        assert registry.active().name == "starter"
        assert registry.active().name == "starter"
    assert len([r for r in caplog.records if "'mine' is gone" in r.getMessage()]) == 1


@pytest.mark.parametrize(
    "name", ["../models/mine", "/etc", "mine/../mine", "mine/", ".", "..", "", "mine\0", "MINE"]
)
def test_names_are_looked_up_never_joined(
    closed_port: str, make_registry: MakeRegistry, tmp_path: Path, name: str
) -> None:
    write_pipeline(tmp_path / "models" / "mine")
    registry = make_registry(closed_port)
    for call in (
        registry.get,
        registry.activate,
        registry.path_of,
        registry.require_ready,
        registry.start_download,
        registry.stop_download,
    ):
        with pytest.raises(NotFound, match=r"no model of that name\. There are: starter"):
            call(name)


def test_only_the_base_model_can_be_downloaded(
    closed_port: str, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    write_pipeline(tmp_path / "models" / "pickled", variants="bin")
    registry = make_registry(closed_port)
    assert registry.start_download("starter").state is ModelState.READY
    with pytest.raises(Conflict, match="pickle"):
        registry.start_download("pickled")


def test_a_broken_base_folder_is_reported_and_never_overwritten(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    folder = put_base(tmp_path)
    weights = folder / "unet/diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    registry = make_registry(hub.url)
    assert "damaged" in (registry.get(BASE).error or "")
    registry.begin_first_download()
    with pytest.raises(Conflict, match="damaged"):
        registry.start_download(BASE)
    registry.close()
    assert hub.requests == []
    assert weights.exists()


def test_starting_twice_is_one_download(hub: FakeHub, make_registry: MakeRegistry) -> None:
    registry = make_registry(hub.url)
    registry.begin_first_download()
    registry.start_download(BASE)
    registry.start_download(BASE)
    wait_until(lambda: registry.get(BASE).state is ModelState.READY)
    assert sum("/api/models/" in request for request in hub.requests) == 1
    assert registry.start_download(BASE).state is ModelState.READY
    assert registry.stop_download(BASE).state is ModelState.READY


def test_the_web_process_loads_no_model_library() -> None:
    heavy = "{'torch', 'diffusers', 'transformers', 'numpy'}"
    code = f"import sys, tastemaker.models.registry; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
