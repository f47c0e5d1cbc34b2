"""What the owner calls trained versions: the table ``model_titles``, shared by all processes."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from tastemaker.storage.database import Database
from tastemaker.storage.tables import model_titles

_ALL = select(model_titles)


class ModelTitles:
    """Titles by name. Doesn't know whether a version of that name exists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, str]:
        """Every title that was given, by the version's name."""
        with self._database.read() as connection:
            rows = connection.execute(_ALL).all()
        return {row.name: row.title for row in rows}

    def set(self, name: str, title: str) -> None:
        """Call a version ``title`` from now on."""
        with self._database.write() as connection:
            connection.execute(delete(model_titles).where(model_titles.c.name == name))
            connection.execute(insert(model_titles).values(name=name, title=title))

    def forget(self, name: str) -> None:
        """Drop the title of a version that is gone."""
        with self._database.write() as connection:
            connection.execute(delete(model_titles).where(model_titles.c.name == name))
