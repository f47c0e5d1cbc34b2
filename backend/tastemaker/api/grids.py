"""``/api/grids``: the same picture over one or two parameters, and its contact sheet."""

from __future__ import annotations

import io
import re
import secrets
from typing import Any

from flask import Response
from PIL import Image
from pydantic import ValidationError

from tastemaker.api.batches import accepted
from tastemaker.api.context import context, services
from tastemaker.api.document import blueprint
from tastemaker.api.errors import field_errors
from tastemaker.api.requests import Requests
from tastemaker.api.responses import answers, problems, sends
from tastemaker.api.schemas.batches import (
    MAX_CELLS,
    AxisRequest,
    BatchOut,
    BatchPath,
    GridRequest,
)
from tastemaker.api.schemas.generate import GenerateRequest
from tastemaker.api.schemas.jobs import SubmitHeaders
from tastemaker.api.submission import fingerprint
from tastemaker.domain import GenerationRequest
from tastemaker.domain.batches import Axis, BatchKind, GridLayout
from tastemaker.errors import InvalidInput, NotFound, TastemakerError
from tastemaker.exchange.sheets import contact_sheet
from tastemaker.prompting.axes import NUMBERS, WHOLE, expand, replaced, wrong
from tastemaker.storage.pictures import ADOPTED_FORMATS, read_picture

resource = blueprint("grids")

_RANDOM_SEEDS = 2**53
_MAX_PIXELS = 500_000_000
_SENDS_PNG = sends(
    {"image/png": {"type": "string", "format": "binary"}},
    "The grid as one picture: its values above the columns and beside the rows.",
    {"Content-Disposition": "A name to save it under."},
)


@resource.post(
    "/api/grids",
    responses={
        201: answers(
            BatchOut, "All of it is queued, as a batch.", {"Location": "The batch's address."}
        ),
        **problems(400, 404, 409, 413, 415, 422, 429, 503),
    },
)
def create_grid(header: SubmitHeaders, body: GridRequest) -> Response:
    """Draw a grid. It is a batch: `/api/batches` tells how far it is, pauses and cancels it."""
    layout, requests = _requests_of(body)
    title = body.title or " ".join(body.prompt.split())[:80]
    services().prompts.history.used([body.prompt])
    batch, is_new = services().batches.submit(
        BatchKind.GRID,
        title,
        requests,
        layout=layout,
        idempotency_key=header.idempotency_key,
        fingerprint=fingerprint(BatchKind.GRID, body.model_dump_json(exclude_none=True)),
    )
    return accepted(batch, is_new)


@resource.get(
    "/api/grids/<string(length=32):batch_id>/sheet", responses={200: _SENDS_PNG, **problems(404)}
)
def get_sheet(path: BatchPath) -> Response:
    """The contact sheet of a grid, as far as it is drawn; places without a picture stay empty."""
    here = services()
    batch = here.batches.get(path.batch_id)
    layout = batch.layout
    if layout is None:
        raise NotFound("This batch is no grid; it has no contact sheet.")
    ids = [image_id for _, image_id in here.batches.cells(batch.id)]
    found = {image.id: image for image in here.gallery.get_many([i for i in ids if i])}
    sizes = [(image.width, image.height) for image in found.values() if image.width]
    size = (max((w for w, _ in sizes), default=256), max((h for _, h in sizes), default=256))

    def cell(row: int, column: int) -> Image.Image | None:
        place = row * layout.columns + column
        image_id = ids[place] if place < len(ids) else None
        if image_id is None or image_id not in found:
            return None
        try:
            data = here.gallery.content(image_id)
            return read_picture(data, max_pixels=_MAX_PIXELS, formats=ADOPTED_FORMATS)
        except TastemakerError:
            # One damaged file must not cost the sheet.
            return None

    with context().decoding:
        sheet = contact_sheet(layout, size, cell, batch.title)
        out = io.BytesIO()
        sheet.save(out, "PNG")
    answer = Response(out.getvalue(), mimetype="image/png")
    words = re.sub(r"[^A-Za-z0-9]+", "-", batch.title).strip("-")[:40] or "grid"
    answer.headers.set("Content-Disposition", "attachment", filename=f"{words}-grid.png")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _requests_of(body: GridRequest) -> tuple[GridLayout, list[GenerationRequest]]:
    """The axes and the request of every cell, row by row. Raises `InvalidInput`."""
    columns = expand("x.values", body.x.parameter, body.x.values)
    rows = [""] if body.y is None else expand("y.values", body.y.parameter, body.y.values)
    if body.y is not None and body.y.parameter == body.x.parameter != "prompt":
        raise wrong("y.parameter", "must be another one than that of x")
    if len(columns) * len(rows) > MAX_CELLS:
        raise wrong(
            "x.values",
            f"makes {len(columns)} × {len(rows)} pictures; at most {MAX_CELLS} make one grid",
        )
    base = body.model_dump(exclude_none=True, exclude={"x", "y", "title"})
    base["num_images"] = 1
    if base.get("seed", -1) == -1:
        # One for all cells, so that they differ in nothing but the axes.
        base["seed"] = secrets.randbelow(_RANDOM_SEEDS)
    requests = Requests()
    made = []
    for row in rows:
        for column in columns:
            values = dict(base)
            _set(values, "x.values", body.x, columns[0], column)
            if body.y is not None:
                _set(values, "y.values", body.y, rows[0], row)
            made.append(_request(requests, values, body, column, row))
    layout = GridLayout(
        Axis(body.x.parameter, tuple(columns)),
        None if body.y is None else Axis(body.y.parameter, tuple(rows)),
    )
    return layout, made


def _set(values: dict[str, Any], field: str, axis: AxisRequest, first: str, value: str) -> None:
    name = axis.parameter
    if name == "prompt":
        values[name] = replaced(field, values[name], first, value)
    elif name == "styles":
        values[name] = [*values.get(name, ()), value]
    elif name in NUMBERS:
        try:
            values[name] = int(value) if name in WHOLE else float(value)
        except ValueError as error:
            kind = "whole number" if name in WHOLE else "number"
            raise wrong(field, f"{value[:40]!r} is no {kind}") from error
    else:
        values[name] = value


def _request(
    requests: Requests, values: dict[str, Any], body: GridRequest, column: str, row: str
) -> GenerationRequest:
    """One cell; what is wrong with it is said of the axis that brought it, when one did."""
    where = f" (at {column[:40]}" + (f", {row[:40]})" if row else ")")
    try:
        return requests.make(GenerateRequest.model_validate(values))
    except ValidationError as error:
        problems_found = field_errors(error)
    except InvalidInput as error:
        problems_found = error.errors
        if not problems_found:
            raise
    except NotFound as error:
        if "model" not in (body.x.parameter, body.y and body.y.parameter):
            raise
        field = "x.values" if body.x.parameter == "model" else "y.values"
        raise wrong(field, f"{error}{where}") from error
    axes: dict[str, str] = {body.x.parameter: "x.values"}
    if body.y is not None:
        axes[body.y.parameter] = "y.values"
    one = problems_found[0]
    raise wrong(axes.get(one.field.split(".")[0], one.field), f"{one.message}{where}")
