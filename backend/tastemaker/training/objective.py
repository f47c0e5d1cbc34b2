"""One step's loss and its gradient, however few pictures fit into memory at once.

Knows the network and the losses; no optimiser, no data set and no files.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from tastemaker.training import losses
from tastemaker.training.batches import Batch
from tastemaker.training.network import Trainee
from tastemaker.training.options import Method, TrainingOptions


@dataclass(frozen=True, slots=True)
class Measured:
    """What a step saw: its loss, the plain mean squared error, and the mean of e_ref - e_theta."""

    loss: float
    error: float
    gain: float | None = None


class Objective:
    """Computes losses of a `Trainee` and leaves their gradients on its parameters.

    ``model`` is the trainee's U-Net as accelerate prepared it.
    """

    def __init__(
        self,
        trainee: Trainee,
        model: Any,
        process: losses.NoiseProcess,
        options: TrainingOptions,
        accelerator: Accelerator,
    ) -> None:
        self._trainee = trainee
        self._model = model
        self._process = process
        self._options = options
        self._accelerator = accelerator

    def errors(self, batch: Batch) -> Tensor:
        """Mean squared error per sample, float32 (batch,), of the network as it is now."""
        time = self._process.network_time(batch.timesteps)
        output = self._model(batch.noisy, time, batch.states, return_dict=False)[0]
        return losses.squared_errors(output, batch.target)

    @torch.no_grad()
    def reference_errors(self, batch: Batch) -> Tensor:
        """The same of the network as it was before training."""
        with self._trainee.reference():
            return self.errors(batch)

    def accumulate(
        self, batches: Sequence[Batch], replay: Sequence[Batch], beta: float
    ) -> Measured:
        """Add the gradient of a whole step, given in parts; ``beta`` fits the latents' size.

        ``replay`` is mixed in with ``replay_weight`` to keep what the model could do before.
        """
        parts = len(batches) + len(replay)
        if self._options.method is Method.PREFERENCE:
            measured = self._preference(batches, beta, parts)
        else:
            measured = self._supervised(batches, parts)
        count = sum(len(batch) for batch in replay)
        loss = measured.loss
        for number, batch in enumerate(replay, start=len(batches) + 1):
            with self._sync(last=number == parts):
                term = self._options.replay_weight * self.errors(batch).sum() / count
                self._accelerator.backward(term)
            loss += term.item()
        return Measured(loss, measured.error, measured.gain)

    def _supervised(self, batches: Sequence[Batch], parts: int) -> Measured:
        count = sum(len(batch) for batch in batches)
        loss, error = 0.0, 0.0
        for number, batch in enumerate(batches, start=1):
            gamma = self._options.min_snr_gamma
            weights = self._process.min_snr_weights(batch.timesteps, gamma)
            with self._sync(last=number == parts):
                errors = self.errors(batch)
                term = (weights * errors).sum() / count
                self._accelerator.backward(term)
            loss += term.item()
            error += errors.detach().sum().item() / count
        return Measured(loss, error)

    def _preference(self, batches: Sequence[Batch], beta: float, parts: int) -> Measured:
        """Diffusion-KTO, and Diffusion-DPO for pairs.

        A picture's loss depends on others of the step, which needn't be in the same part: a first
        pass measures all errors, and how the loss changes with each; a second one goes along that.
        """
        references = torch.cat([self.reference_errors(batch) for batch in batches])
        with torch.no_grad():
            before = torch.cat([self.errors(batch) for batch in batches])
        labels, roles, samples = (
            torch.cat([getattr(batch, name) for batch in batches])
            for name in ("labels", "roles", "samples")
        )
        gains = references - before
        alone = self._accelerator.gather(gains[roles == 0])
        point = losses.kto_reference_point(alone) if len(alone) else gains.new_zeros(())
        errors = before.clone().requires_grad_()
        loss = losses.preference_loss(
            errors, references, labels, roles, samples, beta=beta, reference_point=point
        )
        (slopes,) = torch.autograd.grad(loss, errors)
        rows = zip(batches, torch.split(slopes, [len(batch) for batch in batches]), strict=True)
        for number, (batch, slope) in enumerate(rows, start=1):
            with self._sync(last=number == parts):
                self._accelerator.backward((slope * self.errors(batch)).sum())
        gain = self._accelerator.gather(gains).mean().item()
        return Measured(loss.item(), before.mean().item(), gain)

    def _sync(self, *, last: bool) -> Any:
        """Several processes exchange gradients once per step only."""
        return nullcontext() if last else self._accelerator.no_sync(self._model)
