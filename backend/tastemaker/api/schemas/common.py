"""Types that several resources share: what a value may be, for checking and for the document.

Knows pydantic and the domain's enums, no Flask and no storage.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from tastemaker.domain import MAX_SEED

MAX_ID = 2**63 - 1
MAX_TEXT = 4000
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


class RequestModel(BaseModel):
    """Base of request bodies: unknown fields and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QueryModel(BaseModel):
    """Base of query strings: every value arrives as text; unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HeaderModel(BaseModel):
    """Base of headers. Its JSON schema, for which every request asks, is made once."""

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if args or kwargs:
            return super().model_json_schema(*args, **kwargs)
        return _plain_schema(cls)


@cache
def _plain_schema(model: type[HeaderModel]) -> dict[str, Any]:
    return super(HeaderModel, model).model_json_schema()


class ResponseModel(BaseModel):
    """Base of answers."""

    model_config = ConfigDict(frozen=True)


def _no_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the NUL character")
    return value


def _words(value: str) -> str:
    value = _no_nul(value).strip()
    if not value:
        raise ValueError("must not be empty")
    return value


def _rfc3339(value: Any) -> Any:
    if not isinstance(value, str) or _RFC3339.fullmatch(value) is None:
        raise ValueError(
            "must be an RFC 3339 date and time with a zone, such as 2026-01-31T12:00:00Z "
            "(a '+' in a query string is written %2B)"
        )
    return value.upper()


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is outside the years 1 to 9999") from error


Text = Annotated[
    str,
    Field(max_length=MAX_TEXT, json_schema_extra={"pattern": r"^[^\x00]*$"}),
    AfterValidator(_no_nul),
]
Words = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TEXT,
        json_schema_extra={"pattern": r"^[^\x00]*[^\s\x00][^\x00]*$"},
    ),
    AfterValidator(_words),
]
Seed = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_SEED,
        description="An integer up to 2^63-1. Seeds that the server draws are below 2^53, so that "
        "JavaScript keeps them exact.",
    ),
]
ImageId = Annotated[int, Field(ge=1, le=MAX_ID)]
Rating = Annotated[int, Field(ge=-1, le=1, description="-1 dislike, 0 not rated, 1 like.")]
Timestamp = Annotated[
    datetime,
    BeforeValidator(_rfc3339),
    AfterValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
