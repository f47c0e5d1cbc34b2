"""Accepting a job, waiting for it a bounded time, and answering with what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response
from werkzeug.http import parse_dict_header

from tastemaker.api.context import context
from tastemaker.api.present import job_out
from tastemaker.api.responses import Documented, answers, problems, reply
from tastemaker.api.schemas.jobs import JobOut, SubmitHeaders
from tastemaker.domain import AnyJob, GenerationRequest, JobKind, JobState
from tastemaker.jobs.events import job_event

MAX_WAIT_SECONDS = 300
_HEADERS = {
    "Location": "The job's address.",
    "Preference-Applied": "What of `Prefer` was honoured.",
}
DOCUMENTED: Documented = {
    200: answers(
        JobOut, "The job ended without all its pictures: it failed or was cancelled.", _HEADERS
    ),
    201: answers(JobOut, "The pictures are there.", _HEADERS),
    202: answers(JobOut, "Accepted, and not finished within the wait: poll `Location`.", _HEADERS),
    **problems(400, 404, 409, 413, 415, 422, 429, 503),
}


@dataclass(frozen=True, slots=True)
class Preference:
    """How long to wait for the result, in seconds, and what of the caller's wish that honours."""

    wait_seconds: float
    applied: str | None = None


def preference(header: str | None, default: float) -> Preference:
    """Read ``Prefer`` (RFC 7240). With both, ``wait`` says when ``respond-async`` sets in."""
    wishes = {name.lower(): value for name, value in parse_dict_header(header or "").items()}
    asynchronous = "respond-async" in wishes
    wait = wishes.get("wait") or ""
    if wait.isascii() and wait.isdigit():
        seconds = min(int(wait[:9]), MAX_WAIT_SECONDS)
        applied = f"respond-async, wait={seconds}" if asynchronous else f"wait={seconds}"
        return Preference(seconds, applied)
    return Preference(0, "respond-async") if asynchronous else Preference(default)


def fingerprint(*parts: str) -> str:
    """Tells two requests apart by what the caller sent, before defaults were filled in."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def submit(
    kind: JobKind,
    request: GenerationRequest,
    headers: SubmitHeaders,
    mark: str,
    *,
    prompts: Sequence[str] = (),
) -> Response:
    """Queue ``request`` and answer. ``mark`` is the `fingerprint` that a retried POST repeats.

    ``prompts`` are remembered as asked for.

    Raises:
        QueueFull: no place. Conflict: the Idempotency-Key belongs to another request.
    """
    services = context().services
    since = services.events.last_id
    job, is_new = services.queue.submit(
        kind,
        request,
        idempotency_key=headers.idempotency_key,
        fingerprint=mark,
        beside=services.prompts.history.using(prompts),
    )
    if is_new:
        services.events.publish(job_event(job))
    if not job.state.is_final:
        services.pool.wake()
    wish = preference(headers.prefer, services.settings.wait_seconds)
    job = _wait(job, wish.wait_seconds, since)
    answer = {"Location": f"/api/jobs/{job.id}"}
    if wish.applied is not None:
        answer["Preference-Applied"] = wish.applied
    return reply(job_out(job), _status(job), answer)


def _wait(job: AnyJob, seconds: float, since: int) -> AnyJob:
    """The job as it is at its end or after ``seconds``; at once when too many wait already.

    Its news after event ``since`` count.
    """
    here = context()
    if seconds <= 0 or job.state.is_final or not here.waiting.take():
        return job
    queue = here.services.queue
    try:
        here.services.events.wait_for_end(
            job.id,
            since=since,
            timeout=seconds,
            ended=lambda: queue.get(job.id).state.is_final,
        )
    finally:
        here.waiting.give_back()
    return queue.get(job.id)


def _status(job: AnyJob) -> int:
    if job.state is JobState.SUCCEEDED:
        return 201
    return 200 if job.state.is_final else 202
