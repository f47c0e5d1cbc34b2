"""The gallery as callers see it: pictures, filters, pages, changes, ratings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tastemaker.api.schemas.common import (
    ImageId,
    QueryModel,
    Rating,
    RequestModel,
    ResponseModel,
    Seed,
    Timestamp,
)
from tastemaker.domain import ResizeMode, Sampler, Schedule, Upscaler

MAX_PAGE = 200
DEFAULT_PAGE = 50
MAX_PAGE_WITH_DATA = 50
MAX_SELECTION = 500
MAX_TITLE = 200
MAX_TAGS = 20
MAX_TAG = 50


class HiresOut(ResponseModel):
    """The second pass at a larger size."""

    scale: float
    strength: float
    num_inference_steps: int
    upscaler: Upscaler


class StyleReferenceOut(ResponseModel):
    """The picture whose look carried over."""

    image: str = Field(description="Its content address.")
    image_id: int | None = Field(description="Its number, where it was one of the gallery.")
    strength: float


class ExtendOut(ResponseModel):
    """Pixels that were added on each side."""

    left: int
    top: int
    right: int
    bottom: int


class ImageParams(BaseModel):
    """Sampling parameters of a picture. Pictures of older programs may lack some or have more."""

    model_config = ConfigDict(frozen=True, extra="allow")

    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    sampler: Sampler | None = None
    schedule: Schedule | None = None
    strength: float | None = None
    resize_mode: ResizeMode | None = None
    hires: HiresOut | None = None
    style_reference: StyleReferenceOut | None = None
    init_image: str | None = Field(
        None, description="Content address of the picture it started from."
    )
    mask: str | None = Field(None, description="Content address of an edit's mask.")
    mask_blur: int | None = None
    only_masked: bool | None = None
    padding: int | None = None
    extend: ExtendOut | None = None
    width: int | None = Field(
        None, description="Width at which it was asked to be drawn, where the picture has another."
    )
    height: int | None = Field(
        None, description="Height at which it was asked to be drawn, where the picture has another."
    )


class ImageOut(ResponseModel):
    """One picture."""

    id: int
    prompt: str
    negative_prompt: str
    seed: Seed | None
    params: ImageParams
    feedback: Rating
    created_at: datetime
    width: int
    height: int
    model: str
    parent_id: int | None = Field(description="The picture this one is a variation or an edit of.")
    job_id: str | None
    title: str
    tags: list[str]
    flagged: str | None = Field(description="Why the safety checker blurred it, else null.")
    unreadable: str | None = Field(description="Why it can't be shown, else null.")
    deleted_at: datetime | None = Field(description="When it was moved to the trash, else null.")
    image_url: str
    thumbnail_url: str
    image_data: str | None = Field(
        None, description="The picture as base64 PNG, with `include=image_data`, else null."
    )


class ImagePage(ResponseModel):
    """Part of the gallery, in the order asked for."""

    items: list[ImageOut]
    next_cursor: str | None = Field(
        description="Give it as `cursor` for what follows; null: the end."
    )
    total: int | None = Field(None, description="All that match, with `include=total`, else null.")


class ImageSort(StrEnum):
    """Order of the gallery; `best` is by rating, then newest."""

    NEWEST = "newest"
    OLDEST = "oldest"
    BEST = "best"


Pixels = Annotated[int, Field(ge=0, le=1_000_000)]


class ImageFilters(QueryModel):
    """Which pictures. Filters combine with *and*."""

    q: Annotated[str, Field(max_length=1000)] | None = Field(
        None, description="Words to find in prompts, titles and tags."
    )
    feedback: Rating | None = None
    rated: bool | None = Field(None, description="true: liked or disliked; false: not rated.")
    model: Annotated[str, Field(max_length=200)] | None = None
    seed: Seed | None = None
    min_width: Pixels | None = None
    max_width: Pixels | None = None
    min_height: Pixels | None = None
    max_height: Pixels | None = None
    created_after: Timestamp | None = None
    created_before: Timestamp | None = None
    parent_id: ImageId | None = Field(None, description="Variations of this picture.")
    job_id: Annotated[str, Field(max_length=100)] | None = None
    deleted: bool = Field(False, description="true: the trash instead of the gallery.")
    sort: ImageSort = ImageSort.NEWEST


class ImagesQuery(ImageFilters):
    """A page of the gallery: keyset paging with `cursor`, or `offset` for simple clients."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = DEFAULT_PAGE
    cursor: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    offset: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    include: (
        Annotated[str, Field(max_length=100, pattern="^(image_data|total)(,(image_data|total))*$")]
        | None
    ) = Field(None, description="Extra parts, comma-separated: `image_data`, `total`.")

    @property
    def parts(self) -> frozenset[str]:
        """The extra parts asked for."""
        return frozenset((self.include or "").split(","))


class ImageQuery(QueryModel):
    """What to say about one picture."""

    include: Annotated[str, Field(pattern="^image_data$")] | None = Field(
        None, description="`image_data` adds the picture as base64 PNG."
    )


class FileFormat(StrEnum):
    """What a picture can be saved as."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"


class FileQuery(QueryModel):
    """How to hand out the bytes."""

    download: bool = Field(
        False,
        description="true: as a file to save, with a readable name, that carries A1111's infotext "
        "and our whole record with the rating as it is now.",
    )
    format: FileFormat | None = Field(
        None, description="A download as this instead of as it was stored."
    )


class DeleteQuery(QueryModel):
    """How to delete."""

    permanent: bool = Field(False, description="true: for ever; only from the trash.")


def _tags(value: list[str]) -> list[str]:
    cleaned = [tag.strip() for tag in value]
    if any(not tag or "\x00" in tag or "," in tag for tag in cleaned):
        raise ValueError("each tag must hold a visible character, and no comma or NUL")
    return list(dict.fromkeys(cleaned))


def _title(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the NUL character")
    return value.strip()


class ImageChange(RequestModel):
    """Changes of one picture; absent fields stay as they are."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    title: Annotated[
        str,
        Field(max_length=MAX_TITLE, json_schema_extra={"pattern": r"^[^\x00]*$"}),
        AfterValidator(_title),
    ] = ""
    tags: Annotated[
        list[
            Annotated[
                str,
                Field(
                    min_length=1,
                    max_length=MAX_TAG,
                    json_schema_extra={"pattern": r"^[^,\x00]*[^\s,\x00][^,\x00]*$"},
                ),
            ]
        ],
        Field(max_length=MAX_TAGS),
        AfterValidator(_tags),
    ] = Field([])
    deleted: bool = Field(False, description="true: to the trash; false: back from it.")


class ImagesChange(RequestModel):
    """The same change for many pictures."""

    ids: Annotated[list[ImageId], Field(min_length=1, max_length=MAX_SELECTION)]
    deleted: bool = Field(description="true: to the trash; false: back from it.")


class ImagesChanged(ResponseModel):
    """How many pictures changed."""

    changed: int


class NeighboursOut(ResponseModel):
    """The pictures beside one, under the same filters and order; null at the ends."""

    previous: int | None
    next: int | None


class ImageCounts(ResponseModel):
    """How many pictures there are. `total` doesn't count the trash."""

    total: int
    liked: int
    disliked: int
    unrated: int
    trashed: int


class FeedbackRequest(RequestModel):
    """A rating; it replaces the one before."""

    image_id: ImageId
    feedback: Rating


class ImagePath(BaseModel):
    """A picture's id in the address."""

    image_id: ImageId
