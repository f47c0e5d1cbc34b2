"""Datasets on this machine's disk: a data file, or a folder of data files or captioned pictures.

Knows no hub. A path comes from the operator's command line only, never from a request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tastemaker.errors import InvalidInput, NotFound
from tastemaker.training.data.checking import Limits, RowError, make_record
from tastemaker.training.data.columns import Columns
from tastemaker.training.data.examples import ColumnMapping, Record
from tastemaker.training.data.sources import Source
from tastemaker.training.data.tables import READABLE, DataFile, kind_of, read_inside
from tastemaker.training.data.tabular import TabularSource

METADATA_STEM = "metadata"
PICTURE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".avif", ".tif", ".tiff"}
)
_CAPTION_SUFFIX = ".txt"


def open_path(path: Path, columns: Columns, limits: Limits) -> Source:
    """Open a data file or a folder.

    A folder is read by its ``metadata.jsonl``, ``.csv`` or ``.parquet`` files (whose ``file_name``
    names pictures beside them), else as pictures with a ``.txt`` of the same name beside each,
    else as the data files in it.

    Raises:
        NotFound: there is nothing. InvalidInput: nothing in it can be trained on.
    """
    if path.is_file():
        kind = kind_of(path.name)
        if kind is None:
            raise InvalidInput(f"{path.name} is no data file. Readable are: {READABLE}.")
        return _tabular(path, path.parent, [path], columns, limits)
    if not path.is_dir():
        raise NotFound(f"There is no file or folder {path}. Check the spelling.")
    files = sorted(file for file in _walk(path) if not _hidden(file, path))
    tables = [file for file in files if kind_of(file.name) is not None]
    metadata = [file for file in tables if file.name.partition(".")[0] == METADATA_STEM]
    pictures = [file for file in files if file.suffix.lower() in PICTURE_SUFFIXES]
    if metadata:
        return _tabular(path, path, metadata, columns, limits)
    if any(file.with_suffix(_CAPTION_SUFFIX).is_file() for file in pictures):
        return PairSource(path, pictures, limits)
    if tables:
        return _tabular(path, path, tables, columns, limits)
    if pictures:
        raise InvalidInput(
            f"{path} holds {len(pictures)} pictures but no captions. Put a .txt file of the same"
            " name beside each, or a metadata.jsonl with file_name and text in each line."
        )
    raise InvalidInput(
        f"{path} holds nothing to train on: pictures with captions, or data files ({READABLE})."
    )


class PairSource:
    """Pictures of a folder, the caption of each in a ``.txt`` of the same name beside it."""

    def __init__(self, folder: Path, pictures: Sequence[Path], limits: Limits) -> None:
        self.name = str(folder)
        self.mapping = ColumnMapping(
            "file", None, "Pictures of the folder, captions from the .txt file beside each."
        )
        self._folder = folder
        self._pictures = list(pictures)
        self._limits = limits
        captions = [path.with_suffix(_CAPTION_SUFFIX) for path in pictures]
        self.fingerprint = _fingerprint(folder, [*pictures, *captions])
        self.size_bytes = _total(pictures)

    def records(self, after: str | None = None) -> Iterator[Record]:
        """As `Source.records`; a key is the picture's path within the folder."""
        skipping = after is not None
        for path in self._pictures:
            key = path.relative_to(self._folder).as_posix()
            if not skipping:
                yield self._record(key, path)
            elif key == after:
                skipping = False

    def _record(self, key: str, path: Path) -> Record:
        try:
            picture = read_inside(path, self._folder)
        except RowError as error:
            return error.rejected(key, self.name)
        try:
            caption = read_inside(path.with_suffix(_CAPTION_SUFFIX), self._folder)
        except RowError:
            caption = None
        return make_record(key, picture, caption, self.name, self._limits)


def _tabular(
    path: Path, root: Path, files: Sequence[Path], columns: Columns, limits: Limits
) -> TabularSource:
    found = []
    for file in files:
        kind = kind_of(file.name)
        assert kind is not None
        name = file.relative_to(root).as_posix()
        found.append(DataFile(name, str(file), kind, str(root), file.stat().st_size))
    return TabularSource(str(path), found, columns, limits, _fingerprint(root, files))


def _walk(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _fingerprint(folder: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256(str(folder).encode())
    for path in files:
        try:
            found = path.stat()
        except OSError:
            continue
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _total(files: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in files)
