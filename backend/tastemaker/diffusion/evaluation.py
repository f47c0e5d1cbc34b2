"""Evaluations of the U-Net for the rows of a batch, as many at once as `Sizes` says or as fit.

Knows no samplers and no steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tastemaker.diffusion.batch_image import BatchImage
from tastemaker.diffusion.buckets import Sizes
from tastemaker.diffusion.device import free_memory, is_out_of_memory, threads
from tastemaker.diffusion.image_prompts import rows_of
from tastemaker.diffusion.outcomes import EAGER
from tastemaker.diffusion.streams import StreamUnet


class EvaluationOutOfMemory(Exception):
    """No smaller evaluation is left to try, and the image at ``position`` didn't fit."""

    def __init__(self, position: int) -> None:
        super().__init__(f"out of memory at image {position}")
        self.position = position


class Evaluation:
    """Evaluates ``unet``, called as diffusers' ``UNet2DConditionModel`` is, in ``dtype``.

    ``make_room`` is asked for memory before smaller evaluations are tried, and says if it had some.
    ``at_once`` and ``kind`` are of the last evaluation: of how many rows at once, by which kind of
    U-Net.
    """

    def __init__(
        self,
        unet: Any,
        device: torch.device,
        dtype: torch.dtype,
        sizes: Sizes,
        make_room: Callable[[], bool],
    ) -> None:
        self._unet = unet
        self._device = device
        self._dtype = dtype
        self._sizes = sizes
        self._make_room = make_room
        self._images: Sequence[BatchImage] = ()
        self._size = 0
        self.at_once, self.kind = 0, EAGER

    def arrange(self, images: Sequence[BatchImage]) -> None:
        """These are the images from now on."""
        self._images = images
        self._size = 0

    def all(
        self, inputs: torch.Tensor, timesteps: torch.Tensor, rows: int, threads_inside: int
    ) -> torch.Tensor:
        """The float32 outputs of all rows: conditional, unconditional ones in order, then padding.

        ``inputs`` (images, channels, h, w) and ``timesteps`` (images,) are of the images. The U-Net
        has ``threads_inside`` threads. With ``rows`` so many are evaluated at once, and not
        otherwise; else ever fewer when memory runs out.

        Raises:
            EvaluationOutOfMemory: not even the smallest evaluation fits.
        """
        size = rows or self._sizes.choose(sum(image.rows for image in self._images))
        while True:
            self._lay_out(size)
            outputs: list[torch.Tensor] = []
            try:
                for first in range(0, len(self._owners), size):
                    part = self._owners[first : first + size]
                    mine = slice(first, first + size)
                    with threads(threads_inside):
                        found = self._part(inputs[part], timesteps[part], mine)
                    outputs.append(found.float())
                self.at_once, self.kind = size, str(getattr(self._unet, "kind", EAGER))
                return outputs[0] if len(outputs) == 1 else torch.cat(outputs)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
            done = len(outputs) * size
            outputs.clear()
            free_memory(self._device)
            if self._make_room():
                continue
            smaller = None if rows else self._sizes.shrink(size)
            if smaller is None:
                raise EvaluationOutOfMemory(int(self._owners[done]))
            size = smaller

    def on_stream(
        self, stream: StreamUnet, inputs: torch.Tensor, timesteps: torch.Tensor
    ) -> torch.Tensor:
        """The same by a stream, a few rows after the other if it doesn't hold all."""
        self._lay_out(stream.size)
        outputs = []
        for first in range(0, len(self._owners), stream.size):
            rows = slice(first, first + stream.size)
            owners = self._owners[rows]
            added = {name: value[rows] for name, value in self._added.items()}
            outputs.append(
                stream.evaluate(inputs[owners], timesteps[owners], self._text[rows], added)
            )
        self.at_once, self.kind = stream.rows, stream.kind
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)

    def rehearse(self, position: int, inputs: torch.Tensor, timestep: torch.Tensor) -> None:
        """Evaluate one image's rows, as many at once as last time; raises what the U-Net raises.

        ``inputs`` is (channels, h, w), ``timestep`` a scalar.
        """
        mine = (self._owners == position).nonzero().flatten()
        owned = mine[torch.arange(self._size, device=self._device) % len(mine)]
        inputs = inputs.expand(self._size, *inputs.shape)
        self._part(inputs, timestep.expand(self._size), owned)

    def _lay_out(self, size: int) -> None:
        """Lay out the rows for evaluations of ``size`` rows at once.

        The conditional ones in order, then the unconditional ones, then padding.
        """
        if size == self._size:
            return
        images, device = self._images, self._device
        count = len(images)
        guided = [i for i, image in enumerate(images) if image.unconditional is not None]
        padding = -(count + len(guided)) % size
        owners = [*range(count), *guided, *([0] * padding)]
        texts = [image.conditional for image in images]
        texts += [t for i in guided if (t := images[i].unconditional) is not None]
        texts += [images[0].conditional] * padding
        self._owners = torch.tensor(owners, device=device)
        self._text = torch.stack(texts).to(self._dtype)
        self._added = {
            name: torch.stack(
                [image.added[name][0] for image in images]
                + [images[i].added[name][1] for i in guided]
                + [images[0].added[name][0]] * padding
            )
            for name in images[0].added
        }
        prompts = [image.image_prompt for image in images]
        self._seen = rows_of(prompts, guided, padding)
        self._size = size

    def _part(
        self, inputs: torch.Tensor, timesteps: torch.Tensor, rows: slice | torch.Tensor
    ) -> torch.Tensor:
        """One call of the U-Net, for these rows of the layout."""
        added = {name: value[rows] for name, value in self._added.items()}
        more: dict[str, Any] = {"added_cond_kwargs": added} if added else {}
        if self._seen is not None:
            more |= self._seen[rows].inputs
        output: torch.Tensor = self._unet(inputs, timesteps, self._text[rows], **more).sample
        return output
