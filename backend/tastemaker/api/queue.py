"""``/api/queue``: what is drawn next, in which order; pausing, reordering, clearing."""

from __future__ import annotations

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present import jobs_out
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.queue import (
    QueueChange,
    QueueCleared,
    QueueEntry,
    QueueMove,
    QueueOut,
)
from tastemaker.domain import Event
from tastemaker.errors import FieldError, InvalidInput

resource = blueprint("queue")

_SHOWN = 100


@resource.get("/api/queue", responses={200: answers(QueueOut, "The queue.")})
def get_queue() -> Response:
    """What is being drawn and what waits, in order. Trainings have a queue of their own."""
    return reply(_queue_out())


@resource.patch(
    "/api/queue", responses={200: answers(QueueOut, "As it is now."), **problems(400, 415, 422)}
)
def change_queue(body: QueueChange) -> Response:
    """Pause the queue or let it go on. A pause survives a restart."""
    here = services()
    here.order.pause(body.paused)
    if not body.paused:
        here.pool.wake()
    tell_of_queue()
    return reply(_queue_out())


@resource.post(
    "/api/queue/moves",
    responses={200: answers(QueueOut, "As it is now."), **problems(400, 404, 409, 415, 422)},
)
def move_in_queue(body: QueueMove) -> Response:
    """Put a waiting job, or a batch, in front of another or behind everything."""
    if (body.job_id is None) == (body.batch_id is None):
        message = "name either a job or a batch"
        raise InvalidInput(f"{message}.", (FieldError("job_id", message),))
    services().order.move(job_id=body.job_id, batch_id=body.batch_id, before=body.before)
    tell_of_queue()
    return reply(_queue_out())


@resource.delete("/api/queue", responses={200: answers(QueueCleared, "They are cancelled.")})
def clear_queue() -> Response:
    """Cancel everything that waits. What is being drawn goes on."""
    cancelled = services().order.clear()
    tell_of_queue()
    return reply(QueueCleared(cancelled=cancelled))


def tell_of_queue(batch_id: str | None = None) -> None:
    """Publish that the queue, or a batch, isn't as it was."""
    here = services()
    here.events.publish(Event("queue", {"paused": here.order.paused, "batch_id": batch_id}))


def _queue_out() -> QueueOut:
    here = services()
    entries = here.order.entries()
    shown = entries[:_SHOWN]
    found = here.queue.get_many([entry.job_ids[0] for entry in shown])
    first = {job.id: job for job in jobs_out(found)}
    titles = here.batches.titles([entry.batch_id for entry in shown if entry.batch_id])
    sizes = dict.fromkeys((True, False), 0)
    for entry in entries:
        sizes[entry.running] += len(entry.job_ids)
    return QueueOut(
        paused=here.order.paused,
        num_running=sizes[True],
        num_waiting=sizes[False],
        entries=[
            QueueEntry(
                job=first[entry.job_ids[0]],
                num_jobs=len(entry.job_ids),
                running=entry.running,
                paused=entry.paused,
                batch_id=entry.batch_id,
                batch_title=titles.get(entry.batch_id or ""),
            )
            for entry in shown
            if entry.job_ids[0] in first
        ],
    )
