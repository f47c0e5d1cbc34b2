"""An HTTP client that holds every answer to the OpenAPI document, whatever the test looks at."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from flask_openapi3.utils import parse_rule
from openapi_schema_validator import OAS31Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tastemaker.api.document import DocumentedApp
from tastemaker.api.security import HEADERS

PROBLEM = "application/problem+json"


class CheckedClient(FlaskClient):
    """Flask's client; an answer that the document doesn't allow fails the test."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        check(self.application, answer)  # type: ignore[arg-type]
        return answer


def check(app: DocumentedApp, answer: TestResponse) -> None:
    """Fail if ``answer`` isn't what the document promises for its request."""
    for name in HEADERS:
        assert name in answer.headers, name
    path = answer.request.path
    if answer.mimetype == PROBLEM:
        problem = answer.get_json()
        _conforms(app, {"$ref": "#/components/schemas/Problem"}, problem)
        assert problem["status"] == answer.status_code
        assert "Traceback" not in problem["detail"]
    elif path.startswith("/api/") and not path.startswith("/api/docs"):
        assert answer.mimetype != "text/html", path
    operation = _operation(app, answer.request.method, path)
    if operation is None:
        return
    documented = operation["responses"].get(str(answer.status_code))
    assert documented is not None, f"{answer.status_code} is not documented for {path}"
    if answer.status_code in (204, 304) or answer.request.method == "HEAD":
        assert "content" not in documented or answer.request.method == "HEAD"
        return
    assert answer.mimetype in documented["content"], answer.mimetype
    if answer.mimetype == "application/json":
        _conforms(app, documented["content"]["application/json"]["schema"], answer.get_json())
    for name in {*answer.headers.keys()} & {"Location", "Retry-After", "Link", "ETag"}:
        assert name in documented.get("headers", {}), name


def _operation(app: DocumentedApp, method: str, path: str) -> dict[str, Any] | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except HTTPException:
        return None
    documented = app.api_doc["paths"].get(parse_rule(rule.rule), {})
    found: dict[str, Any] | None = documented.get("get" if method == "HEAD" else method.lower())
    return found


def _conforms(app: DocumentedApp, schema: dict[str, Any], data: object) -> None:
    whole = {**schema, "components": app.api_doc["components"]}
    OAS31Validator(whole, format_checker=OAS31Validator.FORMAT_CHECKER).validate(data)
