"""``/api/models``: which models there are, switching between them, downloading one."""

from __future__ import annotations

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present_models import model_out, models_out
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.models import ModelList, ModelOut, ModelPath

resource = blueprint("models")


@resource.get("/api/models", responses={200: answers(ModelList, "All models.")})
def list_models() -> Response:
    """List the models, ready or not."""
    return reply(models_out(services().models.list()))


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
