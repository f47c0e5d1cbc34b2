"""Trained versions among the models: listed, chosen, and refused when what they rest on is gone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from tastemaker.domain import ModelState
from tastemaker.errors import ModelBroken, ModelUnavailable
from tastemaker.models.registry import Registry
from tastemaker.models.versions import VersionRecord, lineage


def make_version(models_dir: Path, name: str, base: str, *, better: bool = True) -> Path:
    """A version folder with a record only."""
    folder = models_dir / "versions" / name
    folder.mkdir(parents=True)
    metrics = {"better_than_parent": better}
    record = VersionRecord(name, base, base, {"method": "lora"}, {"trained_on": 12}, metrics, 3)
    (folder / "version.json").write_text(json.dumps(asdict(record)))
    return folder


def test_lineage_goes_down_to_the_model(tmp_path: Path) -> None:
    one, two = make_version(tmp_path, "one", "starter"), make_version(tmp_path, "two", "one")
    assert lineage(tmp_path, "starter") == ("starter", [])
    assert lineage(tmp_path, "two") == ("starter", [one, two])
    make_version(tmp_path, "round", "about")
    make_version(tmp_path, "about", "round")
    with pytest.raises(ModelBroken, match="circle"):
        lineage(tmp_path, "round")
    (one / "version.json").write_text("{}")
    with pytest.raises(ModelBroken, match="no readable"):
        lineage(tmp_path, "two")
    (one / "version.json").write_text('{"format": 99}')
    with pytest.raises(ModelBroken, match="later Tastemaker"):
        lineage(tmp_path, "two")


def test_versions_are_models_that_can_be_chosen(
    closed_port: str, make_registry: Callable[..., Registry], tmp_path: Path
) -> None:
    models = tmp_path / "models"
    one = make_version(models, "one", "starter")
    two = make_version(models, "two", "one", better=False)
    make_version(models, "starter", "starter")
    registry = make_registry(closed_port)
    starter, found = registry.get("starter"), registry.get("two")
    assert [m.name for m in registry.list() if m.source == "trained"] == ["one", "two"]
    assert (found.state, found.defaults) == (ModelState.READY, starter.defaults)
    assert (found.title, found.path) == ("Two", str(two))
    assert "not better than one" in (found.notice or "")
    assert "not better" not in (registry.get("one").notice or "")
    assert registry.activate("two").active
    assert registry.active().name == "two"
    assert registry.parts_of("two") == (Path(starter.path or ""), [one, two])
    assert registry.parts_of("starter") == (Path(starter.path or ""), [])
    shutil.rmtree(two)
    assert registry.active().name == "starter"


def test_a_version_whose_model_is_gone_says_so(
    closed_port: str, make_registry: Callable[..., Registry], tmp_path: Path
) -> None:
    make_version(tmp_path / "models", "orphan", "mine")
    (make_version(tmp_path / "models", "broken", "starter") / "version.json").write_text("[]")
    registry = make_registry(closed_port)
    assert registry.get("broken").state is ModelState.FAILED
    with pytest.raises(ModelUnavailable, match="trained from mine, which isn't ready"):
        registry.parts_of("orphan")


def test_folders_of_this_machine_are_not_told() -> None:
    def source(given: object) -> str | None:
        record = VersionRecord("a", "b", "b", {"method": "lora"}, {"source": given}, {}, 1)
        assert record.public()["data"]["source"] == record.source
        return record.source

    assert source("gallery") == "gallery"
    assert source("hub:owner/name@c0ffee") == "hub:owner/name@c0ffee"
    assert source("/home/somebody/cats and dogs") == "cats and dogs"
    assert source("gallery+/home/somebody/cats.jsonl") == "gallery+cats.jsonl"
    assert source(r"C:\Users\somebody\cats") == "cats"
    assert source(None) is source(3) is None
