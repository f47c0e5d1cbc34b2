"""The rows of one U-Net batch: images of one model and latent size, each at its own step.

What is packed is rows: an image with guidance has two, one without has one. Images may differ in
sampler, step count, guidance and prompt; their tables' numbers are gathered and applied to all at
once, without a loop over images and without waiting for the device. Loops over images run only when
an image joins or leaves. Knows no jobs, no seeds' meaning and no pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch

from tastemaker.diffusion.batch_image import BatchImage, Known
from tastemaker.diffusion.buckets import BUCKETS, Sizes, bucket_size
from tastemaker.diffusion.device import threads
from tastemaker.diffusion.evaluation import Evaluation, EvaluationOutOfMemory
from tastemaker.diffusion.latents import draw_noise
from tastemaker.diffusion.look import restyled
from tastemaker.diffusion.streams import StreamUnet
from tastemaker.diffusion.tables import COLUMN

__all__ = ["BUCKETS", "Batch", "BatchImage", "EvaluationOutOfMemory", "bucket_size"]

_HISTORY = 3


class State(NamedTuple):
    """What an image takes along from batch to batch, float32 on the device: its ``latents``
    (channels, h, w), the sample that its sampler comes back to, and the outputs that it remembers.
    """

    latents: torch.Tensor
    revisited: torch.Tensor
    history: torch.Tensor


class Batch:
    """Images denoised together; ``unet`` is called as diffusers' ``UNet2DConditionModel`` is.

    ``sizes`` decides how many rows are evaluated at once. What the U-Net says of itself as
    ``kind``, if it does, is noted with each image, for another kind rounds in another way.
    ``make_room`` is asked for memory before smaller evaluations are tried, and says if it had some.
    """

    def __init__(
        self,
        unet: Any,
        device: torch.device,
        dtype: torch.dtype,
        sizes: Sizes | None = None,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self._device = device
        self._dtype = dtype
        sizes = sizes if sizes is not None else Sizes()
        self._evaluation = Evaluation(unet, device, dtype, sizes, make_room)
        self._x = self._y = self._history = torch.empty(0)
        self.images: list[BatchImage] = []

    @property
    def rows(self) -> int:
        """U-Net rows of all images, padding not counted."""
        return sum(image.rows for image in self.images)

    @torch.inference_mode()
    def add(self, image: BatchImage, state: State | None = None) -> None:
        """Let an image join; it takes part in the next step. One under way brings its ``state``."""
        if state is None:
            x = image.latents.to(self._device, torch.float32)
            history = torch.zeros(_HISTORY, *x.shape, device=self._device)
            state = State(x, torch.zeros_like(x), history)
        x, y, history = (tensor[None] for tensor in state)
        if self.images:
            self._x = torch.cat([self._x, x])
            self._y = torch.cat([self._y, y])
            self._history = torch.cat([self._history, history])
        else:
            self._x, self._y, self._history = x, y, history
        self.images.append(image)
        self._arrange()

    @torch.inference_mode()
    def remove(self, leaving: list[BatchImage]) -> list[State]:
        """Let images leave; returns what they take along."""
        positions = [self.images.index(image) for image in leaving]
        states = [
            State(self._x[i].clone(), self._y[i].clone(), self._history[i].clone())
            for i in positions
        ]
        kept = [i for i in range(len(self.images)) if i not in positions]
        self.images = [self.images[i] for i in kept]
        if kept:
            index = torch.tensor(kept, device=self._device)
            self._x, self._y = self._x[index], self._y[index]
            self._history = self._history[index]
            self._arrange()
        return states

    def _arrange(self) -> None:
        """Gather what the images' steps need, after one has joined or left."""
        images, device = self.images, self._device
        self._evaluation.arrange(images)
        count = len(images)
        opposite = list(range(count))
        guided = (i for i, image in enumerate(images) if image.unconditional is not None)
        for row, i in enumerate(guided, start=count):
            opposite[i] = row
        self._opposite = torch.tensor(opposite, device=device)
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
        conditions = [image.condition for image in images if image.condition is not None]
        self._condition = torch.stack(conditions).to(self._dtype) if conditions else None
        self._arrange_known()

    def _arrange_known(self) -> None:
        """Gather what is known of the images; those that are all new hold nothing."""
        known = [image.known for image in self.images]
        self._known: Known | None = None
        if not any(known):
            return
        nothing = torch.zeros_like(self._x[0])
        self._known = Known(
            torch.stack([nothing if one is None else one.latents for one in known]),
            torch.stack([nothing if one is None else one.noise for one in known]),
            torch.stack([nothing[:1] if one is None else one.hold for one in known]),
        )
        lengths = [len(image.table) for image in self.images]
        self._lengths = torch.tensor(lengths, device=self._device, dtype=torch.float32)

    def _held(self, row: torch.Tensor) -> torch.Tensor:
        """The samples, with what is known of them at their level and not free yet."""
        if self._known is None:
            return self._x
        known = self._known
        there = row[COLUMN["signal"]] * known.latents + row[COLUMN["noise"]] * known.noise
        done = (self._steps / self._lengths).view(-1, 1, 1, 1)
        return torch.where(known.hold > done, there, self._x)

    @torch.inference_mode()
    def step(
        self, guess_of: list[BatchImage], rows: int = 0, stream: StreamUnet | None = None
    ) -> list[torch.Tensor]:
        """Evaluate the U-Net once for every image and move each one step on.

        Returns the current guess of the clean latents of the images in ``guess_of``. If memory runs
        out the batch is evaluated in ever smaller parts; nothing has moved when an error is raised.
        With ``rows`` it is evaluated so many rows at once, and not otherwise. ``stream`` evaluates
        in place of the U-Net; whatever it raises is raised.

        Raises:
            EvaluationOutOfMemory: not even the smallest evaluation fits.
        """
        inside = torch.get_num_threads()
        evaluate = partial(self._evaluation.all, rows=rows, threads_inside=inside)
        if stream is not None:
            evaluate = partial(self._evaluation.on_stream, stream)
        with threads(1):
            return self._step(guess_of, evaluate)

    def _step(
        self,
        guess_of: list[BatchImage],
        evaluate: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    ) -> list[torch.Tensor]:
        row = self._tables[self._positions, self._steps].T[..., None, None, None]
        x = self._held(row)
        inputs = (x * row[COLUMN["input_scale"]]).to(self._dtype)
        if self._condition is not None:
            inputs = torch.cat([inputs, self._condition], 1)
        outputs = evaluate(inputs, row[COLUMN["timestep"], :, 0, 0, 0])
        conditional, opposite = outputs[: len(self.images)], outputs[self._opposite]
        output = opposite + self._guidance * (conditional - opposite)
        output = self._restyled(row, x, output)
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
            image.moved(self._evaluation.at_once, self._evaluation.kind)
        return guesses

    @torch.inference_mode()
    def rehearse(self, image: BatchImage) -> None:
        """Evaluate an image's rows, as many at once as last time, to see whether that fails.

        Nothing moves. Raises whatever the U-Net raises.
        """
        position = self.images.index(image)
        row = self._tables[position, self._steps[position]]
        inputs = (self._x[position] * row[COLUMN["input_scale"]]).to(self._dtype)
        if self._condition is not None:
            inputs = torch.cat([inputs, self._condition[position]])
        self._evaluation.rehearse(position, inputs, row[COLUMN["timestep"]])

    def _restyled(self, row: torch.Tensor, x: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
        """The outputs, as they would be if the pictures had the looks that they take over.

        One by one: what a picture becomes must not depend on which others are there.
        """
        for i, image in enumerate(self.images):
            if image.look is not None and image.takes_over:
                dx, dm = row[COLUMN["dx"], i], row[COLUMN["dm"], i]
                guess = restyled(dx * x[i] + dm * output[i], image.look)
                output[i] = (guess - dx * x[i]) / dm
        return output

    def _guess(
        self, wanted: list[BatchImage], row: torch.Tensor, x: torch.Tensor, output: torch.Tensor
    ) -> list[torch.Tensor]:
        if not wanted:
            return []
        guesses = row[COLUMN["dx"]] * x + row[COLUMN["dm"]] * output
        return [guesses[self.images.index(image)] for image in wanted]

    def _fresh_noise(self) -> torch.Tensor:
        """Each stochastic image's next noise, from its own generator, on the device."""
        # Pinned memory: copying from any other makes the host wait for the device.
        noise = torch.zeros(self._x.shape, pin_memory=self._device.type == "cuda")
        for i in self._stochastic:
            noise[i] = draw_noise(tuple(self._x.shape[1:]), self.images[i].generator)
        return noise.to(self._device, non_blocking=True)
