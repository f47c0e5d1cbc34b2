"""Finding the picture's and the caption's column of a table nobody described to us.

Knows no files: it sees column names, which of them are decoded Image features, and the first rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tastemaker.errors import FieldError, InvalidInput
from tastemaker.training.data.checking import Limits, RowError, check_picture, clean_caption
from tastemaker.training.data.examples import ColumnMapping, Reason

IMAGE_NAMES = ("image_base64", "base64", "b64", "image", "img", "jpg", "png", "bytes")
CAPTION_NAMES = ("text", "caption", "description", "prompt", "image_description", "title")
FILE_NAME = "file_name"
PROBED_ROWS = 32

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns named by the operator; ``None`` means: find it."""

    image: str | None = None
    caption: str | None = None


def detect(
    names: Sequence[str],
    image_features: Iterable[str],
    rows: Sequence[Row],
    chosen: Columns,
    limits: Limits,
    read: Callable[[str, Row], bytes],
) -> ColumnMapping:
    """Choose the columns out of ``names`` and confirm them on ``rows``, the first of the table.

    ``image_features`` are the columns declared as pictures; ``read(column, row)`` gives a row's
    encoded picture or raises `RowError`.

    Raises:
        InvalidInput: no or several columns are possible; it says which exist and how to name one.
    """
    image, how_image = _image_column(names, list(image_features), rows, chosen, limits, read)
    caption, how_caption = _caption_column(names, image, rows, chosen, limits)
    return ColumnMapping(image, caption, f"{how_image} {how_caption}")


def _image_column(
    names: Sequence[str],
    features: Sequence[str],
    rows: Sequence[Row],
    chosen: Columns,
    limits: Limits,
    read: Callable[[str, Row], bytes],
) -> tuple[str, str]:
    def readable(column: str) -> int:
        return sum(1 for row in rows if _reads(column, row, limits, read))

    if chosen.image is not None:
        column = _named("image", chosen.image, names)
        return column, f"Pictures from the column {column!r}, as named by you."
    if len(features) > 1:
        known = [name for name in IMAGE_NAMES if name in features]
        if not known:
            raise _refused("image", f"Several columns hold pictures: {_listed(features)}.", names)
        features = known[:1]
    by_file = [FILE_NAME] if FILE_NAME in names else []
    found = _spelled(IMAGE_NAMES, names)
    candidates = list(dict.fromkeys([*features, *by_file, *found]))
    for column in candidates:
        number = readable(column)
        if number:
            kind = "a picture column" if column in features else "the first usable name"
            return column, (
                f"Pictures from the column {column!r} ({kind};"
                f" {number} of the first {len(rows)} rows can be decoded)."
            )
    if candidates:
        message = (
            f"No picture of the first {len(rows)} rows can be decoded from {_listed(candidates)}"
            f" (for instance: {_why(candidates[0], rows, limits, read)})."
        )
    else:
        message = "No column has the name of a picture column."
    raise _refused("image", message, names)


def _caption_column(
    names: Sequence[str], image: str, rows: Sequence[Row], chosen: Columns, limits: Limits
) -> tuple[str, str]:
    if chosen.caption is not None:
        column = _named("caption", chosen.caption, names)
        return column, f"Captions from the column {column!r}, as named by you."
    candidates = [name for name in _spelled(CAPTION_NAMES, names) if name != image]
    for column in candidates:
        number = sum(1 for row in rows if _has_text(row.get(column), limits))
        if number:
            return column, (
                f"Captions from the column {column!r} (the first usable name;"
                f" {number} of the first {len(rows)} rows have one)."
            )
    if candidates:
        message = f"None of the first {len(rows)} rows has text in {_listed(candidates)}."
    else:
        message = "No column has the name of a caption column."
    raise _refused("caption", message, names)


def _reads(column: str, row: Row, limits: Limits, read: Callable[[str, Row], bytes]) -> bool:
    try:
        check_picture(read(column, row), limits)
    except RowError as error:
        # A picture that only breaks a limit still shows that pictures are here.
        return error.reason in (Reason.TOO_SMALL, Reason.TOO_MANY_PIXELS)
    return True


def _why(
    column: str, rows: Sequence[Row], limits: Limits, read: Callable[[str, Row], bytes]
) -> str:
    for row in rows:
        try:
            check_picture(read(column, row), limits)
        except RowError as error:
            return f"{error.reason} {error.detail}".strip().rstrip(".")
    return "there are no rows"


def _has_text(value: object, limits: Limits) -> bool:
    try:
        clean_caption(value, limits)
    except RowError as error:
        return error.reason is Reason.CAPTION_TOO_LONG
    return True


def _spelled(wanted: Sequence[str], names: Sequence[str]) -> list[str]:
    """The columns of the ``wanted`` names in their order; those in upper case come last."""
    exact = [name for name in wanted if name in names]
    lowered = [name for want in wanted for name in names if name.lower() == want]
    return list(dict.fromkeys([*exact, *lowered]))


def _named(what: str, column: str, names: Sequence[str]) -> str:
    if column not in names:
        raise _refused(what, f"There is no column {column!r}.", names)
    return column


def _refused(what: str, message: str, names: Sequence[str]) -> InvalidInput:
    detail = f"{message} The columns are: {_listed(names)}. Name the one to use: {what}_column=…"
    return InvalidInput(detail, (FieldError(f"{what}_column", detail),))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
