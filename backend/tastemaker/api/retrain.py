"""``/api/retrain``: start a training, follow it, pause it, look at its data before it starts."""

from __future__ import annotations

from flask import Response, request

from tastemaker.api import training_status
from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present import job_out
from tastemaker.api.responses import answers, nothing, problems, reply, sends
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
from tastemaker.api.submission import fingerprint
from tastemaker.api.training_preview import MEASURING, preview_out
from tastemaker.api.training_start import checked, refuse_taken_device
from tastemaker.domain import JobKind, JobState, TrainingJob
from tastemaker.errors import Conflict, NotFound
from tastemaker.jobs.events import job_event
from tastemaker.training.runs import run_folder
from tastemaker.training.samples_folder import grid_path

resource = blueprint("retrain")

_BINARY = {"type": "string", "format": "binary"}
_HEADERS = {"ETag": "Names the content.", "Cache-Control": "For ever: a grid never changes."}
_CACHE = "private, max-age=31536000, immutable"


@resource.post(
    "/api/retrain",
    responses={
        202: answers(JobOut, "It will begin.", {"Location": "The job's address."}),
        **problems(400, 404, 409, 413, 415, 422, 503, 507),
    },
)
def start_retraining(header: RetrainHeaders, body: RetrainRequest) -> Response:
    """Learn from ratings or a dataset: makes a new version of a model. One training at a time."""
    here = services()
    mark = fingerprint(JobKind.RETRAIN, body.model_dump_json())
    job = here.trainings.repeated(header.idempotency_key, mark)
    if job is None:
        job, is_new = here.trainings.submit(
            checked(body), idempotency_key=header.idempotency_key, fingerprint=mark
        )
        if is_new:
            here.errands.abandon(MEASURING)
            _tell(job)
            here.training_pool.wake()
    return reply(job_out(job), 202, {"Location": f"/api/jobs/{job.id}"})


@resource.get(
    "/api/retrain/status", responses={200: answers(RetrainStatus, "The current or latest one.")}
)
def retraining_status() -> Response:
    """How far the current training is, or how the latest one ended."""
    return reply(training_status.status_out(services().trainings.latest()))


@resource.get(
    "/api/retrain/preview",
    responses={
        200: answers(RetrainPreview, "What would be learned from."),
        **problems(404, 409, 422, 503),
    },
)
def preview_retraining(query: PreviewQuery) -> Response:
    """What the training set would be now: counts, rejected rows, captions, time and memory."""
    return reply(preview_out(query))


@resource.post(
    "/api/retrain/pause",
    responses={200: answers(JobOut, "It stops after its current step."), **problems(409)},
)
def pause_retraining() -> Response:
    """Save the training and stop until it is resumed."""
    here = services()
    job = here.trainings.request_pause()
    here.training_pool.tell("pause")
    _tell(job)
    return reply(job_out(job))


@resource.post(
    "/api/retrain/resume",
    responses={200: answers(JobOut, "It goes on from where it was."), **problems(404, 409, 422)},
)
def resume_retraining(query: ResumeQuery) -> Response:
    """Let a paused training go on, or one that was cancelled or failed and left a checkpoint."""
    here = services()
    job = _to_resume(query.name)
    if job.state is not JobState.RUNNING:
        refuse_taken_device()
    job = here.trainings.resume(job.id)
    here.errands.abandon(MEASURING)
    here.training_pool.wake()
    _tell(job)
    return reply(job_out(job))


@resource.get(
    "/api/retrain/grids/<job_id>/<int:step>",
    responses={
        200: sends({"image/png": _BINARY}, "The samples.", _HEADERS),
        304: nothing("The caller has it already (`If-None-Match`).", _HEADERS),
        **problems(404),
    },
)
def get_retraining_grid(path: RetrainGridPath) -> Response:
    """Samples drawn with a checkpoint; step 0 is the model before training."""
    here = services()
    job = here.trainings.get(path.job_id)
    try:
        data = grid_path(run_folder(here.settings, job.request.name), path.step).read_bytes()
    except OSError as error:
        raise NotFound(f"There are no samples of step {path.step} of this training.") from error
    answer = Response(data, mimetype="image/png")
    answer.set_etag(f"{job.id}-{path.step}")
    answer.headers["Cache-Control"] = _CACHE
    answer.make_conditional(request)
    return answer


def _to_resume(name: str | None) -> TrainingJob:
    trainings = services().trainings
    if name is None:
        latest = trainings.latest()
        if latest is None:
            raise Conflict("There is no training that could be resumed.")
        return latest
    found = trainings.named(name)
    if found is None:
        raise NotFound(f"There is no training of a run named {name}.")
    return found


def _tell(job: TrainingJob) -> None:
    services().events.publish(job_event(job))
    training_status.publish(job)
