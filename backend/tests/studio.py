"""A database with its blob store and everything above it, in a temporary folder, for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from tastemaker.domain import GenerationRequest, NewImage, Sampler, Schedule
from tastemaker.feedback import Feedback
from tastemaker.gallery import Gallery
from tastemaker.jobs.queue import JobQueue
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.png import encode_png

REQUEST = GenerationRequest(
    prompt="a red apple",
    model="starter",
    width=64,
    height=64,
    num_inference_steps=4,
    guidance_scale=4.0,
    seed=7,
    sampler=Sampler.EULER,
    schedule=Schedule.NORMAL,
    num_images=2,
)


@dataclass(frozen=True)
class Studio:
    """Everything that keeps something, on one folder."""

    folder: Path
    database: Database
    blobs: BlobStore
    gallery: Gallery
    feedback: Feedback
    queue: JobQueue

    def add(self, prompt: str = "a red apple", **values: Any) -> int:
        """Put a picture of its own colour into the gallery and return its id."""
        seed = int(values.pop("seed", 0))
        content = values.pop("content", None) or self.blobs.put(png(seed))
        image = NewImage(
            prompt=prompt,
            negative_prompt="",
            seed=seed,
            params={"num_inference_steps": 4},
            width=8,
            height=6,
            model="starter",
            content=content,
        )
        return self.gallery.add(replace(image, **values)).id

    def restart(self) -> Studio:
        """The same folder opened anew, as a second process would."""
        return open_studio(self.folder)


def open_studio(folder: Path, **queue: int) -> Studio:
    """Open (or create) the studio of ``folder``; ``queue`` are options of `JobQueue`."""
    path = folder / "tastemaker.db"
    if not path.exists():
        path.write_bytes(_empty_database())
    database = Database(f"sqlite:///{path}")
    blobs = BlobStore(folder / "blobs")
    database.upgrade(blobs)
    return Studio(
        folder,
        database,
        blobs,
        Gallery(database, blobs),
        Feedback(database),
        JobQueue(database, **{"max_queue": 100, **queue}),
    )


@cache
def _empty_database() -> bytes:
    """A file at the newest version: what most tests begin with, and what takes a while to make."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/tastemaker.db")
        database.upgrade(BlobStore(Path(folder) / "blobs"))
        database.close()
        return (Path(folder) / "tastemaker.db").read_bytes()


def png(number: int, size: tuple[int, int] = (8, 6)) -> bytes:
    """A small PNG whose colour depends on ``number``."""
    colour = (number % 256, number // 256 % 256, 90)
    return encode_png(Image.new("RGB", size, colour), {})


def new_image(job_id: str, index: int, content: str) -> NewImage:
    """The ``index``-th picture of a job, as a worker would hand it in."""
    return NewImage(
        prompt=REQUEST.prompt,
        negative_prompt="",
        seed=REQUEST.seed_of(index),
        params={},
        width=8,
        height=6,
        model="starter",
        content=content,
        job_id=job_id,
        batch_index=index,
    )
