"""One optimiser step: pictures of the step's number in, weights moved. Puts the parts together.

The only file that builds accelerate's objects. Knows no checkpoints and no progress.
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from accelerate import Accelerator

from tastemaker.diffusion.components import Components
from tastemaker.errors import InvalidInput
from tastemaker.training.batches import Batch, Collator
from tastemaker.training.encoding import TrainingSet
from tastemaker.training.evaluate import HeldOut, held_out
from tastemaker.training.losses import NoiseProcess, scaled_beta
from tastemaker.training.network import Trainee
from tastemaker.training.objective import Measured, Objective
from tastemaker.training.optimizer import make_optimizer
from tastemaker.training.options import Method, Precision, TrainingOptions
from tastemaker.training.order import EvenOrder, Order, PairedOrder, RatedOrder, shared
from tastemaker.training.randomness import Purpose
from tastemaker.training.state import RunData

EVALUATED_ROWS = 4
_REPLAY_STREAM = 4


class Stepper:
    """The network, its optimiser and its pictures; constructing it changes ``components.unet``."""

    def __init__(self, components: Components, data: RunData, options: TrainingOptions) -> None:
        self._options = options
        self.accelerator = _accelerator(components.device, options)
        device = self.accelerator.device
        if options.window % self.accelerator.num_processes:
            raise InvalidInput(
                f"A step has {options.window} pictures (batch_size × gradient_accumulation), which "
                f"{self.accelerator.num_processes} processes can't share evenly."
            )
        self.trainee = Trainee(components.unet.to(device), options)
        optimizer = make_optimizer(self.trainee.parameters.values(), options)
        model, self.optimizer = self.accelerator.prepare(self.trainee.unet, optimizer)
        self._process = NoiseProcess.from_config(components.scheduler_config).to(device)
        self.objective = Objective(self.trainee, model, self._process, options, self.accelerator)
        self.total_steps = options.total_steps(len(data.train))
        self._latent_values = math.prod(data.train.latent_shape)
        self._training = replace(
            self._collator(data.train, Purpose.TRAINING),
            caption_dropout=options.caption_dropout,
            disliked=data.disliked,
        )
        self._order = _order(data.train, options, self.accelerator.num_processes)
        self._replay: tuple[Collator, Order] | None = None
        if data.replay is not None and len(data.replay) and options.replay_weight:
            size = max(self.accelerator.num_processes, options.window // 4)
            order = EvenOrder(len(data.replay), size, options.seed, _REPLAY_STREAM)
            self._replay = self._collator(data.replay, Purpose.REPLAY), order

    def gradient(self, step: int, batch_size: int) -> tuple[Measured, float]:
        """Compute step ``step``'s gradient, ``batch_size`` pictures at a time, and clip it.

        Returns what was measured and the gradient's length before clipping.
        """
        options = self._options
        # Layers with chance of their own (dropout) must repeat it after a resume.
        torch.manual_seed(options.seed * 1_000_003 + step)
        self.optimizer.zero_grad(set_to_none=True)
        parts = self._parts(self._training, self._order, step, batch_size)
        replay = self._parts(*self._replay, step, batch_size) if self._replay is not None else []
        beta = scaled_beta(options.beta_at(step, self.total_steps), self._latent_values)
        measured = self.objective.accumulate(parts, replay, beta)
        parameters = list(self.trainee.parameters.values())
        norm = self.accelerator.clip_grad_norm_(parameters, options.max_gradient_norm)
        return measured, float(norm)

    def update(self, step: int, rate_scale: float) -> float:
        """Move the weights along the gradient; returns the learning rate."""
        rate = self._options.rate_at(step, self.total_steps) * rate_scale
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.trainee.follow()
        return rate

    def forget_gradient(self) -> None:
        """Free the memory that a failed step left in use."""
        self.optimizer.zero_grad(set_to_none=True)

    def evaluate(self, data: TrainingSet, strata: int, batch_size: int) -> HeldOut:
        """The network with its averaged weights on pictures at fixed noise.

        ``batch_size`` is that of a step, which keeps what it needs for the gradient: without one,
        several times as many rows fit.
        """
        rows = batch_size if self._options.gradient_checkpointing else EVALUATED_ROWS * batch_size
        with self.trainee.averaged():
            return held_out(
                self.objective,
                self._collator(data, Purpose.VALIDATION),
                strata=strata,
                batch_size=rows,
                reference=self._options.uses_adapter,
            )

    def validation_loss(self, result: HeldOut) -> float:
        """The one number to bring down: how badly likes and dislikes come apart, or the error."""
        if self._options.method is not Method.PREFERENCE:
            rated = result.has_both_kinds and result.reference_errors is not None
            return result.taste_loss() if rated else result.error
        return result.preference_loss(scaled_beta(self._options.final_beta, self._latent_values))

    def _collator(self, data: TrainingSet, purpose: Purpose) -> Collator:
        device, seed = self.accelerator.device, self._options.seed
        return Collator(data, self._process, device, seed, purpose)

    def _parts(self, collator: Collator, order: Order, step: int, batch_size: int) -> list[Batch]:
        """This process's share of the step's pictures, in parts that fit into memory."""
        window = order.window(step)
        mine = shared(window, self.accelerator.process_index, self.accelerator.num_processes)
        strata = len({visit.sample for visit in window})
        firsts = range(0, len(mine), batch_size)
        return [collator.batch(step, mine[i : i + batch_size], strata) for i in firsts]


def _order(data: TrainingSet, options: TrainingOptions, processes: int) -> Order:
    if options.method is not Method.PREFERENCE:
        if not len(data):
            raise InvalidInput("There are no pictures to train on.")
        return EvenOrder(len(data), options.window, options.seed)
    labels = [item.feedback for item in data.items]
    if data.pairs:
        try:
            return PairedOrder(labels, data.pairs, options.window, options.seed, processes)
        except ValueError as error:
            raise InvalidInput(
                f"A step has {options.window} pictures (batch_size × gradient_accumulation), but "
                f"{error}: pairs, and liked and disliked ones on their own."
            ) from error
    if not (1 in labels and -1 in labels):
        kind = "liked" if 1 in labels else "disliked" if -1 in labels else "unrated"
        raise InvalidInput(
            f"All pictures to learn from are {kind}. Training on preferences needs both: rate some "
            "pictures the other way, or train a LoRA on the liked ones."
        )
    if options.window < 2:
        raise InvalidInput("A step must have at least 2 pictures: one liked and one disliked.")
    return RatedOrder(labels, options.window, options.seed)


def _accelerator(device: torch.device, options: TrainingOptions) -> Accelerator:
    precision = options.mixed_precision
    if precision is Precision.AUTO:
        fit = device.type == "cuda" and torch.cuda.is_bf16_supported()
        precision = Precision.BFLOAT16 if fit else Precision.FLOAT32
    if device.type == "cuda":
        torch.cuda.set_device(device)
    return Accelerator(cpu=device.type == "cpu", mixed_precision=precision.value)
