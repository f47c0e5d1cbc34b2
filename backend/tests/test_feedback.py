"""Ratings are -1, 0 or 1, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tastemaker.errors import InvalidInput, NotFound
from tastemaker.feedback import Feedback
from tests.studio import Studio, open_studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path)


def test_ratings_are_kept_and_can_be_taken_back(studio: Studio) -> None:
    image_id = studio.add()
    for feedback in (1, -1, -1, 0):
        assert studio.feedback.rate(image_id, feedback).feedback == feedback
        assert studio.gallery.get(image_id).feedback == feedback
        assert studio.restart().gallery.get(image_id).feedback == feedback


@pytest.mark.parametrize("feedback", [2, -2, 10**30, True, 1.0, "1", None, float("nan")])
def test_other_values_are_refused(studio: Studio, feedback: int) -> None:
    image_id = studio.add()
    with pytest.raises(InvalidInput, match="Must be -1") as caught:
        studio.feedback.rate(image_id, feedback)
    assert caught.value.errors[0].field == "feedback"
    assert studio.gallery.get(image_id).feedback == 0


@pytest.mark.parametrize("image_id", [0, -1, 99, 10**30])
def test_unknown_pictures_are_not_found(studio: Studio, image_id: int) -> None:
    with pytest.raises(NotFound, match=str(image_id)):
        studio.feedback.rate(image_id, 1)


def test_a_picture_in_the_trash_can_be_rated(studio: Studio) -> None:
    image_id = studio.add()
    studio.gallery.trash([image_id])
    assert studio.feedback.rate(image_id, -1).feedback == -1


def test_other_owners_pictures_cant_be_rated(studio: Studio) -> None:
    image_id = studio.add()
    with pytest.raises(NotFound):
        Feedback(studio.database, owner_id=2).rate(image_id, 1)
