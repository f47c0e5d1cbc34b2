"""The batches that are being drawn: one for each model, latent size and text length.

They take turns, a step each. When an evaluation fails, it is found out whose image is to blame, so
that the others go on. Knows no order of admission and no pixels.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from tastemaker.diffusion.batch import Batch, BatchImage, EvaluationOutOfMemory
from tastemaker.diffusion.buckets import BUCKETS, Sizes
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import memory_of
from tastemaker.diffusion.drawing import Drawing, DrawnJob
from tastemaker.diffusion.image_prompts import ImageLayers
from tastemaker.diffusion.limits import RowLimits
from tastemaker.diffusion.outcomes import EAGER, Evaluations
from tastemaker.diffusion.residency import ResidentModel

log = logging.getLogger(__name__)

# Model, latent height and width, text tokens, how pictures are seen if they are: what the images of
# a batch have in common.
_Key = tuple[ResidentModel, int, int, int, ImageLayers | None]


@dataclass(frozen=True, eq=False)
class Stepped:
    """What a step did: images that ``moved`` on, ``guesses`` of some of their clean latents, those
    that are ``done`` (their latents are set), and jobs that ``failed``, with the reason.
    """

    moved: Sequence[Drawing] = ()
    guesses: Sequence[tuple[Drawing, torch.Tensor]] = ()
    done: Sequence[Drawing] = ()
    failed: Sequence[tuple[DrawnJob, Exception]] = ()


@dataclass(eq=False)
class _Running:
    """A batch and whose images are in it; ``failures`` in a row that nobody was to blame for."""

    batch: Batch
    drawings: dict[BatchImage, Drawing] = field(default_factory=dict)
    failures: int = 0


class Batches:
    """``strict_rows`` and ``replay`` are those of `Engine`; ``make_room`` is that of `Batch`."""

    def __init__(
        self,
        limits: RowLimits,
        strict_rows: int,
        replay: Sequence[Evaluations],
        make_room: Callable[[], bool],
    ) -> None:
        self._limits = limits
        self._strict_rows = strict_rows
        self._replay = [run for run in replay for _ in range(run.count)]
        self._make_room = make_room
        self._running: OrderedDict[_Key, _Running] = OrderedDict()

    def __len__(self) -> int:
        return len(self._running)

    @property
    def rows(self) -> int:
        """U-Net rows of all images, padding not counted."""
        return sum(running.batch.rows for running in self._running.values())

    @property
    def models(self) -> set[ResidentModel]:
        """The models that draw them."""
        return {key[0] for key in self._running}

    def add(self, drawing: Drawing) -> None:
        """Let an image join the batch of its kind; it takes part in that one's next step."""
        height, width = drawing.image.latents.shape[-2:]
        seen = drawing.image.image_prompt
        layers = seen.layers if seen is not None else None
        key = (drawing.model, height, width, len(drawing.image.conditional), layers)
        if key not in self._running:
            self._running[key] = _Running(self._new(key))
        running = self._running[key]
        running.batch.add(drawing.image)
        running.drawings[drawing.image] = drawing

    def step(self, is_due: Callable[[Drawing], bool]) -> Stepped:
        """One evaluation of the batch that has waited longest, with guesses of what ``is_due``."""
        if not self._running:
            return Stepped()
        key, running = next(iter(self._running.items()))
        self._running.move_to_end(key)
        batch, drawings = running.batch, running.drawings
        due = [
            image
            for image in batch.images
            if image.step + 1 < len(image.table) and is_due(drawings[image])
        ]
        try:
            rows = self._replayed(batch.images[0], key[0].components.unet)
            guesses = batch.step(due, rows)
        except EvaluationOutOfMemory as error:
            return Stepped(failed=[(drawings[batch.images[error.position]].job, MemoryError())])
        except Exception as error:
            return Stepped(failed=_blame(running, error))
        running.failures = 0
        moved = list(drawings.values())
        guessed = [(drawings[image], guess) for image, guess in zip(due, guesses, strict=True)]
        done = [drawing for drawing in moved if drawing.image.is_done]
        self._leave(key, done)
        return Stepped(moved, guessed, done)

    def drop(self, job: DrawnJob) -> None:
        """Take a job's images out; the others stay as they are."""
        for key, running in list(self._running.items()):
            self._leave(key, [d for d in running.drawings.values() if d.job is job])

    def _leave(self, key: _Key, leaving: Sequence[Drawing]) -> None:
        """Take images out of their batch, which ends with the last one."""
        if not leaving:
            return
        running = self._running[key]
        latents = running.batch.remove([drawing.image for drawing in leaving])
        for drawing, found in zip(leaving, latents, strict=True):
            drawing.latents = found
            del running.drawings[drawing.image]
        if not running.drawings:
            del self._running[key]

    def _new(self, key: _Key) -> Batch:
        parts = key[0].components
        if self._strict_rows and hasattr(parts.unet, "only"):
            # A compiled twin that gets ready in between would round in another way.
            parts.unet.only = EAGER
        sizes = Sizes(
            self._limits,
            _limit_key(parts, key[1:4]),
            strict_rows=self._strict_rows,
            buckets=getattr(parts.unet, "buckets", BUCKETS),
        )
        return Batch(parts.unet, parts.device, parts.dtype, sizes, self._make_room)

    def _replayed(self, image: BatchImage, unet: Any) -> int:
        """How many rows to evaluate at once because it was so the first time; 0: as usual.

        The same kind of network does it as then, where that is here.
        """
        # An image's second pass counts on from its first.
        done = sum(run.count for run in image.evaluations)
        if done >= len(self._replay):
            return 0
        run = self._replay[done]
        if hasattr(unet, "only"):
            unet.only = run.by
        return run.rows


def _blame(running: _Running, error: Exception) -> list[tuple[DrawnJob, Exception]]:
    """Whose images can't be evaluated even by themselves; an evaluation has failed, nothing moved.

    If each can, it is tried once more with all of them before all of them fail.
    """
    guilty: dict[DrawnJob, Exception] = {}
    for image, drawing in running.drawings.items():
        if drawing.job not in guilty:
            try:
                running.batch.rehearse(image)
            except Exception as own:
                guilty[drawing.job] = own
    if guilty:
        return list(guilty.items())
    running.failures += 1
    if running.failures == 1:
        log.warning("an evaluation failed and is tried again", exc_info=error)
        return []
    return [(job, error) for job in {drawing.job: None for drawing in running.drawings.values()}]


def _limit_key(parts: Components, shape: tuple[int, int, int]) -> str:
    """What decides how many rows fit: the U-Net's architecture, precision, sizes and the device."""
    config = json.dumps(dict(parts.unet.config), sort_keys=True, default=str)
    architecture = hashlib.sha256(config.encode()).hexdigest()[:12]
    dtype = str(parts.dtype).removeprefix("torch.")
    height, width, tokens = shape
    return f"{memory_of(parts.device)} {architecture} {dtype} {height}x{width} {tokens} tokens"
