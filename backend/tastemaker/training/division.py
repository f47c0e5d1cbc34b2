"""Which of the encoded pictures are learned from, which validate, and which judge the result.

Knows ratings, captions and pairs; no network.
"""

from __future__ import annotations

from dataclasses import dataclass

from tastemaker.errors import InvalidInput
from tastemaker.training.encoding import TrainingSet
from tastemaker.training.evaluate import split_by_prompt
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.readiness import HELD_OUT_SHARE, MOST_HELD_OUT

LEAST_OF_A_KIND_TO_VALIDATE = 3
"""From so many held-out likes and as many dislikes on, their distance tells more than the likes."""


@dataclass(frozen=True, eq=False)
class Division:
    """The pictures of a run by their use; prompts of ``validation`` and ``judged`` are in no other.

    What validates is rated in both ways if enough of it is; else it is what would be learned from.

    ``disliked`` are what the U-Net learns to draw without a caption, which guidance then leads away
    from; ``None`` where there are none, or dislikes are learned in another way.
    """

    train: TrainingSet
    validation: TrainingSet
    judged: TrainingSet
    disliked: TrainingSet | None = None


def divide(
    encoded: TrainingSet, options: TrainingOptions, *, with_unrated: bool = False
) -> Division:
    """Divide a run's pictures.

    Preferences are learned from rated and from compared pictures. All other methods learn, with
    their captions, of rated ones those that are liked (and unrated ones ``with_unrated``); ratings
    are judged by liked and disliked ones.

    Raises:
        InvalidInput: nothing is left to learn from.
    """
    captions = [item.caption for item in encoded.items]
    train, held = split_by_prompt(captions, HELD_OUT_SHARE, options.seed)
    held = held[:MOST_HELD_OUT]
    labels = [item.feedback for item in encoded.items]
    compared = encoded.compared
    if options.method is Method.PREFERENCE:
        rated = [i for i in train if labels[i] or i in compared]
        judged = encoded.only([i for i in held if labels[i] or i in compared])
        return Division(encoded.only(rated), judged, judged)
    wanted = {0, 1} if with_unrated else {1} if any(labels) else {0}
    # Of compared pictures without a rating half were rejected.
    unknown = {i for i in compared if not labels[i]}
    mine = [i for i in train if labels[i] in wanted and i not in unknown]
    if not mine:
        raise InvalidInput("There are no liked pictures to learn from: rate some with thumbs up.")
    disliked = [i for i in train if labels[i] < 0] if options.avoid_disliked else []
    rated = [i for i in held if labels[i]]
    least = min(sum(labels[i] == kind for i in rated) for kind in (1, -1))
    if with_unrated or least < LEAST_OF_A_KIND_TO_VALIDATE:
        rated = [i for i in held if labels[i] in wanted and i not in unknown]
    return Division(
        train=encoded.only(mine),
        validation=encoded.only(rated),
        judged=encoded.only(held),
        disliked=encoded.only(disliked) if disliked else None,
    )


def unrated(encoded: TrainingSet, held: TrainingSet) -> TrainingSet:
    """Pictures without an opinion on them, of prompts that ``held`` doesn't have: to replay."""
    judged = {item.caption for item in held.items}
    compared = encoded.compared
    return encoded.only(
        [
            i
            for i, item in enumerate(encoded.items)
            if not item.feedback and i not in compared and item.caption not in judged
        ]
    )
