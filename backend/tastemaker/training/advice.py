"""What the ratings of a gallery are enough for, and what to do next, for the owner to read.

Goes by the thresholds of `readiness`; imports no torch, so the web process may ask.
"""

from __future__ import annotations

from dataclasses import dataclass

from tastemaker.training.options import Method
from tastemaker.training.readiness import (
    ENOUGH_FOR_PREFERENCES,
    LEAST_OF_A_KIND,
    LEAST_RATINGS,
    choose_method,
)

PLENTY = 200
"""Ratings with which a simple taste was learned well enough; more bring little."""


_PLENTY = "Plenty of ratings: train now, and rate what the result draws."


@dataclass(frozen=True, slots=True)
class Advice:
    """``level`` is too_few, likes, preferences or plenty; ``needed`` ratings lead to the next."""

    level: str
    needed: int
    text: str


def advise(
    liked: int, disliked: int, pairs: int = 0, *, recommended: Method | None = None
) -> Advice:
    """What so many ratings are enough for; each of the ``pairs`` counts as one.

    ``recommended`` is the method that the active model is best trained by, if it says so.
    """
    rated = liked + disliked + pairs
    if rated < LEAST_RATINGS or not (liked or pairs):
        missing = max(1, LEAST_RATINGS - rated)
        if rated >= LEAST_RATINGS:
            text = "All your ratings are dislikes: give thumbs up to what you want more of."
        else:
            text = f"Rate {_more(missing)} before the studio can begin to learn your taste."
        return Advice("too_few", missing, text)
    if recommended in (Method.FULL, Method.LORA) and liked:
        return _from_likes(rated)
    if choose_method(liked, disliked, pairs) is not Method.PREFERENCE:
        scarce = LEAST_OF_A_KIND - min(liked, disliked) - pairs
        missing = max(ENOUGH_FOR_PREFERENCES + 1 - rated, scarce)
        text = (
            f"Enough to begin with. With {_more(missing)} it learns your likes and dislikes as "
            "choices between them."
        )
        if scarce > 0:
            kind = "likes" if liked < disliked else "dislikes"
            text += f" There should be at least {LEAST_OF_A_KIND} {kind} among them."
        return Advice("likes", missing, text)
    if rated < PLENTY:
        text = (
            "Enough to learn from likes and dislikes. More ratings make it surer, up to about "
            f"{PLENTY}."
        )
        return Advice("preferences", PLENTY - rated, text)
    return Advice("plenty", 0, _PLENTY)


def _from_likes(rated: int) -> Advice:
    """For a model that learns from likes, however many ratings there are."""
    if rated >= PLENTY:
        return Advice("plenty", 0, _PLENTY)
    text = (
        "Enough to learn from what you like and what you don't. More ratings make it surer, up to "
        f"about {PLENTY}."
    )
    return Advice("likes", PLENTY - rated, text)


def _more(count: int) -> str:
    return "1 more picture" if count == 1 else f"{count} more pictures"
