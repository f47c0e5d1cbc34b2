"""``/api/batches``: many prompts at once, as lines or CSV; looking after them as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from pydantic import ValidationError

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.errors import field_errors
from tastemaker.api.present import image_out, jobs_out
from tastemaker.api.queue import tell_of_queue
from tastemaker.api.requests import Requests
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.batches import (
    AxisOut,
    BatchChange,
    BatchCounts,
    BatchesQuery,
    BatchJobs,
    BatchJobsQuery,
    BatchList,
    BatchOut,
    BatchPath,
    BatchPreview,
    BatchRequest,
    GridOut,
    RowPreview,
    RowProblem,
)
from tastemaker.api.schemas.generate import GenerateRequest
from tastemaker.api.schemas.jobs import SubmitHeaders
from tastemaker.api.submission import fingerprint
from tastemaker.domain import GenerationRequest, JobState
from tastemaker.domain.batches import Axis, Batch, BatchKind, BatchState
from tastemaker.errors import (
    FieldError,
    InvalidInput,
    ModelUnavailable,
    NotFound,
)
from tastemaker.prompting.tables import Row, Rows, TableFormat, Wrong, read_rows

resource = blueprint("batches")

MOST_PROBLEMS = 1000
_PREVIEWED = 50
_LONGEST_TITLE = 80
_COLUMNS = frozenset(GenerateRequest.model_fields) - {"hires", "alternatives", "style_reference"}
_LOCATION = {"Location": "The batch's address."}


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"must be a whole number, not {text[:40]!r}") from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"must be a number such as 7.5, not {text[:40]!r}") from error


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(";") if name.strip()]


_READ: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("width", "height", "num_inference_steps", "seed", "num_images"), _whole),
    "guidance_scale": _number,
    "styles": _names,
    "sampler": str.lower,
    "schedule": str.lower,
}


@resource.post(
    "/api/batches/preview",
    responses={
        200: answers(BatchPreview, "What it would draw, and what is wrong."),
        **problems(400, 404, 413, 415, 422, 503),
    },
)
def preview_batch(body: BatchRequest) -> Response:
    """Read a table of prompts and check every line, without drawing anything."""
    found, requests, wrong = _check(body)
    first = [
        RowPreview(
            line=row.line,
            prompt=request.prompt,
            width=request.final_size[0],
            height=request.final_size[1],
            num_inference_steps=request.num_inference_steps,
            guidance_scale=request.guidance_scale,
            num_images=request.num_images,
            model=request.model,
        )
        for row, request in requests[:_PREVIEWED]
    ]
    return reply(
        BatchPreview(
            is_csv=found.is_csv,
            columns=list(found.columns),
            num_rows=len(requests),
            num_images=sum(request.num_images for _, request in requests),
            rows=first,
            num_errors=len(wrong),
            errors=[
                RowProblem(line=one.line, field=one.field, message=one.message)
                for one in wrong[:MOST_PROBLEMS]
            ],
        )
    )


@resource.post(
    "/api/batches",
    responses={
        201: answers(BatchOut, "All of it is queued.", _LOCATION),
        **problems(400, 404, 409, 413, 415, 422, 429, 503),
    },
)
def create_batch(header: SubmitHeaders, body: BatchRequest) -> Response:
    """Draw many prompts. When a line is wrong nothing is begun, and `errors` name every one."""
    _, requests, wrong = _check(body)
    if wrong:
        raise _refused(wrong)
    if not requests:
        message = "has no prompts in it"
        raise InvalidInput(f"text {message}.", (FieldError("text", message),))
    title = body.title or _title(requests[0][0].values["prompt"])
    mark = fingerprint(BatchKind.PROMPTS, body.model_dump_json(exclude_none=True))
    batch, is_new = services().batches.submit(
        BatchKind.PROMPTS,
        title,
        [request for _, request in requests],
        idempotency_key=header.idempotency_key,
        fingerprint=mark,
    )
    return accepted(batch, is_new)


def accepted(batch: Batch, is_new: bool) -> Response:
    """The answer to a batch that is queued, after everybody was told of it."""
    if is_new:
        tell_of_queue(batch.id)
        services().pool.wake()
    location = {"Location": f"/api/batches/{batch.id}"}
    return reply(batch_out(services().batches.get(batch.id)), 201, location)


@resource.get("/api/batches", responses={200: answers(BatchList, "Batches."), **problems(422)})
def list_batches(query: BatchesQuery) -> Response:
    """The newest batches, newest first."""
    found = services().batches.list(query.limit)
    return reply(BatchList(items=[batch_out(batch) for batch in found]))


@resource.get(
    "/api/batches/<string(length=32):batch_id>",
    responses={200: answers(BatchOut, "The batch."), **problems(404)},
)
def get_batch(path: BatchPath) -> Response:
    """One batch: how far it is."""
    return reply(batch_out(services().batches.get(path.batch_id)))


@resource.get(
    "/api/batches/<string(length=32):batch_id>/jobs",
    responses={200: answers(BatchJobs, "Its jobs."), **problems(404, 422)},
)
def list_batch_jobs(path: BatchPath, query: BatchJobsQuery) -> Response:
    """The jobs of a batch in the order of its rows; of a grid, its cells row by row."""
    here = services()
    here.batches.get(path.batch_id)
    states = (JobState.FAILED,) if query.failed else ()
    ids = here.batches.job_ids(path.batch_id, states)
    page = here.queue.get_many(ids[query.offset : query.offset + query.limit])
    return reply(BatchJobs(items=jobs_out(page), total=len(ids)))


@resource.patch(
    "/api/batches/<string(length=32):batch_id>",
    responses={200: answers(BatchOut, "As it is now."), **problems(400, 404, 415, 422)},
)
def change_batch(path: BatchPath, body: BatchChange) -> Response:
    """Pause a batch, so that others pass, or let it go on. A pause survives a restart."""
    here = services()
    batch = here.batches.pause(path.batch_id, body.paused)
    if not body.paused:
        here.pool.wake()
    tell_of_queue(batch.id)
    return reply(batch_out(batch))


@resource.delete(
    "/api/batches/<string(length=32):batch_id>",
    responses={200: answers(BatchOut, "The rest is cancelled."), **problems(404, 409)},
)
def cancel_batch(path: BatchPath) -> Response:
    """Cancel the rest of a batch. Pictures that are finished stay."""
    here = services()
    batch, stopping = here.batches.cancel(path.batch_id)
    for job_id in stopping:
        here.pool.cancel(job_id)
    tell_of_queue(batch.id)
    return reply(batch_out(batch))


def batch_out(batch: Batch) -> BatchOut:
    """A batch with a few of its newest pictures."""
    here = services()
    eta = None
    if batch.state is BatchState.RUNNING and batch.seconds_per_image is not None:
        eta = batch.seconds_per_image * batch.remaining_images
    layout = batch.layout
    return BatchOut(
        id=batch.id,
        kind=batch.kind,
        title=batch.title,
        state=batch.state,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
        num_jobs=batch.num_jobs,
        num_images=batch.num_images,
        finished_images=batch.finished_images,
        counts=BatchCounts(**{state.value: number for state, number in batch.counts.items()}),
        eta_seconds=eta,
        grid=layout and GridOut(x=_axis_out(layout.x), y=layout.y and _axis_out(layout.y)),
        images=[image_out(image) for image in here.gallery.get_many(batch.first_images)],
    )


def _axis_out(axis: Axis) -> AxisOut:
    return AxisOut(parameter=axis.parameter, labels=list(axis.labels))


def _title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1] + "…"


def _check(
    body: BatchRequest,
) -> tuple[Rows, list[tuple[Row, GenerationRequest]], list[Wrong]]:
    """The rows with their requests, and everything that is wrong, by line."""
    form = body.format
    found = read_rows(body.text, TableFormat(form), _COLUMNS)
    requests = Requests()
    defaults = body.defaults.model_dump(exclude_none=True)
    made: list[tuple[Row, GenerationRequest]] = []
    wrong = list(found.wrong)
    for row in found.rows:
        try:
            made.append((row, requests.make(_body_of(row, defaults))))
        except InvalidInput as error:
            wrong += [Wrong(row.line, one.field, one.message) for one in error.errors]
        except (NotFound, ModelUnavailable) as error:
            if "model" not in row.values:
                raise
            wrong.append(Wrong(row.line, "model", str(error)))
    return found, made, sorted(wrong, key=lambda one: (one.line, one.field))


def _body_of(row: Row, defaults: Mapping[str, Any]) -> GenerateRequest:
    """What a row asks for. Raises `InvalidInput` naming each wrong cell."""
    values, wrong = dict(defaults), []
    for name, text in row.values.items():
        try:
            values[name] = _READ.get(name, str)(text)
        except ValueError as error:
            wrong.append(FieldError(name, str(error)))
    try:
        body = GenerateRequest.model_validate(values)
    except ValidationError as error:
        named = {one.field for one in wrong}
        wrong += [one for one in field_errors(error) if one.field not in named]
    if wrong:
        raise InvalidInput("; ".join(f"{one.field}: {one.message}" for one in wrong), tuple(wrong))
    return body


def _refused(wrong: list[Wrong]) -> InvalidInput:
    shown = "; ".join(f"{one.place}: {one.message}" for one in wrong[:3])
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    fields = tuple(FieldError(one.place, one.message) for one in wrong[:MOST_PROBLEMS])
    return InvalidInput(f"Nothing was begun. {shown}{more}", fields)
