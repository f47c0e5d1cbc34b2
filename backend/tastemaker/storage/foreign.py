"""A database file that another program wrote to the specification's schema: making it ours.

Changes only what our schema needs; the other program's columns and tables stay, under another name
where ours has the same. SQLite's own SQL. Knows nothing of the pictures inside the rows.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from tastemaker.errors import DatabaseIncompatible, InsufficientDisk
from tastemaker.storage import tables

log = logging.getLogger(__name__)

COPY_SUFFIX = ".before-tastemaker"
_OURS = {*tables.metadata.tables, "image_search"} - {"images"}
# The specification's columns that an early version of such a program may not have had yet.
_OPTIONAL = {
    "created_at": "TIMESTAMP",
    "seed": "INTEGER",
    "params": "TEXT",
    "feedback": "INTEGER DEFAULT 0",
}
_REQUIRED = ("id", "prompt", "image_data")
# Columns that mean the same in any program, so that their text is worth taking over.
_TAKEN_OVER = ("negative_prompt", "model", "title")


def is_foreign(connection: Connection) -> bool:
    """Whether there are tables, but none of our bookkeeping."""
    names = inspect(connection).get_table_names()
    return bool(names) and "alembic_version" not in names


def check(connection: Connection, path: Path) -> None:
    """Raise `DatabaseIncompatible` unless there is an ``images`` table like the specification's."""
    columns = _columns(connection)
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        raise DatabaseIncompatible(
            f"{path} belongs to another program: it has no table `images` with the columns"
            f" {', '.join(_REQUIRED)}. Point TASTEMAKER_DATABASE_URL to another file."
        )
    kinds = connection.execute(
        text(
            "SELECT upper(type) FROM pragma_table_info('images')"
            " WHERE lower(name) = 'id' AND pk = 1"
        )
    ).scalars()
    if list(kinds) != ["INTEGER"]:
        raise DatabaseIncompatible(
            f"{path} has a table `images`, but its `id` is not an INTEGER PRIMARY KEY."
            " Point TASTEMAKER_DATABASE_URL to another file."
        )


def safety_copy(path: Path) -> Path:
    """Copy the file beside itself before it is first changed; an earlier copy is never replaced.

    Raises:
        InsufficientDisk: no room for the copy and for the pictures that move out.
    """
    copy = path.with_name(path.name + COPY_SUFFIX)
    if copy.exists():
        return copy
    needed, free = 2 * path.stat().st_size, shutil.disk_usage(path.parent).free
    if needed > free:
        raise InsufficientDisk(
            f"Opening {path} for the first time needs {needed >> 20} MiB beside it for a safety"
            f" copy and its pictures; {free >> 20} MiB are free. Nothing was changed: make room"
            " and start again."
        )
    unfinished = copy.with_name(copy.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(unfinished)) as target,
    ):
        source.backup(target)
    unfinished.replace(copy)
    log.info("%s was written by another program; a copy as it was is in %s", path, copy)
    return copy


def prepare(connection: Connection) -> dict[str, str]:
    """Make room for our migrations: missing columns, free names for ours, sane ratings.

    Returns our column names with the name under which the other program's values now are, for
    `take_over`.
    """
    for name in inspect(connection).get_table_names():
        if name.lower() in _OURS:
            other = _unused(f"{name}_before_tastemaker", set(inspect(connection).get_table_names()))
            connection.execute(text(f'ALTER TABLE "{name}" RENAME TO "{other}"'))
            log.warning("The other program's table %s is now called %s", name, other)
    columns = _columns(connection)
    for name, kind in _OPTIONAL.items():
        if name not in columns:
            connection.execute(text(f"ALTER TABLE images ADD COLUMN {name} {kind}"))
    renamed = {}
    specified = {*_REQUIRED, *_OPTIONAL}
    for column in tables.images.c:
        if column.name in columns and column.name not in specified:
            other = _unused(f"{column.name}_before_tastemaker", set(columns.values()))
            old = columns[column.name]
            connection.execute(text(f'ALTER TABLE images RENAME COLUMN "{old}" TO "{other}"'))
            renamed[column.name] = other
    # A rating may be any number, text or nothing; `take_over` keeps what wasn't -1, 0 or 1.
    connection.execute(
        text(
            "CREATE TEMP TABLE odd_ratings AS SELECT id AS image_id, 'feedback' AS name,"
            " CAST(feedback AS TEXT) AS value FROM images"
            " WHERE feedback IS NULL OR feedback NOT IN (-1, 0, 1)"
        )
    )
    connection.execute(
        text(
            "UPDATE images SET feedback ="
            " CASE WHEN typeof(feedback) NOT IN ('integer', 'real') THEN 0"
            " ELSE (feedback > 0) - (feedback < 0) END"
            " WHERE id IN (SELECT image_id FROM odd_ratings)"
        )
    )
    return renamed


def take_over(connection: Connection, renamed: dict[str, str]) -> None:
    """After the migrations: fill our columns from the other program's, and keep odd originals."""
    for name in _TAKEN_OVER:
        if name in renamed:
            connection.execute(
                text(
                    f'UPDATE images SET {name} = CAST("{renamed[name]}" AS TEXT)'
                    f' WHERE "{renamed[name]}" IS NOT NULL'
                )
            )
    connection.execute(
        text(
            "INSERT INTO image_originals (image_id, name, value)"
            " SELECT image_id, name, value FROM odd_ratings WHERE value IS NOT NULL"
        )
    )
    connection.execute(text("DROP TABLE odd_ratings"))


def _columns(connection: Connection) -> dict[str, str]:
    """The columns of ``images`` by lower-case name, as the other program spelled them."""
    rows = connection.execute(text("SELECT name FROM pragma_table_info('images')")).scalars()
    return {str(name).lower(): str(name) for name in rows}


def _unused(name: str, taken: set[str]) -> str:
    lowered = {other.lower() for other in taken}
    while name.lower() in lowered:
        name += "_"
    return name
