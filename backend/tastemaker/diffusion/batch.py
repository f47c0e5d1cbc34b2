"""The rows of one U-Net batch: images of one model and latent size, each at its own step.

What is packed is rows: an image with guidance has two, one without has one. Images may differ in
sampler, step count, guidance and prompt; their tables' numbers are gathered and applied to all at
once, without a loop over images and without waiting for the device. Loops over images run only when
an image joins or leaves. Knows no jobs, no seeds' meaning and no pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from tastemaker.diffusion.device import free_memory, is_out_of_memory
from tastemaker.diffusion.latents import draw_noise
from tastemaker.diffusion.tables import COLUMN, SamplerTable

# A batch is padded to one of these sizes, so that one size's arithmetic serves many occupancies.
BUCKETS = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
_HISTORY = 3


@dataclass(eq=False)
class BatchImage:
    """One image on its way. Text states are (tokens, width) on the device; ``latents`` the start.

    ``unconditional`` is ``None`` when there is no guidance. ``generator`` gives the later noise of
    stochastic samplers. ``added`` is what the U-Net wants beside the text, by the name that
    diffusers gives it, (rows, …) with the conditional row first; the images of a batch agree on the
    names, and on the number of text tokens.
    """

    table: SamplerTable
    guidance_scale: float
    conditional: torch.Tensor
    unconditional: torch.Tensor | None
    latents: torch.Tensor
    generator: torch.Generator
    added: Mapping[str, torch.Tensor] = field(default_factory=dict)
    step: int = 0

    @property
    def rows(self) -> int:
        return 1 if self.unconditional is None else 2

    @property
    def is_done(self) -> bool:
        return self.step >= len(self.table)


def bucket_size(rows: int) -> int:
    """The smallest padded batch that holds ``rows`` rows."""
    return next((size for size in BUCKETS if size >= rows), rows)


class EvaluationOutOfMemory(Exception):
    """Even one row of the image at ``position`` doesn't fit into the device's memory."""

    def __init__(self, position: int) -> None:
        super().__init__(f"out of memory at image {position}")
        self.position = position


class Batch:
    """Images denoised together; ``unet`` is called as diffusers' ``UNet2DConditionModel`` is."""

    def __init__(self, unet: Any, device: torch.device, dtype: torch.dtype) -> None:
        self._unet = unet
        self._device = device
        self._dtype = dtype
        self._row_limit: int | None = None
        self._x = self._y = self._history = torch.empty(0)
        self.images: list[BatchImage] = []

    @property
    def rows(self) -> int:
        """U-Net rows of all images, padding not counted."""
        return sum(image.rows for image in self.images)

    @torch.inference_mode()
    def add(self, image: BatchImage) -> None:
        """Let an image join; it takes part in the next step."""
        x = image.latents.to(self._device, torch.float32)[None]
        history = torch.zeros(1, _HISTORY, *x.shape[1:], device=self._device)
        if self.images:
            self._x = torch.cat([self._x, x])
            self._y = torch.cat([self._y, torch.zeros_like(x)])
            self._history = torch.cat([self._history, history])
        else:
            self._x, self._y, self._history = x, torch.zeros_like(x), history
        self.images.append(image)
        self._arrange()

    @torch.inference_mode()
    def remove(self, leaving: list[BatchImage]) -> list[torch.Tensor]:
        """Let images leave; returns their latents (channels, h, w), float32 on the device."""
        positions = [self.images.index(image) for image in leaving]
        latents = [self._x[position].clone() for position in positions]
        kept = [i for i in range(len(self.images)) if i not in positions]
        self.images = [self.images[i] for i in kept]
        if kept:
            index = torch.tensor(kept, device=self._device)
            self._x, self._y = self._x[index], self._y[index]
            self._history = self._history[index]
            self._arrange()
        return latents

    def _arrange(self) -> None:
        """Lay out the rows: conditional ones in order, then unconditional ones, then padding."""
        images, device = self.images, self._device
        count = len(images)
        guided = [i for i, image in enumerate(images) if image.unconditional is not None]
        padding = bucket_size(count + len(guided)) - count - len(guided)
        owners = [*range(count), *guided, *([0] * padding)]
        opposite = list(range(count))
        for row, i in enumerate(guided, start=count):
            opposite[i] = row
        texts = [image.conditional for image in images]
        texts += [t for i in guided if (t := images[i].unconditional) is not None]
        texts += [images[0].conditional] * padding
        self._owners = torch.tensor(owners, device=device)
        self._opposite = torch.tensor(opposite, device=device)
        self._text = torch.stack(texts).to(self._dtype)
        self._added = {
            name: torch.stack(
                [image.added[name][0] for image in images]
                + [images[i].added[name][1] for i in guided]
                + [images[0].added[name][0]] * padding
            )
            for name in images[0].added
        }
        scales = [image.guidance_scale if image.rows == 2 else 1.0 for image in images]
        self._guidance = torch.tensor(scales, device=device).view(-1, 1, 1, 1)
        longest = max(len(image.table) for image in images)
        tables = torch.zeros(count, longest, len(COLUMN))
        for i, image in enumerate(images):
            tables[i, : len(image.table)] = torch.from_numpy(image.table.rows)
        self._tables = tables.to(device)
        self._positions = torch.arange(count, device=device)
        self._steps = torch.tensor([image.step for image in images], device=device)
        self._stochastic = [i for i, image in enumerate(images) if image.table.is_stochastic]
        self._remembers = any(image.table.rows[:, COLUMN["b1"]].any() for image in images)
        self._revisits = any(image.table.rows[:, COLUMN["e"]].any() for image in images)

    @torch.inference_mode()
    def step(self, guess_of: list[BatchImage]) -> list[torch.Tensor]:
        """Evaluate the U-Net once for every image and move each one step on.

        Returns the current guess of the clean latents of the images in ``guess_of``. If memory runs
        out the batch is evaluated in ever smaller parts; nothing has moved when an error is raised.

        Raises:
            EvaluationOutOfMemory: not even a single row fits.
        """
        row = self._tables[self._positions, self._steps].T[..., None, None, None]
        x = self._x
        inputs = (x * row[COLUMN["input_scale"]])[self._owners]
        timesteps = row[COLUMN["timestep"], :, 0, 0, 0][self._owners]
        outputs = self._evaluate(inputs.to(self._dtype), timesteps)
        conditional, opposite = outputs[: len(self.images)], outputs[self._opposite]
        output = opposite + self._guidance * (conditional - opposite)
        guesses = self._guess(guess_of, row, x, output)

        h = row[COLUMN["u"]] * x + row[COLUMN["v"]] * output
        moved = row[COLUMN["a"]] * x + row[COLUMN["b0"]] * h
        if self._remembers:
            weights = row[COLUMN["b1"] : COLUMN["b3"] + 1].transpose(0, 1)
            moved = moved + (weights * self._history).sum(1)
            pushed = torch.cat([h[:, None], self._history[:, :-1]], 1)
            remember = row[COLUMN["remember_h"], :, None] > 0
            self._history = torch.where(remember, pushed, self._history)
        if self._revisits:
            moved = moved + row[COLUMN["e"]] * self._y
            self._y = torch.where(row[COLUMN["remember_x"]] > 0, x, self._y)
        if self._stochastic:
            moved = moved + row[COLUMN["s"]] * self._fresh_noise()
        self._x = moved
        self._steps += 1
        for image in self.images:
            image.step += 1
        return guesses

    def _guess(
        self, wanted: list[BatchImage], row: torch.Tensor, x: torch.Tensor, output: torch.Tensor
    ) -> list[torch.Tensor]:
        if not wanted:
            return []
        guesses = row[COLUMN["dx"]] * x + row[COLUMN["dm"]] * output
        return [guesses[self.images.index(image)] for image in wanted]

    def _fresh_noise(self) -> torch.Tensor:
        """Each stochastic image's next noise, from its own generator, on the device."""
        noise = torch.zeros(self._x.shape)
        for i in self._stochastic:
            noise[i] = draw_noise(tuple(self._x.shape[1:]), self.images[i].generator)
        return noise.to(self._device, non_blocking=True)

    def _evaluate(self, inputs: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        """The U-Net's float32 outputs for all rows, in as few parts as memory allows."""
        while True:
            size = min(self._row_limit or len(inputs), len(inputs))
            outputs: list[torch.Tensor] = []
            try:
                for part in range(0, len(inputs), size):
                    rows = slice(part, part + size)
                    added = {name: value[rows] for name, value in self._added.items()}
                    more = {"added_cond_kwargs": added} if added else {}
                    result = self._unet(inputs[rows], timesteps[rows], self._text[rows], **more)
                    outputs.append(result.sample.float())
                return outputs[0] if len(outputs) == 1 else torch.cat(outputs)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
            free_memory(self._device)
            if size == 1:
                raise EvaluationOutOfMemory(int(self._owners[len(outputs)]))
            self._row_limit = max(1, size // 2)
