"""The OpenAPI document: valid, complete, committed as it is; its page; what the API may import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from tastemaker.api.document import DocumentedApp
from tastemaker.api.openapi import document_text

BACKEND = Path(__file__).resolve().parents[2]
COMMAND = "python -m tastemaker.api.openapi > openapi.json"
UNDOCUMENTED = {
    "/",
    "/assets/<path:name>",
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/<name>",
}


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(json.loads(document_text())).validate()


def test_the_committed_document_is_the_current_one() -> None:
    committed = (BACKEND / "openapi.json").read_text(encoding="utf-8")
    assert committed == document_text(), f"run in backend/: {COMMAND}"


def test_the_server_hands_out_the_same_document(client: FlaskClient) -> None:
    assert client.get("/api/openapi.json").get_json() == json.loads(document_text())


def test_every_route_is_documented(app: DocumentedApp) -> None:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule.rule not in UNDOCUMENTED:
                assert method.lower() in app.api_doc["paths"][path]


def test_operations_have_distinct_names_and_say_what_they_do(app: DocumentedApp) -> None:
    operations = [one for path in app.api_doc["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert all(one["summary"] for one in operations)


def test_every_error_is_a_problem(app: DocumentedApp) -> None:
    for path in app.api_doc["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"]


def test_the_page_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.mimetype == "text/html"
    text = page.get_data(as_text=True)
    found = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert found
    for address in found:
        assert address.startswith("/api/")
        assert client.get(address).status_code == 200
    assert "<script>" not in text
    assert "style=" not in text
    assert client.get("/api/docs/docs.js").mimetype == "text/javascript"


def test_the_api_starts_without_the_model_libraries() -> None:
    program = (
        "import sys, tastemaker.api, tastemaker.api.openapi;"
        "print([m for m in ('torch', 'diffusers', 'transformers') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=BACKEND, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
