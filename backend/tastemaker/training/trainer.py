"""The training loop: from a U-Net and encoded pictures to better weights, through every mishap.

Checkpoints, resumes, watches for divergence, makes do with little memory, tells how it goes. Knows
no gallery and no versions. A run killed anywhere and resumed ends with the same bits as one that
wasn't: all chance follows from the seed and the step, and all else is in the checkpoint.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import free_memory, is_out_of_memory
from tastemaker.errors import Conflict, OutOfMemory, TrainingFailed
from tastemaker.training.checkpoint import Checkpoint, CheckpointFolder
from tastemaker.training.encoding import TrainingSet
from tastemaker.training.evaluate import HeldOut
from tastemaker.training.objective import Measured
from tastemaker.training.optimizer import load_state, state_tensors
from tastemaker.training.options import TrainingOptions
from tastemaker.training.progress import Pace, RunLog, Stop, TrainingProgress
from tastemaker.training.state import Outcome, RunData, RunState
from tastemaker.training.stepper import Stepper

log = logging.getLogger(__name__)

MOST_RECOVERIES = 2
SPIKE_FACTOR = 8.0
SPIKE_AFTER_STEPS = 20
VALIDATION_STRATA = 4
SAVE_SECONDS = 600.0
"""Where steps are slow, so much work may be lost to a crash, but no more."""


class Diverged(Exception):
    """Numbers that are not finite, or far above what they were."""


class Trainer:
    """One run in ``folder``; constructing it changes ``components.unet`` (see `Trainee`)."""

    def __init__(
        self,
        components: Components,
        data: RunData,
        options: TrainingOptions,
        folder: Path,
        *,
        on_progress: Callable[[TrainingProgress], None] = lambda progress: None,
        requested_stop: Callable[[], Stop | None] = lambda: None,
        on_checkpoint: Callable[[int], None] = lambda step: None,
    ) -> None:
        self._data = data
        self._options = options
        self._on_progress = on_progress
        self._requested_stop = requested_stop
        self._on_checkpoint = on_checkpoint
        self._stepper = Stepper(components, data, options)
        self._accelerator = self._stepper.accelerator
        self._checkpoints = CheckpointFolder(folder / "checkpoints")
        self._log = RunLog(folder / "log.jsonl")
        self._pace = Pace()
        self._note: str | None = None
        self._saved_at = time.monotonic()
        self._state = RunState(batch_size=options.batch_size)
        self.total_steps = self._stepper.total_steps

    def run(self) -> Outcome:
        """Train to the end, from the newest checkpoint if there is one.

        Raises:
            Conflict: the folder holds a run of other data or options.
            TrainingFailed: it diverged even at a quarter of the learning rate.
            OutOfMemory: not even one picture at a time fits.
            InsufficientDisk: a checkpoint can't be written.
        """
        self._stepper.trainee.unet.train()
        self._begin_or_resume()
        while not self._is_over():
            stop = self._requested_stop()
            if stop is not None:
                self._save()
                return Outcome.of(self._state, stop, self.total_steps)
            started = time.monotonic()
            try:
                measured, norm = self._gradient()
                self._check(measured, norm)
                rate = self._stepper.update(self._state.step, self._state.rate_scale)
                self._state.step += 1
                seconds = time.monotonic() - started
                saved = self._checkpoint_if_due()
            except Diverged as reason:
                self._recover(reason)
            else:
                self._tell(measured, norm, rate, seconds)
                if saved:
                    self._on_checkpoint(self._state.step)
                    self._pace.add_checkpoint(time.monotonic() - started - seconds)
        return Outcome.of(self._state, None, self.total_steps)

    def load(self, step: int) -> None:
        """Give the U-Net the weights of a checkpoint (their average, if there is one)."""
        saved = self._checkpoints.load(step)
        self._stepper.trainee.load(saved.average or saved.weights, saved.average, saved.step)
        self._stepper.trainee.unet.eval()

    def evaluate(self, data: TrainingSet, strata: int) -> HeldOut:
        """The network on pictures, each at ``strata`` timesteps with fixed noise."""
        return self._stepper.evaluate(data, strata, self._state.batch_size)

    def averaged(self) -> AbstractContextManager[None]:
        """The network with its averaged weights, if it has any, for the length of the block."""
        return self._stepper.trainee.averaged()

    def _begin_or_resume(self) -> None:
        if self._accelerator.is_main_process:
            self._checkpoints.prepare()
        self._accelerator.wait_for_everyone()
        steps = self._checkpoints.steps()
        if steps:
            self._restore(steps[-1])
            log.info("going on from the checkpoint of step %d", steps[-1])
            self._on_checkpoint(steps[-1])
            return
        self._log.rewind(-1)
        try:
            self._state.parent_loss = self._validate()
        except Diverged as reason:
            raise TrainingFailed(
                f"The model can't be trained: even before the first step {reason}."
            ) from None
        self._save()

    def _is_over(self) -> bool:
        lost_patience = 0 < self._options.patience <= self._state.worse_in_a_row
        return self._state.step >= self.total_steps or lost_patience

    def _gradient(self) -> tuple[Measured, float]:
        """The step's gradient, with fewer pictures at once whenever memory runs out."""
        while True:
            try:
                return self._stepper.gradient(self._state.step, self._state.batch_size)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                self._halve_batch(error)

    def _halve_batch(self, error: Exception) -> None:
        before = self._state.batch_size
        if before == 1 or self._accelerator.num_processes > 1:
            raise OutOfMemory(
                f"Training ran out of memory with {before} picture(s) at once. Switch on "
                "gradient_checkpointing, train a LoRA instead of all weights, choose a smaller "
                "resolution, or close other programs that use the device."
            ) from error
        self._state.batch_size = before // 2
        self._stepper.forget_gradient()
        free_memory(self._accelerator.device)
        self._pace.restart()
        self._say(
            f"Out of memory with {before} pictures at once; going on with {before // 2} at once: "
            "the same steps, only slower."
        )

    def _check(self, measured: Measured, norm: float) -> None:
        """Raise `Diverged` before bad numbers reach the weights."""
        if not (math.isfinite(measured.loss) and math.isfinite(norm)):
            raise Diverged("the loss or its gradient was no number (NaN or infinity)")
        typical = self._state.typical_error
        if typical is None:
            self._state.typical_error = measured.error
            return
        if self._state.step >= SPIKE_AFTER_STEPS and measured.error > SPIKE_FACTOR * typical:
            raise Diverged(f"the error jumped from about {typical:.3g} to {measured.error:.3g}")
        self._state.typical_error = 0.95 * typical + 0.05 * measured.error

    def _recover(self, reason: Diverged) -> None:
        """Back to the last checkpoint with half the rate, but not for ever."""
        failed = self._state
        if failed.recoveries == MOST_RECOVERIES:
            raise TrainingFailed(
                f"Training diverged at step {failed.step}: {reason}. Going back to the last "
                f"checkpoint and halving the learning rate, {MOST_RECOVERIES} times, didn't help. "
                "Start again with a learning rate ten times smaller."
            )
        self._restore(self._checkpoints.steps()[-1])
        self._state.recoveries = failed.recoveries + 1
        self._state.rate_scale = failed.rate_scale / 2
        self._state.batch_size = failed.batch_size
        self._say(
            f"At step {failed.step} {reason}; going on from step {self._state.step} with half the "
            "learning rate."
        )

    def _checkpoint_if_due(self) -> bool:
        """Validate and save when it is time; whether it was."""
        state = self._state
        if state.step % self._options.checkpoint_every and state.step < self.total_steps:
            if time.monotonic() - self._saved_at > SAVE_SECONDS:
                self._save()
            return False
        loss = self._validate()
        if loss is not None:
            state.note_validation(loss)
        self._save()
        return True

    def _validate(self) -> float | None:
        """The number to bring down, at fixed noise; ``None`` without held-out pictures."""
        held = self._data.validation
        if held is None or not len(held):
            return None
        result = self.evaluate(held, VALIDATION_STRATA)
        if self._state.step == 0:
            self._state.parent_errors = result.errors.tolist()
        parents = self._state.parent_errors
        if result.reference_errors is None and parents is not None:
            result = replace(result, reference_errors=np.array(parents))
        loss = self._stepper.validation_loss(result)
        if not math.isfinite(loss):
            raise Diverged("the validation loss was no number (NaN or infinity)")
        self._log_line({"validation_loss": loss})
        return loss

    def _save(self) -> None:
        if self._accelerator.is_main_process:
            trainee, optimizer = self._stepper.trainee, self._stepper.optimizer
            checkpoint = Checkpoint(
                step=self._state.step,
                weights=trainee.weights(),
                average=trainee.average(),
                optimizer=state_tensors(optimizer, trainee.parameters),
                state={
                    "run": asdict(self._state),
                    "options": self._options.to_dict(),
                    "data": self._data.digest,
                },
            )
            self._checkpoints.save(checkpoint)
            self._checkpoints.prune(self._options.keep, also=self._state.best_step)
        self._saved_at = time.monotonic()
        self._accelerator.wait_for_everyone()

    def _restore(self, step: int) -> None:
        saved = self._checkpoints.load(step)
        if saved.state["data"] != self._data.digest:
            raise Conflict(
                "The run can't go on: its pictures, captions or ratings have changed since. Start "
                "a new run."
            )
        if saved.state["options"] != self._options.to_dict():
            raise Conflict(
                "The run can't go on with other options than it began with. Start a new run."
            )
        trainee = self._stepper.trainee
        trainee.load(saved.weights, saved.average, step)
        load_state(self._stepper.optimizer, trainee.parameters, saved.optimizer)
        self._state = RunState.from_dict(saved.state["run"])
        self._log.rewind(step)

    def _tell(self, measured: Measured, norm: float, rate: float, seconds: float) -> None:
        state, options = self._state, self._options
        steps_left = self.total_steps - state.step
        self._pace.add(seconds)
        state.seconds += seconds
        self._log_line({"loss": measured.loss, "error": measured.error, "rate": rate})
        progress = TrainingProgress(
            step=state.step,
            total_steps=self.total_steps,
            loss=measured.loss,
            error=measured.error,
            gain=measured.gain,
            learning_rate=rate,
            gradient_norm=norm,
            validation_loss=state.validations[-1][1] if state.validations else None,
            parent_loss=state.parent_loss,
            best_step=state.best_step,
            batch_size=state.batch_size,
            seconds=state.seconds,
            eta_seconds=self._pace.eta(steps_left, -(-steps_left // options.checkpoint_every)),
            note=self._note,
        )
        self._note = None
        if self._accelerator.is_main_process:
            self._on_progress(progress)

    def _say(self, note: str) -> None:
        """Tell people with the next progress, and the log."""
        self._note = note
        log.warning(note)
        self._log_line({"note": note})

    def _log_line(self, entry: dict[str, Any]) -> None:
        if self._accelerator.is_main_process:
            self._log.add({"step": self._state.step, **entry})
