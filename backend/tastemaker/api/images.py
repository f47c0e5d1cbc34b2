"""``/api/images``: finding pictures, naming them, throwing them away. Bytes are in `files`."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present import image_out
from tastemaker.api.responses import answers, nothing, problems, reply
from tastemaker.api.schemas.images import (
    MAX_PAGE_WITH_DATA,
    DeleteQuery,
    ImageChange,
    ImageCounts,
    ImageFilters,
    ImageOut,
    ImagePage,
    ImagePath,
    ImageQuery,
    ImagesChange,
    ImagesChanged,
    ImagesQuery,
    NeighboursOut,
)
from tastemaker.errors import Conflict, FieldError, InvalidInput
from tastemaker.gallery import ImageFilter

resource = blueprint("images")


@resource.get(
    "/api/images",
    responses={
        200: answers(ImagePage, "A page.", {"Link": "Where the next page is (`rel=next`)."}),
        **problems(404, 422),
    },
)
def list_images(query: ImagesQuery) -> Response:
    """Search, filter, sort and page through the gallery (or the trash)."""
    _check_paging(query)
    gallery = services().gallery
    wanted = filter_of(query)
    page = gallery.search(wanted, limit=query.limit, cursor=query.cursor, offset=query.offset)
    with_data = "image_data" in query.parts
    body = ImagePage(
        items=[image_out(image, with_data=with_data) for image in page.items],
        next_cursor=page.next_cursor,
        total=gallery.count(wanted) if "total" in query.parts else None,
    )
    return reply(body, headers=_link(page.next_cursor))


@resource.patch(
    "/api/images",
    responses={
        200: answers(ImagesChanged, "How many weren't like that before."),
        **problems(400, 413, 415, 422),
    },
)
def change_images(body: ImagesChange) -> Response:
    """Move many pictures to the trash, or back. Unknown ids are passed over."""
    gallery = services().gallery
    ids = list(dict.fromkeys(body.ids))
    return reply(
        ImagesChanged(changed=gallery.trash(ids) if body.deleted else gallery.restore(ids))
    )


@resource.get("/api/images/counts", responses={200: answers(ImageCounts, "The numbers.")})
def count_images() -> Response:
    """How many pictures there are, by rating, and in the trash."""
    return reply(ImageCounts.model_validate(services().gallery.counts()))


@resource.get(
    "/api/images/<int:image_id>",
    responses={200: answers(ImageOut, "The picture."), **problems(404, 422)},
)
def get_image(path: ImagePath, query: ImageQuery) -> Response:
    """One picture, also from the trash."""
    image = services().gallery.get(path.image_id)
    return reply(image_out(image, with_data=query.include is not None))


@resource.patch(
    "/api/images/<int:image_id>",
    responses={
        200: answers(ImageOut, "The picture as it is now."),
        **problems(400, 404, 413, 415, 422),
    },
)
def change_image(path: ImagePath, body: ImageChange) -> Response:
    """Change title or tags, move to the trash or back."""
    given = body.model_fields_set
    if not given:
        message = "must hold at least one of title, tags, deleted"
        raise InvalidInput(f"The body {message}.", (FieldError("body", message),))
    gallery = services().gallery
    image = gallery.update(
        path.image_id,
        title=body.title if "title" in given else None,
        tags=body.tags if "tags" in given else None,
    )
    if "deleted" in given:
        (gallery.trash if body.deleted else gallery.restore)([image.id])
        image = gallery.get(image.id)
    return reply(image_out(image))


@resource.delete(
    "/api/images/<int:image_id>",
    responses={204: nothing("It is in the trash, or gone for ever."), **problems(404, 409, 422)},
)
def delete_image(path: ImagePath, query: DeleteQuery) -> Response:
    """Move a picture to the trash; with `permanent=true` delete it from there for ever."""
    gallery = services().gallery
    image = gallery.get(path.image_id)
    if not query.permanent:
        gallery.trash([image.id])
    elif image.deleted_at is None:
        raise Conflict(
            "Only pictures in the trash can be deleted for ever. Delete it without permanent=true "
            "first."
        )
    else:
        gallery.purge([image.id])
    return Response(status=204)


@resource.get(
    "/api/images/<int:image_id>/neighbours",
    responses={200: answers(NeighboursOut, "Their ids."), **problems(404, 422)},
)
def get_neighbours(path: ImagePath, query: ImageFilters) -> Response:
    """The pictures before and after one, under the filters and order of a gallery page."""
    previous, following = services().gallery.neighbours(path.image_id, filter_of(query))
    return reply(NeighboursOut(previous=previous, next=following))


def filter_of(query: ImageFilters) -> ImageFilter:
    """What the gallery understands by a query."""
    fields = {name: getattr(query, name) for name in ImageFilters.model_fields}
    return ImageFilter(**{**fields, "sort": query.sort.value})


def _check_paging(query: ImagesQuery) -> None:
    if query.cursor is not None and query.offset is not None:
        message = "can't be combined with cursor; use one of them"
        raise InvalidInput(f"offset {message}.", (FieldError("offset", message),))
    if "image_data" in query.parts and query.limit > MAX_PAGE_WITH_DATA:
        message = f"is at most {MAX_PAGE_WITH_DATA} with include=image_data"
        raise InvalidInput(f"limit {message}.", (FieldError("limit", message),))


def _link(cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in ("cursor", "offset")
    ]
    return {"Link": f'<{request.path}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'}
