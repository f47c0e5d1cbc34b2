"""A look at a source before anything is started: counts, reasons, the first examples.

Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tastemaker.training.data.editing import apply_edits
from tastemaker.training.data.examples import Example, Report
from tastemaker.training.data.sources import Source
from tastemaker.training.data.tally import Tally

PREVIEW_ROWS = 200
SHOWN_EXAMPLES = 24


@dataclass(frozen=True, slots=True)
class Preview:
    """The counts over the rows looked at, and the first accepted examples with their pictures.

    ``picture_bytes`` is what the pictures of all good rows that were looked at take.
    """

    report: Report
    examples: tuple[Example, ...]
    picture_bytes: int = 0


def preview(
    source: Source,
    *,
    limit: int | None = PREVIEW_ROWS,
    shown: int = SHOWN_EXAMPLES,
    edits: Mapping[str, str | None] | None = None,
) -> Preview:
    """Read the first ``limit`` rows (all, when ``None``) as a training run would.

    The report is complete when the source holds no more rows. Raises as `Source.records`.
    """
    tally = Tally()
    examples: list[Example] = []
    complete = True
    picture_bytes = 0
    for number, record in enumerate(apply_edits(source.records(), edits or {})):
        if number == limit:
            complete = False
            break
        if not isinstance(record, Example):
            tally.reject(record)
            continue
        picture_bytes += len(record.picture)
        is_new = tally.accept(record.key, record.content, record.digest, record.feedback)
        if is_new and len(examples) < shown:
            examples.append(record)
    report = tally.report(source.name, source.mapping, complete=complete)
    return Preview(report, tuple(examples), picture_bytes)


def as_dict(found: Preview, thumbnail: Callable[[bytes], str] | None = None) -> dict[str, Any]:
    """A preview as JSON-ready values; ``thumbnail`` makes a small picture, as text, of a large."""
    return {
        "report": found.report.to_dict(),
        "picture_bytes": found.picture_bytes,
        "examples": [
            {
                "key": example.key,
                "caption": example.caption,
                "feedback": example.feedback,
                "thumbnail": thumbnail(example.picture) if thumbnail is not None else None,
            }
            for example in found.examples
        ],
    }
