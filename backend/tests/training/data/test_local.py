"""Local datasets through the real loader: every format, every common shape, every broken row."""

from __future__ import annotations

import base64
import json
import socket
from pathlib import Path
from typing import Any

import datasets
import pytest

from tastemaker.errors import InvalidInput, NotFound
from tastemaker.training.data.checking import Limits
from tastemaker.training.data.columns import Columns
from tastemaker.training.data.local import open_path
from tastemaker.training.data.preview import preview
from tastemaker.training.data.sources import Source
from tests.training.data.tables_made import (
    encoded,
    examples,
    keys_by_reason,
    picture,
    write_csv,
    write_jsonl,
    write_parquet,
)


def opened(path: Path, limits: Limits | None = None, **columns: str) -> Source:
    return open_path(path, Columns(**columns), limits or Limits())


@pytest.mark.parametrize(
    ("image", "caption"), [("image", "description"), ("image_base64", "caption")]
)
@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".jsonl.gz", ".json", ".csv", ".tsv"])
def test_both_shapes_of_the_default_dataset_in_every_format(
    folder: Path, image: str, caption: str, suffix: str
) -> None:
    rows = [{caption: f"picture, number {n}\n“{n}”", image: encoded(n)} for n in range(3)]
    path = folder / f"train{suffix}"
    if suffix == ".parquet":
        write_parquet(path, rows)
    elif suffix == ".json":
        path.write_text(json.dumps(rows))
    elif suffix in (".csv", ".tsv"):
        write_csv(path, [caption, image], [[row[caption], row[image]] for row in rows])
    else:
        write_jsonl(path, rows)
    for source in (opened(path), opened(folder)):
        assert (source.mapping.image, source.mapping.caption) == (image, caption)
        assert repr(image) in source.mapping.how
        found = examples(list(source.records()))
        assert [example.picture for example in found] == [picture(n) for n in range(3)]
        assert [example.caption for example in found] == [row[caption] for row in rows]
        assert {example.key.rpartition(":")[0] for example in found} == {path.name}


def test_decoded_image_features_come_before_names(folder: Path) -> None:
    features = datasets.Features(
        {
            "jpg": datasets.Image(),
            "image_base64": datasets.Value("string"),
            "text": datasets.Value("string"),
        }
    )
    rows = [
        {"jpg": {"bytes": picture(n, kind="JPEG"), "path": None}, "image_base64": "x", "text": "t"}
        for n in range(2)
    ]
    source = opened(write_parquet(folder / "a.parquet", rows, features))
    assert source.mapping.image == "jpg"
    assert [e.picture for e in examples(list(source.records()))] == [
        picture(n, kind="JPEG") for n in range(2)
    ]


def test_names_are_tried_in_order_until_one_can_be_decoded(folder: Path) -> None:
    rows = [
        {"image": "cat.png", "png": encoded(n), "title": "t", "caption": None, "text": 3}
        for n in range(3)
    ]
    mapping = opened(write_jsonl(folder / "a.jsonl", rows)).mapping
    assert (mapping.image, mapping.caption) == ("png", "title")


