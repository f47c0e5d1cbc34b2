"""Which model is active: one value in the ``settings`` table, shared by all processes."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from tastemaker.storage.database import Database
from tastemaker.storage.tables import settings

_NAME = "active_model"
_GET = select(settings.c.value).where(settings.c.name == _NAME)


class ActiveModel:
    """The pointer that activating and rolling back moves. Doesn't know whether the model exists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self) -> str | None:
        """The name of the active model, ``None`` until one was ever set."""
        with self._database.read() as connection:
            return connection.scalar(_GET)

    def set(self, name: str) -> None:
        """Make ``name`` the active model from now on."""
        with self._database.write() as connection:
            connection.execute(delete(settings).where(settings.c.name == _NAME))
            connection.execute(insert(settings).values(name=_NAME, value=name))
