"""The batches that are being drawn, of each model, latent size and text length one or several.

They take turns, a step each. Where a compiled U-Net has streams (`tastemaker.diffusion.streams`)
several step at the same time, and the images of a kind are shared out among as many batches. All
else has the device to itself. Knows no order of admission and no pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tastemaker.diffusion.batch import Batch, BatchImage
from tastemaker.diffusion.buckets import BUCKETS, Sizes
from tastemaker.diffusion.drawing import Drawing, DrawnJob
from tastemaker.diffusion.limits import RowLimits
from tastemaker.diffusion.outcomes import EAGER, Evaluations
from tastemaker.diffusion.residency import ResidentModel
from tastemaker.diffusion.running_batch import IsDue, Kind, RunningBatch, Stepped, kind_of
from tastemaker.diffusion.streams import Streams

__all__ = ["Batches", "Stepped"]


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
        self.streams: Streams | None = None
        """There since a U-Net that has streams was drawn with; others may use them, too."""
        # Who has waited longest comes first.
        self._line: list[RunningBatch] = []

    def __len__(self) -> int:
        return len(self._line)

    @property
    def rows(self) -> int:
        """U-Net rows of all images, padding not counted."""
        return sum(running.rows for running in self._line)

    @property
    def models(self) -> set[ResidentModel]:
        """The models that draw them."""
        return {running.kind.model for running in self._line}

    @property
    def on_streams(self) -> bool:
        """Whether there are any, and none of them needs the device or has it for itself."""
        return all(map(self._streams_for, self._line)) and sum(map(len, self._line)) > 1

    def add(self, drawing: Drawing) -> None:
        """Let an image join a batch of its kind; it takes part in that one's next step."""
        kind = kind_of(drawing)
        alike = self._alike(kind)
        running = min(alike, key=lambda one: one.rows) if alike else self._new(kind)
        running.join(drawing)

    def step(self, is_due: IsDue, *, hold: bool = False) -> list[Stepped]:
        """Go on with the batches that have waited longest, with guesses of what ``is_due``.

        That is one evaluation with the whole device; or what the streams are free for begins, and
        it is told what has ended since: nothing if a stream gets free that did something else.
        ``hold`` says that something else needs the whole device: nothing begins on streams until
        they are free.
        """
        ended = self._ended()
        while not (hold and self.on_streams) and (running := self._next()) is not None:
            busy = self.streams is not None and self.streams.busy
            if not self._streams_for(running) or not (busy or self.on_streams):
                if busy:
                    break
                return [*ended, *self._ended(), self._step(running, is_due)]
            if not self._begin(running, is_due):
                break
        if self.streams is not None and not ended:
            self.streams.wait()
            ended = self._ended()
        return ended

    def drop(self, job: DrawnJob) -> None:
        """Take a job's images out; the others stay as they are."""
        for running in self._line:
            running.leave([d for d in running.drawings.values() if d.job is job])
        self._close()

    def _next(self) -> RunningBatch | None:
        return next((running for running in self._line if not running.at_work), None)

    def _streams_for(self, running: RunningBatch) -> int:
        return 0 if running.needs_device or self._replay else running.kind.streams

    def _step(self, running: RunningBatch, is_due: IsDue) -> Stepped:
        """One evaluation with the whole device, of all images of the kind."""
        for other in self._alike(running.kind):
            if other is not running:
                for image in list(other.drawings):
                    other.hand_over(image, running)
        self._to_the_end(running)
        stepped = running.step(is_due, self._replayed_rows(running.kind.model.components.unet))
        self._close()
        return stepped

    def _begin(self, running: RunningBatch, is_due: IsDue) -> bool:
        """Begin a step on a stream; ``False`` when none is free."""
        count = self._streams_for(running)
        if self.streams is None:
            self.streams = Streams(count)
        number = self.streams.free
        if number is None:
            return False
        self._share_out(running, count)
        self._to_the_end(running)
        running.begin(self.streams, number, is_due)
        return True

    def _ended(self) -> list[Stepped]:
        """What was done on streams since the last call."""
        found = [running.ended() for running in self._line]
        self._close()
        return [stepped for stepped in found if stepped is not None]

    def _share_out(self, running: RunningBatch, count: int) -> None:
        """Let other batches of the kind, ``count`` in all, take over what this one has too much."""
        while (image := self._surplus(running, count)) is not None:
            alike = self._alike(running.kind)
            other = min(alike, key=lambda one: one.rows)
            running.hand_over(image, other if len(alike) >= count else self._new(running.kind))

    def _surplus(self, running: RunningBatch, count: int) -> BatchImage | None:
        """An image without which this batch is still as large as the smallest becomes with it."""
        alike = self._alike(running.kind)
        least = min(one.rows for one in alike) if len(alike) >= count else 0
        images = reversed(running.drawings)
        return next((image for image in images if running.rows - least > image.rows), None)

    def _alike(self, kind: Kind) -> list[RunningBatch]:
        return [running for running in self._line if running.kind == kind]

    def _to_the_end(self, running: RunningBatch) -> None:
        self._line.remove(running)
        self._line.append(running)

    def _close(self) -> None:
        """Forget batches that have no images any more."""
        self._line = [running for running in self._line if running.drawings]

    def _new(self, kind: Kind) -> RunningBatch:
        parts = kind.model.components
        if self._strict_rows and hasattr(parts.unet, "only"):
            # A compiled twin that gets ready in between would round in another way.
            parts.unet.only = EAGER
        sizes = Sizes(
            self._limits,
            kind.limit_key,
            strict_rows=self._strict_rows,
            buckets=getattr(parts.unet, "buckets", BUCKETS),
        )
        batch = Batch(parts.unet, parts.device, parts.dtype, sizes, self._make_room)
        running = RunningBatch(kind, batch)
        self._line.append(running)
        return running

    def _replayed_rows(self, unet: Any) -> Callable[[BatchImage], int]:
        """How many rows to evaluate at once because it was so the first time; 0: as usual.

        The same kind of network does it as then, where that is here.
        """

        def rows_for(image: BatchImage) -> int:
            # An image's second pass counts on from its first.
            done = sum(run.count for run in image.evaluations)
            if done >= len(self._replay):
                return 0
            run = self._replay[done]
            if hasattr(unet, "only"):
                unet.only = run.by
            return run.rows

        return rows_for
