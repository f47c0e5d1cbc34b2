"""A source of data files: their columns found on the first rows, their rows checked one by one.

Knows neither where the files come from nor how they are read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tastemaker.errors import InvalidInput
from tastemaker.training.data.checking import Limits, RowError, make_record, picture_bytes
from tastemaker.training.data.columns import FILE_NAME, PROBED_ROWS, Columns, Row, detect
from tastemaker.training.data.examples import ColumnMapping, Reason, Record
from tastemaker.training.data.tables import DataFile, Table

# Rows looked at to find `PROBED_ROWS` readable ones.
_TRIED_ROWS = 20 * PROBED_ROWS


class TabularSource:
    """The examples of some data files, in the order of the files and their rows."""

    def __init__(
        self,
        name: str,
        files: Sequence[DataFile],
        columns: Columns,
        limits: Limits,
        fingerprint: str | None,
    ) -> None:
        """Raises `InvalidInput` when the columns can't be told; network errors as they come."""
        self.name = name
        self.fingerprint = fingerprint
        self._tables = [Table(file) for file in files]
        self._limits = limits
        self.mapping = self._detect(columns)
        sizes = [file.size for file in files]
        self.size_bytes = None if None in sizes else sum(size or 0 for size in sizes)

    def records(self, after: str | None = None) -> Iterator[Record]:
        """As `Source.records`."""
        tables = iter(self._tables)
        if after is not None:
            file, _, row = after.rpartition(":")
            for table in tables:
                if table.file.name == file:
                    if row != "rest":
                        behind = itertools.dropwhile(lambda found: found[0] != after, table.rows())
                        yield from self._checked(table, itertools.islice(behind, 1, None))
                    break
        for table in tables:
            yield from self._checked(table, table.rows())

    def _checked(
        self, table: Table, rows: Iterator[tuple[str, Row | RowError]]
    ) -> Iterator[Record]:
        for key, row in rows:
            if isinstance(row, RowError):
                yield row.rejected(key, self.name)
            else:
                yield self._record(table, key, row)

    def _record(self, table: Table, key: str, row: Row) -> Record:
        if self.mapping.image not in row:
            missing = RowError(Reason.NO_PICTURE, f"It has no column {self.mapping.image!r}.")
            return missing.rejected(key, self.name)
        try:
            picture = _read(table, self.mapping.image, row)
        except RowError as error:
            return error.rejected(key, self.name)
        caption = row.get(self.mapping.caption) if self.mapping.caption else None
        return make_record(key, picture, caption, self.name, self._limits)

    def _detect(self, columns: Columns) -> ColumnMapping:
        why = "it has no rows"
        for table in self._tables:
            tried = itertools.islice(table.rows(), _TRIED_ROWS)
            rows: list[Mapping[str, Any]] = []
            for _, row in tried:
                if isinstance(row, RowError):
                    why = str(row)
                else:
                    rows.append(row)
                if len(rows) == PROBED_ROWS:
                    break
            if not rows:
                continue

            def read(column: str, row: Row, table: Table = table) -> bytes:
                return _read(table, column, row)

            names = list(dict.fromkeys(name for row in rows for name in row if name is not None))
            features = table.image_features()
            return detect(names, features, rows, columns, self._limits, read)
        raise InvalidInput(f"{self.name} holds nothing to train on: {why}.")


def _read(table: Table, column: str, row: Row) -> bytes:
    if column == FILE_NAME and table.file.root is not None:
        return table.read_beside(row.get(column))
    return picture_bytes(row.get(column))
