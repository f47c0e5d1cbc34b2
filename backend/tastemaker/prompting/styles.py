"""Styles: named templates that are put on a prompt, kept in the database, exchanged as styles.csv.

``{prompt}`` in a template stands for what was typed; a template without it is added behind. As in
A1111's web UI, whose ``styles.csv`` (columns ``name``, ``prompt``, ``negative_prompt``) is read and
written: https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features#styles
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from tastemaker.domain import LOCAL_OWNER_ID
from tastemaker.errors import Conflict, FieldError, InvalidInput, NotFound
from tastemaker.storage.database import Database
from tastemaker.storage.tables import styles

PLACE = "{prompt}"
MAX_NAME = 100
MAX_TEXT = 4000
MAX_STYLES = 2000
COLUMNS = ("name", "prompt", "negative_prompt")


@dataclass(frozen=True, slots=True)
class Style:
    """One style; without a template of its own it is a preset of what to avoid."""

    name: str
    prompt: str
    negative_prompt: str
    id: int = 0


def apply(text: str, template: str) -> str:
    """``text`` with a template put on it."""
    if PLACE in template:
        return template.replace(PLACE, text)
    return ", ".join(part for part in (text.strip(), template.strip()) if part)


def read_csv(text: str) -> tuple[Style, ...]:
    """The styles of a styles.csv; of several with one name the last counts, as there.

    Raises:
        InvalidInput: it has no such columns, or a wrong line; each is named.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    names = [(name or "").strip() for name in reader.fieldnames or ()]
    if "name" not in names or "prompt" not in names:
        raise InvalidInput(
            "This is no styles.csv: its first line must be name,prompt,negative_prompt."
        )
    reader.fieldnames = names
    found: dict[str, Style] = {}
    wrong: list[FieldError] = []
    before = reader.line_num
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            style = Style(
                (row["name"] or "").strip(), row["prompt"] or "", row.get("negative_prompt") or ""
            )
            problem = _problem(style)
            # A heading between styles has a name alone.
            if problem is None and (style.prompt.strip() or style.negative_prompt.strip()):
                found[style.name] = style
            elif problem is not None:
                wrong.append(FieldError(f"line {line}", problem))
    except csv.Error as error:
        wrong.append(FieldError(f"line {reader.line_num}", f"can't be read as CSV: {error}"))
    if len(found) > MAX_STYLES:
        wrong.append(FieldError("csv", f"has more than {MAX_STYLES} styles"))
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        shown = "; ".join(f"{one.field}: {one.message}" for one in wrong[:3])
        raise InvalidInput(shown + more, tuple(wrong))
    return tuple(found.values())


def write_csv(found: Sequence[Style]) -> str:
    """A styles.csv that `read_csv`, and A1111's web UI, reads back."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows((style.name, style.prompt, style.negative_prompt) for style in found)
    return out.getvalue()


def _problem(style: Style) -> str | None:
    if not style.name:
        return "a style needs a name"
    if len(style.name) > MAX_NAME:
        return f"a name may have at most {MAX_NAME} characters"
    if max(len(style.prompt), len(style.negative_prompt)) > MAX_TEXT:
        return f"a template may have at most {MAX_TEXT} characters"
    if "\x00" in style.name + style.prompt + style.negative_prompt:
        return "must not contain the NUL character"
    return None


class Styles:
    """The styles of one owner."""

    def __init__(self, database: Database, owner_id: int = LOCAL_OWNER_ID) -> None:
        self._database = database
        self._owner_id = owner_id
        self._mine = styles.c.owner_id == owner_id

    def list(self) -> tuple[Style, ...]:
        """All of them, by name."""
        query = select(styles).where(self._mine).order_by(func.lower(styles.c.name), styles.c.id)
        with self._database.read() as connection:
            return tuple(
                Style(row.name, row.prompt, row.negative_prompt, row.id)
                for row in connection.execute(query)
            )

    def named(self, names: Sequence[str]) -> tuple[Style, ...]:
        """The styles of these names, in this order.

        Raises:
            InvalidInput: one isn't there.
        """
        known = {style.name: style for style in self.list()} if names else {}
        missing = [name for name in names if name not in known]
        if missing:
            message = f"there is no style {missing[0]!r}; it may have been renamed"
            raise InvalidInput(f"styles: {message}.", (FieldError("styles", message),))
        return tuple(known[name] for name in names)

    def add(self, style: Style) -> Style:
        """A new style. Raises `Conflict` when there is one of that name."""
        with self._database.write() as connection:
            self._refuse_taken(connection, style.name, 0)
            if (connection.scalar(select(func.count()).where(self._mine)) or 0) >= MAX_STYLES:
                raise Conflict(f"There are {MAX_STYLES} styles, which is the most. Delete some.")
            return self._insert(connection, style)

    def change(self, style: Style) -> Style:
        """Replace the style of that id. Raises `NotFound`, `Conflict` as in `add`."""
        with self._database.write() as connection:
            self._refuse_taken(connection, style.name, style.id)
            values = {
                "name": style.name,
                "prompt": style.prompt,
                "negative_prompt": style.negative_prompt,
            }
            statement = update(styles).where(styles.c.id == style.id, self._mine).values(values)
            if connection.execute(statement).rowcount == 0:
                raise NotFound("There is no such style; it may have been deleted.")
        return style

    def delete(self, style_id: int) -> None:
        """Remove a style; pictures keep its name. Raises `NotFound`."""
        statement = delete(styles).where(styles.c.id == style_id, self._mine)
        with self._database.write() as connection:
            if connection.execute(statement).rowcount == 0:
                raise NotFound("There is no such style; it may have been deleted.")

    def take(self, found: Sequence[Style], *, replace: bool) -> tuple[int, int, int]:
        """Take styles in together; those of a known name only when ``replace``.

        Returns how many were added, replaced and left as they were.
        """
        added = replaced = kept = 0
        with self._database.write() as connection:
            query = select(styles.c.name, styles.c.id).where(self._mine)
            known = {row.name: row.id for row in connection.execute(query)}
            if len(known | {style.name: 0 for style in found}) > MAX_STYLES:
                raise Conflict(f"With these there would be more than {MAX_STYLES} styles.")
            for style in found:
                if style.name not in known:
                    self._insert(connection, style)
                    added += 1
                elif replace:
                    connection.execute(
                        update(styles)
                        .where(styles.c.id == known[style.name])
                        .values(prompt=style.prompt, negative_prompt=style.negative_prompt)
                    )
                    replaced += 1
                else:
                    kept += 1
        return added, replaced, kept

    def _refuse_taken(self, connection: Connection, name: str, but: int) -> None:
        query = select(styles.c.id).where(self._mine, styles.c.name == name, styles.c.id != but)
        if connection.scalar(query) is not None:
            raise Conflict(f"There is a style {name!r} already. Choose another name.")

    def _insert(self, connection: Connection, style: Style) -> Style:
        statement = insert(styles).values(
            name=style.name,
            prompt=style.prompt,
            negative_prompt=style.negative_prompt,
            owner_id=self._owner_id,
        )
        style_id = int(connection.execute(statement.returning(styles.c.id)).scalar_one())
        return Style(style.name, style.prompt, style.negative_prompt, style_id)
