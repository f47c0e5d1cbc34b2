"""The schema is what it says, upgrades are atomic and shared, other files are refused clearly."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from tastemaker.errors import DatabaseIncompatible, SettingsError
from tastemaker.storage import database as database_module
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.migrations.versions import v0001_images
from tastemaker.storage.pointer import ActiveModel
from tastemaker.storage.tables import images, metadata, settings
from tests.studio import Studio, open_studio

SPECIFIED = """
    CREATE TABLE images (id INTEGER PRIMARY KEY AUTOINCREMENT, prompt TEXT NOT NULL,
    image_data TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, seed INTEGER,
    params TEXT, feedback INTEGER DEFAULT 0)
"""


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path)


def upgrade(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    try:
        database.upgrade(BlobStore(path.parent / "blobs"))
    finally:
        database.close()


def test_the_first_migration_is_the_specifications_table(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = sqlite3.connect(":memory:")

    class Operations:
        class get_bind:  # noqa: N801
            class dialect:  # noqa: N801
                name = "sqlite"

        execute = connection.execute

    monkeypatch.setattr(v0001_images, "op", Operations)
    v0001_images.upgrade()
    other = sqlite3.connect(":memory:")
    other.execute(SPECIFIED)
    tables = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"

    def schema(found: sqlite3.Connection) -> list[tuple[str, str]]:
        return [(n, re.sub(r"\s+|(?<=\()\s", "", sql)) for n, sql in found.execute(tables)]

    assert schema(connection) == schema(other)


def test_the_migrations_make_the_tables_that_queries_expect(studio: Studio) -> None:
    with studio.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(context, metadata)
        actions = connection.exec_driver_sql(
            'SELECT "from", "table", on_delete FROM pragma_foreign_key_list(\'images\')'
        ).all()
    # The search index is SQLite's own; SQLite reports primary keys as nullable, and SQLAlchemy
    # doesn't see what happens on deletion when the reference was added with its column.
    ours = [
        change
        for change in found
        if "image_search" not in str(change)
        and change[0] not in ("add_fk", "remove_fk")
        and change[0][0] != "modify_nullable"
    ]
    assert ours == []
    assert set(actions) == {
        ("owner_id", "owners", "NO ACTION"),
        ("parent_id", "images", "SET NULL"),
        ("job_id", "jobs", "SET NULL"),
    }


def test_upgrading_again_changes_nothing(studio: Studio) -> None:
    studio.add()
    before = (studio.folder / "tastemaker.db").read_bytes()
    again = studio.restart()
    assert (studio.folder / "tastemaker.db").read_bytes() == before
    assert again.gallery.counts()["total"] == 1
    assert not list(studio.folder.glob("*.before-tastemaker"))


def test_connections_are_set_up_for_sharing(studio: Studio) -> None:
    with studio.database.read() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    expected = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 30_000}
    assert values == expected


@pytest.mark.parametrize(
    "values",
    [
        {"feedback": 2},
        {"owner_id": 99},
        {"width": -1},
        {"batch_index": -1},
        {"parent_id": 12345},
        {"job_id": "nobody"},
    ],
)
def test_the_database_refuses_impossible_rows(studio: Studio, values: dict[str, object]) -> None:
    row = {"prompt": "x", "image_data": "x", **values}
    with pytest.raises(IntegrityError), studio.database.write() as connection:
        connection.execute(insert(images).values(row))
    assert studio.gallery.counts()["total"] == 0


def test_a_failed_transaction_leaves_nothing(studio: Studio) -> None:
    with pytest.raises(IntegrityError), studio.database.write() as connection:
        connection.execute(insert(settings), [{"name": "a", "value": value} for value in "bc"])
    with studio.database.read() as connection:
        assert connection.execute(select(settings)).all() == []


def test_readers_see_one_state_and_never_wait_for_writers(studio: Studio) -> None:
    active = ActiveModel(studio.database)
    active.set("first")
    with studio.database.read() as connection:
        value = select(settings.c.value)
        assert connection.scalar(value) == "first"
        active.set("second")
        assert connection.scalar(value) == "first"
    assert active.get() == "second"


def test_writers_wait_for_each_other(studio: Studio) -> None:
    with studio.database.write() as connection:
        connection.execute(insert(settings).values(name="counter", value="0"))

    def count() -> None:
        for _ in range(20):
            with studio.database.write() as connection:
                one = settings.c.name == "counter"
                value = int(connection.scalar(select(settings.c.value).where(one)) or 0)
                connection.execute(settings.update().where(one).values(value=str(value + 1)))

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with studio.database.read() as connection:
        assert connection.scalar(select(settings.c.value)) == "120"


def test_who_waits_too_long_gets_an_error_of_the_library(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0)
    other = Database(f"sqlite:///{studio.database.path}")
    with (
        studio.database.write(),
        pytest.raises(OperationalError, match="locked"),
        other.write(),
    ):
        pass
    with other.write() as connection:
        connection.execute(insert(settings).values(name="a", value="b"))
    other.close()


def test_the_active_model_is_remembered(studio: Studio) -> None:
    assert ActiveModel(studio.database).get() is None
    ActiveModel(studio.database).set("starter")
    ActiveModel(studio.database).set("sd-v1-4")
    assert ActiveModel(studio.restart().database).get() == "sd-v1-4"


@pytest.mark.parametrize("content", [b"this is not a database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tastemaker.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseIncompatible, match="TASTEMAKER_DATABASE_URL"):
        upgrade(path)
    assert path.read_bytes() == content


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tastemaker.db").mkdir()
    with pytest.raises(DatabaseIncompatible, match="can't be opened"):
        upgrade(tmp_path / "tastemaker.db")


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "tastemaker.db").touch()
    assert open_studio(tmp_path).gallery.counts()["total"] == 0


def test_a_newer_schema_is_refused_and_kept(studio: Studio) -> None:
    studio.add()
    studio.database.close()
    path = studio.folder / "tastemaker.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseIncompatible, match=r"'9999'.*update Tastemaker"):
        upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM images").fetchone() == (1,)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "sqlite:////a?b.db"],
)
def test_other_databases_are_refused_by_name(url: str) -> None:
    with pytest.raises(SettingsError, match="TASTEMAKER_DATABASE_URL"):
        Database(url)


def test_passwords_stay_out_of_messages() -> None:
    with pytest.raises(SettingsError) as caught:
        Database("postgresql://me:secret@localhost/x")
    assert "secret" not in str(caught.value)


def test_a_percent_sign_in_the_path_is_no_problem(tmp_path: Path) -> None:
    folder = tmp_path / "50% ä"
    folder.mkdir()
    studio = open_studio(folder)
    assert studio.add() == 1
    assert (folder / "tastemaker.db").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_gets_connections_of_its_own(studio: Studio) -> None:
    studio.add()
    pid = os.fork()
    if pid == 0:
        ok = studio.gallery.counts()["total"] == 1 and studio.add("from the child") == 2
        os._exit(0 if ok else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert studio.gallery.get(2).prompt == "from the child"


UPGRADE = """
import sys
from pathlib import Path
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
folder = Path(sys.argv[1])
Database(f"sqlite:///{folder / 'tastemaker.db'}").upgrade(BlobStore(folder / "blobs"))
"""


def test_several_processes_may_create_the_database_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", UPGRADE, str(tmp_path)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert open_studio(tmp_path).gallery.counts()["total"] == 0


def test_a_file_that_another_program_is_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "tastemaker.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE theirs (id INTEGER)")
        other.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.5, other.execute, ["COMMIT"])
        release.start()
        with Database(f"sqlite:///{path}").read() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        release.join()


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
folder, left = Path(sys.argv[1]), int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    global left
    if statement.startswith(("CREATE", "ALTER", "INSERT")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

Database(f"sqlite:///{folder / 'tastemaker.db'}").upgrade(BlobStore(folder / "blobs"))
"""


@pytest.mark.parametrize("statements", [1, 4, 12, 30])
def test_a_kill_in_the_middle_of_the_migrations_leaves_the_file_as_it_was(
    tmp_path: Path, statements: int
) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(statements)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with closing(sqlite3.connect(tmp_path / "tastemaker.db")) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    studio = open_studio(tmp_path)
    assert studio.gallery.get(studio.add()).prompt == "a red apple"
