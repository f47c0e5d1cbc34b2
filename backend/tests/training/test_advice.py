"""What ratings are enough for agrees with what a training accepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.errors import InvalidInput
from tastemaker.training.advice import PLENTY, advise
from tastemaker.training.options import Method
from tastemaker.training.readiness import check_ratings, choose_method

ORDER = ["too_few", "likes", "preferences", "plenty"]


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 60))
def test_advice_agrees_with_readiness(liked: int, disliked: int, pairs: int) -> None:
    advice = advise(liked, disliked, pairs)
    method = choose_method(liked, disliked, pairs)
    if advice.level == "too_few":
        with pytest.raises(InvalidInput):
            check_ratings(method, liked, disliked, pairs)
        assert advice.needed >= 1
        return
    check_ratings(method, liked, disliked, pairs)
    assert (method == "preference") == (advice.level in ("preferences", "plenty"))
    assert (advice.needed == 0) == (advice.level == "plenty")


@given(st.integers(0, 300), st.integers(0, 300))
def test_so_many_more_ratings_lead_to_the_next_level(liked: int, disliked: int) -> None:
    before = advise(liked, disliked)
    assert advise(liked, disliked, 0) == before
    if before.level == "plenty":
        return
    # As many as needed, of whichever kind is scarce.
    scarce = liked <= disliked
    more = (before.needed, 0) if scarce else (0, before.needed)
    after = advise(liked + more[0], disliked + more[1])
    assert ORDER.index(after.level) > ORDER.index(before.level)


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_model_that_learns_from_likes_never_promises_more(liked: int, disliked: int) -> None:
    advice = advise(liked, disliked, recommended=Method.FULL)
    usual = advise(liked, disliked)
    if usual.level == "too_few":
        assert advice == usual
        return
    check_ratings(Method.FULL, liked, disliked)
    assert advice.level == ("plenty" if liked + disliked >= PLENTY else "likes")
    assert advice.needed == max(0, PLENTY - liked - disliked)
