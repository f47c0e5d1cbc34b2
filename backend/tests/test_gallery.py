"""The gallery as its users see it: finding, paging, naming, throwing away, files."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from tastemaker.domain import JobKind, NewImage, StyleReference
from tastemaker.errors import BlobMissing, InvalidInput, NotFound
from tastemaker.gallery import Gallery, ImageFilter
from tastemaker.storage.pictures import media_type, read_size
from tastemaker.storage.rows import insert_image
from tastemaker.storage.tables import images
from tests.studio import REQUEST, Studio, new_image, open_studio, png


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path)


def ids(studio: Studio, f: ImageFilter, limit: int = 3) -> list[int]:
    """All ids of a listing, collected page by page."""
    found: list[int] = []
    cursor = None
    while True:
        page = studio.gallery.search(f, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += [image.id for image in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def date(studio: Studio, image_id: int, created_at: datetime) -> None:
    with studio.database.write() as connection:
        connection.execute(
            update(images).where(images.c.id == image_id).values(created_at=created_at)
        )


def test_what_is_added_comes_back(studio: Studio) -> None:
    parent = studio.add()
    job, _ = studio.queue.submit(JobKind.GENERATE, REQUEST)
    content, thumbnail = studio.blobs.put(png(1)), studio.blobs.put(b"small")
    image = NewImage(
        prompt="ein Äpfelchen 🍎\n",
        negative_prompt="fog",
        seed=2**63 - 1,
        params={"guidance_scale": 7.5, "name": "猫"},
        width=8,
        height=6,
        model="starter",
        content=content,
        thumbnail=thumbnail,
        parent_id=parent,
        job_id=job.id,
        batch_index=3,
        flagged="nudity",
    )
    before = datetime.now(UTC)
    found = studio.gallery.add(image)
    assert before <= found.created_at <= datetime.now(UTC)
    for name in NewImage.__dataclass_fields__:
        assert getattr(found, name) == getattr(image, name), name
    rest = (found.feedback, found.title, found.tags, found.deleted_at, found.unreadable)
    assert rest == (0, "", (), None, None)
    assert studio.restart().gallery.get(found.id) == found


def test_a_picture_without_its_blob_is_refused(studio: Studio) -> None:
    with pytest.raises(BlobMissing, match="store it first"):
        studio.add(content="sha256:" + "0" * 64)
    assert studio.gallery.count(ImageFilter()) == 0


def test_a_parent_that_is_gone_is_left_out(studio: Studio) -> None:
    assert studio.gallery.get(studio.add(parent_id=99)).parent_id is None


@pytest.mark.parametrize("image_id", [0, -1, 99, 2**63, 10**30, -(10**30)])
def test_unknown_ids_are_not_found(studio: Studio, image_id: int) -> None:
    studio.add()
    g = studio.gallery
    calls: list[Callable[[], object]] = [
        lambda: g.get(image_id),
        lambda: g.content(image_id),
        lambda: g.thumbnail(image_id),
        lambda: g.update(image_id, title="x"),
        lambda: g.neighbours(image_id, ImageFilter()),
    ]
    for call in calls:
        with pytest.raises(NotFound, match=str(image_id)):
            call()
    assert g.get_many([image_id]) == ()
    assert [g.trash([image_id]), g.restore([image_id]), g.purge([image_id])] == [0, 0, 0]


def test_paging_shows_everything_once_in_each_order(studio: Studio) -> None:
    for seed in range(10):
        studio.add(seed=seed)
    same = datetime(2026, 5, 1, tzinfo=UTC)
    for image_id in (2, 3, 4, 5, 9):
        date(studio, image_id, same)
    for image_id, feedback in ((1, 1), (2, -1), (5, 1), (9, 1), (10, -1)):
        studio.feedback.rate(image_id, feedback)
    assert ids(studio, ImageFilter()) == [10, 8, 7, 6, 1, 9, 5, 4, 3, 2]
    assert ids(studio, ImageFilter(sort="oldest")) == [2, 3, 4, 5, 9, 1, 6, 7, 8, 10]
    assert ids(studio, ImageFilter(sort="best")) == [1, 9, 5, 8, 7, 6, 4, 3, 10, 2]


def test_paging_stays_true_while_the_gallery_changes(studio: Studio) -> None:
    for seed in range(6):
        studio.add(seed=seed)
    page = studio.gallery.search(ImageFilter(), limit=2)
    studio.add(seed=7)
    studio.gallery.trash([5])
    studio.gallery.purge([5])
    rest = studio.gallery.search(ImageFilter(), limit=50, cursor=page.next_cursor)
    assert [image.id for image in page.items + rest.items] == [6, 5, 4, 3, 2, 1]


def test_rating_the_last_of_a_page_of_the_best_doesnt_repeat_pictures(studio: Studio) -> None:
    for seed in range(4):
        studio.add(seed=seed)
    page = studio.gallery.search(ImageFilter(sort="best"), limit=2)
    studio.feedback.rate(page.items[-1].id, 1)
    rest = studio.gallery.search(ImageFilter(sort="best"), cursor=page.next_cursor)
    assert [image.id for image in page.items + rest.items] == [4, 3, 2, 1]


def test_offset_skips(studio: Studio) -> None:
    for seed in range(5):
        studio.add(seed=seed)
    page = studio.gallery.search(ImageFilter(), limit=2, offset=1)
    assert [image.id for image in page.items] == [4, 3]
    assert page.next_cursor is not None
    assert studio.gallery.search(ImageFilter(), limit=2, offset=10**6).items == ()
    for offset in (-1, 2**63):
        with pytest.raises(InvalidInput, match="offset"):
            studio.gallery.search(ImageFilter(), offset=offset)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_limits_have_limits(studio: Studio, limit: int) -> None:
    with pytest.raises(InvalidInput, match="from 1 to 500"):
        studio.gallery.search(ImageFilter(), limit=limit)


def coded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


NOW = "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "ünicode",
        "=" * 7,
        coded(None),
        coded([]),
        coded(["newest", 0, NOW]),
        coded(["best", 0, NOW, 1]),
        coded(["newest", 5, NOW, 1]),
        coded(["newest", 0, "2026-01-01T00:00:00", 1]),
        coded(["newest", 0, "soon", 1]),
        coded(["newest", 0, 5, 1]),
        coded(["newest", 0, NOW, "1; DROP TABLE images"]),
        coded(["newest", 0, NOW, 2**63]),
        coded(["newest", 0, NOW, True]),
        coded(["newest", [], NOW, 1]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_bad_cursors_are_named(studio: Studio, cursor: str) -> None:
    studio.add()
    with pytest.raises(InvalidInput, match="cursor") as caught:
        studio.gallery.search(ImageFilter(), cursor=cursor)
    assert [error.field for error in caught.value.errors] == ["cursor"]


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=80))
def test_no_text_is_a_cursor_by_accident(studio: Studio, text: str) -> None:
    with pytest.raises(InvalidInput):
        studio.gallery.search(ImageFilter(), cursor=text)


def test_filters_pick_what_they_say(studio: Studio) -> None:
    studio.add("a red apple", seed=1)
    studio.add("a blue boat", seed=2, model="sd-v1-4", width=512, height=256)
    studio.add("a red boat", seed=3, parent_id=1, width=256, height=512)
    studio.feedback.rate(1, 1)
    studio.feedback.rate(2, -1)
    date(studio, 1, datetime(2026, 1, 1, tzinfo=UTC))
    date(studio, 2, datetime(2026, 2, 1, tzinfo=UTC))
    date(studio, 3, datetime(2026, 3, 1, tzinfo=UTC))
    february = datetime(2026, 2, 1, tzinfo=UTC)
    expected = {
        ImageFilter(q="red"): [3, 1],
        ImageFilter(q="red", parent_id=1): [3],
        ImageFilter(feedback=1): [1],
        ImageFilter(feedback=-1): [2],
        ImageFilter(feedback=0): [3],
        ImageFilter(rated=True): [2, 1],
        ImageFilter(rated=False): [3],
        ImageFilter(model="sd-v1-4"): [2],
        ImageFilter(model="' OR 1=1 --"): [],
        ImageFilter(seed=3): [3],
        ImageFilter(seed=10**30): [],
        ImageFilter(parent_id=-(10**30)): [],
        ImageFilter(min_width=256): [3, 2],
        ImageFilter(min_width=10**30): [],
        ImageFilter(max_width=10**30): [3, 2, 1],
        ImageFilter(max_width=256): [3, 1],
        ImageFilter(min_height=256, max_height=256): [2],
        ImageFilter(created_after=february): [3, 2],
        ImageFilter(created_before=february): [1],
        ImageFilter(created_after=february, created_before=february + timedelta(1)): [2],
        ImageFilter(created_after=february.astimezone().replace(year=1)): [3, 2, 1],
        ImageFilter(deleted=True): [],
        ImageFilter(job_id="unknown"): [],
    }
    for f, wanted in expected.items():
        assert ids(studio, f) == wanted, f
        assert studio.gallery.count(f) == len(wanted), f


def test_other_owners_pictures_are_out_of_sight(studio: Studio) -> None:
    studio.add()
    with studio.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO owners VALUES (2, 'ada')")
    ada = Gallery(studio.database, studio.blobs, owner_id=2)
    assert ada.search(ImageFilter()).items == ()
    assert ada.counts()["total"] == 0
    assert ada.models() == ()
    assert ada.trash([1]) == 0
    with pytest.raises(NotFound):
        ada.content(1)


def test_neighbours_follow_the_listing(studio: Studio) -> None:
    for seed in range(5):
        studio.add(seed=seed)
    studio.feedback.rate(2, 1)
    around = studio.gallery.neighbours
    assert around(3, ImageFilter()) == (4, 2)
    assert around(5, ImageFilter()) == (None, 4)
    assert around(1, ImageFilter()) == (2, None)
    assert around(3, ImageFilter(sort="oldest")) == (2, 4)
    assert around(5, ImageFilter(sort="best")) == (2, 4)
    assert around(3, ImageFilter(feedback=1)) == (None, 2)
    studio.gallery.trash([3])
    assert around(3, ImageFilter()) == (4, 2)


def test_counts_and_models(studio: Studio) -> None:
    for seed, model in enumerate(["starter", "sd-v1-4", "", "starter", "zebra"]):
        studio.add(seed=seed, model=model)
    studio.feedback.rate(1, 1)
    studio.feedback.rate(2, -1)
    studio.feedback.rate(5, 1)
    studio.gallery.trash([5])
    expected = {"total": 4, "liked": 1, "disliked": 1, "unrated": 2, "trashed": 1}
    assert studio.gallery.counts() == expected
    assert studio.gallery.models() == ("sd-v1-4", "starter")


def test_ratings_by_model_leave_out_what_is_unrated_or_in_the_trash(studio: Studio) -> None:
    def drawn(model: str, *ratings: int) -> list[int]:
        ids = [studio.add(model=model) for _ in ratings]
        for image_id, rating in zip(ids, ratings, strict=True):
            studio.feedback.rate(image_id, rating)
        return ids

    drawn("starter", 1, 1, -1, 0)
    drawn("taste-1", 1)
    drawn("unrated", 0)
    gone = drawn("taste-2", 1, -1)
    studio.gallery.trash(gone[:1])
    assert studio.gallery.ratings_by_model() == {
        "starter": (2, 1), "taste-1": (1, 0), "taste-2": (0, 1),
    }  # fmt: skip


def test_titles_and_tags(studio: Studio) -> None:
    image_id = studio.add()
    found = studio.gallery.update(image_id, title="  Still \n life ", tags=["a", " a", "", "b  c"])
    assert (found.title, found.tags) == ("Still life", ("a", "b c"))
    assert studio.gallery.update(image_id, tags=[]).title == "Still life"
    assert studio.gallery.update(image_id, title="").tags == ()
    assert studio.gallery.update(image_id) == studio.gallery.get(image_id)
    for values, field in (
        ({"title": "x" * 201}, "title"),
        ({"tags": ["x" * 101]}, "tags"),
        ({"tags": [str(n) for n in range(51)]}, "tags"),
    ):
        with pytest.raises(InvalidInput) as caught:
            studio.gallery.update(image_id, **values)
        assert caught.value.errors[0].field == field


def test_the_trash_keeps_until_it_is_purged(studio: Studio) -> None:
    first, second = studio.add(seed=1), studio.add(seed=2)
    assert studio.gallery.trash([first, first, 99]) == 1
    assert studio.gallery.trash([first]) == 0
    assert ids(studio, ImageFilter()) == [second]
    assert ids(studio, ImageFilter(deleted=True)) == [first]
    assert studio.gallery.get(first).deleted_at is not None
    assert studio.gallery.content(first) == png(1)
    assert studio.gallery.restore([first, second]) == 1
    assert ids(studio, ImageFilter()) == [second, first]
    assert studio.gallery.purge([first]) == 0
    studio.gallery.trash([first])
    assert studio.gallery.purge([first, second]) == 1
    with pytest.raises(NotFound):
        studio.gallery.get(first)
    assert studio.gallery.content(second) == png(2)


def test_thousands_may_be_trashed_at_once(studio: Studio) -> None:
    content = studio.blobs.put(png(1))
    image = replace(new_image("", 0, content), job_id=None)
    with studio.database.write() as connection:
        found = [insert_image(connection, image, datetime.now(UTC)) for _ in range(1201)]
    assert studio.gallery.trash(found) == 1201
    assert len(studio.gallery.get_many(found)) == 1201
    assert studio.gallery.purge(found) == 1201
    assert list(studio.blobs.addresses()) == []


def test_purging_deletes_files_that_nothing_else_names(studio: Studio) -> None:
    first, twin, other = studio.add(seed=1), studio.add(seed=1), studio.add(seed=2)
    content = studio.gallery.get(first).content
    for image_id in (first, twin, other):
        studio.gallery.thumbnail(image_id)
    date(studio, twin, datetime.now(UTC))
    studio.gallery.trash([first, twin])
    studio.gallery.purge([first])
    assert studio.gallery.content(twin) == png(1)
    assert studio.gallery.thumbnail(twin)
    studio.gallery.purge([twin])
    assert not studio.blobs.exists(content)
    left = studio.gallery.get(other)
    assert set(studio.blobs.addresses()) == {left.content, left.thumbnail}


def test_children_outlive_their_parent(studio: Studio) -> None:
    parent = studio.add(seed=1)
    child = studio.add(seed=2, parent_id=parent)
    studio.gallery.trash([parent])
    studio.gallery.purge([parent])
    assert studio.gallery.get(child).parent_id is None


def test_a_waiting_variation_keeps_the_picture_it_starts_from(studio: Studio) -> None:
    image_id = studio.add(seed=1)
    content = studio.gallery.get(image_id).content
    job, _ = studio.queue.submit(
        JobKind.VARIATIONS, replace(REQUEST, init_image=content, strength=0.5)
    )
    studio.gallery.trash([image_id])
    studio.gallery.purge([image_id])
    assert studio.blobs.get(content) == png(1)
    assert studio.gallery.sweep(grace_seconds=-1) == 0
    studio.queue.request_cancel(job.id)
    studio.queue.clear_finished(datetime.now(UTC) + timedelta(1))
    assert studio.gallery.sweep(grace_seconds=-1) == 1


def test_a_waiting_edit_keeps_its_picture_its_mask_and_its_look(studio: Studio) -> None:
    image_id = studio.add(seed=1)
    content, mask = studio.gallery.get(image_id).content, studio.blobs.put(png(2))
    look = StyleReference(studio.blobs.put(png(3)), 0.5)
    edit = replace(
        REQUEST, init_image=content, mask=mask, strength=1.0, mask_blur=4, style_reference=look
    )
    studio.queue.submit(JobKind.EDITS, edit)
    studio.gallery.trash([image_id])
    studio.gallery.purge([image_id])
    assert studio.gallery.sweep(grace_seconds=-1) == 0
    assert studio.blobs.get(content) == png(1)
    assert studio.blobs.get(mask) == png(2)
    assert studio.blobs.get(look.image) == png(3)


def test_a_file_put_again_for_a_coming_row_survives_the_purge(studio: Studio) -> None:
    image_id = studio.add(seed=1)
    studio.gallery.trash([image_id])
    job, _ = studio.queue.submit(JobKind.GENERATE, REQUEST)
    studio.queue.claim("worker")
    again = studio.blobs.put(png(1))
    studio.gallery.purge([image_id])
    new_id = studio.queue.add_image("worker", new_image(job.id, 0, again))
    assert new_id is not None
    assert studio.gallery.content(new_id) == png(1)


def test_sweeping_deletes_orphans_only(studio: Studio) -> None:
    image_id = studio.add(seed=1)
    studio.gallery.thumbnail(image_id)
    orphan = studio.blobs.put(b"of a crash")
    assert studio.gallery.sweep() == 0
    assert studio.gallery.sweep(grace_seconds=-1) == 1
    assert not studio.blobs.exists(orphan)
    assert studio.gallery.content(image_id) == png(1)


def test_thumbnails_are_made_once_and_again_when_lost(studio: Studio) -> None:
    image_id = studio.add(content=studio.blobs.put(png(1, (1000, 500))))
    small = studio.gallery.thumbnail(image_id)
    assert (media_type(small), read_size(small)) == ("image/jpeg", (384, 192))
    address = studio.gallery.get(image_id).thumbnail
    assert address is not None
    studio.blobs.delete(address)
    assert studio.gallery.thumbnail(image_id) == small
    assert studio.blobs.exists(address)


def test_a_lost_or_damaged_file_is_named(studio: Studio) -> None:
    lost, damaged = studio.add(seed=1), studio.add(seed=2)
    studio.blobs.delete(studio.gallery.get(lost).content)
    name = studio.gallery.get(damaged).content.removeprefix("sha256:")
    path = studio.folder / "blobs" / "sha256" / name[:2] / name
    os.truncate(path, 5)
    for image_id, reason in ((lost, "missing"), (damaged, "damaged")):
        for read in (studio.gallery.content, studio.gallery.thumbnail):
            with pytest.raises(BlobMissing, match=reason):
                read(image_id)
