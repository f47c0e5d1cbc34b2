"""Where examples come from: telling a source's name apart, and opening it.

Knows the kinds of sources but no format; each kind has a module of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from tastemaker.errors import FieldError, InvalidInput
from tastemaker.gallery import Gallery
from tastemaker.settings import Settings
from tastemaker.training.data.checking import Limits
from tastemaker.training.data.columns import Columns
from tastemaker.training.data.examples import ColumnMapping, Record

DEFAULT_DATASET = "LeroyDyer/image-description_text_to_image_BASE64"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_PATH = re.compile(
    r"[A-Za-z]:[\\/].*|.*\.(parquet|((csv|tsv|jsonl|ndjson|json)(\.gz)?))", re.IGNORECASE
)
_CHOSEN = re.compile(r"gallery:(?P<ids>\d{1,18}(,\d{1,18})*)", re.ASCII)
_REVISION = re.compile(r"[\w./-]{1,100}", re.ASCII)
_DATASET_PAGE = re.compile(r"https?://[^/]+/datasets/(?P<id>[^/?#]+/[^/?#]+)/?")


class SourceKind(StrEnum):
    """The kinds of sources."""

    GALLERY = "gallery"
    HUB = "hub"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Which source. ``location`` is a hub id or a path; ``split``, ``config`` and ``revision`` are
    a hub dataset's, ``None`` for its defaults. Of the gallery ``rated_only`` takes rated pictures,
    and ``image_ids`` takes those alone, rated or not.
    """

    kind: SourceKind
    location: str = ""
    split: str | None = None
    config: str | None = None
    revision: str | None = None
    rated_only: bool = True
    image_ids: tuple[int, ...] = ()


class Source(Protocol):
    """An opened source: its columns are known, and its examples can be read any number of times."""

    @property
    def name(self) -> str:
        """What it is, for people and for the version's lineage (a hub dataset with its commit)."""

    @property
    def fingerprint(self) -> str | None:
        """Equal only for sources that give the same records; ``None`` when nobody can tell."""

    @property
    def mapping(self) -> ColumnMapping:
        """Where picture and caption come from."""

    @property
    def size_bytes(self) -> int | None:
        """About how much its pictures take on disk; ``None`` when unknown."""

    def records(self, after: str | None = None) -> Iterator[Record]:
        """Every row in a stable order, or those behind the row of the key ``after``.

        Holds a few rows in memory at a time.

        Raises:
            HubUnreachable: the network failed on the way.
        """


@runtime_checkable
class Compared(Protocol):
    """A source that also knows which of two of its examples the owner preferred."""

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Keys of the preferred and of the rejected example, in a stable order."""


def pairs_of(source: Source) -> tuple[tuple[str, str], ...]:
    """The pairs of a source that knows some."""
    return source.pairs() if isinstance(source, Compared) else ()


def parse_source(
    text: str, *, allow_paths: bool = True, split: str | None = None, config: str | None = None
) -> SourceSpec:
    """What the operator means by ``text``.

    ``gallery`` (rated pictures), ``gallery:all``, ``gallery:7,12`` (these), a hub dataset
    (``owner/name``, with ``@revision`` if wanted, ``hub:owner/name``, or its page's address), or a
    path: whatever begins with ``/``, ``./``, ``../`` or ``~``, or ends like a data file.

    Raises:
        InvalidInput: none of these, a path where none is allowed, or a name that could be both.
    """
    text = text.strip()
    if text in ("gallery", "gallery:all"):
        return SourceSpec(SourceKind.GALLERY, rated_only=text == "gallery")
    if chosen := _CHOSEN.fullmatch(text):
        ids = tuple(dict.fromkeys(int(number) for number in chosen["ids"].split(",")))
        return SourceSpec(SourceKind.GALLERY, image_ids=ids)
    page = _DATASET_PAGE.fullmatch(text)
    explicit = text.startswith("hub:") or page is not None
    name = page["id"] if page else text.removeprefix("hub:")
    identifier, at, revision = name.partition("@")
    is_id = _HUB_ID.fullmatch(identifier) is not None and ".." not in identifier
    if at and not _REVISION.fullmatch(revision):
        is_id = False
    if explicit and not is_id:
        raise _wrong(f"{name!r} can't be the id of a hub dataset: it is written owner/name.")
    if explicit or (is_id and not _is_path(text)):
        if not explicit and allow_paths and Path(text).exists():
            raise _wrong(f"{text!r} may be a dataset or a path: write hub:{text} or ./{text}.")
        return SourceSpec(SourceKind.HUB, identifier, split, config, revision or None)
    if not text or "\0" in text or "://" in text:
        raise _wrong(f"{text!r} is no source. {_ALLOWED}")
    if not allow_paths:
        raise _wrong(f"{text!r} is no source that can be used from here. {_ALLOWED_HERE}")
    if not _is_path(text) and not Path(text).exists():
        raise _wrong(f"{text!r} is no source. {_ALLOWED}")
    return SourceSpec(SourceKind.PATH, str(Path(text).expanduser().resolve()))


def open_source(
    spec: SourceSpec,
    settings: Settings,
    *,
    gallery: Gallery | None = None,
    columns: Columns | None = None,
    style: str | None = None,
) -> Source:
    """Open ``spec`` and find its columns.

    ``columns`` overrides the detection. ``style`` are words put behind the captions of chosen
    pictures. ``gallery`` is needed for the gallery's pictures only.

    Raises:
        InvalidInput: nothing to train on there, or columns that can't be told.
        NotFound: no such path or hub dataset.
        HubUnreachable: the hub can't be reached, refuses, or must not be asked (offline).
    """
    limits = Limits(max_pixels=settings.max_upload_pixels)
    columns = columns or Columns()
    # The modules of datasets load pandas and pyarrow, which takes seconds and isn't always needed.
    match spec.kind:
        case SourceKind.GALLERY:
            from tastemaker.training.data.rated import ChosenSource, GallerySource

            if gallery is None:
                raise _wrong("The gallery isn't at hand here.")
            if spec.image_ids:
                return ChosenSource(gallery, limits, spec.image_ids, style)
            return GallerySource(gallery, limits, rated_only=spec.rated_only)
        case SourceKind.HUB:
            from tastemaker.training.data.hub import open_hub

            return open_hub(
                spec.location,
                settings,
                columns,
                limits,
                split=spec.split,
                config=spec.config,
                revision=spec.revision,
            )
        case SourceKind.PATH:
            from tastemaker.training.data.local import open_path

            return open_path(Path(spec.location), columns, limits)


_ALLOWED_HERE = "Write gallery, gallery:all, gallery:7,12 or a hub dataset (owner/name)."
_ALLOWED = (
    "Write gallery, gallery:all, gallery:7,12 (numbers of pictures), a hub dataset (owner/name), "
    "or the path of a folder or data file (beginning with / or ./)."
)


def _is_path(text: str) -> bool:
    starts = text.startswith(("/", "./", "../", "~", ".\\", "..\\")) or text in (".", "..")
    return starts or _PATH.fullmatch(text) is not None


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(message, (FieldError("source", message),))
