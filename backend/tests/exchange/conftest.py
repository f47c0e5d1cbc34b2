"""Studios to take pictures out of and into."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tastemaker.exchange.importing import Importer
from tests.studio import Studio, open_studio

MakeStudio = Callable[[str], Studio]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest version, to be copied: migrating takes a while."""
    folder = tmp_path_factory.mktemp("empty")
    open_studio(folder).database.close()
    return folder / "tastemaker.db"


@pytest.fixture
def make_studio(tmp_path: Path, empty: Path) -> Iterator[MakeStudio]:
    made: list[Studio] = []

    def make(name: str) -> Studio:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(empty, folder)
        made.append(open_studio(folder))
        return made[-1]

    yield make
    for studio in made:
        studio.database.close()


@pytest.fixture
def studio(make_studio: MakeStudio) -> Studio:
    return make_studio("studio")


def importer_of(
    studio: Studio, *, max_bytes: int = 1_000_000, max_pixels: int = 1_000_000
) -> Importer:
    """Takes pictures into ``studio``, where there is one model, "starter"."""
    return Importer(
        studio.database,
        studio.blobs,
        max_bytes=max_bytes,
        max_pixels=max_pixels,
        find_model=lambda name: "starter" if name == "starter" else None,
    )


@pytest.fixture
def importer(studio: Studio) -> Importer:
    return importer_of(studio)
