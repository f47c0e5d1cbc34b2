"""Whether the program lives, whether it can draw, and what the user interface should know."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, current_app

from tastemaker import __version__
from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.errors import problem
from tastemaker.api.metrics import CONTENT_TYPE, exposition
from tastemaker.api.responses import answers, problems, reply, sends
from tastemaker.api.schemas.common import MAX_TEXT
from tastemaker.api.schemas.generate import MAX_GUIDANCE, MAX_IMAGES, MAX_STEPS
from tastemaker.api.schemas.system import (
    Alive,
    Limits,
    Ready,
    SystemOut,
    WarmUpOut,
    WorkerOut,
)
from tastemaker.jobs.pool import WarmUp

resource = blueprint("health")

_RETRY_SECONDS = 5


@resource.get("/healthz", responses={200: answers(Alive, "It answers.")})
def healthz() -> Response:
    """Whether the web server lives."""
    return reply(Alive(status="ok", version=__version__), headers={"Cache-Control": "no-store"})


@resource.get("/readyz", responses={200: answers(Ready, "It can draw."), **problems(503)})
def readyz() -> Response:
    """Whether a model is loaded."""
    status = services().pool.status()
    if not status.ready:
        return problem(
            503, status.detail, kind="not-ready", title="Not ready", retry_after=_RETRY_SECONDS
        )
    body = Ready(
        status="ready",
        detail=status.detail,
        device=status.device,
        loaded_models=list(status.loaded_models),
    )
    return reply(body, headers={"Cache-Control": "no-store"})


@resource.get(
    "/metrics", responses={200: sends({"text/plain": {"type": "string"}}, "Prometheus text.")}
)
def metrics() -> Response:
    """Numbers for Prometheus."""
    return Response(exposition(current_app), content_type=CONTENT_TYPE)


@resource.get("/api/system", responses={200: answers(SystemOut, "The state of the server.")})
def get_system() -> Response:
    """What the user interface needs to know about the server."""
    here = services()
    status = here.pool.status()
    limits = Limits(
        max_images=MAX_IMAGES,
        max_steps=MAX_STEPS,
        max_guidance_scale=MAX_GUIDANCE,
        max_prompt_length=MAX_TEXT,
        max_queue=here.settings.max_queue,
        max_upload_bytes=here.settings.max_upload_mb * 1024 * 1024,
        max_upload_pixels=here.settings.max_upload_pixels,
    )
    worker = WorkerOut(
        ready=status.ready,
        detail=status.detail,
        loaded_models=list(status.loaded_models),
        restarts=status.restarts,
        warm_up=None if status.warm_up is None else _warm_up(status.warm_up),
    )
    return reply(
        SystemOut(
            version=__version__,
            device=status.device,
            worker=worker,
            offline=here.settings.offline,
            limits=limits,
        )
    )


def _warm_up(found: WarmUp) -> WarmUpOut:
    seconds = (datetime.now(UTC) - found.since).total_seconds()
    return WarmUpOut(
        model=found.model, stage=found.stage, since=found.since, seconds=max(0.0, round(seconds, 1))
    )
