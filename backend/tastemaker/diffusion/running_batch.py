"""A batch and whose images are in it, from the first to the last; its steps, alone or on a stream.

When an evaluation fails, it is found out whose image is to blame, so that the others go on. Knows
no other batches.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch

from tastemaker.diffusion.batch import Batch, BatchImage, EvaluationOutOfMemory, State
from tastemaker.diffusion.compiled.switch import Shape
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import memory_of, threads
from tastemaker.diffusion.drawing import Drawing, DrawnJob
from tastemaker.diffusion.image_prompts import ImageLayers
from tastemaker.diffusion.residency import ResidentModel
from tastemaker.diffusion.streams import Streams

log = logging.getLogger(__name__)

IsDue = Callable[[Drawing], bool]


class Kind(NamedTuple):
    """What the images of a batch have in common: model, latent size, text tokens, and how pictures
    are seen if they are."""

    model: ResidentModel
    shape: Shape
    layers: ImageLayers | None

    @property
    def streams(self) -> int:
        """How many batches of it may step at the same time; 0: only one, with the whole device."""
        streams = getattr(self.model.components.unet, "streams", None)
        return streams(self.shape) if streams is not None and self.layers is None else 0

    @property
    def limit_key(self) -> str:
        """What decides how many rows fit: architecture, precision, sizes and the device."""
        parts, (height, width, tokens) = self.model.components, self.shape
        dtype = str(parts.dtype).removeprefix("torch.")
        device, architecture = memory_of(parts.device), _architecture(parts)
        return f"{device} {architecture} {dtype} {height}x{width} {tokens} tokens"


def kind_of(drawing: Drawing) -> Kind:
    """The kind of batch that draws an image."""
    image = drawing.image
    layers = image.image_prompt.layers if image.image_prompt is not None else None
    height, width = image.latents.shape[-2:]
    return Kind(drawing.model, Shape(height, width, len(image.conditional)), layers)


@dataclass(frozen=True, eq=False)
class Stepped:
    """What a step did: images that ``moved`` on and the steps they have done, ``guesses`` of some
    of their clean latents after so many steps, those that are ``done`` (their latents are set), and
    jobs that ``failed``, with the reason.

    By the time it is read some may be at their next step already.
    """

    moved: Sequence[tuple[Drawing, int]] = ()
    guesses: Sequence[tuple[Drawing, int, torch.Tensor]] = ()
    done: Sequence[Drawing] = ()
    failed: Sequence[tuple[DrawnJob, Exception]] = ()


class RunningBatch:
    """``drawings`` are all images, those included that join before the next step.

    ``needs_device`` is set when a stream couldn't do it.
    """

    def __init__(self, kind: Kind, batch: Batch) -> None:
        self.kind = kind
        self.drawings: dict[BatchImage, Drawing] = {}
        self.needs_device = False
        self._batch = batch
        self._joining: dict[BatchImage, State | None] = {}
        self._work: Future[list[torch.Tensor]] | None = None
        self._due: list[BatchImage] = []
        self._failures = 0

    def __len__(self) -> int:
        """How many images."""
        return len(self.drawings)

    @property
    def rows(self) -> int:
        """U-Net rows of all images, padding not counted."""
        return sum(image.rows for image in self.drawings)

    @property
    def at_work(self) -> bool:
        """Whether a step was begun on a stream whose end wasn't told by `ended`."""
        return self._work is not None

    def join(self, drawing: Drawing, state: State | None = None) -> None:
        """Let an image take part from the next step on; one under way brings its ``state``."""
        self.drawings[drawing.image] = drawing
        self._joining[drawing.image] = state

    def hand_over(self, image: BatchImage, other: RunningBatch) -> None:
        """Let an image go on in another batch of the kind. Not while this one is at work."""
        drawing = self.drawings.pop(image)
        if image in self._joining:
            state = self._joining.pop(image)
        else:
            (state,) = self._remove([image])
        other.join(drawing, state)

    def leave(self, leaving: Sequence[Drawing]) -> None:
        """Take images out and set their latents; the others stay as they are."""
        if not leaving:
            return
        if self._work is not None:
            # Until it has ended; `ended` tells what it did to the others.
            self._work.exception()
        inside = [drawing for drawing in leaving if drawing.image not in self._joining]
        states = self._remove([drawing.image for drawing in inside]) if inside else []
        for drawing, state in zip(inside, states, strict=True):
            drawing.latents = state.latents
        for drawing in leaving:
            self._joining.pop(drawing.image, None)
            del self.drawings[drawing.image]

    def begin(self, streams: Streams, number: int, is_due: IsDue) -> None:
        """Begin a step on a stream that is free, with guesses of what ``is_due``."""
        self._gather(is_due)
        unet = self.kind.model.components.unet
        stream = unet.stream(number, self.kind.shape, self._batch.rows)
        self._work = streams.start(number, partial(self._batch.step, self._due, stream=stream))

    def ended(self) -> Stepped | None:
        """What the step on a stream did; ``None`` while it goes on, or when there is none.

        If it failed nothing has moved, and the next one will tell why.
        """
        if self._work is None or not self._work.done():
            return None
        work, self._work = self._work, None
        if (error := work.exception()) is None:
            return self._moved(work.result())
        log.warning("an evaluation on a stream failed", exc_info=error)
        self.needs_device = True
        return Stepped()

    def step(self, is_due: IsDue, rows_for: Callable[[BatchImage], int]) -> Stepped:
        """One step with the whole device, of so many rows at once as ``rows_for`` an image says."""
        self._gather(is_due)
        images = self._batch.images
        try:
            return self._moved(self._batch.step(self._due, rows_for(images[0])))
        except EvaluationOutOfMemory as error:
            return Stepped(failed=[(self.drawings[images[error.position]].job, MemoryError())])
        except Exception as error:
            return Stepped(failed=self._blame(error))

    def _gather(self, is_due: IsDue) -> None:
        """Let in who is joining, and note of whom there will be guesses."""
        with threads(1):
            for image, state in self._joining.items():
                self._batch.add(image, state)
        self._joining.clear()
        self._due = [
            image
            for image in self._batch.images
            if image.step + 1 < len(image.table) and is_due(self.drawings[image])
        ]

    def _remove(self, leaving: list[BatchImage]) -> list[State]:
        # The helpers of a small operator would take processors that streams may want.
        with threads(1):
            return self._batch.remove(leaving)

    def _moved(self, guesses: Sequence[torch.Tensor]) -> Stepped:
        """What a step has done, to the images that are still there."""
        self._failures = 0
        moved = [self.drawings[image] for image in self._batch.images]
        told = [(drawing, drawing.steps_done) for drawing in moved]
        guessed = [
            (self.drawings[image], self.drawings[image].steps_done, guess)
            for image, guess in zip(self._due, guesses, strict=True)
            if image in self.drawings
        ]
        done = [drawing for drawing in moved if drawing.image.is_done]
        self.leave(done)
        return Stepped(told, guessed, done)

    def _blame(self, error: Exception) -> list[tuple[DrawnJob, Exception]]:
        """Whose images can't be evaluated even by themselves; an evaluation failed, nothing moved.

        If each can, it is tried once more with all of them before all of them fail.
        """
        guilty: dict[DrawnJob, Exception] = {}
        for image, drawing in self.drawings.items():
            if drawing.job not in guilty:
                try:
                    self._batch.rehearse(image)
                except Exception as own:
                    guilty[drawing.job] = own
        if guilty:
            return list(guilty.items())
        self._failures += 1
        if self._failures == 1:
            log.warning("an evaluation failed and is tried again", exc_info=error)
            return []
        jobs = {drawing.job: None for drawing in self.drawings.values()}
        return [(job, error) for job in jobs]


def _architecture(parts: Components) -> str:
    config = json.dumps(dict(parts.unet.config), sort_keys=True, default=str)
    return hashlib.sha256(config.encode()).hexdigest()[:12]
