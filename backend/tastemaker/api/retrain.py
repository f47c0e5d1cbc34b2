"""``/api/retrain``: start a training, follow it, pause it, look at its data before it starts."""

from __future__ import annotations

from flask import Response

from tastemaker.api.document import blueprint
from tastemaker.api.responses import answers, nothing, problems, sends
from tastemaker.api.schemas.jobs import JobOut
from tastemaker.api.schemas.retrain import (
    PreviewQuery,
    ResumeQuery,
    RetrainGridPath,
    RetrainHeaders,
    RetrainPreview,
    RetrainRequest,
    RetrainStatus,
)
from tastemaker.errors import Busy

resource = blueprint("retrain")

_BINARY = {"type": "string", "format": "binary"}
_HEADERS = {"ETag": "Names the content.", "Cache-Control": "For ever: a grid never changes."}


@resource.post(
    "/api/retrain",
    responses={
        202: answers(JobOut, "It will begin.", {"Location": "The job's address."}),
        **problems(400, 404, 409, 413, 415, 422, 503, 507),
    },
)
def start_retraining(header: RetrainHeaders, body: RetrainRequest) -> Response:
    """Learn from ratings or a dataset: makes a new version of a model. One training at a time."""
    raise Busy("Not yet.")


@resource.get(
    "/api/retrain/status", responses={200: answers(RetrainStatus, "The current or latest one.")}
)
def retraining_status() -> Response:
    """How far the current training is, or how the latest one ended."""
    raise Busy("Not yet.")


@resource.get(
    "/api/retrain/preview",
    responses={
        200: answers(RetrainPreview, "What would be learned from."),
        **problems(404, 409, 422, 503),
    },
)
def preview_retraining(query: PreviewQuery) -> Response:
    """What the training set would be now: counts, rejected rows, captions, time and memory."""
    raise Busy("Not yet.")


@resource.post(
    "/api/retrain/pause",
    responses={200: answers(JobOut, "It stops after its current step."), **problems(409)},
)
def pause_retraining() -> Response:
    """Save the training and stop until it is resumed."""
    raise Busy("Not yet.")


@resource.post(
    "/api/retrain/resume",
    responses={200: answers(JobOut, "It goes on from where it was."), **problems(404, 409, 422)},
)
def resume_retraining(query: ResumeQuery) -> Response:
    """Let a paused training go on, or one that was cancelled or failed and left a checkpoint."""
    raise Busy("Not yet.")


@resource.get(
    "/api/retrain/grids/<job_id>/<int:step>",
    responses={
        200: sends({"image/png": _BINARY}, "The samples.", _HEADERS),
        304: nothing("The caller has it already (`If-None-Match`)."),
        **problems(404),
    },
)
def get_retraining_grid(path: RetrainGridPath) -> Response:
    """Samples drawn with a checkpoint; step 0 is the model before training."""
    raise Busy("Not yet.")
