"""The nouns of training data: an accepted example, a rejected row, and what was chosen or counted.

Knows no source and does no I/O.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Reason(StrEnum):
    """Why a row isn't trained on, as a person reads it."""

    BROKEN_ROW = "The row itself can't be read."
    NO_PICTURE = "There is no picture in the row."
    MISSING_FILE = "The picture's file isn't there."
    OUTSIDE = "The picture's file lies outside of the dataset."
    NOT_BASE64 = "The picture's text is no valid base64."
    NOT_A_PICTURE = "The data is no picture of a format that can be read."
    DAMAGED = "The picture is truncated or damaged."
    TOO_MANY_PIXELS = "The picture has too many pixels."
    TOO_SMALL = "The picture is too small."
    NO_CAPTION = "There is no caption."
    CAPTION_NOT_TEXT = "The caption is no text."
    CAPTION_TOO_LONG = "The caption is too long."
    TRASHED = "The picture is in the trash."
    UNREADABLE = "The gallery can't show the picture."
    FLAGGED = "The safety checker blurred the picture."
    LEFT_OUT = "Left out by hand."


@dataclass(frozen=True, slots=True)
class Example:
    """One picture with its caption, ready to train on.

    ``key`` is stable within its ``source``. ``picture`` is an encoded picture that was decoded once
    to check it, ``content`` its content address. ``feedback`` is -1, 0 or 1. ``model`` is
    the version that drew it, ``None`` for pictures of a dataset. ``digest`` is the hex SHA-256 of
    the picture's SHA-256 followed by the caption: equal for equal picture and caption only.
    """

    key: str
    picture: bytes = field(repr=False)
    caption: str
    feedback: int
    model: str | None
    source: str
    content: str
    digest: str

    @classmethod
    def of(
        cls,
        key: str,
        picture: bytes,
        caption: str,
        source: str,
        *,
        feedback: int = 0,
        model: str | None = None,
    ) -> Self:
        """The example with its hashes computed."""
        content = hashlib.sha256(picture)
        digest = hashlib.sha256(content.digest() + caption.encode("utf-8", "surrogatepass"))
        address = f"sha256:{content.hexdigest()}"
        return cls(key, picture, caption, feedback, model, source, address, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that is not trained on. ``detail`` says more about this row than ``reason`` does.

    ``picture`` is set when only the caption is at fault, so that an edit can mend the row;
    ``feedback`` and ``model`` are then those of the example that it may become.
    """

    key: str
    reason: Reason
    detail: str = ""
    picture: bytes | None = field(default=None, repr=False)
    source: str = ""
    feedback: int = 0
    model: str | None = None


Record = Example | Rejected


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column holds the picture and which the caption; ``how`` says why these."""

    image: str
    caption: str | None
    how: str


@dataclass(frozen=True, slots=True)
class Rejections:
    """The rows of one reason: how many, and the first of them."""

    count: int
    first: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a source holds: ``rows`` = ``accepted`` + ``rejected`` + ``duplicates``.

    A duplicate is a row of the same picture and caption as an accepted one. ``recaptioned`` counts
    accepted rows whose picture came before under another caption: they are kept, since several
    descriptions of one picture teach more than one. ``conflicts`` are the keys of examples that
    were rated differently by a later duplicate; the later rating holds. ``complete`` is false when
    the source goes on behind the limit.
    """

    source: str
    mapping: ColumnMapping
    accepted: int
    duplicates: int
    rejections: Mapping[Reason, Rejections]
    liked: int
    disliked: int
    recaptioned: int
    conflicts: tuple[str, ...]
    conflict_count: int
    complete: bool = True

    @property
    def rejected(self) -> int:
        """Rows that are not trained on, duplicates aside."""
        return sum(found.count for found in self.rejections.values())

    @property
    def rows(self) -> int:
        """All rows read."""
        return self.accepted + self.rejected + self.duplicates

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values; of a rejected row its key and detail."""
        return {
            "source": self.source,
            "mapping": asdict(self.mapping),
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "rejections": [
                {
                    "reason": reason.name.lower(),
                    "title": reason.value,
                    "count": found.count,
                    "first": [{"key": row.key, "detail": row.detail} for row in found.first],
                }
                for reason, found in self.rejections.items()
            ],
            "liked": self.liked,
            "disliked": self.disliked,
            "recaptioned": self.recaptioned,
            "conflicts": list(self.conflicts),
            "conflict_count": self.conflict_count,
            "complete": self.complete,
        }
