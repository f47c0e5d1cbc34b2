"""Pictures as a zip that ``datasets.load_dataset("imagefolder")`` loads, made while it is sent."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tastemaker.domain import ImageRecord
from tastemaker.errors import BlobMissing, Conflict, InvalidInput, NotFound
from tastemaker.exchange.lines import FILE, line_of
from tastemaker.exchange.naming import rated_name
from tastemaker.gallery import Gallery, ImageFilter
from tastemaker.storage.pictures import media_type
from tastemaker.storage.sink import Sink

SKIPPED = "not-exported.txt"
_PAGE = 200
_CHUNK = 1 << 18
_IN_MEMORY = 4 * 1024 * 1024
_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)  # a zip knows no earlier time


class Exporter:
    """Takes pictures out of one gallery. The files are those that are stored, byte for byte."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    def filtered(self, f: ImageFilter) -> Iterator[ImageRecord]:
        """The pictures that a filter describes, in its order."""
        cursor: str | None = None
        while True:
            page = self._gallery.search(f, limit=_PAGE, cursor=cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def chosen(self, ids: Sequence[int]) -> Iterator[ImageRecord]:
        """The pictures of these ids, in their order, without those that don't exist."""
        for start in range(0, len(ids), _PAGE):
            yield from self._gallery.get_many(ids[start : start + _PAGE])

    def stream(self, pictures: Iterator[ImageRecord]) -> Iterator[bytes]:
        """The zip, picture after picture, its ``metadata.jsonl`` last; one picture in memory.

        Pictures whose file is lost are named in `SKIPPED`.

        Raises:
            NotFound: before anything is sent, when there is no picture at all.
        """
        first = next(pictures, None)
        if first is None:
            raise NotFound("There is no picture to export: none fits.")
        return self._zip(first, pictures)

    def write(self, pictures: Iterator[ImageRecord], out: Path) -> int:
        """Write the zip to ``out`` and return how many pictures are in it.

        Raises:
            Conflict: there is something already. NotFound: no picture, nothing was written.
            InvalidInput: the folder of ``out`` isn't there.
        """
        if out.exists():
            raise Conflict(f"{out} exists already; nothing was written. Choose another name.")
        if not out.resolve().parent.is_dir():
            raise InvalidInput(f"The folder {out.resolve().parent} doesn't exist. Create it first.")
        chunks = self.stream(pictures)
        partial = out.with_name(f".{out.name}.partial")
        try:
            with partial.open("wb") as file:
                file.writelines(chunks)
            with zipfile.ZipFile(partial) as archive:
                number = sum(name not in (FILE, SKIPPED) for name in archive.namelist())
            partial.rename(out)
        finally:
            partial.unlink(missing_ok=True)
        return number

    def _zip(self, first: ImageRecord, rest: Iterator[ImageRecord]) -> Iterator[bytes]:
        sink = Sink()
        skipped: list[str] = []
        with (
            tempfile.SpooledTemporaryFile(_IN_MEMORY) as lines,
            zipfile.ZipFile(sink, "w") as archive,
        ):
            for image in _both(first, rest):
                try:
                    data = self._gallery.content(image.id)
                except (BlobMissing, NotFound) as error:
                    skipped.append(f"{image.id}: {error}")
                    continue
                name = rated_name(image, media_type(data))
                lines.write(line_of(image, name).encode())
                archive.writestr(_member(name, image.created_at), data)
                yield from sink.drain()
            lines.seek(0)
            info = _member(FILE, datetime.now(UTC))
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as target:
                while chunk := lines.read(_CHUNK):
                    target.write(chunk)
                    yield from sink.drain()
            if skipped:
                archive.writestr(_member(SKIPPED, datetime.now(UTC)), "\n".join(skipped) + "\n")
        yield from sink.drain()


def _both(first: ImageRecord, rest: Iterable[ImageRecord]) -> Iterator[ImageRecord]:
    yield first
    yield from rest


def _member(name: str, time: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, max(time, _OLDEST).timetuple()[:6])
    info.external_attr = 0o644 << 16
    return info
