"""Small datasets on disk in the shapes that people publish, with rows broken on purpose."""

from __future__ import annotations

import base64
import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import datasets
from PIL import Image

from tastemaker.training.data.examples import Example, Record, Rejected

Rows = Sequence[Mapping[str, Any]]


def picture(number: int, size: tuple[int, int] = (16, 16), kind: str = "PNG") -> bytes:
    """An encoded picture whose colours depend on ``number``."""
    image = Image.new("RGB", size, (number % 256, number // 256 % 256, 90))
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def encoded(number: int) -> str:
    """The picture of that number as base64."""
    return base64.b64encode(picture(number)).decode()


def write_parquet(path: Path, rows: Rows, features: datasets.Features | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    datasets.disable_progress_bars()
    datasets.Dataset.from_list([dict(row) for row in rows], features=features).to_parquet(path)
    return path


def write_jsonl(path: Path, rows: Sequence[Mapping[str, Any] | str]) -> Path:
    """Rows as JSON lines; a text is written as the line that it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",").writerows(
            [header, *rows]
        )
    return path


def keys_by_reason(records: Sequence[Record]) -> dict[str, list[str]]:
    """The keys of the rejected rows under the names of their reasons."""
    found: dict[str, list[str]] = {}
    for record in records:
        if isinstance(record, Rejected):
            found.setdefault(record.reason.name, []).append(record.key)
    return found


def examples(records: Sequence[Record]) -> list[Example]:
    return [record for record in records if isinstance(record, Example)]
