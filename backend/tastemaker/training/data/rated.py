"""The gallery as a source: pictures with prompt, rating, what was preferred, and who drew them.

Knows no SQL. The oldest pictures come first, so that of two equal ones the later rating holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tastemaker.diffusion.prompts import words_of
from tastemaker.domain import ImageRecord
from tastemaker.errors import BlobMissing
from tastemaker.gallery import Gallery, ImageFilter
from tastemaker.training.data.checking import Limits, make_record
from tastemaker.training.data.examples import ColumnMapping, Reason, Record, Rejected

_PAGE = 100


class GallerySource:
    """Rated or compared pictures of the gallery, or all; those in the trash are named as rejected.

    Compared ones that have no rating of their own come last.
    """

    fingerprint = None
    mapping = ColumnMapping("image", "prompt", "Pictures of the gallery with their prompts.")

    def __init__(self, gallery: Gallery, limits: Limits, *, rated_only: bool = True) -> None:
        self.name = "gallery" if rated_only else "gallery:all"
        self._gallery = gallery
        self._limits = limits
        self._rated = True if rated_only else None

    @property
    def size_bytes(self) -> int:
        """Pixels times two, about what a PNG of a drawn picture takes."""
        return sum(2 * image.width * image.height for image in self._images())

    def records(self, after: str | None = None) -> Iterator[Record]:
        """As `Source.records`; a key is the picture's id. Ratings are those of the moment."""
        skipping = after is not None
        for image in self._images():
            key = str(image.id)
            if not skipping:
                yield self._record(key, image)
            elif key == after:
                skipping = False

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """As `Compared.pairs`, of the moment."""
        return tuple((str(better), str(worse)) for better, worse in self._gallery.pairs())

    def _images(self) -> Iterator[ImageRecord]:
        yield from self._listed()
        if self._rated is not None:
            ids = sorted({image_id for pair in self._gallery.pairs() for image_id in pair})
            yield from (image for image in self._gallery.get_many(ids) if not image.feedback)

    def _listed(self) -> Iterator[ImageRecord]:
        for deleted in (False, True):
            f = ImageFilter(rated=self._rated, deleted=deleted, sort="oldest")
            cursor = None
            while True:
                page = self._gallery.search(f, limit=_PAGE, cursor=cursor)
                yield from page.items
                cursor = page.next_cursor
                if cursor is None:
                    break

    def _record(self, key: str, image: ImageRecord) -> Record:
        caption = _caption(image)
        return _record(self._gallery, self._limits, self.name, key, image, caption, image.feedback)


class ChosenSource:
    """Pictures of the gallery that were chosen one by one, to learn what they have in common.

    All of them are to be learned from, so their ratings are left out. ``style`` are words put
    behind each caption. Ids of pictures that don't exist are passed over.
    """

    fingerprint = None
    mapping = GallerySource.mapping

    def __init__(
        self, gallery: Gallery, limits: Limits, image_ids: Sequence[int], style: str | None = None
    ) -> None:
        self.name = f"gallery: {len(image_ids)} chosen pictures"
        self._gallery = gallery
        self._limits = limits
        self._ids = image_ids
        self._style = style

    @property
    def size_bytes(self) -> int:
        """As that of `GallerySource`."""
        return sum(2 * image.width * image.height for image in self._gallery.get_many(self._ids))

    def records(self, after: str | None = None) -> Iterator[Record]:
        """As `Source.records`; a key is the picture's id."""
        ids = [str(image_id) for image_id in self._ids]
        first = 0 if after is None else ids.index(after) + 1
        for image in self._gallery.get_many(self._ids[first:]):
            caption = _caption(image)
            if self._style:
                caption = f"{caption}, {self._style}" if caption else self._style
            yield _record(
                self._gallery, self._limits, self.name, str(image.id), image, caption, feedback=0
            )


def _caption(image: ImageRecord) -> str:
    """What the picture shows: the prompt without weights, which were a means to get it."""
    return words_of(image.prompt) or image.prompt


def _record(
    gallery: Gallery,
    limits: Limits,
    source: str,
    key: str,
    image: ImageRecord,
    caption: str,
    feedback: int,
) -> Record:
    if image.deleted_at is not None:
        return Rejected(key, Reason.TRASHED, source=source)
    if image.flagged is not None:
        return Rejected(key, Reason.FLAGGED, image.flagged, source=source)
    try:
        picture = gallery.content(image.id)
    except BlobMissing as error:
        return Rejected(key, Reason.UNREADABLE, str(error), source=source)
    return make_record(
        key, picture, caption, source, limits, feedback=feedback, model=image.model or None
    )
