"""Hands out the built web page; addresses that only the page knows get the page.

Files are looked up inside the given folder only (Werkzeug's `safe_join`).
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from tastemaker.api.errors import of_http

_YEAR_SECONDS = 31_536_000
_OTHER_ROOTS = ("/api", "/assets", "/healthz", "/readyz", "/metrics")
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Tastemaker</title>
<h1>The web page is not built yet</h1>
<p>Run <code>make run</code> in the project folder, or <code>npm install</code> and
<code>npm run build</code> in <code>frontend/</code>, and start the server again.</p>
<p>The API works: see <a href="/api/docs">its documentation</a>.</p></html>
"""


def register(app: Flask, folder: Path | None) -> None:
    """Serve ``folder`` (``None``: not built) at ``/``."""

    @app.route("/assets/<path:name>", methods=["GET"])
    def asset(name: str) -> Response:
        if folder is None:
            raise NotFound
        answer = send_from_directory(folder / "assets", name, max_age=_YEAR_SECONDS)
        answer.cache_control.public = True
        answer.cache_control.immutable = True
        return answer

    @app.route("/", methods=["GET"])
    def page() -> Response:
        if folder is None:
            return Response(_NOT_BUILT, status=503, mimetype="text/html")
        answer = send_from_directory(folder, "index.html", max_age=0)
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    def not_found(error: NotFound) -> Response:
        path = request.path
        if (
            request.method not in ("GET", "HEAD")
            or request.routing_exception is None
            or any(path == root or path.startswith(f"{root}/") for root in _OTHER_ROOTS)
        ):
            return of_http(error)
        if "." not in path.rpartition("/")[2]:
            return page()
        try:
            if folder is None:
                raise NotFound
            return send_from_directory(folder, path.lstrip("/"), max_age=3600)
        except NotFound:
            return of_http(error)

    app.register_error_handler(NotFound, not_found)
