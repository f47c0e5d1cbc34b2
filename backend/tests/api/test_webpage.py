"""The built web page, and that nothing outside its folder is handed out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tastemaker.api.services import Services
from tests.api.conftest import checked_app

PAGE = "<!doctype html><title>Studio</title>"


@pytest.fixture
def site(services: Services, tmp_path: Path) -> FlaskClient:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-a1b2.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return checked_app(services, frontend=folder).test_client()


@pytest.mark.parametrize("path", ["/", "/gallery", "/images/12", "/retrain/", "/a/b/c?q=1"])
def test_addresses_of_the_page_get_the_page(site: FlaskClient, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert answer.get_data(as_text=True) == PAGE
    assert answer.headers["Cache-Control"] == "no-cache"


def test_files_with_a_hash_in_their_name_are_kept_for_ever(site: FlaskClient) -> None:
    answer = site.get("/assets/index-a1b2.js")
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_other_files_can_change(site: FlaskClient) -> None:
    answer = site.get("/favicon.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/%2fetc/passwd.txt",
        "/assets/missing.js",
        "/missing.png",
    ],
)
def test_nothing_else_is_there(site: FlaskClient, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/api/nothing", "/api/images/x", "/metrics/x", "/healthz/x"])
def test_the_page_does_not_stand_in_for_the_api(site: FlaskClient, path: str) -> None:
    assert site.get(path).mimetype == "application/problem+json"


def test_only_get_reaches_the_page(site: FlaskClient) -> None:
    assert site.post("/gallery").status_code == 404
    assert site.head("/gallery").status_code == 200


def test_a_page_that_is_not_built_says_how(client: FlaskClient) -> None:
    answer = client.get("/gallery")
    assert answer.status_code == 503
    assert "make run" in answer.get_data(as_text=True)
    assert client.get("/assets/x.js").status_code == 404
    assert client.get("/api/images").status_code == 200
