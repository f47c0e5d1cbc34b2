"""The status of a training, put together from its row and its run's folder: both survive us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tastemaker.api.context import services
from tastemaker.api.schemas.retrain import (
    CurvePoint,
    Phase,
    RetrainMetrics,
    RetrainState,
    RetrainStatus,
    SampleGrid,
    TrainingDataOut,
)
from tastemaker.domain import JobState, TrainingJob
from tastemaker.errors import ModelBroken
from tastemaker.models.versions import VersionRecord, read_version
from tastemaker.training.curve import read_curve
from tastemaker.training.data.combined import source_text
from tastemaker.training.runs import (
    RunPlan,
    device_is_free,
    read_plan,
    run_folder,
    version_folder,
)
from tastemaker.training.samples_folder import read_legend, steps_drawn
from tastemaker.training.status import News, RunStatus, read_status, training_event
from tastemaker.training.summary import summary

_WAITS = "It waits until the training in a terminal that is using the device has ended."


def state_of(job: TrainingJob) -> RetrainState:
    """Where the training is in its life."""
    if job.paused:
        return RetrainState.PAUSED
    if job.state is JobState.RUNNING and job.cancel_requested:
        return RetrainState.CANCELLING
    if job.state is JobState.RUNNING and job.pause_requested:
        return RetrainState.PAUSING
    return RetrainState(job.state.value)


def publish(job: TrainingJob) -> None:
    """Tell whoever listens that the training's state has changed."""
    status = read_status(run_folder(services().settings, job.request.name))
    services().events.publish(training_event(job.id, state_of(job).value, News(status)))


def status_out(job: TrainingJob | None) -> RetrainStatus:
    """All that a page shows of the training; everything empty when there never was one."""
    if job is None:
        return _idle()
    here = services()
    name = job.request.name
    folder = run_folder(here.settings, name)
    status, plan, legend = read_status(folder), read_plan(folder), read_legend(folder)
    version = _version(job)
    state = state_of(job)
    waits = state is RetrainState.QUEUED
    notes = list(status.notes)
    if waits and not device_is_free(here.settings, here.pool.status().device):
        notes.append(_WAITS)
    options = dict(plan.options) if plan is not None else None
    return RetrainStatus(
        active=not job.state.is_final,
        state=state,
        progress=1.0 if version is not None else status.progress,
        current_epoch=status.epochs(status.step),
        total_epochs=status.epochs(status.total_steps),
        current_step=status.step,
        total_steps=status.total_steps,
        current_loss=status.loss,
        validation_loss=status.validation_loss,
        parent_validation_loss=status.parent_loss,
        best_step=status.best_step,
        eta_seconds=status.eta_seconds if job.state is JobState.RUNNING else None,
        completed=job.state is JobState.SUCCEEDED,
        start_time=job.created_at if job.attempts else None,
        end_time=job.finished_at,
        job_id=job.id,
        model=version.name if version is not None else None,
        name=name,
        parent=job.request.model,
        method=_method(job, options),
        phase=_phase(job, status),
        phase_done=status.phase_done,
        phase_total=status.phase_total,
        error=job.error,
        notes=notes,
        options=options,
        data=_data(job, plan, status, folder),
        curve=[CurvePoint.model_validate(p, from_attributes=True) for p in read_curve(folder)],
        grids=[
            SampleGrid(step=step, url=f"/api/retrain/grids/{job.id}/{step}")
            for step in steps_drawn(folder)
        ],
        grid_prompts=list(legend.prompts),
        grid_seeds=list(legend.seeds),
        metrics=_metrics(version) if version is not None else None,
        summary=_summary(job, status, version),
        activated=version is not None and here.models.active().name == version.name,
        resumable=job.paused or job.state in (JobState.FAILED, JobState.CANCELLED),
    )


def _idle() -> RetrainStatus:
    nothing: dict[str, Any] = dict.fromkeys(RetrainStatus.model_fields)
    lists = ("notes", "curve", "grids", "grid_prompts", "grid_seeds", "summary")
    flags = ("active", "completed", "activated", "resumable")
    counts = ("current_step", "total_steps", "phase_done", "phase_total")
    shares = ("progress", "current_epoch", "total_epochs")
    return RetrainStatus.model_validate(
        {
            **nothing,
            **{name: [] for name in lists},
            **dict.fromkeys(flags, False),
            **dict.fromkeys(counts, 0),
            **dict.fromkeys(shares, 0.0),
            "state": RetrainState.IDLE,
            "phase": Phase.WAITING,
        }
    )


def _phase(job: TrainingJob, status: RunStatus) -> Phase:
    if job.state is JobState.SUCCEEDED:
        return Phase.DONE
    return Phase.WAITING if job.state is JobState.QUEUED else Phase(status.phase)


def _method(job: TrainingJob, options: dict[str, Any] | None) -> Any:
    if options is not None:
        return options.get("method")
    return None if job.request.method == "auto" else job.request.method


def _data(
    job: TrainingJob, plan: RunPlan | None, status: RunStatus, folder: Path
) -> TrainingDataOut:
    report = _report(folder)
    request = job.request
    source = plan.source if plan is not None else source_text(request)
    reading = status.phase == "reading"
    return TrainingDataOut(
        source=str(report.get("source") or source),
        pictures=report.get("accepted", status.phase_done if reading else None),
        trained_on=status.trained_on,
        held_out=status.held_out,
        rejected=report.get("rejected"),
    )


def _report(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "data" / "report.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _version(job: TrainingJob) -> VersionRecord | None:
    """What came of it; ``None`` as well when it was deleted since."""
    if job.state is not JobState.SUCCEEDED:
        return None
    try:
        return read_version(version_folder(services().settings, job.request.name))
    except ModelBroken:
        return None


def _metrics(version: VersionRecord) -> RetrainMetrics:
    metrics = version.metrics
    losses = {int(step): float(loss) for step, loss in metrics.get("validations", ())}
    return RetrainMetrics.model_validate(
        {
            "better_than_parent": metrics.get("better_than_parent"),
            "parent_validation_loss": metrics.get("parent_validation_loss"),
            "validation_loss": losses.get(version.steps),
            "rating_auc": metrics.get("rating_auc"),
        }
    )


def _summary(job: TrainingJob, status: RunStatus, version: VersionRecord | None) -> list[str]:
    if version is not None:
        return summary(version.metrics)
    if job.state is JobState.SUCCEEDED:
        return ["Its version was deleted since."]
    if job.state in (JobState.CANCELLED, JobState.FAILED) and status.step:
        how = "cancelled" if job.state is JobState.CANCELLED else "stopped"
        return [f"It was {how} after step {status.step}; what it had learned is saved."]
    return []
