"""Every listing walks an index in order: no reading of the whole table, no sorting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from tastemaker.domain import LOCAL_OWNER_ID
from tastemaker.gallery import ImageFilter
from tastemaker.storage import search
from tastemaker.storage.listing import Listing, Sort
from tests.studio import Studio, open_studio

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = open_studio(tmp_path_factory.mktemp("listing"))
    studio.add()
    yield studio
    studio.database.close()


def plan(studio: Studio, query: Select[tuple[object, ...]]) -> str:
    compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with studio.database.read() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    return "\n".join(row.detail for row in rows)


LISTINGS = {
    "newest": (ImageFilter(), "newest (owner_id=?"),
    "oldest": (ImageFilter(sort="oldest"), "newest (owner_id=?"),
    "best": (ImageFilter(sort="best"), "feedback (owner_id=?"),
    "liked": (ImageFilter(feedback=1), "feedback (owner_id=? AND feedback=?"),
    "unrated": (ImageFilter(rated=False), "feedback (owner_id=? AND feedback=?"),
    "rated": (ImageFilter(rated=True), "rated (owner_id=?"),
    "rated, best": (ImageFilter(rated=True, sort="best"), "feedback (owner_id=?"),
    "model": (ImageFilter(model="starter"), "model (owner_id=? AND model=?"),
    "seed": (ImageFilter(seed=7), "seed (owner_id=? AND seed=?"),
    "children": (ImageFilter(parent_id=7), "parent (owner_id=? AND parent_id=?"),
    "one job": (ImageFilter(job_id="x"), "one_job (owner_id=? AND job_id=?"),
    "trash": (ImageFilter(deleted=True), "trash (owner_id=?"),
    "width": (ImageFilter(min_width=512, max_height=512), "newest (owner_id=?"),
    "period": (ImageFilter(created_after=WHEN, created_before=WHEN), "AND created_at>?"),
}


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize("deep", [False, True])
def test_pages_come_from_an_index(studio: Studio, name: str, deep: bool) -> None:
    f, index = LISTINGS[name]
    listing = Listing(f, LOCAL_OWNER_ID)
    cursor = listing.cursor_after(studio.gallery.get(1)) if deep else None
    found = plan(studio, listing.page(cursor).limit(51))
    if "period" not in name and not deep:
        index = f"INDEX tastemaker_images_{index}"
    elif deep:
        index = index.partition(" ")[0]
    assert index in found
    assert found.startswith("SEARCH images USING")
    assert "TEMP B-TREE" not in found


def test_a_deep_page_starts_in_the_index_where_the_last_ended(studio: Studio) -> None:
    image = studio.gallery.get(1)
    for sort, place in (("newest", "created_at<?"), ("oldest", "created_at>?")):
        listing = Listing(ImageFilter(sort=sort), LOCAL_OWNER_ID)  # type: ignore[arg-type]
        assert place in plan(studio, listing.page(listing.cursor_after(image)))
    listing = Listing(ImageFilter(sort="best"), LOCAL_OWNER_ID)
    found = plan(studio, listing.page(listing.cursor_after(image)))
    assert "(feedback,created_at)<" in found


def test_neighbours_and_counts_read_an_index_only(studio: Studio) -> None:
    image = studio.gallery.get(1)
    for f, _ in LISTINGS.values():
        listing = Listing(f, LOCAL_OWNER_ID)
        for query in (listing.beside(image, after=True), listing.beside(image, after=False)):
            found = plan(studio, query)
            assert found.startswith("SEARCH images USING")
            assert "TEMP B-TREE" not in found
    for f in (ImageFilter(), ImageFilter(feedback=1), ImageFilter(model="x"), ImageFilter(seed=1)):
        assert "USING COVERING INDEX" in plan(studio, Listing(f, LOCAL_OWNER_ID).count())


def test_a_search_uses_the_full_text_index_and_sorts_only_few(studio: Studio) -> None:
    many = plan(studio, Listing(ImageFilter(q="red apple"), LOCAL_OWNER_ID).page(None))
    assert "image_search VIRTUAL TABLE INDEX" in many
    assert "SEARCH images USING INDEX tastemaker_images_newest" in many
    assert "TEMP B-TREE" not in many
    few = plan(studio, Listing(ImageFilter(q="red apple"), LOCAL_OWNER_ID, few=True).page(None))
    assert "image_search VIRTUAL TABLE INDEX" in few
    assert "SEARCH images USING INTEGER PRIMARY KEY" in few


@pytest.mark.parametrize("sort", ["newest", "oldest", "best"])
def test_few_and_many_are_in_the_same_order(tmp_path: Path, sort: Sort) -> None:
    studio = open_studio(tmp_path)
    for number in range(12):
        studio.feedback.rate(studio.add(seed=number), number % 3 - 1)
    orders = []
    for few in (False, True):
        listing = Listing(ImageFilter(q="apple", sort=sort), LOCAL_OWNER_ID, few=few)
        cursor = None
        found: list[int] = []
        for _ in range(3):
            with studio.database.read() as connection:
                rows = connection.execute(listing.page(cursor).limit(5)).all()
            found += [row.id for row in rows]
            cursor = listing.cursor_after(studio.gallery.get(found[-1]))
        orders.append(found)
    assert orders[0] == orders[1]
    assert len(set(orders[0])) == 12


def test_whether_a_search_finds_few(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FEW", 0)
    with studio.database.read() as connection:
        assert search.finds_few(connection, "zebra")
        assert not search.finds_few(connection, "apple")
        assert not search.finds_few(connection, "!!!")
