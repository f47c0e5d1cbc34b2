"""``POST /api/generate``: text to image."""

from __future__ import annotations

from flask import Response

from tastemaker.api.document import blueprint
from tastemaker.api.requests import Requests
from tastemaker.api.schemas.generate import GenerateRequest
from tastemaker.api.schemas.jobs import SubmitHeaders
from tastemaker.api.submission import DOCUMENTED, fingerprint, submit
from tastemaker.domain import JobKind

resource = blueprint("generate")


@resource.post("/api/generate", responses=DOCUMENTED)
def generate(header: SubmitHeaders, body: GenerateRequest) -> Response:
    """Draw pictures from text.

    Waits for the pictures up to a bounded time (see `Prefer`); what isn't finished by then goes on,
    and the answer says where to look.
    """
    request = Requests().make(body)
    mark = fingerprint(JobKind.GENERATE, body.model_dump_json(exclude_none=True))
    return submit(JobKind.GENERATE, request, header, mark, prompts=[body.prompt])
