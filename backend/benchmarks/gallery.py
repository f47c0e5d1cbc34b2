"""How fast the gallery pages and searches when it is large, against the obvious way to write it.

    python benchmarks/gallery.py [--rows 1000000] [--repeat 30]

Fills a temporary database and times each listing (milliseconds, p50 and p99) beside the same
listing by OFFSET and LIKE without our indexes, on the same rows and in the same run.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tastemaker.gallery import Gallery, ImageFilter
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database

SUBJECTS = ("apple", "boat", "cat", "lighthouse", "mountain", "robot", "tree", "violin")
STYLES = ("oil painting", "photo", "sketch", "watercolour", "pixel art")
START = datetime(2024, 1, 1, tzinfo=UTC)
PAGE = 50
PEER = "SELECT * FROM images_peer WHERE deleted_at IS NULL"


def main() -> None:
    """Print one line per listing: ours, the peer's, and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tastemaker.db"
        database = Database(f"sqlite:///{path}")
        blobs = BlobStore(Path(folder) / "blobs")
        database.upgrade(blobs)
        started = time.perf_counter()
        fill(path, options.rows)
        size = path.stat().st_size >> 20
        print(f"{options.rows:,} rows in {time.perf_counter() - started:.0f} s, {size} MiB")
        print(f"{'listing':<26}{'p50':>9}{'p99':>9}{'peer p50':>11}{'peer p99':>10}{'ratio':>9}")
        with closing(sqlite3.connect(path)) as peer:
            for name, ours, theirs in cases(Gallery(database, blobs), peer, options.rows):
                mine = timed(ours, options.repeat)
                other = timed(theirs, max(3, options.repeat // 5))
                ratio = statistics.median(other) / statistics.median(mine)
                figures = (*summary(mine), *summary(other), ratio)
                print(f"{name:<26}{figures[0]:>9.2f}{figures[1]:>9.2f}", end="")
                print(f"{figures[2]:>11.2f}{figures[3]:>10.2f}{figures[4]:>8.1f}x", flush=True)
        database.close()


def fill(path: Path, rows: int) -> None:
    """Insert ``rows`` pictures as two years of use would leave them, and the peer's plain copy."""
    chance = random.Random(0)
    insert = (
        "INSERT INTO images (prompt, image_data, created_at, seed, params, feedback, width, height,"
        " model, deleted_at) VALUES (?, ?, ?, ?, '{}', ?, ?, ?, ?, ?)"
    )

    def made() -> Iterator[tuple[object, ...]]:
        for number in range(rows):
            created = (START + timedelta(minutes=number)).isoformat(" ", "microseconds")[:26]
            subject = "quetzal" if number % 20_000 == 7 else chance.choice(SUBJECTS)
            side = chance.choice((128, 256, 512))
            yield (
                f"a {chance.choice(STYLES)} of a {subject} number {number}",
                f"sha256:{number:064x}",
                created,
                chance.getrandbits(62),
                chance.choices((-1, 0, 1), (10, 75, 15))[0],
                side,
                side,
                chance.choices(("starter", "sd-v1-4", "tuned-7"), (80, 19, 1))[0],
                created if chance.random() < 0.05 else None,
            )

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")
        with connection:
            connection.executemany(insert, made())
            connection.execute("CREATE TABLE images_peer AS SELECT * FROM images")


def cases(
    gallery: Gallery, peer: sqlite3.Connection, rows: int
) -> Iterator[tuple[str, Callable[[], object], Callable[[], object]]]:
    """Each listing as ours and as the peer's callable."""

    def page(f: ImageFilter, cursor: str | None = None) -> Callable[[], object]:
        return lambda: gallery.search(f, limit=PAGE, cursor=cursor)

    def naive(condition: str = "", offset: int = 0) -> Callable[[], object]:
        query = f"{PEER} {condition} ORDER BY created_at DESC, id DESC LIMIT {PAGE} OFFSET {offset}"
        return lambda: peer.execute(query).fetchall()

    deep = rows // 2
    middle = gallery.search(ImageFilter(), limit=1, offset=deep).next_cursor
    yield "first page", page(ImageFilter()), naive()
    yield "deep page", page(ImageFilter(), middle), naive(offset=deep)
    best = ImageFilter(sort="best")
    cursor = gallery.search(best, limit=1, offset=deep).next_cursor
    order = f"{PEER} ORDER BY feedback DESC, created_at DESC LIMIT {PAGE} OFFSET {deep}"
    yield "deep page of the best", page(best, cursor), lambda: peer.execute(order).fetchall()
    yield "liked", page(ImageFilter(feedback=1)), naive("AND feedback = 1")
    yield "rare model", page(ImageFilter(model="tuned-7")), naive("AND model = 'tuned-7'")
    yield "no such size", page(ImageFilter(min_width=4096)), naive("AND width >= 4096")
    seed = peer.execute("SELECT seed FROM images_peer WHERE id = 77").fetchone()[0]
    yield "seed", page(ImageFilter(seed=seed)), naive(f"AND seed = {seed}")
    for name, q in (
        ("search, common word", "apple"),
        ("search, two words", "oil apple"),
        ("search, every row", "number"),
        ("search, rare word", "quetzal"),
        ("search, one row", f"number {deep + 1}"),
        ("search, nothing", "zebra"),
    ):
        like = " ".join(f"AND prompt LIKE '%{word}%'" for word in q.split())
        yield name, page(ImageFilter(q=q)), naive(like)
    yield (
        "count",
        lambda: gallery.count(ImageFilter()),
        lambda: peer.execute(
            "SELECT count(*) FROM images_peer WHERE deleted_at IS NULL"
        ).fetchone(),
    )
    yield (
        "counts by rating",
        gallery.counts,
        lambda: peer.execute(
            "SELECT feedback, count(*) FROM images_peer WHERE deleted_at IS NULL GROUP BY feedback"
        ).fetchall(),
    )
    yield (
        "models",
        gallery.models,
        lambda: peer.execute("SELECT DISTINCT model FROM images_peer").fetchall(),
    )


def timed(call: Callable[[], object], repeat: int) -> list[float]:
    """Milliseconds of each call, after one that warms the caches."""
    call()
    found = []
    for _ in range(repeat):
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) * 1000)
    return sorted(found)


def summary(times: list[float]) -> tuple[float, float]:
    """Median and 99th percentile of sorted ``times``."""
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]


if __name__ == "__main__":
    main()
