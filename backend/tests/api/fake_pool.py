"""A worker pool in the test's own process: it draws flat colours, in order, when it is woken.

Everything else is as with the real worker: jobs are claimed, pictures stored, events published.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import asdict

from PIL import Image

from tastemaker.domain import Event, Job, JobState, NewImage
from tastemaker.jobs.events import EventBroker
from tastemaker.jobs.pool import WorkerStatus
from tastemaker.jobs.queue import JobQueue
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.pictures import make_thumbnail, read_picture
from tastemaker.storage.png import encode_png

WORKER = "fake"
FAILS = "fail please"
REASON = "The device has too little memory for this request. Choose a smaller size."


class FakePool:
    """A `WorkerPool`. While ``paused``, jobs wait until `work` is called.

    With ``thumbnails_only`` every picture has 8 × 8 pixels, whatever was asked for: that is quick.
    """

    def __init__(self, queue: JobQueue, blobs: BlobStore, events: EventBroker) -> None:
        self._queue = queue
        self._blobs = blobs
        self._events = events
        self._lock = threading.Lock()
        self.paused = False
        self.thumbnails_only = False
        self.state = WorkerStatus(True, "Ready.", device="cpu", loaded_models=("starter",))
        self.preloaded: list[str] = []
        self.cancelled: list[str] = []
        self.watchers = 0

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def wake(self) -> None:
        if not self.paused:
            self.work()

    def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)

    def preload(self, model: str) -> None:
        self.preloaded.append(model)

    def watch(self) -> None:
        self.watchers += 1

    def unwatch(self) -> None:
        self.watchers -= 1

    def status(self) -> WorkerStatus:
        return self.state

    def claim(self) -> Job:
        """Take the oldest job without drawing it."""
        (job,) = self._queue.claim(WORKER)
        self._events.publish(Event("job", {"state": job.state.value, "attempts": 1}, job.id))
        return job

    def work(self) -> None:
        """Draw everything that waits."""
        with self._lock:
            while jobs := self._queue.claim(WORKER):
                for job in jobs:
                    self.draw(job)

    def draw(self, job: Job) -> None:
        """Finish a claimed job."""
        if FAILS in job.request.prompt:
            self._tell(self._queue.fail(WORKER, job.id, REASON))
            return
        for index in range(job.request.num_images):
            self.progress(job, index)
            self._draw_one(job, index)
        self._tell(self._queue.succeed(WORKER, job.id))

    def progress(self, job: Job, index: int, step: int = 1) -> None:
        """Tell of a step, with a preview."""
        progress = {
            "image_index": index,
            "step": step,
            "total_steps": job.request.num_inference_steps,
            "finished_images": index,
            "num_images": job.request.num_images,
            "eta_seconds": 1.5,
        }
        self._events.publish(Event("progress", progress, job.id))
        small = base64.b64encode(make_thumbnail(Image.new("RGB", (4, 4)))).decode()
        data_uri = f"data:image/webp;base64,{small}"
        preview = {"image_index": index, "step": step, "preview": data_uri}
        self._events.publish(Event("preview", preview, job.id))

    def finish_cancelled(self, job: Job) -> None:
        self._tell(self._queue.cancelled(WORKER, job.id))

    def _draw_one(self, job: Job, index: int) -> None:
        request = job.request
        for address in (request.init_image, request.mask):
            if address is not None:
                read_picture(self._blobs.get(address), max_pixels=10**8)
        seed = request.seed_of(index)
        red, green, blue = hashlib.sha256(f"{request.prompt} {seed}".encode()).digest()[:3]
        size = (8, 8) if self.thumbnails_only else request.final_size
        picture = Image.new("RGB", size, (red, green, blue))
        params = {
            "num_inference_steps": request.num_inference_steps,
            "guidance_scale": request.guidance_scale,
            "sampler": request.sampler.value,
            "schedule": request.schedule.value,
        }
        if request.template is not None:
            params["template"] = request.template
        if request.styles is not None:
            params["styles"] = list(request.styles)
        if request.strength is not None:
            params["strength"] = request.strength
        if request.style_reference is not None:
            params["style_reference"] = asdict(request.style_reference)
        image_id = self._queue.add_image(
            WORKER,
            NewImage(
                prompt=request.prompt_of(index),
                negative_prompt=request.negative_prompt,
                seed=seed,
                params=params,
                width=request.final_size[0],
                height=request.final_size[1],
                model=request.model,
                content=self._blobs.put(encode_png(picture, {"prompt": request.prompt[:20]})),
                thumbnail=self._blobs.put(make_thumbnail(picture)),
                parent_id=request.parent_id,
                job_id=job.id,
                batch_index=index,
            ),
        )
        if image_id is not None:
            data = {"image_index": index, "image_id": image_id}
            self._events.publish(Event("image", data, job.id))

    def _tell(self, job: Job | None) -> None:
        assert job is not None
        assert job.state is not JobState.RUNNING
        data = {"state": job.state.value, "error": job.error, "image_ids": list(job.image_ids)}
        self._events.publish(Event("job", data, job.id))
