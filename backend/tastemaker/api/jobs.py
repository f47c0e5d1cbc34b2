"""``/api/jobs``: the queue and its history; cancelling."""

from __future__ import annotations

from flask import Response

from tastemaker.api import training_status
from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present import job_out, jobs_out
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.jobs import JobOut, JobPage, JobPath, JobsQuery
from tastemaker.domain import is_training
from tastemaker.jobs.events import job_event

resource = blueprint("jobs")


@resource.get(
    "/api/jobs", responses={200: answers(JobPage, "Jobs, newest first."), **problems(404, 422)}
)
def list_jobs(query: JobsQuery) -> Response:
    """List jobs, newest first."""
    found = services().queue.list(
        states=query.states,
        kinds=query.kinds,
        limit=query.limit + 1,
        before=query.before,
        batch_id=None if query.batch == "none" else query.batch,
        single=query.batch == "none",
    )
    page = found[: query.limit]
    older = page[-1].id if len(found) > query.limit else None
    return reply(JobPage(items=jobs_out(page), next_before=older))


@resource.get("/api/jobs/<job_id>", responses={200: answers(JobOut, "The job."), **problems(404)})
def get_job(path: JobPath) -> Response:
    """One job: its state, how far it is, its pictures."""
    return reply(job_out(services().queue.get(path.job_id)))


@resource.delete(
    "/api/jobs/<job_id>",
    responses={
        200: answers(JobOut, "Cancelled, or about to stop: its state says which."),
        **problems(404, 409),
    },
)
def cancel_job(path: JobPath) -> Response:
    """Cancel a job. A waiting one ends at once, a running one after its current step.

    A training saves what it has learned and can be resumed.
    """
    here = services()
    job = here.queue.request_cancel(path.job_id)
    if is_training(job):
        here.training_pool.tell("cancel")
        training_status.publish(job)
    else:
        here.pool.cancel(job.id)
    if job.state.is_final:
        # No worker has it, so nobody else tells.
        here.events.publish(job_event(job))
    return reply(job_out(job))
