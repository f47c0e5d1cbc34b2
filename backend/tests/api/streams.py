"""Reads Server-Sent Events as a browser does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from werkzeug.test import TestResponse

from tastemaker.api.document import DocumentedApp


@dataclass(frozen=True)
class Message:
    """One message of a stream."""

    id: int
    event: str
    data: dict[str, Any]


class Stream:
    """An open stream; every message is held to the document."""

    def __init__(self, client: FlaskClient, path: str, **headers: str) -> None:
        self._app = client.application
        self.answer: TestResponse = client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        self.blocks: Iterator[str] = (part.decode() for part in self.answer.iter_encoded())

    def next(self) -> Message:
        """The next message, passing over comments."""
        while True:
            found = self._parse(next(self.blocks))
            if found is not None:
                return found

    def rest(self) -> list[Message]:
        """Everything until the stream ends."""
        return [found for found in map(self._parse, self.blocks) if found is not None]

    def close(self) -> None:
        self.answer.close()

    def _parse(self, block: str) -> Message | None:
        assert block.endswith("\n\n")
        fields = dict(line.split(": ", 1) for line in block.strip().splitlines())
        if "data" not in fields:
            return None
        self._conforms(fields)
        return Message(int(fields["id"]), fields["event"], json.loads(fields["data"]))

    def _conforms(self, fields: dict[str, str]) -> None:
        assert isinstance(self._app, DocumentedApp)
        document = self._app.api_doc
        path = "/api/events"
        if self.answer.request.path.startswith("/api/jobs/"):
            path = "/api/jobs/{job_id}/events"
        content = document["paths"][path]["get"]["responses"]["200"]["content"]
        components = {"components": document["components"]}
        whole = OAS31Validator({**content["text/event-stream"]["schema"], **components})
        whole.validate({name: value for name, value in fields.items() if name != "retry"})
        union = document["components"]["schemas"][
            content["text/event-stream"]["schema"]["$ref"].rpartition("/")[2]
        ]
        name = union["discriminator"]["mapping"][fields["event"]].rpartition("/")[2]
        data = document["components"]["schemas"][name]["properties"]["data"]
        OAS31Validator({**data["contentSchema"], **components}).validate(json.loads(fields["data"]))
