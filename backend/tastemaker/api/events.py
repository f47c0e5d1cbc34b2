"""Server-Sent Events: what happens, as it happens, with resume after a lost connection.

A stream that resumes nothing begins with a snapshot, so that a client never has to combine a
request with a stream. Every message has an id; a browser that reconnects sends the last one back.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response
from pydantic import BaseModel, ValidationError

from tastemaker.api.context import context
from tastemaker.api.document import blueprint
from tastemaker.api.present import job_out, jobs_out
from tastemaker.api.present_models import models_out
from tastemaker.api.responses import REFERENCE, nothing, problems, sends
from tastemaker.api.schemas.events import (
    EventsHeaders,
    EventsQuery,
    ImageData,
    JobData,
    JobSnapshotData,
    JobStreamEvent,
    ModelData,
    PreviewData,
    ProgressData,
    QueueData,
    SnapshotData,
    StreamEvent,
    TrainingData,
)
from tastemaker.api.schemas.jobs import JobPath
from tastemaker.domain import Event, JobState
from tastemaker.errors import Busy
from tastemaker.jobs.events import Subscription

log = logging.getLogger(__name__)

resource = blueprint("events")

HEARTBEAT_SECONDS = 15.0
_RECONNECT_MS = 2000
_STREAM = "text/event-stream"
_ACTIVE = (JobState.QUEUED, JobState.RUNNING)
_MAX_SNAPSHOT_JOBS = 200
_DATA: dict[str, type[BaseModel]] = {
    "job": JobData,
    "progress": ProgressData,
    "preview": PreviewData,
    "image": ImageData,
    "training": TrainingData,
    "model": ModelData,
    "queue": QueueData,
}


def _stream_of(model: type[BaseModel]) -> dict[Any, Any]:
    return sends(
        {_STREAM: {"$ref": REFERENCE + model.__name__}},
        "Messages with `id`, `event` and `data` (JSON); the schema describes one message.",
    )


@resource.get("/api/events", responses={200: _stream_of(StreamEvent), **problems(422, 503)})
def stream_events(header: EventsHeaders, query: EventsQuery) -> Response:
    """Everything that happens: jobs, their progress and previews, pictures, models."""
    services = context().services
    subscription = services.events.subscribe(None, _resumed(header, query))

    def snapshot() -> BaseModel:
        active = services.queue.list(states=_ACTIVE, limit=_MAX_SNAPSHOT_JOBS, single=True)
        models = models_out(services.models.list()).items
        return SnapshotData(jobs=jobs_out(active), models=models)

    first = snapshot() if subscription.gap else None
    return _stream(_messages(subscription, first, ends=lambda event: False))


@resource.get(
    "/api/jobs/<job_id>/events",
    responses={
        200: _stream_of(JobStreamEvent),
        204: nothing("The job has ended and all was told: don't reconnect."),
        **problems(404, 422, 503),
    },
)
def stream_job_events(path: JobPath, header: EventsHeaders, query: EventsQuery) -> Response:
    """What happens to one job. The stream ends with the job."""
    services = context().services
    # In this order: what happens between the two is in the stream as well.
    subscription = services.events.subscribe(path.job_id, _resumed(header, query))
    job = services.queue.get(path.job_id)
    if subscription.gap:
        first = JobSnapshotData(job=job_out(job))
        return _stream(_messages(subscription, first, ends=_is_end, over=job.state.is_final))
    if job.state.is_final and not subscription.pending:
        return Response(status=204)
    return _stream(_messages(subscription, None, ends=_is_end))


def _resumed(header: EventsHeaders, query: EventsQuery) -> int | None:
    text = header.last_event_id
    if text is not None:
        return int(text[:19]) if text.isascii() and text.isdigit() else None
    return query.last_event_id


def _is_end(event: Event) -> bool:
    return event.type == "job" and JobState(event.data["state"]).is_final


def _stream(messages: Iterator[str]) -> Response:
    streams = context().streams
    if not streams.take():
        raise Busy("Too many pages listen for events at once. Close some.", retry_after=30)
    pool = context().services.pool
    pool.watch()
    answer = Response(messages, mimetype=_STREAM)
    answer.call_on_close(streams.give_back)
    answer.call_on_close(pool.unwatch)
    answer.headers["Cache-Control"] = "no-store"
    # Asks nginx not to hold messages back.
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _messages(
    subscription: Subscription,
    first: BaseModel | None,
    *,
    ends: Callable[[Event], bool],
    over: bool = False,
) -> Iterator[str]:
    yield f"retry: {_RECONNECT_MS}\n\n"
    if first is not None:
        yield _message(subscription.position, "snapshot", first.model_dump_json())
    while not over:
        item = subscription.next(HEARTBEAT_SECONDS)
        if item is None:
            if subscription.closed:
                return
            # Also how the server notices that nobody listens any more.
            yield ": still here\n\n"
            continue
        data = _event_json(item.event)
        if data is not None:
            yield _message(item.id, item.event.type, data)
        over = ends(item.event)


def _message(number: int, kind: str, data: str) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {data}\n\n"


def _event_json(event: Event) -> str | None:
    """The event's data as the document promises it; ``None`` for what it doesn't know."""
    data = dict(event.data)
    if event.job_id is not None:
        data["job_id"] = event.job_id
    try:
        return _DATA[event.type].model_validate(data).model_dump_json()
    except (KeyError, ValidationError):
        log.exception("an event can't be told: %s", json.dumps(data, default=str)[:500])
        return None
