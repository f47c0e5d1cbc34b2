"""Where pictures are taken in from: a folder, a zip, or one file; one at a time, with its texts."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tastemaker.errors import InvalidInput, NotFound
from tastemaker.exchange.lines import FILE, MAX_LINE, normal, read_lines

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".avif", ".tif", ".tiff"})
_CAPTION = ".txt"
_MAX_CAPTION = 100_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a picture. ``read`` gives at most so many bytes of it, or `OSError`."""

    name: str
    read: Callable[[int], bytes]
    line: Mapping[str, Any] | None = None
    caption: str | None = None
    modified: datetime | None = None


def candidates(source: Path) -> Iterator[Candidate]:
    """The pictures of a folder (with those below it), of a zip, or the one file.

    Files that begin with a dot and links to folders are passed over, and what doesn't have the
    ending of a picture. Nothing is opened but by its place in the source.

    Raises:
        NotFound: there is nothing. InvalidInput: neither a folder, a zip, nor a picture.
    """
    if source.is_dir():
        return _of_folder(source)
    if not source.is_file():
        raise NotFound(f"There is no file or folder {source}. Check the spelling.")
    if zipfile.is_zipfile(source):
        return _of_zip(source)
    if source.suffix.lower() in SUFFIXES:
        return iter([_of_file(source, source.name, None)])
    raise InvalidInput(
        f"{source} is neither a folder, a zip nor a picture ({', '.join(sorted(SUFFIXES))})."
    )


def _of_folder(root: Path) -> Iterator[Candidate]:
    above: dict[str, dict[str, Mapping[str, Any]]] = {}
    for here, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        folder = Path(here)
        inside = folder.relative_to(root).as_posix()
        if FILE in files:
            with (folder / FILE).open(encoding="utf-8", errors="replace") as file:
                above[inside] = read_lines(_bounded(file))
        for name in sorted(files):
            path = folder / name
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES:
                relative = path.relative_to(root).as_posix()
                yield _of_file(path, relative, _line_of(relative, above))


def _of_file(path: Path, name: str, line: Mapping[str, Any] | None) -> Candidate:
    def read(most: int) -> bytes:
        with path.open("rb") as file:
            return file.read(most)

    beside = path.with_suffix(_CAPTION)
    caption = None
    if beside.is_file():
        with suppress(OSError), beside.open(encoding="utf-8", errors="replace") as file:
            caption = file.read(_MAX_CAPTION)
    return Candidate(name, read, line, caption, _modified(path))


def _modified(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(max(path.stat().st_mtime, 0), UTC)
    except (OSError, ValueError):  # gone meanwhile: reading it will say so
        return None


def _of_zip(source: Path) -> Iterator[Candidate]:
    with zipfile.ZipFile(source) as archive:
        members = {normal(info.filename): info for info in archive.infolist() if not info.is_dir()}
        above: dict[str, dict[str, Mapping[str, Any]]] = {}
        for name, info in members.items():
            path = PurePosixPath(name)
            if path.name == FILE:
                with archive.open(info) as binary:
                    file = io.TextIOWrapper(binary, encoding="utf-8", errors="replace")
                    above[path.parent.as_posix()] = read_lines(_bounded(file))
        for name, info in sorted(members.items()):
            path = PurePosixPath(name)
            hidden = any(part.startswith(".") for part in path.parts)
            if hidden or path.suffix.lower() not in SUFFIXES:
                continue
            beside = members.get(path.with_suffix(_CAPTION).as_posix())
            caption = None
            if beside is not None:
                with suppress(OSError):
                    caption = _reader(archive, beside)(_MAX_CAPTION).decode("utf-8", "replace")
            yield Candidate(name, _reader(archive, info), _line_of(name, above), caption)


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        try:
            with archive.open(info) as file:
                return file.read(most)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
            raise OSError(f"The zip is damaged or encrypted here: {error}") from error

    return read


def _line_of(
    name: str, above: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> Mapping[str, Any] | None:
    """The picture's line in the nearest ``metadata.jsonl`` that lies beside or above it."""
    path = PurePosixPath(name)
    for folder in path.parents:
        lines = above.get(folder.as_posix())
        if lines is not None:
            found = lines.get(path.relative_to(folder).as_posix())
            if found is not None:
                return found
    return None


def _bounded(file: IO[str]) -> Iterator[str]:
    """The lines of a file; one without end is cut, and then is no JSON."""
    while line := file.readline(MAX_LINE + 1):
        yield line