def test_columns_named_by_the_operator_win(folder: Path) -> None:
    rows = [{"image": encoded(1), "photo": encoded(2), "text": "a", "alt": "b"}]
    path = write_jsonl(folder / "a.jsonl", rows)
    (example,) = examples(list(opened(path, image="photo", caption="alt").records()))
    assert (example.picture, example.caption) == (picture(2), "b")
    with pytest.raises(InvalidInput, match=r"no column 'foto'.*'image', 'photo', 'text', 'alt'"):
        opened(path, image="foto")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"photo": encoded(1), "text": "a"}, r"picture column.*'photo', 'text'.*image_column=…"),
        (
            {"image": encoded(1), "label": "a"},
            r"caption column.*'image', 'label'.*caption_column=…",
        ),
        ({"image": "https://example.com/a.png", "text": "a"}, r"can be decoded.*web address"),
        ({"image": encoded(1), "text": 7}, r"None of the first 1 rows has text in 'text'"),
    ],
)
def test_columns_that_cannot_be_told(folder: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        opened(write_jsonl(folder / "a.jsonl", [row]))


def test_two_picture_columns_are_ambiguous(folder: Path) -> None:
    features = datasets.Features(
        {"before": datasets.Image(), "after": datasets.Image(), "text": datasets.Value("string")}
    )
    value = {"bytes": picture(1), "path": None}
    path = write_parquet(
        folder / "a.parquet", [{"before": value, "after": value, "text": "a"}], features
    )
    with pytest.raises(InvalidInput, match=r"Several columns hold pictures: 'before', 'after'"):
        opened(path)
    assert opened(path, image="after").mapping.image == "after"


def test_every_kind_of_broken_row_is_named(folder: Path) -> None:
    good = {"image": encoded(0), "text": "good"}
    rows: list[dict[str, Any] | str] = [
        good,
        "{not json",
        "[1, 2]",
        {"image": None, "text": "a"},
        {"image": "", "text": "a"},
        '{"image": NaN, "text": "a"}',
        {"text": "a"},
        {"image": 7, "text": "a"},
        {"image": {"bytes": None, "path": "/etc/hostname"}, "text": "a"},
        {"image": "é" + encoded(1), "text": "a"},
        {"image": encoded(1)[:-3] + "!!!", "text": "a"},
        {"image": base64.b64encode(b"no picture").decode(), "text": "a"},
        {"image": base64.b64encode(picture(1, (64, 64))[:-40]).decode(), "text": "a"},
        {"image": base64.b64encode(picture(1, (200, 200))).decode(), "text": "a"},
        {"image": base64.b64encode(picture(1, (15, 90))).decode(), "text": "a"},
        {"image": encoded(1), "text": " \n"},
        {"image": encoded(1)},
        f'{{"image": "{encoded(1)}", "text": NaN}}',
        {"image": encoded(1), "text": ["a"]},
        {"image": encoded(1), "text": "a" * 101},
        "",
        good,
        {"image": encoded(0), "text": "the same otherwise"},
    ]
    path = write_jsonl(folder / "a.jsonl", rows)
    source = opened(path, Limits(max_pixels=150 * 150, max_caption=100))
    found = keys_by_reason(list(source.records()))
    assert found == {
        "BROKEN_ROW": ["a.jsonl:2", "a.jsonl:3"],
        "NO_PICTURE": [f"a.jsonl:{n}" for n in range(4, 10)],
        "NOT_BASE64": ["a.jsonl:10", "a.jsonl:11"],
        "NOT_A_PICTURE": ["a.jsonl:12"],
        "DAMAGED": ["a.jsonl:13"],
        "TOO_MANY_PIXELS": ["a.jsonl:14"],
        "TOO_SMALL": ["a.jsonl:15"],
        "NO_CAPTION": ["a.jsonl:16", "a.jsonl:17", "a.jsonl:18"],
        "CAPTION_NOT_TEXT": ["a.jsonl:19"],
        "CAPTION_TOO_LONG": ["a.jsonl:20"],
    }
    report = preview(source, limit=None).report
    # The empty line is no row; one row repeats the first, one only its picture.
    assert (report.rows, report.rejected, report.duplicates) == (22, 19, 1)
    assert (report.accepted, report.recaptioned, report.complete) == (2, 1, True)


def test_two_thousand_rows_with_one_in_twenty_broken(folder: Path) -> None:
    rows = [
        {
            "image_base64": encoded(n % 50) if n % 20 else encoded(n % 50)[: 20 + n % 30],
            "caption": f"picture {n}",
        }
        for n in range(2000)
    ]
    source = opened(write_parquet(folder / "train.parquet", rows))
    records = list(source.records())
    broken = [key for keys in keys_by_reason(records).values() for key in keys]
    assert sorted(broken) == sorted(f"train.parquet:{n + 1}" for n in range(0, 2000, 20))
    report = preview(source, limit=None).report
    assert (report.accepted, report.rejected, report.duplicates) == (1900, 100, 0)


def test_a_broken_csv_row_does_not_take_the_others_with_it(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text(
        f'\ufeffcaption,image\none,{encoded(1)}\ntoo,many,fields\n"NA",{encoded(2)}\n'
        f'"quo"ted,{encoded(3)}\n"two\nlines",{encoded(4)}\n\nfew\nlast,{encoded(5)}\n'
    )
    records = list(opened(path).records())
    assert [example.caption for example in examples(records)] == ["one", "NA", "two\nlines", "last"]
    assert [example.key for example in examples(records)][-2:] == ["a.csv:6", "a.csv:10"]
    assert keys_by_reason(records) == {"BROKEN_ROW": ["a.csv:3", "a.csv:5", "a.csv:9"]}


def test_a_damaged_file_costs_its_own_rows_only(folder: Path) -> None:
    write_jsonl(folder / "a.jsonl", [{"image": encoded(1), "text": "a"}])
    (folder / "b.parquet").write_bytes(b"PAR1 no parquet at all")
    path = write_jsonl(
        folder / "c.jsonl.gz", [{"image": encoded(n), "text": "c"} for n in range(9)]
    )
    path.write_bytes(path.read_bytes()[:-20])
    write_jsonl(folder / "d.jsonl", [{"image": encoded(2), "text": "d"}])
    records = list(opened(folder).records())
    assert keys_by_reason(records) == {"BROKEN_ROW": ["b.parquet:rest", "c.jsonl.gz:rest"]}
    assert [example.caption for example in examples(records)] == ["a", "d"]


@pytest.mark.parametrize("metadata", ["metadata.jsonl", "metadata.csv"])
def test_pictures_named_by_metadata(folder: Path, metadata: str) -> None:
    (folder / "train").mkdir()
    (folder / "train" / "1.png").write_bytes(picture(1))
    (folder / "2.jpg").write_bytes(picture(2, kind="JPEG"))
    (folder.parent / "secret.png").write_bytes(picture(3))
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    names = ["train/1.png", "2.jpg", "../secret.png", "link.png", "gone.png", ""]
    if metadata.endswith(".csv"):
        write_csv(folder / metadata, ["file_name", "text"], [[n, f"about {n}"] for n in names])
        first = 2
    else:
        write_jsonl(folder / metadata, [{"file_name": n, "text": f"about {n}"} for n in names])
        first = 1
    source = opened(folder)
    assert source.mapping.image == "file_name"
    records = list(source.records())
    found = examples(records)
    assert [example.picture for example in found] == [picture(1), picture(2, kind="JPEG")]
    assert keys_by_reason(records) == {
        "OUTSIDE": [f"{metadata}:{first + 2}", f"{metadata}:{first + 3}"],
        "MISSING_FILE": [f"{metadata}:{first + 4}"],
        "NO_PICTURE": [f"{metadata}:{first + 5}"],
    }


def test_pictures_with_a_text_file_beside_each(folder: Path) -> None:
    (folder / "sub").mkdir()
    for name, caption in {"b": "a cat\n", "sub/a": "ein Äpfelchen", "c": None, "d": " "}.items():
        (folder / f"{name}.webp").write_bytes(picture(1, kind="WEBP"))
        if caption is not None:
            (folder / f"{name}.txt").write_text(caption, encoding="utf-8")
    (folder / "e.txt").write_text("no picture of mine")
    (folder / ".hidden.png").write_bytes(picture(2))
    (folder / "latin.png").write_bytes(picture(3))
    (folder / "latin.txt").write_bytes("café".encode("latin-1"))
    source = opened(folder)
    records = list(source.records())
    assert [(e.key, e.caption) for e in examples(records)] == [
        ("b.webp", "a cat"),
        ("sub/a.webp", "ein Äpfelchen"),
    ]
    assert keys_by_reason(records) == {
        "NO_CAPTION": ["c.webp", "d.webp"],
        "CAPTION_NOT_TEXT": ["latin.png"],
    }
    assert [record.key for record in source.records("c.webp")] == [
        "d.webp",
        "latin.png",
        "sub/a.webp",
    ]


def test_what_cannot_be_opened_says_what_to_do(folder: Path) -> None:
    with pytest.raises(NotFound, match="no file or folder"):
        opened(folder / "nothing")
    with pytest.raises(InvalidInput, match="nothing to train on"):
        opened(folder)
    (folder / "a.png").write_bytes(picture(1))
    with pytest.raises(InvalidInput, match=r"1 pictures but no captions.*metadata.jsonl"):
        opened(folder)
    (folder / "notes.txt").write_text("notes")
    with pytest.raises(InvalidInput, match=r"notes.txt is no data file. Readable are: parquet"):
        opened(folder / "notes.txt")
    for name, content in (("a.jsonl", ""), ("b.csv", "image,text\n"), ("c.jsonl", "nonsense\n")):
        (folder / name).write_text(content)
        with pytest.raises(InvalidInput, match="holds nothing to train on: "):
            opened(folder / name)


def test_reading_goes_on_behind_any_row(folder: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        rows = [{"image": encoded(n), "text": name} if n % 2 else "broken" for n in range(4)]
        write_jsonl(folder / name, rows)
    (folder / "c.parquet").write_bytes(b"broken")
    write_parquet(folder / "d.parquet", [{"image": encoded(n), "text": "d"} for n in range(2)])
    source = opened(folder)
    records = list(source.records())
    for number, record in enumerate(records):
        assert list(source.records(record.key)) == records[number + 1 :]


def test_nobody_is_told_of_what_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(host: object, *_: object, **__: object) -> list[object]:
        asked.append(host)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    write_jsonl(folder / "a.jsonl", [{"image": encoded(1), "text": "a"}])
    write_parquet(folder / "b.parquet", [{"image": encoded(2), "text": "b"}])
    assert len(list(opened(folder).records())) == 2
    assert asked == []
