"""Many prompts as one text: one per line, or CSV with a header that names parameters.

Knows where every row stands in the text, so that what is wrong can be said by line; knows not what
a value may be.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_ROWS = 5000
PROMPT = "prompt"
# What other programs call the same.
_ALIASES = {
    "steps": "num_inference_steps",
    "num_steps": "num_inference_steps",
    "cfg": "guidance_scale",
    "cfg_scale": "guidance_scale",
    "guidance": "guidance_scale",
    "negative": "negative_prompt",
    "sampler_name": "sampler",
    "scheduler": "schedule",
    "count": "num_images",
    "n": "num_images",
    "images": "num_images",
    "style": "styles",
}


class TableFormat(StrEnum):
    """How the text is written; auto: CSV when its first line names a column ``prompt``."""

    AUTO = "auto"
    LINES = "lines"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One request as text: the number of its (first) line, and what each column says."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in a line, and in which column if it is one."""

    line: int
    field: str
    message: str

    @property
    def place(self) -> str:
        """``line 7`` or ``line 7, width``."""
        return f"line {self.line}" + (f", {self.field}" if self.field else "")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a text says: rows that can be read, and what is wrong with the others."""

    rows: tuple[Row, ...]
    wrong: tuple[Wrong, ...] = ()
    is_csv: bool = False
    columns: tuple[str, ...] = field(default=(PROMPT,))


def read_rows(text: str, form: TableFormat, known: frozenset[str]) -> Rows:
    """The rows of ``text``. ``known`` are the columns that there may be.

    Empty lines are passed over. A wrong line costs no other.
    """
    text = text.removeprefix("\ufeff")
    if form is TableFormat.LINES or (form is TableFormat.AUTO and not _looks_like_csv(text)):
        return _lines(text)
    return _csv(text, known)


def _lines(text: str) -> Rows:
    lines = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    rows = tuple(Row(number, {PROMPT: line.strip()}) for number, line in lines if line.strip())
    if len(rows) > MAX_ROWS:
        return Rows(rows[:MAX_ROWS], (_too_many(rows[MAX_ROWS].line),))
    return Rows(rows)


def _looks_like_csv(text: str) -> bool:
    first = next((line for line in text.splitlines() if line.strip()), "")
    names = [name.strip().strip('"').strip().lower() for name in first.split(_delimiter(first))]
    return PROMPT in names


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _csv(text: str, known: frozenset[str]) -> Rows:
    stream = io.StringIO(text, newline="")
    header = next((line for line in text.splitlines() if line.strip()), "")
    # A single prompt may be longer than the 128 KiB that the module allows by itself; the whole
    # text is bounded by whoever takes it in.
    reader = csv.reader(stream, delimiter=_delimiter(header), strict=True)
    rows: list[Row] = []
    wrong: list[Wrong] = []
    columns: tuple[str, ...] = ()
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            wrong.append(Wrong(line, "", f"can't be read as CSV ({error}); see its quotes"))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = tuple(_name(cell) for cell in cells)
            wrong += _wrong_header(line, columns, known)
            if wrong:
                return Rows((), tuple(wrong), True, columns)
            continue
        if len(rows) == MAX_ROWS:
            wrong.append(_too_many(line))
            break
        extra = [cell for cell in cells[len(columns) :] if cell.strip()]
        if extra:
            message = (
                f"has {len(cells)} cells, but there are {len(columns)} columns; a prompt with "
                'commas stands in "quotes"'
            )
            wrong.append(Wrong(line, "", message))
            continue
        values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        rows.append(Row(line, {name: value for name, value in values.items() if value}))
    return Rows(tuple(rows), tuple(wrong), True, columns)


def _name(cell: str) -> str:
    name = cell.strip().lower().replace(" ", "_")
    return _ALIASES.get(name, name)


def _wrong_header(line: int, columns: tuple[str, ...], known: frozenset[str]) -> list[Wrong]:
    if PROMPT not in columns:
        return [Wrong(line, "", f"names no column {PROMPT!r}; the first line names the columns")]
    unknown = [name for name in columns if name not in known]
    twice = [name for place, name in enumerate(columns) if name in columns[:place]]
    if unknown:
        allowed = ", ".join(sorted(known))
        return [Wrong(line, n[:40], f"is no parameter; there are: {allowed}") for n in unknown]
    return [Wrong(line, name, "is named twice") for name in twice]


def _too_many(line: int) -> Wrong:
    return Wrong(line, "", f"is one too many: at most {MAX_ROWS:,} prompts go into one batch")
