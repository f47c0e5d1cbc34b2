"""Makes what the engine drew durable: blob first, then the row that names it, then the news.

Runs on the worker's writer thread. A crash between the two leaves an unused blob, never a gallery
entry without a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from tastemaker.diffusion.environment import versions
from tastemaker.diffusion.outcomes import Finished
from tastemaker.domain import AnyJob, DrawingJob, Event, GenerationRequest, NewImage
from tastemaker.infotext.embedding import texts_of
from tastemaker.infotext.record import of_request
from tastemaker.jobs.events import job_event
from tastemaker.jobs.queue import JobQueue
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.pictures import make_thumbnail
from tastemaker.storage.png import encode_png

# How a pipeline of its own samples, as its model's `WholePipeline.settings` say.
OWN = ("pipeline", "sampler", "schedule")
# Columns of their own, or of the whole request rather than of one picture.
ELSEWHERE = frozenset(
    (
        "prompt",
        "prompts",
        "negative_prompt",
        "model",
        "width",
        "height",
        "seed",
        "num_images",
        "parent_id",
    )
)


class Recorder:
    """Writes pictures and job ends under one worker's token."""

    def __init__(
        self, token: str, queue: JobQueue, blobs: BlobStore, emit: Callable[[Event], None]
    ) -> None:
        self._token = token
        self._queue = queue
        self._blobs = blobs
        self._emit = emit

    def store(self, job: DrawingJob, finished: Finished, last: bool = False) -> None:
        """Put one picture into the gallery, unless the job is no longer this worker's.

        With the ``last`` one the job has succeeded.
        """
        request = job.request
        params = redraw_params(job, finished)
        content = self._blobs.put(encode_png(finished.image, png_text(request, finished)))
        image = NewImage(
            prompt=request.prompt_of(finished.image_index),
            negative_prompt=request.negative_prompt,
            seed=finished.seed,
            params=params,
            width=finished.image.width,
            height=finished.image.height,
            model=request.model,
            content=content,
            thumbnail=self._blobs.put(make_thumbnail(finished.image), precious=False),
            parent_id=request.parent_id,
            job_id=job.id,
            batch_index=finished.image_index,
            flagged=finished.flagged,
            owner_id=job.owner_id,
        )
        ended = None
        if last:
            image_id, ended = self._queue.add_last_image(self._token, image)
        else:
            image_id = self._queue.add_image(self._token, image)
        if image_id is not None:
            data = {"image_index": finished.image_index, "image_id": image_id}
            self._emit(Event("image", data, job.id))
        self._tell(ended)

    def succeeded(self, job_id: str) -> None:
        self._tell(self._queue.succeed(self._token, job_id))

    def failed(self, job_id: str, reason: str) -> None:
        self._tell(self._queue.fail(self._token, job_id, reason))

    def cancelled(self, job_id: str) -> None:
        self._tell(self._queue.cancelled(self._token, job_id))

    def _tell(self, job: AnyJob | None) -> None:
        if job is not None:
            self._emit(job_event(job))


def png_text(request: GenerationRequest, finished: Finished) -> dict[str, str]:
    """What a PNG carries of its origin: infotext for other programs, and our own record."""
    record = of_request(request, finished.seed)
    record = replace(record, prompt=request.prompt_of(finished.image_index))
    if "pipeline" in finished.place:
        # It sampled in its own way, whatever the request says.
        own = {name: finished.place[name] for name in OWN if name in finished.place}
        record = replace(record, params={**record.params, **own})
    return texts_of(record)


def redraw_params(job: DrawingJob, finished: Finished) -> dict[str, Any]:
    """Everything beside prompt, seed, size and model that it takes to draw the picture again.

    `tastemaker.redraw` reads it.
    """
    request = job.request.to_dict()
    params = {k: v for k, v in request.items() if k not in ELSEWHERE and v is not None}
    if job.request.final_size != (job.request.width, job.request.height):
        params |= {"width": job.request.width, "height": job.request.height}
    params |= finished.place
    params["device"] = finished.device
    params["dtype"] = finished.dtype
    params["versions"] = versions()
    if finished.evaluations:
        params["evaluations"] = [asdict(run) for run in finished.evaluations]
    if finished.model_hash:
        params["model_hash"] = finished.model_hash
    return params
