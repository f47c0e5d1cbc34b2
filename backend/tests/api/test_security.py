"""Who is let in: same origin, known hosts; what browsers may do with the answers."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import MakeServices, checked_app

RATING: dict[str, Any] = {"image_id": 1, "feedback": 1}
PASSED = 404
REFUSED = 403


def rate(client: FlaskClient, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/api/feedback", json=RATING, headers=named).status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, PASSED),
        ({"Origin": "http://localhost"}, PASSED),
        ({"Origin": "http://LOCALHOST"}, PASSED),
        ({"Origin": "http://localhost:3000"}, REFUSED),
        ({"Origin": "http://evil.example"}, REFUSED),
        ({"Origin": "http://localhost.evil.example"}, REFUSED),
        ({"Origin": "null"}, REFUSED),
        ({"Origin": "http://["}, REFUSED),
        ({"Sec_Fetch_Site": "same-origin"}, PASSED),
        ({"Sec_Fetch_Site": "none"}, PASSED),
        ({"Sec_Fetch_Site": "cross-site"}, REFUSED),
        ({"Sec_Fetch_Site": "same-site"}, REFUSED),
        ({"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}, REFUSED),
        # A development server in between: the page is of its origin, and the browser says so.
        ({"Origin": "http://localhost:3000", "Sec_Fetch_Site": "same-origin"}, PASSED),
    ],
)
def test_changes_only_from_the_same_origin(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert rate(client, **headers) == status


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_every_changing_method_is_guarded(client: FlaskClient, method: str) -> None:
    for path in ("/api/generate", "/api/images/1", "/api/jobs/1", "/api/models/x/activate"):
        answer = client.open(path, method=method, headers={"Origin": "http://evil.example"})
        assert answer.status_code in (REFUSED, 405)


def test_foreign_pages_read_nothing_but_may_link_here(client: FlaskClient) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.get("/api/events", headers=foreign).status_code == REFUSED
    assert client.get("/api/images", headers=foreign).status_code == REFUSED
    followed = {**foreign, "Sec-Fetch-Mode": "navigate"}
    assert client.get("/api/images", headers=followed).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:5001", 200),
        ("127.0.0.1:5001", 200),
        ("[::1]:5001", 200),
        ("LocalHost:80", 200),
        ("evil.example", REFUSED),
        ("evil.example:5001", REFUSED),
        ("127.0.0.1.evil.example", REFUSED),
        ("192.168.1.5:5001", REFUSED),
        ("[", REFUSED),
    ],
)
def test_a_loopback_server_answers_to_loopback_names(
    client: FlaskClient, host: str, status: int
) -> None:
    for path in ("/api/images", "/healthz", "/metrics"):
        assert client.get(path, headers={"Host": host}).status_code == status


def test_an_open_server_answers_to_any_name_unless_told(make_services: MakeServices) -> None:
    client = checked_app(make_services(host="0.0.0.0")).test_client()
    assert client.get("/api/images", headers={"Host": "studio.lan"}).status_code == 200
    settings = {"host": "0.0.0.0", "allowed_hosts": "studio.lan, other.lan"}
    strict = checked_app(make_services(**settings)).test_client()
    assert strict.get("/api/images", headers={"Host": "OTHER.lan:80"}).status_code == 200
    assert strict.get("/healthz", headers={"Host": "localhost"}).status_code == 200
    assert strict.get("/api/images", headers={"Host": "evil.lan"}).status_code == REFUSED


def test_names_can_be_added_to_a_loopback_server(make_services: MakeServices) -> None:
    client = checked_app(make_services(allowed_hosts="studio.lan")).test_client()
    assert client.get("/api/images", headers={"Host": "studio.lan"}).status_code == 200
    any_name = checked_app(make_services(allowed_hosts="*")).test_client()
    assert any_name.get("/api/images", headers={"Host": "evil.example"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/images", "/api/nothing", "/api/docs", "/metrics"])
def test_every_answer_is_marked(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_answers_of_the_api_are_not_kept_by_caches(client: FlaskClient) -> None:
    assert client.get("/api/images").headers["Cache-Control"] == "no-store"
    assert client.get("/api/images/7").headers["Cache-Control"] == "no-store"
