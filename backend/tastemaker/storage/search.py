"""Full-text search: what a person types becomes a condition on ``images``.

The only module with SQLite's own SQL for queries (FTS5); PostgreSQL would get its twin here.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    UnaryExpression,
    and_,
    column,
    func,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.sql.operators import custom_op

from tastemaker.storage.tables import images

MAX_TERMS = 32
_MAX_TERM_LENGTH = 200
_FEW = 2000
_COLUMNS = ("prompt", "negative_prompt", "title", "tags")
_NAMES = ", ".join(_COLUMNS)
_NEW = ", ".join(f"new.{name}" for name in _COLUMNS)
_OLD = ", ".join(f"old.{name}" for name in _COLUMNS)
_REMOVE = (
    f"INSERT INTO image_search (image_search, rowid, {_NAMES}) VALUES ('delete', old.id, {_OLD});"
)
_ADD = f"INSERT INTO image_search (rowid, {_NAMES}) VALUES (new.id, {_NEW});"

SCHEMA = (
    f"CREATE VIRTUAL TABLE image_search USING fts5({_NAMES}, content='images', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    f"CREATE TRIGGER tastemaker_search_insert AFTER INSERT ON images BEGIN {_ADD} END",
    f"CREATE TRIGGER tastemaker_search_delete AFTER DELETE ON images BEGIN {_REMOVE} END",
    f"CREATE TRIGGER tastemaker_search_update AFTER UPDATE OF {_NAMES} ON images"
    f" BEGIN {_REMOVE} {_ADD} END",
    "INSERT INTO image_search (image_search) VALUES ('rebuild')",
)


def matching(query: str) -> ColumnElement[bool]:
    """Rows that have every word of ``query`` in their prompt, negative prompt, title or tags.

    Case and accents don't matter, and the last word may be unfinished. Nothing in it is an
    operator. Scripts written without spaces, emoji and bare punctuation have no words that the
    index knows: they are looked for literally. Words beyond the first 32 are ignored; no words
    match everything.
    """
    terms = _terms(query)
    conditions = [_contains(term) for term in terms if _is_literal(term)]
    indexed = _indexed(terms)
    if indexed is not None:
        conditions.append(images.c.id.in_(indexed))
    return and_(true(), *conditions)


def finds_few(connection: Connection, query: str) -> bool:
    """Whether so few rows match that sorting them is cheaper than walking a listing for them."""
    indexed = _indexed(_terms(query))
    if indexed is None:
        return False
    some = select(func.count()).select_from(indexed.limit(_FEW + 1).subquery())
    return (connection.scalar(some) or 0) <= _FEW


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, but SQLite won't look for it in an index."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _terms(query: str) -> list[str]:
    clean = query.encode("utf-8", "replace").decode().replace("\0", " ")
    return [term[:_MAX_TERM_LENGTH] for term in clean.split()[:MAX_TERMS]]


def _indexed(terms: list[str]) -> Select[int] | None:
    """The ids that the index finds for those ``terms`` that it knows; ``None`` without such."""
    quoted = [f'"{term.replace(chr(34), chr(34) * 2)}"' for term in terms if not _is_literal(term)]
    if not quoted:
        return None
    unfinished = "" if _is_literal(terms[-1]) else "*"
    matches = text("image_search MATCH :terms").bindparams(terms=" AND ".join(quoted) + unfinished)
    return select(column("rowid", Integer)).select_from(table("image_search")).where(matches)


def _contains(term: str) -> ColumnElement[bool]:
    return or_(*(func.instr(images.c[name], term) > 0 for name in _COLUMNS))


def _is_literal(term: str) -> bool:
    return not any(map(_in_a_word, term)) or any(map(_runs_together, term))


def _in_a_word(character: str) -> bool:
    """Whether FTS5's unicode61 takes this character for part of a word."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"


def _runs_together(character: str) -> bool:
    """Whether its script is written without spaces, so that unicode61 sees no words in it."""
    code = ord(character)
    return (
        0x0E00 <= code <= 0x0EFF  # Thai, Lao
        or 0x1000 <= code <= 0x109F  # Myanmar
        or 0x1780 <= code <= 0x17FF  # Khmer
        or 0x3040 <= code <= 0x30FF  # Hiragana, Katakana
        or 0x3400 <= code <= 0x9FFF  # Han
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )
