"""The one mapping of everything that can go wrong to RFC 9457 problems.

Every answer says what was wrong and what to do; a traceback goes to the log and nowhere else.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable
from http import HTTPStatus

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from tastemaker import errors
from tastemaker.api.responses import PROBLEM_TYPE
from tastemaker.api.schemas import (
    batches,
    events,
    exchange,
    generate,
    images,
    jobs,
    models,
    preferences,
    prompts,
    queue,
    retrain,
)
from tastemaker.api.schemas.system import FieldProblem, Problem

log = logging.getLogger(__name__)

# From special to general: the first that fits is taken.
_MAPPING: tuple[tuple[type[errors.TastemakerError], int, str, str], ...] = (
    (errors.QueueFull, 429, "queue-full", "The queue is full"),
    (errors.ModelUnavailable, 503, "model-unavailable", "The model can't draw yet"),
    (errors.Busy, 503, "busy", "Not possible at the moment"),
    (errors.HubUnreachable, 503, "hub-unreachable", "The model hub can't be reached"),
    (errors.InsufficientDisk, 507, "disk-full", "Too little free disk space"),
    (errors.UnsupportedImage, 415, "unsupported-image", "Not a picture that can be read"),
    (errors.UnreadableImage, 422, "unreadable-image", "The picture can't be used"),
    (errors.InvalidInput, 422, "invalid-input", "The request is wrong"),
    (errors.PayloadTooLarge, 413, "too-large", "Too many bytes"),
    (errors.BlobMissing, 404, "picture-missing", "The picture's file is missing"),
    (errors.NotFound, 404, "not-found", "Not found"),
    (errors.ModelBroken, 409, "model-broken", "The model can't be used"),
    (errors.Conflict, 409, "conflict", "Its state doesn't allow this"),
)
_RETRY_HUB_SECONDS = 60
_PATH_MODELS = (
    images.ImagePath,
    jobs.JobPath,
    models.GridPath,
    models.ModelPath,
    preferences.ChoicePath,
    batches.BatchPath,
    prompts.PromptPath,
    prompts.StylePath,
    prompts.WildcardPath,
    retrain.RetrainGridPath,
)
_PATHS = frozenset(model.__name__ for model in _PATH_MODELS)
_FIELDS = {
    model.__name__: tuple(model.model_fields)
    for model in (
        batches.BatchChange,
        batches.BatchRequest,
        batches.BatchJobsQuery,
        batches.BatchesQuery,
        batches.GridRequest,
        events.EventsQuery,
        exchange.ExportForm,
        exchange.ImportUpload,
        exchange.InfotextUpload,
        generate.GenerateRequest,
        generate.VariationsRequest,
        generate.VariationsUpload,
        images.DeleteQuery,
        images.FeedbackRequest,
        images.FileQuery,
        images.ImageChange,
        images.ImageFilters,
        images.ImageQuery,
        images.ImagesChange,
        images.ImagesQuery,
        jobs.JobsQuery,
        models.ModelChange,
        models.ModelImport,
        preferences.NextQuery,
        preferences.PreferenceRequest,
        prompts.PromptMark,
        prompts.PromptsQuery,
        prompts.ResolveRequest,
        prompts.StyleBody,
        prompts.StylesImport,
        prompts.SurpriseRequest,
        prompts.TokensRequest,
        prompts.WildcardBody,
        queue.QueueChange,
        queue.QueueMove,
        retrain.PreviewQuery,
        retrain.ResumeQuery,
        retrain.RetrainRequest,
    )
}


def problem(
    status: int,
    detail: str,
    *,
    kind: str | None = None,
    title: str | None = None,
    fields: Iterable[errors.FieldError] = (),
    retry_after: int | None = None,
) -> Response:
    """An error as problem+json. ``retry_after`` is in seconds."""
    listed = [FieldProblem(field=item.field, message=item.message) for item in fields]
    body = Problem(
        type=f"/problems/{kind}" if kind else "about:blank",
        title=title or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=listed or None,
    )
    answer = Response(body.model_dump_json(), status=status, content_type=PROBLEM_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def register(app: Flask) -> None:
    """Answer every error of ``app`` as a problem."""
    app.register_error_handler(errors.TastemakerError, _ours)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, _unexpected)


def _ours(error: errors.TastemakerError) -> Response:
    found = next((row[1:] for row in _MAPPING if isinstance(error, row[0])), None)
    if found is None:
        return _unexpected(error)
    status, slug, title = found
    retry_after = error.retry_after if isinstance(error, errors.Busy) else None
    if isinstance(error, errors.HubUnreachable):
        retry_after = _RETRY_HUB_SECONDS
    fields = error.errors if isinstance(error, errors.InvalidInput) else ()
    return problem(
        status, str(error), kind=slug, title=title, fields=fields, retry_after=retry_after
    )


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error in %s %s", request.method, request.path, exc_info=error)
    return problem(
        500,
        "Something went wrong inside the server. Its log says what; trying again may help.",
        kind="internal",
    )


def of_http(error: HTTPException) -> Response:
    """The problem for an error that Flask or Werkzeug found."""
    if error.response is not None:
        made = error.response
        assert isinstance(made, Response)
        return made
    status = error.code or 500
    if status < 400:
        made = error.get_response()
        assert isinstance(made, Response)
        return made
    detail = error.description or HTTPStatus(status).phrase
    allow: str | None = None
    if isinstance(error, MethodNotAllowed):
        allow = ", ".join(sorted(error.valid_methods or ()))
        detail = f"{request.method} is not possible here. Allowed: {allow}."
    elif isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length
        detail = "The request is too large" + (f"; at most {limit:,} bytes." if limit else ".")
    elif status == 404:
        detail = "There is nothing at this address. /api/docs lists what there is."
    answer = problem(status, detail)
    if allow:
        answer.headers["Allow"] = allow
    return answer


def of_validation(error: ValidationError) -> Response:
    """The problem for input that pydantic refused; a wrong address is simply not there."""
    if error.title in _PATHS:
        return problem(
            404, "There is nothing of that name or number.", kind="not-found", title="Not found"
        )
    found = field_errors(error)
    shown = "; ".join(f"{item.field}: {item.message}" for item in found[:3])
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return problem(
        422, shown + more, kind="invalid-input", title="The request is wrong", fields=found
    )


def field_errors(error: ValidationError) -> tuple[errors.FieldError, ...]:
    """Each wrong field with what is allowed, in the words of this API."""
    found = []
    for item in error.errors(include_url=False):
        names = [str(part) for part in item["loc"] if not str(part).startswith("function-")]
        field = ".".join(names) or "body"
        message = _message(item["type"], item["msg"], field, error)
        found.append(errors.FieldError(field, message))
    return tuple(found)


def _message(kind: str, message: str, field: str, error: ValidationError) -> str:
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        known = _FIELDS.get(error.title, ())
        close = difflib.get_close_matches(field, known, n=1)
        if close:
            return f"is unknown; did you mean {close[0]}?"
        return f"is unknown; allowed: {', '.join(known)}"
    if kind == "string_unicode":
        return "must be valid Unicode text"
    return (
        message.removeprefix("Value error, ")
        .replace("Input should be", "must be", 1)
        .replace("String should match pattern", "must match", 1)
        .replace("String should have", "must have", 1)
        .replace("List should have", "must have", 1)
    )
