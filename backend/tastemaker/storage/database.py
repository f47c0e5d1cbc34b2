"""The database: connections, transactions and bringing the schema up to date.

Knows no rules of images or jobs. SQLite only for now, shared by the web server, the worker and the
CLI at once; what is SQLite's own is here, in `search` and in `foreign`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from tastemaker.errors import DatabaseIncompatible, SettingsError
from tastemaker.storage import adoption, foreign
from tastemaker.storage.blobs import BlobStore

log = logging.getLogger(__name__)

BUSY_SECONDS = 30
_WRITES = "tastemaker_writes"


class Database:
    """The database of one URL. Safe for many threads; each process makes (or inherits) its own.

    `read` and `write` give a SQLAlchemy `Connection` inside a transaction.
    """

    def __init__(self, url: str) -> None:
        """Raises `SettingsError` when ``url`` is no SQLite file."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise SettingsError(
                f"TASTEMAKER_DATABASE_URL={url!r} is not a database URL."
                " Write sqlite:/// and the path of a file."
            ) from error
        is_file = parsed.database not in (None, "", ":memory:") and "?" not in url
        if parsed.get_backend_name() != "sqlite" or not is_file:
            raise SettingsError(
                f"TASTEMAKER_DATABASE_URL={parsed.render_as_string()!r} is not supported:"
                " write sqlite:/// and the path of a file, without a question mark in it."
            )
        self.path = Path(str(parsed.database))
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._writer: Engine | None = None
        self._pid = os.getpid()

    def upgrade(self, blobs: BlobStore) -> None:
        """Create the database, or bring an older one (also another program's) up to date.

        Pictures that rows still hold as base64 move to ``blobs``. Safe to interrupt at any moment
        and to call from several processes; quick when there is nothing to do.

        Raises:
            DatabaseIncompatible: the file is no database of pictures, or newer than this program.
            InsufficientDisk: no room for the safety copy of another program's file.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(self.path, foreign_keys=False)
        try:
            with _understandable(self.path):
                self._upgrade_schema(engine)
        finally:
            engine.dispose()
        with _understandable(self.path):
            adoption.adopt(self, blobs)

    def _upgrade_schema(self, engine: Engine) -> None:
        with engine.connect() as connection:
            if self._is_current(connection):
                return
        # One transaction for everything: a kill leaves the file as it was.
        with engine.execution_options(**{_WRITES: True}).begin() as connection:
            if self._is_current(connection):
                return
            config = _alembic(connection)
            values = None
            if foreign.is_foreign(connection):
                foreign.check(connection, self.path)
                # Under the write lock, so that it is a copy of the file before anybody's changes.
                foreign.safety_copy(self.path)
                values = foreign.prepare(connection)
                command.stamp(config, "0001")
            command.upgrade(config, "head")
            if values is not None:
                foreign.take_over(connection, values)

    def _is_current(self, connection: Connection) -> bool:
        scripts = ScriptDirectory.from_config(_alembic(connection))
        found = MigrationContext.configure(connection).get_current_revision()
        if found is None:
            return False
        known = {script.revision for script in scripts.walk_revisions()}
        if found not in known:
            raise DatabaseIncompatible(
                f"The database {self.path} has schema {found!r}, which this version of Tastemaker"
                f" doesn't know (it knows up to {scripts.get_current_head()}). It was probably"
                " written by a newer version: update Tastemaker, or point"
                " TASTEMAKER_DATABASE_URL to another file."
            )
        return found == scripts.get_current_head()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database throughout. Don't write with it."""
        with self._get_engine().connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection with the write lock; committed at the end, rolled back on an exception."""
        with self._get_writer().begin() as connection:
            yield connection

    def vacuum_if_worthwhile(self) -> None:
        """Give the space of deleted rows back to the disk when it is more than half of the file."""
        raw = self._get_engine().raw_connection()
        try:
            cursor = raw.cursor()
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            if cursor.execute("PRAGMA freelist_count").fetchone()[0] * 2 > pages > 1000:
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except DatabaseError as error:
            log.warning("The space of moved pictures could not be given back yet: %s", error)
        finally:
            raw.close()

    def close(self) -> None:
        """Close all connections of this process; the object can be used again afterwards."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _get_engine(self) -> Engine:
        with self._lock:
            if self._engine is not None and self._pid != os.getpid():
                # SQLite connections must not be used, nor closed, on the other side of a fork.
                self._engine.dispose(close=False)
                self._engine = None
            if self._engine is None:
                self._pid = os.getpid()
                self._engine = _engine(self.path, foreign_keys=True)
                self._writer = self._engine.execution_options(**{_WRITES: True})
            return self._engine

    def _get_writer(self) -> Engine:
        """The same engine, for transactions that write."""
        self._get_engine()
        assert self._writer is not None
        return self._writer


def _engine(path: Path, *, foreign_keys: bool) -> Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=10,
        max_overflow=-1,
        # The connection that was used last has most of what it needs in its cache.
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def _connect(dbapi_connection: Any, _: object) -> None:
        # The driver's own transaction control off: it begins too late and never IMMEDIATE.
        dbapi_connection.isolation_level = None
        # Another program's text may not be UTF-8; one such row must not take a page down.
        dbapi_connection.text_factory = lambda data: data.decode("utf-8", "replace")
        for pragma in (
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            "synchronous = NORMAL",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
        ):
            dbapi_connection.execute(f"PRAGMA {pragma}")
        _use_wal(dbapi_connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE takes the write lock at once, where waiting is possible; upgrading a read
        # transaction later fails with "database is locked" when another process has written.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_wal(dbapi_connection: Any) -> None:
    """Switch the file to WAL. SQLite doesn't wait for the lock which that takes, so it is tried
    again until others had time to let go.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            dbapi_connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)


def _alembic(connection: Connection) -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _understandable(path: Path) -> Iterator[None]:
    """Turn the driver's errors about the file into what the operator can do."""
    try:
        yield
    except DatabaseError as error:
        cause = str(error.orig)
        if isinstance(error, OperationalError) and "locked" in cause:
            advice = "Another program is using it: close that program and start again."
        elif isinstance(error, OperationalError) and ("readonly" in cause or "unable" in cause):
            advice = "Check that this user may read and write the file and its folder."
        elif "not a database" in cause or "malformed" in cause:
            advice = (
                "It is not a SQLite database, or it is damaged: point TASTEMAKER_DATABASE_URL to"
                " another file, or restore this one from a backup."
            )
        else:
            raise
        raise DatabaseIncompatible(f"{path} can't be opened ({cause}). {advice}") from error
