"""The prompts that were drawn, as they were typed, for recalling them; and the favourites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from tastemaker.domain import LOCAL_OWNER_ID
from tastemaker.errors import NotFound
from tastemaker.storage.database import Database
from tastemaker.storage.tables import prompts

KEPT = 5000
"""How many that aren't favourites are remembered."""


@dataclass(frozen=True, slots=True)
class KnownPrompt:
    """One prompt; ``uses`` is 0 for a favourite that was never drawn."""

    id: int
    text: str
    uses: int
    used_at: datetime
    favourite: bool


class PromptHistory:
    """The prompts of one owner."""

    def __init__(self, database: Database, owner_id: int = LOCAL_OWNER_ID) -> None:
        self._database = database
        self._owner_id = owner_id
        self._mine = prompts.c.owner_id == owner_id
        self._count_use = (
            update(prompts)
            .where(prompts.c.text == bindparam("asked"), self._mine)
            .values(uses=prompts.c.uses + 1, used_at=bindparam("now"))
        )

    def list(
        self, *, words: str = "", favourite: bool = False, limit: int = 100
    ) -> tuple[KnownPrompt, ...]:
        """The latest first; only those that contain ``words``, only favourites."""
        query = select(prompts).where(self._mine)
        if favourite:
            query = query.where(prompts.c.favourite == 1)
        if words:
            query = query.where(prompts.c.text.icontains(words, autoescape=True))
        query = query.order_by(prompts.c.used_at.desc(), prompts.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(
                KnownPrompt(row.id, row.text, row.uses, row.used_at, bool(row.favourite))
                for row in connection.execute(query)
            )

    def used(self, texts: Sequence[str]) -> None:
        """These were asked for just now, the last one latest."""
        with self._database.write() as connection:
            self.using(texts)(connection)

    def using(self, texts: Sequence[str]) -> Callable[[Connection], None]:
        """What `used` does, for a transaction of somebody else's."""
        now = datetime.now(UTC)

        def note(connection: Connection) -> None:
            grown = False
            for text in texts:
                asked = {"asked": text, "now": now}
                if connection.execute(self._count_use, asked).rowcount == 0:
                    self._insert(connection, text, now, uses=1)
                    grown = True
            if grown:
                self._forget_oldest(connection)

        return note

    def mark(self, text: str, favourite: bool) -> KnownPrompt:
        """Make a prompt a favourite, whether it was drawn or not; or an ordinary one again."""
        with self._database.write() as connection:
            same = (prompts.c.text == text, self._mine)
            change = update(prompts).where(*same).values(favourite=int(favourite))
            if connection.execute(change).rowcount == 0:
                self._insert(connection, text, datetime.now(UTC), favourite=int(favourite))
            row = connection.execute(select(prompts).where(*same)).one()
        return KnownPrompt(row.id, row.text, row.uses, row.used_at, bool(row.favourite))

    def forget(self, prompt_id: int) -> None:
        """Remove a prompt from the history; pictures keep theirs. Raises `NotFound`."""
        statement = delete(prompts).where(prompts.c.id == prompt_id, self._mine)
        with self._database.write() as connection:
            if connection.execute(statement).rowcount == 0:
                raise NotFound("There is no such prompt; it may have been removed.")

    def _insert(self, connection: Connection, text: str, now: datetime, **values: int) -> None:
        row = {"text": text, "used_at": now, "owner_id": self._owner_id, **values}
        connection.execute(insert(prompts).values(row))

    def _forget_oldest(self, connection: Connection) -> None:
        ordinary = (self._mine, prompts.c.favourite == 0)
        newest = select(prompts.c.used_at).where(*ordinary).order_by(prompts.c.used_at.desc())
        last = connection.scalar(newest.offset(KEPT).limit(1))
        if last is not None:
            connection.execute(delete(prompts).where(*ordinary, prompts.c.used_at <= last))
