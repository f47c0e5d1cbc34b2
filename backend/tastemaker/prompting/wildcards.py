"""Wildcards: text files whose lines are alternatives, in the data folder's ``wildcards``.

A file ``animals/birds.txt`` is ``__animals/birds__``. Empty lines and those that begin with ``#``
are passed over. Files that were put there by hand count; names are looked up in what is there and
never joined to a path unchecked.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tastemaker.errors import FieldError, InvalidInput, NotFound, PayloadTooLarge

NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}"
MAX_BYTES = 1024 * 1024
MAX_FILES = 5000
_SUFFIX = ".txt"
_NAME = re.compile(NAME)


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A wildcard's name and its text as it was written."""

    name: str
    text: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Its alternatives."""
        lines = (line.strip() for line in self.text.splitlines())
        return tuple(line for line in lines if line and not line.startswith("#"))


class Wildcards:
    """All wildcards of one folder, which may be absent. Safe for many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Every name, sorted; files whose name can't be written in a prompt are left out."""
        found = []
        for folder, subfolders, files in os.walk(self._folder):
            subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
            for file in files:
                path = Path(folder, file)
                name = path.relative_to(self._folder).with_suffix("").as_posix()
                if path.suffix == _SUFFIX and _NAME.fullmatch(name):
                    found.append(name)
            if len(found) >= MAX_FILES:
                break
        return tuple(sorted(found)[:MAX_FILES])

    def get(self, name: str) -> Wildcard:
        """The wildcard of that name. Raises `NotFound`."""
        path = self._path(name)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES)
        except OSError as error:
            raise NotFound(f"There is no wildcard __{name[:80]}__.") from error
        return Wildcard(name, data.decode("utf-8-sig", "replace"))

    def put(self, name: str, text: str) -> Wildcard:
        """Write a wildcard, whether it was there or not.

        Raises:
            InvalidInput: a name that can't be one. PayloadTooLarge: more than `MAX_BYTES`.
        """
        path = self._path(name)
        data = text.encode("utf-8", "replace")
        if len(data) > MAX_BYTES:
            raise PayloadTooLarge(f"A wildcard may have at most {MAX_BYTES:,} bytes.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(data)
        Path(file.name).replace(path)
        return Wildcard(name, text)

    def delete(self, name: str) -> None:
        """Remove a wildcard. Raises `NotFound`."""
        path = self._path(name)
        try:
            path.unlink()
        except OSError as error:
            raise NotFound(f"There is no wildcard __{name[:80]}__.") from error
        with contextlib.suppress(OSError):
            while path.parent != self._folder:
                path = path.parent
                path.rmdir()

    def lines(self, name: str) -> Sequence[str]:
        """The alternatives of ``name``, or of all that fit it when it has a ``*``.

        Raises:
            InvalidInput: none is called so; the message names those that there are.
        """
        names = self.names()
        fitting = [one for one in names if one == name or ("*" in name and fnmatchcase(one, name))]
        if not fitting:
            known = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
            there = f"there are: {known}" if names else "there are none yet"
            message = (
                f"there is no wildcard __{name}__; {there}. Write \\__ for underscores themselves"
            )
            raise InvalidInput(f"prompt: {message}.", (FieldError("prompt", message),))
        return [line for one in fitting for line in self.get(one).lines]

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None or len(name) > 100:
            raise InvalidInput(
                f"{name[:80]!r} can't be the name of a wildcard: use letters, digits, - _ . and "
                "up to three / between them."
            )
        path = self._folder / f"{name}{_SUFFIX}"
        # A link in the folder may lead anywhere; what it leads to is not ours to read or write.
        if self._folder.resolve() not in path.resolve().parents:
            raise NotFound(f"There is no wildcard __{name}__.")
        return path
