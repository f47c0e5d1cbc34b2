"""Turns what the rooms behind know into what callers see."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from tastemaker.api.context import services
from tastemaker.api.schemas.images import ImageOut, ImageParams
from tastemaker.api.schemas.jobs import JobLinks, JobOut, JobProgress, JobRequestOut
from tastemaker.api.schemas.retrain import RetrainRequestOut
from tastemaker.domain import (
    AnyJob,
    ImageRecord,
    JobState,
    TrainingRequest,
    is_drawing,
    is_training,
)
from tastemaker.errors import BlobMissing
from tastemaker.storage.pictures import ADOPTED_FORMATS, media_type, read_picture
from tastemaker.storage.png import encode_png

# Pictures of the gallery were let in already; this only keeps a damaged file from filling memory.
_MAX_PIXELS = 500_000_000


def image_out(image: ImageRecord, *, with_data: bool = False) -> ImageOut:
    """One picture; ``with_data`` adds its pixels as base64 PNG (null when it can't be shown)."""
    address = f"/api/images/{image.id}"
    return ImageOut(
        id=image.id,
        prompt=image.prompt,
        negative_prompt=image.negative_prompt,
        seed=image.seed,
        params=image_params(image.params),
        feedback=image.feedback,
        created_at=image.created_at,
        width=image.width,
        height=image.height,
        model=image.model,
        parent_id=image.parent_id,
        job_id=image.job_id,
        title=image.title,
        tags=list(image.tags),
        flagged=image.flagged,
        unreadable=image.unreadable,
        deleted_at=image.deleted_at,
        image_url=f"{address}/file",
        thumbnail_url=f"{address}/thumbnail",
        image_data=_png_base64(image) if with_data else None,
    )


def image_params(params: Mapping[str, Any]) -> ImageParams:
    """Sampling parameters; values of older programs that have another meaning are left out."""
    known = {name: value for name, value in params.items() if isinstance(name, str)}
    try:
        return ImageParams.model_validate(known)
    except ValidationError as error:
        wrong = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
        return ImageParams.model_validate({n: v for n, v in known.items() if n not in wrong})


def jobs_out(jobs: Sequence[AnyJob]) -> list[JobOut]:
    """Jobs with their pictures, which are read together."""
    ids = [image_id for job in jobs for image_id in job.image_ids]
    found = {image.id: image for image in services().gallery.get_many(ids)}
    positions = _positions(jobs)
    return [
        _job_out(
            job,
            [found[image_id] for image_id in job.image_ids if image_id in found],
            positions.get(job.id),
        )
        for job in jobs
    ]


def job_out(job: AnyJob) -> JobOut:
    """One job with its pictures."""
    return jobs_out([job])[0]


def _positions(jobs: Sequence[AnyJob]) -> dict[str, int]:
    """The place in the queue of each that waits; all of them from one look when there are many."""
    waiting = [job.id for job in jobs if job.state is JobState.QUEUED and is_drawing(job)]
    queue = services().queue
    if len(waiting) <= 1:
        return {job_id: queue.position(job_id) for job_id in waiting}
    positions = queue.positions()
    # One that began since the jobs were read is next in line, as far as they say.
    return {job_id: positions.get(job_id, 0) for job_id in waiting}


def _job_out(job: AnyJob, images: Sequence[ImageRecord], position: int | None) -> JobOut:
    address = f"/api/jobs/{job.id}"
    return JobOut(
        id=job.id,
        kind=job.kind,
        state=job.state,
        request=(
            JobRequestOut.model_validate(job.request, from_attributes=True)
            if is_drawing(job)
            else None
        ),
        retrain=_retrain_out(job.request) if is_training(job) else None,
        batch_id=job.batch_id,
        paused=job.paused,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        attempts=job.attempts,
        error=job.error,
        images=[image_out(image) for image in images],
        queue_position=position,
        progress=_progress(job),
        links=JobLinks(self=address, events=f"{address}/events"),
    )


def _retrain_out(request: TrainingRequest) -> RetrainRequestOut:
    changes = request.changes
    return RetrainRequestOut(
        name=request.name,
        base_model=request.model,
        source=request.source,
        dataset=request.dataset,
        method=request.method,
        num_epochs=changes.get("max_epochs"),
        max_steps=changes.get("max_steps"),
        learning_rate=changes.get("learning_rate"),
        batch_size=changes.get("batch_size"),
        lora_rank=changes.get("lora_rank"),
        seed=changes.get("seed"),
        image_ids=list(request.image_ids),
        style=request.style,
        captions=len(request.captions),
        activate=request.activate,
    )


def _progress(job: AnyJob) -> JobProgress | None:
    if job.state is not JobState.RUNNING:
        return None
    latest = services().events.latest("progress", job.id)
    return JobProgress.model_validate(dict(latest.data)) if latest is not None else None


def _png_base64(image: ImageRecord) -> str | None:
    try:
        data = services().gallery.content(image.id)
    except BlobMissing:
        # One lost file must not hide a page of pictures; its own address says what happened.
        return None
    if media_type(data) != "image/png":
        picture = read_picture(data, max_pixels=_MAX_PIXELS, formats=ADOPTED_FORMATS)
        data = encode_png(picture, {})
    return base64.b64encode(data).decode("ascii")
