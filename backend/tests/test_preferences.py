"""Choices between pictures: recorded once, the latest holds, taken back, and what comes next."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from tastemaker.errors import InvalidInput, NotFound
from tastemaker.preferences import Pair, Preferences
from tastemaker.storage.tables import images
from tests.studio import Studio, open_studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path)


@pytest.fixture
def preferences(studio: Studio) -> Preferences:
    return Preferences(studio.database)


def pairs(preferences: Preferences) -> set[tuple[int, int]]:
    return {(pair.preferred, pair.rejected) for pair in preferences.pairs()}


def test_a_choice_makes_a_pair_with_each_rejected_picture(
    studio: Studio, preferences: Preferences
) -> None:
    one, two, three = studio.add(model="a"), studio.add(model="b"), studio.add(model="c")
    made = preferences.choose(two, [one, three, one])
    assert (made.pairs, made.preferred.id) == (2, two)
    assert preferences.pairs() == (Pair(two, one, "b", "a"), Pair(two, three, "b", "c"))
    assert Preferences(studio.restart().database).count() == 2


def test_the_latest_choice_holds(studio: Studio, preferences: Preferences) -> None:
    one, two, three = studio.add(), studio.add(), studio.add()
    first = preferences.choose(one, [two, three])
    second = preferences.choose(two, [one])
    assert pairs(preferences) == {(one, three), (two, one)}
    third = preferences.choose(two, [one])
    assert preferences.count() == 2
    assert preferences.undo(first.id) == 1
    with pytest.raises(NotFound, match="taken back or replaced"):
        preferences.undo(second.id)
    assert preferences.undo(third.id) == 1
    assert preferences.count() == 0


def test_what_cannot_be_compared(studio: Studio, preferences: Preferences) -> None:
    one, other, gone = studio.add(), studio.add("a blue car"), studio.add()
    flagged = studio.add(flagged="because")
    studio.gallery.trash([gone])
    for preferred, rejected, says in (
        (one, [one], "preferred picture"),
        (one, [], "1 to 7"),
        (one, list(range(100, 108)), "1 to 7"),
        (one, [other], "another prompt"),
        (one, [gone], "in the trash"),
        (gone, [one], "in the trash"),
        (one, [flagged], "can't be seen"),
    ):
        with pytest.raises(InvalidInput, match=says):
            preferences.choose(preferred, rejected)
    for preferred, rejected in ((one, [999]), (999, [one]), (10**30, [one]), (one, [-1])):
        with pytest.raises(NotFound):
            preferences.choose(preferred, rejected)
    with pytest.raises(NotFound):
        Preferences(studio.database, owner_id=2).choose(one, [gone])
    assert preferences.count() == 0


def test_a_picture_deleted_for_ever_takes_its_pairs_along(
    studio: Studio, preferences: Preferences
) -> None:
    one, two, three = studio.add(), studio.add(), studio.add()
    preferences.choose(one, [two, three])
    studio.gallery.trash([two])
    studio.gallery.purge([two])
    assert pairs(preferences) == {(one, three)}


def test_the_newest_prompt_comes_first(studio: Studio, preferences: Preferences) -> None:
    assert preferences.next_set().images == ()
    old = [studio.add("old", seed=n) for n in range(2)]
    apples = [studio.add("apple", seed=n) for n in range(7)]
    studio.add("alone")
    found = preferences.next_set()
    assert (found.prompt, found.remaining) == ("apple", 3)
    assert [image.id for image in found.images] == apples[:2:-1]
    preferences.choose(apples[6], apples[3:6])
    found = preferences.next_set()
    assert ([image.id for image in found.images], found.remaining) == (apples[2::-1], 2)
    skipped = preferences.next_set(exclude=[*apples[:3], 10**30, -4])
    assert ([image.id for image in skipped.images], skipped.remaining) == (old[::-1], 1)
    assert preferences.next_set(exclude=[*apples, *old]).prompt is None
    preferences.choose(apples[0], apples[1:3])
    assert preferences.next_set().prompt == "old"


def test_pictures_that_nobody_can_see_are_not_shown(
    studio: Studio, preferences: Preferences
) -> None:
    good = [studio.add(seed=1), studio.add(seed=2)]
    trashed, lost = studio.add(seed=3), studio.add(seed=4)
    studio.add(seed=5, flagged="because")
    studio.gallery.trash([trashed])
    with studio.database.write() as connection:
        connection.execute(update(images).where(images.c.id == lost).values(unreadable="lost"))
    assert [image.id for image in preferences.next_set().images] == good[::-1]
    assert Preferences(studio.database, owner_id=2).next_set().images == ()
