"""The gallery as training data: what is left out and why, and ratings that contradict."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from tastemaker.preferences import Preferences
from tastemaker.storage.tables import images
from tastemaker.training.data import rated
from tastemaker.training.data.checking import Limits
from tastemaker.training.data.disk import open_copy
from tastemaker.training.data.examples import Example
from tastemaker.training.data.materialise import materialise
from tastemaker.training.data.preview import preview
from tastemaker.training.data.rated import ChosenSource, GallerySource
from tests.studio import Studio, open_studio
from tests.training.data.tables_made import examples, keys_by_reason, picture


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path)


def add(studio: Studio, number: int, feedback: int = 0, **values: object) -> int:
    image_id = studio.add(content=studio.blobs.put(picture(number)), **values)
    if feedback:
        studio.feedback.rate(image_id, feedback)
    return image_id


def test_rated_pictures_come_with_prompt_rating_and_model(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rated, "_PAGE", 2)
    ids = [add(studio, n, (-1) ** n, prompt=f"p{n}", model=f"m{n}") for n in range(5)]
    unrated = add(studio, 9, prompt="unrated")
    source = GallerySource(studio.gallery, Limits())
    found = list(source.records())
    assert found == [
        Example.of(str(image_id), picture(n), f"p{n}", "gallery", feedback=(-1) ** n, model=f"m{n}")
        for n, image_id in enumerate(ids)
    ]
    assert list(source.records(str(ids[1]))) == found[2:]
    everything = list(GallerySource(studio.gallery, Limits(), rated_only=False).records())
    assert [record.key for record in everything] == [*map(str, ids), str(unrated)]
    report = preview(source).report
    assert (report.liked, report.disliked, report.accepted) == (3, 2, 5)


def test_a_caption_has_no_weights(studio: Studio) -> None:
    add(studio, 1, 1, prompt="a (red:1.3) apple, [on] a \\(big\\) table")
    add(studio, 2, 1, prompt="()")
    source = GallerySource(studio.gallery, Limits())
    captions = [found.caption for found in source.records() if isinstance(found, Example)]
    assert captions == ["a red apple, on a (big) table", "()"]


def test_compared_pictures_come_with_their_pairs(studio: Studio, tmp_path: Path) -> None:
    better, worse, liked = add(studio, 1), add(studio, 2), add(studio, 3, 1)
    add(studio, 4)
    trashed = add(studio, 5)
    preferences = Preferences(studio.database)
    preferences.choose(better, [worse, liked, trashed])
    studio.gallery.trash([trashed])
    source = GallerySource(studio.gallery, Limits())
    keys = [record.key for record in source.records()]
    assert keys == [str(i) for i in (liked, better, worse, trashed)]
    assert source.pairs() == tuple((str(better), str(i)) for i in (worse, liked, trashed))
    snapshot = materialise(source, tmp_path / "copy")
    assert snapshot.pairs == ((str(better), str(worse)), (str(better), str(liked)))
    assert open_copy(tmp_path / "copy").snapshot == snapshot
    assert [entry.feedback for entry in snapshot.entries] == [1, 0, 0]


def test_what_is_left_out_says_why(studio: Studio) -> None:
    good = add(studio, 1, 1)
    trashed = add(studio, 2, 1)
    flagged = add(studio, 3, 1, flagged="nudity")
    unreadable = add(studio, 4, 1)
    gone = add(studio, 5, 1)
    empty = add(studio, 6, 1, prompt="")
    small = studio.add(seed=7)
    studio.feedback.rate(small, -1)
    studio.gallery.trash([trashed])
    with studio.database.write() as connection:
        connection.execute(
            update(images)
            .where(images.c.id == unreadable)
            .values(unreadable="It was never whole.", image_data="")
        )
    studio.blobs.delete(studio.gallery.get(gone).content)
    records = list(GallerySource(studio.gallery, Limits()).records())
    assert [example.key for example in examples(records)] == [str(good)]
    assert keys_by_reason(records) == {
        "FLAGGED": [str(flagged)],
        "UNREADABLE": [str(unreadable), str(gone)],
        "NO_CAPTION": [str(empty)],
        "TOO_SMALL": [str(small)],
        "TRASHED": [str(trashed)],
    }
    report = preview(GallerySource(studio.gallery, Limits())).report
    shown = [row.detail for found in report.rejections.values() for row in found.first]
    assert "nudity" in shown
    assert "It was never whole." in shown


def test_of_contradicting_ratings_the_newest_holds(studio: Studio) -> None:
    first = add(studio, 1, 1)
    add(studio, 1, -1)
    add(studio, 1)
    add(studio, 2, 1)
    report = preview(GallerySource(studio.gallery, Limits(), rated_only=False)).report
    assert (report.accepted, report.duplicates, report.liked, report.disliked) == (2, 2, 1, 1)
    assert (report.conflicts, report.conflict_count) == ((str(first),), 1)


def test_chosen_pictures_come_without_ratings_and_with_the_words_of_their_style(
    studio: Studio,
) -> None:
    ids = [add(studio, n, -1 if n else 1, prompt=f"a (red:1.3) cat {n}") for n in range(4)]
    studio.gallery.trash([ids[1]])
    chosen = [ids[3], ids[1], ids[0], 999]
    source = ChosenSource(studio.gallery, Limits(), chosen, "crayon style")
    found = list(source.records())
    assert [record.key for record in found] == [str(ids[3]), str(ids[1]), str(ids[0])]
    examples = [record for record in found if isinstance(record, Example)]
    assert [example.caption for example in examples] == [
        "a red cat 3, crayon style",
        "a red cat 0, crayon style",
    ]
    assert {example.feedback for example in examples} == {0}
    assert list(source.records(str(ids[3]))) == found[1:]
    plain = ChosenSource(studio.gallery, Limits(), ids[:1])
    assert [record.caption for record in plain.records() if isinstance(record, Example)] == [
        "a red cat 0"
    ]
