"""The gallery's ratings and a dataset as one source.

Knows no formats; each example keeps a key that tells which of the two it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tastemaker.domain import DataSource, TrainingRequest
from tastemaker.gallery import Gallery
from tastemaker.settings import Settings
from tastemaker.training.data.examples import ColumnMapping, Record
from tastemaker.training.data.sources import (
    DEFAULT_DATASET,
    Source,
    SourceKind,
    open_source,
    pairs_of,
    parse_source,
)

GALLERY = "gallery"
BOTH = "gallery+"
GALLERY_PREFIX = "gallery:"
DATASET_PREFIX = "dataset:"


class CombinedSource:
    """Every record of ``gallery``, then every record of ``dataset``."""

    def __init__(self, gallery: Source, dataset: Source) -> None:
        self._parts = ((GALLERY_PREFIX, gallery), (DATASET_PREFIX, dataset))
        self.name = f"{gallery.name}+{dataset.name}"
        self.mapping: ColumnMapping = dataset.mapping

    @property
    def fingerprint(self) -> str | None:
        """Both fingerprints; ``None`` when one of them isn't known."""
        found = [source.fingerprint for _, source in self._parts]
        return "+".join(mark for mark in found if mark) if all(found) else None

    @property
    def size_bytes(self) -> int | None:
        """Both sizes; ``None`` when one of them isn't known."""
        found = [source.size_bytes for _, source in self._parts]
        known = [size for size in found if size is not None]
        return sum(known) if len(known) == len(found) else None

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """As `Compared.pairs`: those of the parts."""
        return tuple(
            (prefix + better, prefix + worse)
            for prefix, source in self._parts
            for better, worse in pairs_of(source)
        )

    def records(self, after: str | None = None) -> Iterator[Record]:
        """As `Source.records`; keys are those of the parts with a prefix."""
        for prefix, source in self._parts:
            if after is not None and not after.startswith(prefix):
                continue
            behind = None if after is None else after.removeprefix(prefix)
            after = None
            for record in source.records(behind):
                yield replace(record, key=prefix + record.key, source=self.name)


def source_text(request: TrainingRequest) -> str:
    """How the terminal and a run's plan write a source: ``gallery+<dataset>`` is both."""
    if request.source is DataSource.FEEDBACK:
        return GALLERY
    if request.source is DataSource.PICTURES:
        return GALLERY_PREFIX + ",".join(map(str, request.image_ids))
    chosen = request.dataset or DEFAULT_DATASET
    return chosen if request.source is DataSource.DATASET else BOTH + chosen


def is_both(text: str) -> bool:
    """Whether a source's text means the gallery's ratings and a dataset together."""
    return text.strip().startswith(BOTH)


def learns_ratings(text: str) -> bool:
    """Whether a source's text means ratings of the gallery, alone or beside a dataset."""
    return is_both(text) or (reads_gallery(text) and not parse_source(text).image_ids)


def reads_gallery(text: str) -> bool:
    """Whether a source's text means pictures of the gallery, alone or beside a dataset."""
    return is_both(text) or parse_source(text).kind is SourceKind.GALLERY


def open_text(
    text: str,
    settings: Settings,
    gallery: Gallery | None,
    *,
    allow_paths: bool = True,
    style: str | None = None,
) -> Source:
    """Open what ``text`` means: as `parse_source` reads it, or ``gallery+`` before a dataset.

    ``style`` as in `open_source`. Raises as `parse_source` and `open_source`.
    """
    if not is_both(text):
        spec = parse_source(text, allow_paths=allow_paths)
        return open_source(spec, settings, gallery=gallery, style=style)
    rest = parse_source(text.strip().removeprefix(BOTH), allow_paths=allow_paths)
    ratings = open_source(parse_source(GALLERY), settings, gallery=gallery)
    return CombinedSource(ratings, open_source(rest, settings, gallery=gallery))
