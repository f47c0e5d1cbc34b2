"""The rows of one data file (parquet, CSV, JSON lines, JSON), streamed through `datasets`.

Knows no columns' meaning and no hub policy: a file's address may be a local path or ``hf://…``.
Text formats are read as lines and parsed one by one here, because the library's own readers give
up on a whole file for one broken row, guess types ("NA" becomes nothing) and can't say which row.
"""

from __future__ import annotations

import csv
import itertools
import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import datasets
from datasets.utils.file_utils import xopen

from tastemaker.training.data.checking import RowError
from tastemaker.training.data.examples import Reason

# By itself the library counts every load, of local files too, on a server of its makers.
datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False

# Rows held in memory at once: a row group of parquet may be gigabytes of pictures.
_BATCH_ROWS = 16
_LONGEST_FIELD = 2**28
_LARGEST_PICTURE = 2**28


class FileKind(StrEnum):
    """How a data file is read."""

    PARQUET = "parquet"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"


_SUFFIXES = {
    ".parquet": FileKind.PARQUET,
    ".csv": FileKind.CSV,
    ".tsv": FileKind.TSV,
    ".jsonl": FileKind.JSON,
    ".ndjson": FileKind.JSON,
    ".json": FileKind.JSON,
}
READABLE = "parquet, CSV, TSV, JSON and JSONL, the text formats also as .gz"


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of rows.

    ``name`` begins the keys of its rows; ``address`` is an absolute path or an ``hf://`` address.
    ``root`` is the folder (or address) that pictures named by the rows may not leave; ``None`` when
    rows can't name files.
    """

    name: str
    address: str
    kind: FileKind
    root: str | None = None
    size: int | None = None

    @property
    def is_remote(self) -> bool:
        """Whether it is read over the network."""
        return self.address.startswith("hf://")


def kind_of(name: str) -> FileKind | None:
    """How a file of that name is read; ``None`` when it holds no rows."""
    name = name.lower()
    suffix = posixpath.splitext(name.removesuffix(".gz"))[1]
    kind = _SUFFIXES.get(suffix)
    return None if kind is FileKind.PARQUET and name.endswith(".gz") else kind


class Table:
    """The rows of a data file and what its schema says."""

    def __init__(self, file: DataFile) -> None:
        self.file = file

    def rows(self) -> Iterator[tuple[str, Mapping[str, Any] | RowError]]:
        """Each row with its key, ``<file>:<row>``; a row that can't be read is a `RowError`.

        Text formats count lines from 1, as editors do; parquet counts rows from 1. When the file
        can't be read any further, one `RowError` with the key ``<file>:rest`` says so.

        Raises:
            OSError, httpx errors: from the network, for files that are remote.
        """
        try:
            for number, row in self._numbered():
                yield f"{self.file.name}:{number}", row
        except Exception as error:  # the library raises nearly anything on a damaged file
            if self.file.is_remote and not _is_damage(error):
                raise
            detail = f"The rest of {self.file.name} can't be read: {_first_line(error)}"
            yield f"{self.file.name}:rest", RowError(Reason.BROKEN_ROW, detail)

    def image_features(self) -> list[str]:
        """Columns that the file itself declares to be pictures."""
        if self.file.kind is not FileKind.PARQUET:
            return []
        try:
            features = self._load("parquet", batch_size=_BATCH_ROWS).features or {}
        except Exception as error:
            if self.file.is_remote and not _is_damage(error):
                raise
            return []
        return [name for name, kind in features.items() if isinstance(kind, datasets.Image)]

    def read_beside(self, name: object) -> bytes:
        """The file that a row names, relative to this data file. Raises `RowError`."""
        if not isinstance(name, str) or not name.strip():
            raise RowError(Reason.NO_PICTURE)
        if self.file.root is None:
            raise RowError(Reason.OUTSIDE, "Rows of this dataset can't name files.")
        if self.file.is_remote:
            return self._read_remote(name, self.file.root)
        return read_inside(Path(self.file.address).parent / name, Path(self.file.root))

    def _read_remote(self, name: str, root: str) -> bytes:
        folder = posixpath.dirname(self.file.address).removeprefix(root).strip("/")
        path = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
        if path.startswith(("/", "../")) or path == ".." or "://" in name:
            raise RowError(Reason.OUTSIDE, name[:200])
        try:
            with xopen(f"{root}/{path}", "rb") as file:
                return bytes(file.read(_LARGEST_PICTURE))
        except FileNotFoundError as error:
            raise RowError(Reason.MISSING_FILE, name[:200]) from error

    def _numbered(self) -> Iterator[tuple[int, Mapping[str, Any] | RowError]]:
        match self.file.kind:
            case FileKind.PARQUET:
                rows = self._load("parquet", batch_size=_BATCH_ROWS).decode(False)
                return enumerate(rows, 1)
            case FileKind.CSV:
                return _csv_rows(self._lines(), ",")
            case FileKind.TSV:
                return _csv_rows(self._lines(), "\t")
            case FileKind.JSON:
                return self._json_rows()

    def _json_rows(self) -> Iterator[tuple[int, Mapping[str, Any] | RowError]]:
        lines = self._lines()
        head = list(itertools.islice(lines, 1))
        if head and head[0].lstrip("\ufeff \t").startswith("["):
            return enumerate(self._load("json"), 1)
        return _json_lines(itertools.chain(head, lines))

    def _lines(self) -> Iterator[str]:
        """Lines with their line break, unpacked when the name ends in ``.gz``."""
        loaded = self._load("text", keep_linebreaks=True, encoding_errors="replace")
        for row in loaded:
            yield row["text"]

    def _load(self, builder: str, **options: Any) -> datasets.IterableDataset:
        return datasets.load_dataset(
            builder, data_files=[self.file.address], split="train", streaming=True, **options
        )


def read_inside(path: Path, root: Path) -> bytes:
    """The bytes of a local file that must lie in ``root``, links followed. Raises `RowError`."""
    try:
        real = path.resolve()
        if not real.is_relative_to(root.resolve()):
            raise RowError(Reason.OUTSIDE, str(path)[-200:])
        if not real.is_file():
            raise RowError(Reason.MISSING_FILE, path.name[:200])
        with real.open("rb") as file:
            return file.read(_LARGEST_PICTURE)
    except (OSError, ValueError) as error:
        raise RowError(Reason.MISSING_FILE, f"{path.name[:200]}: {_first_line(error)}") from error


def _json_lines(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any] | RowError]]:
    for number, line in enumerate(lines, 1):
        if not (line := line.strip("\ufeff \t\r\n")):
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, RowError(Reason.BROKEN_ROW, f"It is no valid JSON: {_first_line(error)}")
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            yield number, RowError(Reason.BROKEN_ROW, "It is no JSON object.")


def _csv_rows(
    lines: Iterator[str], delimiter: str
) -> Iterator[tuple[int, Mapping[str, Any] | RowError]]:
    # The library-wide limit of 128 KiB is less than most pictures.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    head = next(lines, "").lstrip("\ufeff")
    reader = csv.reader(itertools.chain([head], lines), delimiter=delimiter, strict=True)
    header = next(reader, [])
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield start, RowError(Reason.BROKEN_ROW, f"It is no valid CSV: {_first_line(error)}")
            continue
        if len(row) == len(header):
            yield start, dict(zip(header, row, strict=True))
        elif row:
            detail = f"It has {len(row)} fields, the header has {len(header)}."
            yield start, RowError(Reason.BROKEN_ROW, detail)


def _is_damage(error: BaseException) -> bool:
    """Whether the file's content is at fault, and not the way to it."""
    found: BaseException | None = error
    while found is not None:
        if type(found).__module__.split(".")[0] in ("httpx2", "httpx", "huggingface_hub"):
            return False
        if isinstance(found, ConnectionError | TimeoutError):
            return False
        found = found.__cause__ or found.__context__
    return True


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
