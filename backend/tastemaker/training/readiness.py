"""Whether a run makes sense before it starts: enough ratings of both kinds, room on the disk.

Knows numbers only, no pictures and no models.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tastemaker.errors import InsufficientDisk, InvalidInput
from tastemaker.training.options import Method, TrainingOptions

LEAST_RATINGS = 10
ENOUGH_FOR_PREFERENCES = 50
LEAST_OF_A_KIND = 5
HELD_OUT_SHARE = 0.2
MOST_HELD_OUT = 64
DISK_MARGIN_BYTES = 500_000_000
_BYTES = 4  # of a float32


def choose_method(liked: int, disliked: int, pairs: int = 0) -> Method:
    """The method that fits so many ratings: likes alone while there are few, then preferences.

    ``pairs`` are pictures that were preferred to others; without a like only they can be learned
    from.
    """
    enough = liked + disliked + pairs > ENOUGH_FOR_PREFERENCES
    both_kinds = min(liked, disliked) + pairs >= LEAST_OF_A_KIND
    return Method.PREFERENCE if (enough and both_kinds) or (pairs and not liked) else Method.LORA


def check_ratings(method: Method, liked: int, disliked: int, pairs: int = 0) -> None:
    """Refuse to learn a taste from too little; each of the ``pairs`` counts as a rating.

    Raises:
        InvalidInput: saying how many ratings there are and how many more are needed.
    """
    count = liked + disliked + pairs
    if count < LEAST_RATINGS:
        missing = LEAST_RATINGS - count
        rated = liked + disliked
        are = "is 1 rated picture" if rated == 1 else f"are {rated} rated pictures"
        compared = f" and {pairs} compared" if pairs else ""
        raise InvalidInput(
            f"There {are}{compared}; learning your taste needs at least {LEAST_RATINGS}. Rate "
            f"{missing} more and start again; the more ratings, the better it learns."
        )
    from_pairs = method is Method.PREFERENCE and pairs > 0
    if not liked and not from_pairs:
        raise InvalidInput(
            f"All {disliked} rated pictures are disliked. There must be some that you like to "
            "learn from: rate a few with thumbs up."
        )
    if method is Method.PREFERENCE and not disliked and not from_pairs:
        raise InvalidInput(
            f"All {liked} rated pictures are liked. Learning preferences needs both kinds: rate a "
            "few with thumbs down, or choose the method lora, which can do with likes alone."
        )


def disk_bytes(options: TrainingOptions, trained_values: int, pictures: int, values: int) -> int:
    """About how many bytes a run writes.

    ``trained_values`` are the numbers that learn, ``pictures`` those to encode, of ``values``
    latent values each.
    """
    copies = 3 + (1 if options.ema_decay else 0)  # weights, two of AdamW, the average
    kept = options.keep + 2  # the best one, and the one being written
    checkpoints = copies * kept * trained_values * _BYTES
    version = trained_values * _BYTES
    # A caption's embedding takes about as much as a picture's mean and deviation.
    encodings = pictures * values * 4 * _BYTES
    return checkpoints + version + encodings


def check_disk(folder: Path, needed: int, free: Callable[[Path], int]) -> None:
    """Refuse to start what the disk can't hold.

    Raises:
        InsufficientDisk: with both numbers and what to do.
    """
    available = free(folder)
    if available < needed + DISK_MARGIN_BYTES:
        raise InsufficientDisk(
            f"Training needs about {_gigabytes(needed)} in {folder} and should leave "
            f"{_gigabytes(DISK_MARGIN_BYTES)} free, but only {_gigabytes(available)} are free. "
            "Make room, keep fewer checkpoints, or train a LoRA instead of all weights."
        )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB"
