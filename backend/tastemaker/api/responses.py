"""How answers are made and how they are announced in the OpenAPI document.

Knows Flask and the schemas' base class; nothing of any resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import BaseModel

REFERENCE = "#/components/schemas/"
PROBLEM_TYPE = "application/problem+json"
_WITH_RETRY = (429, 503)
_MEANING = {
    400: "The body can't be parsed.",
    403: "The request comes from another site or asks for another host.",
    404: "There is no such thing.",
    409: "Its state doesn't allow this; the detail says why.",
    413: "More bytes than the operator allows.",
    415: "Another content type, or not a picture of a format we read.",
    422: "The request is understood but wrong; `errors` names the fields.",
    429: "The queue is full.",
    500: "A fault of the server; it is in its log.",
    503: "Not possible at the moment; the detail says what is happening.",
    507: "Too little free disk space.",
}

Documented = dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]


def reply(
    model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with ``model`` as its JSON."""
    return Response(
        model.model_dump_json(), status=status, headers=headers, mimetype="application/json"
    )


def answers(
    model: type[BaseModel], description: str, headers: Mapping[str, str] | None = None
) -> dict[Any, Any]:
    """Documents a JSON answer; ``headers`` are names with descriptions.

    The model must be one of `tastemaker.api.document.COMPONENTS`.
    """
    schema = {"$ref": REFERENCE + model.__name__}
    return _described(description, {"application/json": {"schema": schema}}, headers)


def sends(
    media_types: Mapping[str, Mapping[str, Any]],
    description: str,
    headers: Mapping[str, str] | None = None,
) -> dict[Any, Any]:
    """Documents an answer that isn't JSON: media types with their schemas."""
    content = {name: {"schema": dict(schema)} for name, schema in media_types.items()}
    return _described(description, content, headers)


def nothing(description: str, headers: Mapping[str, str] | None = None) -> dict[Any, Any]:
    """Documents an answer without a body."""
    return _described(description, None, headers)


def problems(*statuses: int) -> Documented:
    """Documents the errors an operation may answer, besides those that every operation may."""
    documented: Documented = {}
    for status in statuses:
        headers = {"Retry-After": "Seconds to wait."} if status in _WITH_RETRY else None
        documented[status] = _described(
            _MEANING[status], {PROBLEM_TYPE: {"schema": {"$ref": REFERENCE + "Problem"}}}, headers
        )
    return documented


def _described(
    description: str, content: Mapping[str, Any] | None, headers: Mapping[str, str] | None
) -> dict[Any, Any]:
    documented: dict[Any, Any] = {"description": description}
    if content is not None:
        documented["content"] = dict(content)
    if headers:
        documented["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return documented
