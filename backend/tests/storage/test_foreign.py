"""A database of the specification's schema, filled by plain sqlite3, opens with nothing lost."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from tastemaker.errors import BlobMissing, DatabaseIncompatible, InsufficientDisk
from tastemaker.gallery import ImageFilter
from tastemaker.storage.pictures import media_type
from tests.storage.test_database import SPECIFIED, UPGRADE
from tests.studio import Studio, open_studio, png

PICTURE = png(1234, (40, 30))
BASE64 = base64.b64encode(PICTURE).decode()


def write(
    folder: Path, *statements: tuple[str, tuple[object, ...]], schema: str = SPECIFIED
) -> Path:
    """A database as another program leaves it: no WAL, no bookkeeping of ours."""
    path = folder / "tastemaker.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(schema)
        for statement in statements:
            connection.execute(*statement)
    return path


def row(prompt: str, image_data: object, **values: object) -> tuple[str, tuple[object, ...]]:
    columns = {"prompt": prompt, "image_data": image_data, **values}
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO images ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values())


def other_format(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 60)).save(out, kind)
    return out.getvalue()


SPELLINGS: dict[str, object] = {
    "plain": BASE64,
    "data uri": f"data:image/png;base64,{BASE64}",
    "data uri with parameters": f"DATA:image/png;name=a.png;BASE64, {BASE64}",
    "data uri, percent-encoded base64": f"data:image/png;base64,{quote(BASE64, safe='')}",
    "data uri without base64": f"data:image/png,{quote(PICTURE)}",
    "line breaks": base64.encodebytes(PICTURE).decode(),
    "windows line breaks": base64.encodebytes(PICTURE).decode().replace("\n", "\r\n"),
    "spaces around": f"  \n{BASE64}\t ",
    "no padding": BASE64.rstrip("="),
    "url-safe": base64.urlsafe_b64encode(PICTURE).decode(),
    "url-safe without padding": base64.urlsafe_b64encode(PICTURE).decode().rstrip("="),
    "python's bytes": str(base64.b64encode(PICTURE)),
    "json string": f'"{BASE64}"',
    "base64 as a blob": BASE64.encode(),
    "the picture as a blob": PICTURE,
}


def test_every_common_spelling_of_base64_becomes_the_same_picture(tmp_path: Path) -> None:
    write(tmp_path, *(row(name, data) for name, data in SPELLINGS.items()))
    studio = open_studio(tmp_path)
    found = studio.gallery.search(ImageFilter(), limit=100).items
    assert {image.prompt for image in found} == set(SPELLINGS)
    for image in found:
        assert studio.gallery.content(image.id) == PICTURE, image.prompt
        assert (image.width, image.height, image.unreadable) == (40, 30, None), image.prompt
        assert media_type(studio.gallery.thumbnail(image.id)) == "image/jpeg"
        assert image.thumbnail is not None
    assert len({image.content for image in found}) == 1
    with closing(sqlite3.connect(tmp_path / "tastemaker.db")) as connection:
        stored = {value for (value,) in connection.execute("SELECT image_data FROM images")}
    assert stored == {found[0].content}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_other_formats_keep_their_bytes(tmp_path: Path, kind: str) -> None:
    data = other_format(kind)
    write(tmp_path, row("x", base64.b64encode(data).decode()))
    studio = open_studio(tmp_path)
    assert studio.gallery.content(1) == data
    assert media_type(data) == f"image/{kind.lower()}"
    assert studio.gallery.get(1).width == 40


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "   ",
        "no base64 at all!",
        "/var/images/1.png",
        BASE64[:101],
        BASE64[: len(BASE64) // 2 // 4 * 4],
        base64.b64encode(b"no picture").decode(),
        "data:image/png;base64,",
        "aGk\udcff".encode("utf-8", "surrogateescape"),
        "ünïcode",
        b"\x00\xff\xfe",
    ],
)
def test_what_is_no_picture_is_kept_and_named(tmp_path: Path, broken: object) -> None:
    write(tmp_path, row("lost", broken, seed=5), row("fine", BASE64))
    studio = open_studio(tmp_path)
    image = studio.gallery.get(1)
    assert image.unreadable is not None
    assert "image_originals" in image.unreadable
    assert (image.prompt, image.seed, image.content, image.thumbnail) == ("lost", 5, "", None)
    assert [i.id for i in studio.gallery.search(ImageFilter(sort="oldest")).items] == [1, 2]
    for read in (studio.gallery.content, studio.gallery.thumbnail):
        with pytest.raises(BlobMissing, match="can't be shown"):
            read(1)
    with closing(sqlite3.connect(tmp_path / "tastemaker.db")) as connection:
        kept = connection.execute("SELECT image_id, name, value FROM image_originals").fetchall()
    assert kept == [(1, "image_data", broken)]
    assert studio.restart().gallery.get(1) == image


def test_odd_values_are_understood_or_kept(tmp_path: Path) -> None:
    write(
        tmp_path,
        row("json", BASE64, params='{"steps": 20, "cfg": NaN, "big": 1e999}', seed=42, feedback=1),
        row("garbage", BASE64, params="steps=20", seed="forty-two", feedback="good"),
        row("list", BASE64, params="[1, 2]", seed=-1, feedback=-7),
        row("nothing", BASE64, params=None, seed=None, feedback=None, created_at=None),
        row("deep", BASE64, params="[" * 100_000, seed=1.5, feedback=3.5),
        row("times", BASE64, created_at="2024-05-01T12:00:00+02:00"),
        row("unix", BASE64, created_at=1_700_000_000),
        row("never", BASE64, created_at="yesterday"),
    )
    studio = open_studio(tmp_path)
    found = {i.prompt: i for i in studio.gallery.search(ImageFilter()).items}
    assert found["json"].params == {"steps": 20, "cfg": None, "big": None}
    assert found["garbage"].params == {"text": "steps=20"}
    assert found["list"].params == {"text": "[1, 2]"}
    assert found["nothing"].params == {}
    assert found["deep"].params == {"text": "[" * 100_000}
    assert [found[name].seed for name in ("json", "garbage", "list", "deep")] == [
        42,
        None,
        None,
        None,
    ]
    ratings = {name: image.feedback for name, image in found.items()}
    assert ratings == {
        "json": 1, "garbage": 0, "list": -1, "nothing": 0,
        "deep": 1, "times": 0, "unix": 0, "never": 0,
    }  # fmt: skip
    assert found["times"].created_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert found["unix"].created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert found["never"].created_at == found["unix"].created_at
    assert found["nothing"].created_at == found["list"].created_at
    with closing(sqlite3.connect(tmp_path / "tastemaker.db")) as connection:
        kept = connection.execute(
            "SELECT prompt, name, value FROM image_originals JOIN images ON id = image_id"
        ).fetchall()
        seeds = dict(connection.execute("SELECT prompt, seed FROM images WHERE seed IS NOT NULL"))
    assert sorted(kept) == [
        ("deep", "feedback", "3.5"),
        ("garbage", "feedback", "good"),
        ("list", "feedback", "-7"),
        ("never", "created_at", "yesterday"),
    ]
    assert seeds["garbage"] == "forty-two"


def test_prompts_of_any_kind_are_shown_and_found(tmp_path: Path) -> None:
    write(
        tmp_path,
        row("a Café 猫 🍎", BASE64),
        ("INSERT INTO images (prompt, image_data) VALUES (CAST(x'ff61' AS TEXT), ?)", (BASE64,)),
        row(b"as a blob", BASE64),  # type: ignore[arg-type]
        row(17, BASE64),  # type: ignore[arg-type]
    )
    studio = open_studio(tmp_path)
    prompts = [i.prompt for i in studio.gallery.search(ImageFilter(sort="oldest")).items]
    assert prompts == ["a Café 猫 🍎", "\ufffda", "as a blob", "17"]
    assert [i.id for i in studio.gallery.search(ImageFilter(q="cafe")).items] == [1]


def test_a_copy_of_the_file_as_it_was_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, row("x", BASE64))
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    open_studio(tmp_path)
    copy = tmp_path / "tastemaker.db.before-tastemaker"
    with closing(sqlite3.connect(copy)) as connection:
        assert list(connection.iterdump()) == before


def test_several_processes_may_open_it_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, *(row(str(n), base64.b64encode(png(n)).decode()) for n in range(20)))
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    command = [sys.executable, "-c", UPGRADE, str(tmp_path)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    with closing(sqlite3.connect(f"{path}.before-tastemaker")) as connection:
        assert list(connection.iterdump()) == before
    studio = open_studio(tmp_path)
    assert [studio.gallery.content(n + 1) for n in range(20)] == [png(n) for n in range(20)]


def test_what_the_other_program_has_besides_stays(tmp_path: Path) -> None:
    schema = """
        CREATE TABLE images (id INTEGER PRIMARY KEY, Prompt TEXT NOT NULL, image_data TEXT NOT NULL,
            created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, seed INTEGER, params TEXT,
            feedback INTEGER DEFAULT 0, mood TEXT, Width TEXT, negative_prompt TEXT, model TEXT);
        CREATE INDEX by_mood ON images (mood);
        CREATE TABLE jobs (id INTEGER PRIMARY KEY, note TEXT);
        INSERT INTO jobs VALUES (1, 'theirs');
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO users VALUES (1, 'ada');
        CREATE TABLE log (text TEXT);
        CREATE TRIGGER noted AFTER INSERT ON images BEGIN INSERT INTO log VALUES (new.prompt); END;
    """
    extra = {"mood": "calm", "Width": "wide", "negative_prompt": "fog", "model": "theirs-1"}
    write(tmp_path, row("x", BASE64, **extra), row("y", BASE64), schema=schema)
    studio = open_studio(tmp_path)
    studio.add("ours")
    image = studio.gallery.get(1)
    assert (image.negative_prompt, image.model, image.width) == ("fog", "theirs-1", 40)
    assert studio.gallery.get(2).model == ""
    assert [i.id for i in studio.gallery.search(ImageFilter(q="fog")).items] == [1]
    with closing(sqlite3.connect(tmp_path / "tastemaker.db")) as connection:
        query = "SELECT mood, Width_before_tastemaker FROM images WHERE mood = 'calm'"
        assert connection.execute(query).fetchall() == [("calm", "wide")]
        theirs = connection.execute("SELECT * FROM jobs_before_tastemaker").fetchall()
        assert theirs == [(1, "theirs")]
        assert connection.execute("SELECT * FROM users").fetchall() == [(1, "ada")]
        assert connection.execute("SELECT * FROM log").fetchall() == [("x",), ("y",), ("ours",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_columns_that_came_later_in_that_program_may_be_missing(tmp_path: Path) -> None:
    schema = "CREATE TABLE images (id INTEGER PRIMARY KEY, prompt TEXT, image_data TEXT)"
    write(tmp_path, row("x", BASE64), schema=schema)
    studio = open_studio(tmp_path)
    assert studio.gallery.content(1) == PICTURE
    assert studio.add() == 2


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("CREATE TABLE notes (text TEXT)", "belongs to another program"),
        ("CREATE TABLE images (id INTEGER PRIMARY KEY, path TEXT)", "belongs to another program"),
        (
            "CREATE TABLE images (id TEXT PRIMARY KEY, prompt TEXT, image_data TEXT)",
            "not an INTEGER PRIMARY KEY",
        ),
    ],
)
def test_other_schemas_are_refused_untouched(tmp_path: Path, schema: str, reason: str) -> None:
    path = write(tmp_path, schema=schema)
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    with pytest.raises(DatabaseIncompatible, match=reason):
        open_studio(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


def test_a_full_disk_is_noticed_before_anything_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, row("x", BASE64))
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(InsufficientDisk, match="Nothing was changed"):
        open_studio(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT image_data FROM images").fetchall() == [(BASE64,)]


def test_rows_written_later_by_the_other_program_appear_at_once(tmp_path: Path) -> None:
    studio = open_studio(tmp_path)
    with closing(sqlite3.connect(tmp_path / "tastemaker.db")) as connection, connection:
        for name in "abc":
            connection.execute(*row(name, BASE64))
    first = studio.gallery.search(ImageFilter(), limit=2).items
    assert [(i.prompt, i.width, i.unreadable) for i in first] == [("c", 40, None), ("b", 40, None)]
    assert studio.gallery.content(1) == PICTURE
    assert studio.gallery.get(1).thumbnail is not None


def test_the_space_of_moved_pictures_is_given_back(tmp_path: Path) -> None:
    noise = BytesIO()
    Image.frombytes("RGB", (400, 400), os.urandom(480_000)).save(noise, "PNG")
    data = base64.b64encode(noise.getvalue()).decode()
    path = write(tmp_path, *(row(str(n), data) for n in range(12)))
    before = path.stat().st_size
    studio = open_studio(tmp_path)
    assert studio.gallery.content(12) == noise.getvalue()
    studio.database.close()
    assert path.stat().st_size < before / 10


ADOPT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
folder, left = Path(sys.argv[1]), int(sys.argv[2])

class Deadly(BlobStore):
    def put(self, data):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().put(data)

Database(f"sqlite:///{folder / 'tastemaker.db'}").upgrade(Deadly(folder / "blobs"))
"""


def test_adoption_goes_on_after_kills(tmp_path: Path) -> None:
    pictures = [png(n, (20, 20)) for n in range(12)]
    write(tmp_path, *(row(str(n), base64.b64encode(p).decode()) for n, p in enumerate(pictures)))
    for puts in (0, 1, 5, 8):
        command = [sys.executable, "-c", ADOPT_AND_DIE, str(tmp_path), str(puts)]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
        with closing(sqlite3.connect(tmp_path / "tastemaker.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    studio: Studio = open_studio(tmp_path)
    found = studio.gallery.search(ImageFilter(sort="oldest")).items
    assert [studio.gallery.content(image.id) for image in found] == pictures
    assert all(image.unreadable is None for image in found)
