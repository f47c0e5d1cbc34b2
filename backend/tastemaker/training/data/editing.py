"""Captions changed by hand before the start, and examples left out.

Knows no sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tastemaker.training.data.checking import Limits, RowError, clean_caption
from tastemaker.training.data.examples import Example, Reason, Record, Rejected


def apply_edits(
    records: Iterable[Record], edits: Mapping[str, str | None], limits: Limits | None = None
) -> Iterator[Record]:
    """``records`` with the captions that ``edits`` gives for their keys; ``None`` leaves one out.

    A row that was rejected for its caption alone is mended by an edit; other rejected rows stay
    rejected. A new caption is held to the same ``limits`` as the source's.
    """
    limits = limits or Limits()
    for record in records:
        if record.key not in edits:
            yield record
        else:
            yield _edited(record, edits[record.key], limits)


def _edited(record: Record, caption: str | None, limits: Limits) -> Record:
    if isinstance(record, Rejected) and record.picture is None:
        return record
    if caption is None:
        return Rejected(record.key, Reason.LEFT_OUT, source=record.source)
    picture = record.picture
    assert picture is not None
    try:
        text = clean_caption(caption, limits)
    except RowError as error:
        return error.rejected(record.key, record.source)
    return Example.of(
        record.key,
        picture,
        text,
        record.source,
        feedback=record.feedback,
        model=record.model,
    )
