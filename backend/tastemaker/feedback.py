"""Ratings: -1, 0 or 1 for a picture. What the studio learns its owner's taste from.

Knows no HTTP and no training.
"""

from __future__ import annotations

from sqlalchemy import select, update

from tastemaker.domain import LOCAL_OWNER_ID, ImageRecord
from tastemaker.errors import FieldError, InvalidInput, NotFound
from tastemaker.storage.database import Database
from tastemaker.storage.rows import COLUMNS, MAX_ID, to_record
from tastemaker.storage.tables import images


class Feedback:
    """The ratings of one owner. Safe for many threads."""

    def __init__(self, database: Database, owner_id: int = LOCAL_OWNER_ID) -> None:
        self._database = database
        self._owner_id = owner_id

    def rate(self, image_id: int, feedback: int) -> ImageRecord:
        """Set the rating of a picture (0 takes it back) and return the picture as it is now.

        Raises:
            InvalidInput: ``feedback`` is not -1, 0 or 1.
            NotFound: no such picture.
        """
        if type(feedback) is not int or feedback not in (-1, 0, 1):
            message = "Must be -1 (dislike), 0 (no rating) or 1 (like)."
            raise InvalidInput(f"feedback: {message}", (FieldError("feedback", message),))
        row = None
        if 0 < image_id <= MAX_ID:
            mine = (images.c.id == image_id, images.c.owner_id == self._owner_id)
            with self._database.write() as connection:
                connection.execute(update(images).where(*mine).values(feedback=feedback))
                row = connection.execute(select(*COLUMNS).where(*mine)).one_or_none()
        if row is None:
            raise NotFound(f"There is no image {image_id}. It may have been deleted for ever.")
        return to_record(row)
