"""Telling a source's name apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tastemaker.errors import InvalidInput
from tastemaker.settings import load_settings
from tastemaker.training.data.sources import (
    DEFAULT_DATASET,
    SourceKind,
    SourceSpec,
    open_source,
    parse_source,
)
from tests.training.data.tables_made import encoded, write_jsonl

HUB = SourceKind.HUB


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("gallery", SourceSpec(SourceKind.GALLERY)),
        ("gallery:7,12,7", SourceSpec(SourceKind.GALLERY, image_ids=(7, 12))),
        (" gallery:all\n", SourceSpec(SourceKind.GALLERY, rated_only=False)),
        (DEFAULT_DATASET, SourceSpec(HUB, DEFAULT_DATASET)),
        ("hub:a/b", SourceSpec(HUB, "a/b")),
        ("a/b@refs/convert/parquet", SourceSpec(HUB, "a/b", revision="refs/convert/parquet")),
        ("https://huggingface.co/datasets/a/b", SourceSpec(HUB, "a/b")),
        ("hub:a/b.json", SourceSpec(HUB, "a/b.json")),
        ("/no/such/place", SourceSpec(SourceKind.PATH, "/no/such/place")),
    ],
)
def test_what_each_spelling_means(text: str, spec: SourceSpec) -> None:
    assert parse_source(text) == spec


@pytest.mark.parametrize("text", ["./a/b", "../b", "a/b/c.parquet", "a/b.jsonl.gz", "b.CSV", "."])
def test_what_looks_like_a_path_is_one(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_source(text) == SourceSpec(SourceKind.PATH, str((tmp_path / text).resolve()))


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "mnist", "a b", "hub:mnist", "hub:../b", "hub:/etc", "a/b@", "s3://a/b"),
        *("a/../b", "https://example.com/a/b", "gallery:rated", "a\0b"),
    ],
)
def test_what_is_no_source_says_what_is(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"owner/name"):
        parse_source(text)


@pytest.mark.parametrize(
    "text", ["/etc/passwd", "./a", "~/x", "C:\\data", "a/b.jsonl", "..", "x/y/z"]
)
def test_paths_are_for_the_command_line_only(text: str) -> None:
    with pytest.raises(InvalidInput, match="no source that can be used from here") as caught:
        parse_source(text, allow_paths=False)
    assert caught.value.errors[0].field == "source"


def test_a_name_that_may_be_both_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(InvalidInput, match=r"write hub:a/b or \./a/b"):
        parse_source("a/b")
    assert parse_source("a/b", allow_paths=False) == SourceSpec(HUB, "a/b")
    assert parse_source("a").kind is SourceKind.PATH


def test_a_path_is_opened_with_the_operators_limits(folder: Path) -> None:
    path = write_jsonl(folder / "a.jsonl", [{"image": encoded(1), "text": "a"}])
    settings = load_settings(max_upload_pixels=4096)
    source = open_source(parse_source(str(path)), settings)
    assert [record.key for record in source.records()] == ["a.jsonl:1"]
    with pytest.raises(InvalidInput, match="gallery isn't at hand"):
        open_source(parse_source("gallery"), settings)
