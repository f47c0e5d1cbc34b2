"""``/api/models``: which models there are, switching between them, downloading one."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present_models import model_out, models_out
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.models import ModelList, ModelOut, ModelPath, VocabularyOut
from tastemaker.models.vocabulary import vocabulary_of

resource = blueprint("models")


@resource.get("/api/models", responses={200: answers(ModelList, "All models.")})
def list_models() -> Response:
    """List the models, ready or not."""
    return reply(models_out(services().models.list()))


@resource.get(
    "/api/models/<name>/vocabulary",
    responses={200: answers(VocabularyOut, "What it can draw."), **problems(404, 503)},
)
def get_vocabulary(path: ModelPath) -> Response:
    """All that a model knows, and the words for it, if it knows only so much."""
    here = services().models
    model = here.require_ready(path.name)
    found = vocabulary_of(model, here.parts_of(model.name)[0])
    return reply(VocabularyOut.model_validate(asdict(found)))


@resource.post(
    "/api/models/<name>/activate",
    responses={200: answers(ModelOut, "It is active now."), **problems(404, 409, 503)},
)
def activate_model(path: ModelPath) -> Response:
    """Make a model the one that draws when a request names none."""
    here = services()
    model = here.models.activate(path.name)
    here.pool.preload(model.name)
    return reply(model_out(model))


@resource.post(
    "/api/models/<name>/download",
    responses={
        202: answers(ModelOut, "The download runs; events tell how far it is."),
        **problems(404, 409, 503, 507),
    },
)
def start_download(path: ModelPath) -> Response:
    """Begin a download, or go on with one that was stopped or failed."""
    return reply(model_out(services().models.start_download(path.name)), 202)


@resource.delete(
    "/api/models/<name>/download",
    responses={200: answers(ModelOut, "It is stopped; what arrived is kept."), **problems(404)},
)
def stop_download(path: ModelPath) -> Response:
    """Stop a download until it is started again."""
    return reply(model_out(services().models.stop_download(path.name)))
