"""Hub datasets through the real loader and hub client, from a hub on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tastemaker.errors import HubUnreachable, InvalidInput, NotFound
from tastemaker.settings import load_settings
from tastemaker.training.data.disk import open_copy
from tastemaker.training.data.materialise import materialise
from tastemaker.training.data.sources import DEFAULT_DATASET, Source, open_source, parse_source
from tests.training.data.dataset_hub import COMMIT, DatasetHub, serve
from tests.training.data.tables_made import (
    encoded,
    examples,
    keys_by_reason,
    picture,
    write_jsonl,
    write_parquet,
)

PLENTY = 10**12


@pytest.fixture
def hub(folder: Path) -> Iterator[DatasetHub]:
    with serve(DatasetHub(DEFAULT_DATASET, folder)) as running:
        yield running


def opened(hub: DatasetHub, text: str = DEFAULT_DATASET, **options: Any) -> Source:
    spec = parse_source(text, allow_paths=False, **options)
    return open_source(spec, load_settings(hub_url=hub.url, offline=False))


@pytest.mark.parametrize(
    ("image", "caption"), [("image", "description"), ("image_base64", "caption")]
)
def test_the_default_dataset_in_both_shapes(
    hub: DatasetHub, folder: Path, tmp_path: Path, image: str, caption: str
) -> None:
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Pictures\n")
    for shard in range(2):
        rows = [{image: encoded(9 * shard + n), caption: f"picture {n}"} for n in range(9)]
        rows[4][image] = rows[4][image][:25]
        write_parquet(folder / "data" / f"train-0000{shard}-of-00002.parquet", rows)
    source = opened(hub)
    assert source.name == f"hub:{DEFAULT_DATASET}@{COMMIT}"
    assert (source.mapping.image, source.mapping.caption) == (image, caption)
    assert source.size_bytes == sum(f.stat().st_size for f in folder.rglob("*.parquet"))
    records = list(source.records())
    assert len(examples(records)) == 16
    (broken,) = keys_by_reason(records).values()
    assert broken == [f"data/train-0000{shard}-of-00002.parquet:5" for shard in range(2)]
    copy = tmp_path / "copy"
    snapshot = materialise(source, copy, free=lambda path: PLENTY)
    assert [one.picture for one in open_copy(copy)] == [picture(n) for n in range(18) if n % 9 != 4]
    assert snapshot.source == source.name
    # Nothing but the hub's own files was asked for, and no code of the dataset.
    assert all(" 404 " in line or DEFAULT_DATASET in line for line in hub.requests)


def test_json_lines_and_a_folder_of_pictures(hub: DatasetHub, folder: Path) -> None:
    (folder / "1.png").write_bytes(picture(1))
    (folder / "sub").mkdir()
    (folder / "sub" / "2.png").write_bytes(picture(2))
    names = ["1.png", "sub/2.png", "gone.png", "../../../etc/passwd", "file:///etc/passwd"]
    rows = [{"file_name": name, "text": f"about {name}"} for name in names]
    write_jsonl(folder / "metadata.jsonl", rows)
    source = opened(hub)
    assert source.mapping.image == "file_name"
    records = list(source.records())
    assert [example.picture for example in examples(records)] == [picture(1), picture(2)]
    assert keys_by_reason(records) == {
        "MISSING_FILE": ["metadata.jsonl:3"],
        "OUTSIDE": ["metadata.jsonl:4", "metadata.jsonl:5"],
    }


def test_splits_are_chosen_or_asked_for(hub: DatasetHub, folder: Path) -> None:
    for split in ("test", "validation"):
        write_jsonl(folder / f"{split}.jsonl", [{"image": encoded(1), "text": split}])
    with pytest.raises(InvalidInput, match=r"no split 'train'; it has: .*test") as caught:
        opened(hub)
    assert caught.value.errors[0].field == "split"
    (example,) = examples(list(opened(hub, split="test").records()))
    assert (example.caption, example.key) == ("test", "test.jsonl:1")


def test_the_only_split_is_taken_and_a_revision_can_be_named(hub: DatasetHub, folder: Path) -> None:
    write_jsonl(folder / "test.jsonl", [{"image": encoded(1), "text": "test"}])
    (example,) = examples(list(opened(hub, f"{DEFAULT_DATASET}@{COMMIT}").records()))
    assert example.caption == "test"


@pytest.mark.parametrize("other", ["{parent}/private.jsonl", "https://example.invalid/a.jsonl"])
def test_files_outside_of_the_dataset_are_refused(
    hub: DatasetHub, folder: Path, other: str
) -> None:
    write_jsonl(folder.parent / "private.jsonl", [{"image": encoded(1), "text": "private"}])
    other = other.format(parent=folder.parent)
    write_jsonl(folder / "train.jsonl", [{"image": encoded(1), "text": "own"}])
    (folder / "README.md").write_text(
        f"---\nconfigs:\n- config_name: default\n  data_files: {other}\n---\n"
    )
    with pytest.raises(InvalidInput):
        opened(hub)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "can't be used"),
        ({"notes.txt": b"hello"}, r"notes.txt, which can't be read"),
        ({"train.jsonl": b'{"a": 1}\n'}, r"No column has the name.*'a'"),
        ({"train.py": b"raise SystemExit", "data.bin": b"x"}, "can't be used"),
    ],
)
def test_what_it_holds_cannot_be_used(
    hub: DatasetHub, folder: Path, files: dict[str, bytes], message: str
) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        opened(hub)


@pytest.mark.parametrize(
    ("refusal", "only", "error", "message"),
    [
        ((404, "RepoNotFound"), "", NotFound, "doesn't exist or is private"),
        ((401, None), "", NotFound, "HF_TOKEN"),
        ((401, "GatedRepo"), "", HubUnreachable, "gated.*accept its conditions.*HF_TOKEN"),
        ((403, "GatedRepo"), "/resolve/", HubUnreachable, "gated.*accept its conditions"),
        ((418, None), "", HubUnreachable, "refused .*HTTP 418"),
    ],
)
def test_refusals_in_words(
    hub: DatasetHub,
    folder: Path,
    refusal: tuple[int, str | None],
    only: str,
    error: type[Exception],
    message: str,
) -> None:
    write_jsonl(folder / "train.jsonl", [{"image": encoded(1), "text": "a"}])
    hub.refusal, hub.only = refusal, only
    with pytest.raises(error, match=message):
        opened(hub)


def test_unknown_revisions_and_login_pages(hub: DatasetHub, folder: Path) -> None:
    write_jsonl(folder / "train.jsonl", [{"image": encoded(1), "text": "a"}])
    with pytest.raises(NotFound, match="no such revision"):
        opened(hub, f"{DEFAULT_DATASET}@nope")
    hub.html = True
    with pytest.raises(HubUnreachable, match="doesn't talk like a model hub"):
        opened(hub)


def test_offline_and_unreachable(hub: DatasetHub) -> None:
    spec = parse_source(DEFAULT_DATASET)
    with pytest.raises(HubUnreachable, match="TASTEMAKER_OFFLINE"):
        open_source(spec, load_settings(hub_url=hub.url, offline=True))
    assert hub.requests == []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(HubUnreachable, match=r"can't be reached.*TASTEMAKER_HUB_URL.*local copy"):
        open_source(spec, load_settings(hub_url=closed, offline=False))


def test_a_hub_lost_in_the_middle_costs_nothing(
    hub: DatasetHub, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tastemaker.training.data.materialise.PART_ROWS", 2)
    # The libraries wait longer and longer between their attempts.
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    for name in "ab":
        rows = [{"image": encoded(n), "text": name} for n in range(4)]
        write_jsonl(folder / f"train-{name}.jsonl", rows)
    source = opened(hub)
    hub.drop.add("train-b.jsonl")
    copy = tmp_path / "copy"
    with pytest.raises(HubUnreachable, match="What has been copied is kept"):
        materialise(source, copy, free=lambda path: PLENTY)
    assert len(list((copy / "parts").glob("*.jsonl"))) == 2
    hub.drop.clear()
    assert len(materialise(opened(hub), copy, free=lambda path: PLENTY)) == 8
    hub.refusal = (503, None)
    assert len(open_copy(copy)) == 8
