"""What is made of latents beside the denoising: previews, pictures, second passes at a larger size.

Each device has its way of doing so (`tastemaker.diffusion.aside`). Knows no order of admission and
no batches.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch

from tastemaker.diffusion.aside import Aside, Done
from tastemaker.diffusion.drawing import Drawing, finish, preview
from tastemaker.diffusion.outcomes import Finished, Preview
from tastemaker.diffusion.passes import enlarge
from tastemaker.diffusion.residency import ResidentModel
from tastemaker.diffusion.streams import Streams

Made = Finished | Preview | Drawing | None
"""A picture or a preview; an image that goes on with its second pass; ``None``: unwanted by now."""


class Decoding:
    """``threaded`` does it on a thread of its own, or not; ``None``: where that pays (CUDA).

    ``backlog`` is that of `Aside`.
    """

    def __init__(self, threaded: bool | None, backlog: int) -> None:
        self._threaded = threaded
        self._backlog = backlog
        self._lines: dict[bool, Aside[Drawing, Made]] = {}
        # They keep their rows.
        self._between_passes: set[Drawing] = set()

    @property
    def models(self) -> set[ResidentModel]:
        """The models that it takes."""
        return {drawing.model for line in self._lines.values() for drawing in line.owners}

    @property
    def rows(self) -> int:
        """U-Net rows of images between their passes."""
        return sum(drawing.image.rows for drawing in self._between_passes)

    @property
    def wants_device(self) -> bool:
        """Whether what is next can't be done by a stream."""
        return any(line.wants_device for line in self._lines.values())

    def put_preview(self, drawing: Drawing, step: int, guess: torch.Tensor) -> None:
        """Make a preview of an image's latents as they are likely to become."""
        work = partial(preview, drawing, step, guess)
        self._line_of(drawing).put(drawing, work, heavy=False, on_stream=work)

    def put(self, drawing: Drawing, streams: Streams | None) -> None:
        """Make a picture of what an image's steps left, or the beginning of its second pass."""
        line = self._line_of(drawing)
        if drawing.second is not None:
            self._between_passes.add(drawing)
            line.put(drawing, partial(enlarge, drawing), heavy=True)
            return
        on_stream = partial(finish, drawing, streams=streams.count) if streams is not None else None
        line.put(drawing, partial(finish, drawing), heavy=True, on_stream=on_stream)

    def begin(self, streams: Streams) -> None:
        """Let streams that are free begin what they can."""
        for line in self._lines.values():
            line.begin(streams)

    def collect(self, *, wait: bool, itself: bool) -> Iterator[Done[Drawing, Made]]:
        """What is made by now, as `Aside.collect` has it."""
        for line in self._lines.values():
            for done in line.collect(wait=wait, itself=itself):
                self._between_passes.discard(done.owner)
                yield done

    def _line_of(self, drawing: Drawing) -> Aside[Drawing, Made]:
        on_cuda = drawing.model.components.device.type == "cuda"
        threaded = on_cuda if self._threaded is None else self._threaded
        if threaded not in self._lines:
            self._lines[threaded] = Aside(threaded=threaded, backlog=self._backlog)
        return self._lines[threaded]
