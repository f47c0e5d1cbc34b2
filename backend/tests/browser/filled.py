"""Fills a gallery through the real tables: many rows, a handful of real pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import insert

from tastemaker.storage.pictures import make_thumbnail
from tastemaker.storage.png import encode_png
from tastemaker.storage.tables import images
from tests.studio import Studio, open_studio

NEWEST = datetime(2026, 6, 1, 12, tzinfo=UTC)
SUBJECTS = ("red apple", "snowy mountain", "green frog", "old bicycle", "glass of water")
SHAPES = ((64, 64), (96, 64), (64, 96), (64, 64), (128, 72))


def fill(data_dir: Path, rows: int) -> None:
    """Pictures 1 to ``rows``, a minute apart, the newest at `NEWEST`.

    Picture ``n`` shows ``SUBJECTS[n % 5]`` in shape ``SHAPES[n % 5]``; every tenth is liked, every
    seventh of the others disliked; every fourth was drawn by "other". Nothing is in the trash.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    studio = open_studio(data_dir)
    files = [stored(studio, number) for number in range(len(SUBJECTS))]
    waiting = all_rows(rows, files)
    with studio.database.write() as connection:
        while some := list(islice(waiting, 5000)):
            connection.execute(insert(images), some)
    studio.database.close()


def stored(studio: Studio, number: int) -> tuple[str, str]:
    """Content addresses of a picture and its thumbnail."""
    picture = Image.new("RGB", SHAPES[number], (40 * number + 60, 200 - 30 * number, 120))
    return studio.blobs.put(encode_png(picture, {})), studio.blobs.put(make_thumbnail(picture))


def all_rows(rows: int, files: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """What `fill` describes."""
    for number in range(1, rows + 1):
        kind = number % len(SUBJECTS)
        yield {
            "id": number,
            "prompt": f"a {SUBJECTS[kind]}, number {number}",
            "image_data": files[kind][0],
            "thumbnail": files[kind][1],
            "created_at": NEWEST - timedelta(minutes=rows - number),
            "seed": number,
            "params": '{"num_inference_steps": 4, "sampler": "euler"}',
            "feedback": rating(number),
            "width": SHAPES[kind][0],
            "height": SHAPES[kind][1],
            "model": "other" if number % 4 == 0 else "tiny",
        }


def rating(number: int) -> int:
    """How picture ``number`` was rated."""
    if number % 10 == 0:
        return 1
    return -1 if number % 7 == 0 else 0
