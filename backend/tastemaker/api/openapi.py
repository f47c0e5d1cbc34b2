"""Prints the OpenAPI document: ``python -m tastemaker.api.openapi > openapi.json``.

Needs no database, no model and no settings.
"""

from __future__ import annotations

import json

from tastemaker.api.app import document


def document_text() -> str:
    """The document as the repository keeps it: indented JSON with a final newline."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(document_text(), end="")
