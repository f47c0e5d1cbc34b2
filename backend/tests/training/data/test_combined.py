"""Ratings and a dataset as one source: keys tell them apart, and an interrupted copy goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tastemaker.domain import DataSource, TrainingRequest
from tastemaker.errors import InvalidInput
from tastemaker.settings import Settings, load_settings
from tastemaker.training.data.combined import (
    is_both,
    learns_ratings,
    open_text,
    reads_gallery,
    source_text,
)
from tastemaker.training.data.disk import open_copy
from tastemaker.training.data.materialise import materialise
from tastemaker.training.data.sources import DEFAULT_DATASET, parse_source
from tests.studio import Studio, open_studio
from tests.training.data.tables_made import encoded, picture, write_jsonl


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data", device="cpu")


@pytest.fixture
def studio(settings: Settings) -> Studio:
    settings.data_dir.mkdir()
    made = open_studio(settings.data_dir)
    for number in range(4):
        content = made.blobs.put(picture(number))
        image = made.add(f"apple {number}", content=content, width=16, height=16)
        made.feedback.rate(image, 1 if number % 2 else -1)
    return made


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    rows = [{"image": encoded(10 + n), "text": f"picture {n}"} for n in range(3)]
    return write_jsonl(tmp_path / "set" / "train.jsonl", [*rows, {"image": "", "text": "none"}])


def test_both_are_read_one_after_the_other(
    settings: Settings, studio: Studio, dataset: Path
) -> None:
    source = open_text(f"gallery+{dataset}", settings, studio.gallery)
    records = list(source.records())
    assert [r.key.partition(":")[0] for r in records] == ["gallery"] * 4 + ["dataset"] * 4
    assert len({r.key for r in records}) == 8
    for place, record in enumerate(records):
        rest = [r.key for r in source.records(record.key)]
        assert rest == [r.key for r in records[place + 1 :]]
    assert source.name == f"gallery+{dataset}"
    assert (source.mapping.image, source.mapping.caption) == ("image", "text")
    assert source.size_bytes is None or source.size_bytes > 0


def test_a_copy_of_both_can_be_edited(
    settings: Settings, studio: Studio, dataset: Path, tmp_path: Path
) -> None:
    source = open_text(f"gallery+{dataset}", settings, studio.gallery)
    keys = [record.key for record in source.records()]
    materialise(source, tmp_path / "copy", {keys[0]: None, keys[4]: "a new caption"})
    found = {example.key: example for example in open_copy(tmp_path / "copy")}
    assert set(found) == set(keys[1:7])
    assert found[keys[4]].caption == "a new caption"
    assert [found[key].feedback for key in keys[1:7]] == [1, -1, 1, 0, 0, 0]


def test_what_a_text_means(settings: Settings, studio: Studio) -> None:
    def text(source: DataSource, **values: Any) -> str:
        return source_text(TrainingRequest("taste", "base", source, **values))

    assert text(DataSource.FEEDBACK) == "gallery"
    assert text(DataSource.DATASET) == DEFAULT_DATASET
    assert text(DataSource.BOTH, dataset="owner/name") == "gallery+owner/name"
    chosen = text(DataSource.PICTURES, image_ids=(7, 12))
    assert chosen == "gallery:7,12"
    assert parse_source(chosen).image_ids == (7, 12)
    assert reads_gallery(chosen)
    assert not learns_ratings(chosen)
    assert is_both("gallery+owner/name")
    assert not is_both("gallery")
    assert [learns_ratings(text) for text in ("gallery", "gallery:all", "gallery+a/b", "a/b")] == [
        True, True, True, False,
    ]  # fmt: skip
    with pytest.raises(InvalidInput):
        open_text("gallery+/somewhere", settings, studio.gallery, allow_paths=False)
