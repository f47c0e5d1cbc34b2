"""Which of several pictures is the best: choices, taking one back, what to compare next."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from tastemaker.api.schemas.common import ImageId, QueryModel, RequestModel, ResponseModel
from tastemaker.api.schemas.images import ImageOut

MAX_REJECTED = 7
# Together with the rest of the address it must fit into the request line that servers take.
_MAX_EXCLUDE = 3000


class PreferenceRequest(RequestModel):
    """One picture is better than each of the others; all show the same prompt."""

    preferred_id: ImageId
    rejected_ids: Annotated[list[ImageId], Field(min_length=1, max_length=MAX_REJECTED)]


class PreferenceOut(ResponseModel):
    """What was recorded; `choice` takes it back."""

    choice: str
    pairs: int = Field(description="Pairs recorded: one for each rejected picture.")
    preferred: ImageOut


class PreferenceUndone(ResponseModel):
    """What was taken back."""

    choice: str
    pairs: int = Field(description="Pairs that are no longer recorded.")


class ChoicePath(BaseModel):
    """A choice in the address."""

    choice: Annotated[str, Field(min_length=1, max_length=64)]


class NextQuery(QueryModel):
    """What not to show."""

    exclude: (
        Annotated[str, Field(max_length=_MAX_EXCLUDE, pattern=r"^[0-9]{1,19}(,[0-9]{1,19})*$")]
        | None
    ) = Field(None, description="Ids of pictures that were skipped, comma-separated.")

    @property
    def excluded(self) -> frozenset[int]:
        """The ids."""
        return frozenset(int(part) for part in (self.exclude or "").split(",") if part)


class PreferenceSet(ResponseModel):
    """Pictures of one prompt that have not been compared yet."""

    prompt: str | None = Field(description="Null when there is nothing to compare.")
    images: list[ImageOut] = Field(description="2 to 4 pictures, or none.")
    remaining: int = Field(description="How many such sets are left, this one included.")


class RatingLevel(StrEnum):
    """What the ratings are enough for."""

    TOO_FEW = "too_few"
    LIKES = "likes"
    PREFERENCES = "preferences"
    PLENTY = "plenty"


class FeedbackSummary(ResponseModel):
    """How much is known of the owner's taste, and what to do about it."""

    liked: int
    disliked: int
    unrated: int
    preferences: int = Field(description="Pairs of a preferred and a rejected picture.")
    level: RatingLevel = Field(
        description="too_few: nothing can be learned yet; likes: from liked pictures alone; "
        "preferences: from both kinds; plenty: more would hardly change the result."
    )
    needed: int = Field(description="Ratings until the next level; 0 at the top.")
    advice: str
