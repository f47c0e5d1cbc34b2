"""``/api/openapi.json`` and a page that shows it, made of our own files only: any CSP allows it."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Response, send_from_directory

from tastemaker.api.document import DocumentedApp

_FOLDER = Path(__file__).resolve().parent / "static"


def register(app: DocumentedApp) -> None:
    """Add both addresses, and the page's files."""
    text = json.dumps(app.api_doc, ensure_ascii=False)

    @app.route("/api/openapi.json", methods=["GET"])
    def openapi_json() -> Response:
        return Response(text, mimetype="application/json", headers={"Cache-Control": "no-cache"})

    @app.route("/api/docs", methods=["GET"])
    def docs_page() -> Response:
        return send_from_directory(_FOLDER, "docs.html", max_age=0)

    @app.route("/api/docs/<name>", methods=["GET"])
    def docs_file(name: str) -> Response:
        return send_from_directory(_FOLDER, name, max_age=0)
