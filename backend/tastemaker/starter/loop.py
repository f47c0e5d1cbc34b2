"""The training loop that every stage shares: budget, learning rate, moving average, checkpoints,
loss curve.

A stage only says what its loss is at a given step. All randomness of a step is derived from the
step's number, so a run that was interrupted and resumed ends with the same weights as one that was
not.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from tastemaker.starter import checkpoint
from tastemaker.starter.optimizer import Muon

Loss = Callable[[int], tuple[Tensor, dict[str, float]]]
Look = Callable[[nn.Module, int], None]


@dataclass(frozen=True)
class Schedule:
    """When a stage ends and how fast it learns. Ends at ``steps`` or after ``minutes``, whichever
    comes first.
    """

    steps: int
    learning_rate: float
    minutes: float = math.inf
    warmup: int = 100
    floor: float = 0.02
    average_decay: float = 0.998

    def progress(self, done: checkpoint.Progress) -> float:
        """Share of the budget that is spent, 0..1."""
        return max(done.step / self.steps, done.seconds / 60 / self.minutes)

    def rate(self, done: checkpoint.Progress) -> float:
        """Learning rate: linear warm-up, then half a cosine down to ``floor`` of the peak."""
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, self.progress(done))))
        return (
            self.learning_rate
            * min(1.0, (done.step + 1) / self.warmup)
            * (self.floor + (1 - self.floor) * cosine)
        )


def step_generator(seed: int, step: int) -> torch.Generator:
    """The CPU generator of one step: equal for equal numbers, unrelated for others."""
    return torch.Generator().manual_seed(seed * 1_000_003 + step)


def fast_arithmetic(device: torch.device) -> torch.autocast:
    """A context that evaluates in bfloat16 where the device multiplies it itself; elsewhere, where
    it would be slower, it changes nothing.
    """
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported()
    else:
        fast = device.type == "cpu" and bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    return torch.autocast(device.type, torch.bfloat16, enabled=fast)


def train(
    name: str,
    module: nn.Module,
    loss_at: Loss,
    schedule: Schedule,
    work: Path,
    look: Look | None = None,
    look_minutes: float = 10.0,
    save_minutes: float = 2.0,
    lanes: int = 1,
    goes_on: bool = False,
) -> checkpoint.Progress:
    """Train ``module`` until its budget is spent; it ends holding its moving average. Resumes from
    ``work/name``. A stage that was done stays so, unless it ``goes_on`` when its budget has grown.

    A step is the mean of ``lanes`` losses, numbered consecutively over all steps. On a CPU each
    lane runs in a thread of its own and its operators on one core: that keeps two busy cores at
    work where operators split over both would wait for each other.
    """
    path = work / f"{name}.safetensors"
    parameters = [p for p in module.parameters() if p.requires_grad]
    optimizer = Muon(module, lr=schedule.learning_rate)
    average = {key: tensor.detach().clone() for key, tensor in module.named_parameters()}
    done = checkpoint.load(path, module, average, optimizer)
    if goes_on and schedule.progress(done) < 1:
        done.done = False
    module.train()
    threads = torch.get_num_threads()
    workers = None
    if lanes > 1:
        torch.set_num_threads(1)
        workers = optimizer.workers = ThreadPoolExecutor(lanes, initializer=_one_core)
    saved = looked = last = time.monotonic()
    while not done.done and schedule.progress(done) < 1:
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(done)
        loss, numbers = _gradients(parameters, loss_at, done.step, lanes, workers)
        learnt = time.monotonic()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        _follow(average, module, min(schedule.average_decay, (done.step + 1) / (done.step + 10)))
        done.step += 1
        now = time.monotonic()
        numbers["update_share"] = round((now - learnt) / (now - last), 3)
        done.seconds, last = done.seconds + now - last, now
        if done.step % 20 == 0:
            _log(
                work / f"{name}.jsonl", done, {"loss": loss, "rate": schedule.rate(done), **numbers}
            )
        if now - saved > 60 * save_minutes:
            checkpoint.save(path, module, average, optimizer, done)
            saved = now
        if look is not None and now - looked > 60 * look_minutes:
            _with_average(module, average, done.step, look)
            looked = time.monotonic()
    if workers is not None:
        workers.shutdown()
    torch.set_num_threads(threads)
    if not done.done:
        done.done = True
        checkpoint.save(path, module, average, optimizer, done)
    module.load_state_dict(average, strict=False)
    module.eval()
    return done


def _one_core() -> None:
    """Settings of a lane's thread; torch keeps both per thread."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


def _gradients(
    parameters: list[nn.Parameter],
    loss_at: Loss,
    step: int,
    lanes: int,
    workers: ThreadPoolExecutor | None,
) -> tuple[float, dict[str, float]]:
    """Leave the gradient of this step's mean loss on the parameters; returns the mean loss and what
    was measured.
    """

    def lane(number: int) -> tuple[tuple[Tensor | None, ...], float, dict[str, float]]:
        loss, numbers = loss_at(number)
        return torch.autograd.grad(loss, parameters, allow_unused=True), loss.item(), numbers

    numbers_of = range(step * lanes, (step + 1) * lanes)
    results = list(workers.map(lane, numbers_of) if workers else map(lane, numbers_of))
    for index, parameter in enumerate(parameters):
        parts = [grads[index] for grads, _, _ in results]
        present = [part for part in parts if part is not None]
        parameter.grad = sum(present[1:], start=present[0]).div(lanes) if present else None
    keys = results[0][2]
    return sum(r[1] for r in results) / lanes, {
        key: sum(r[2][key] for r in results) / lanes for key in keys
    }


@torch.no_grad()
def _follow(average: dict[str, Tensor], module: nn.Module, decay: float) -> None:
    names, parameters = zip(*module.named_parameters(), strict=True)
    torch._foreach_lerp_([average[name] for name in names], list(parameters), 1 - decay)


def _with_average(module: nn.Module, average: dict[str, Tensor], step: int, look: Look) -> None:
    """Let ``look`` see the module with its averaged weights, then go on with the current ones."""
    current = {key: tensor.detach().clone() for key, tensor in module.named_parameters()}
    module.load_state_dict(average, strict=False)
    module.eval()
    look(module, step)
    module.load_state_dict(current, strict=False)
    module.train()


def _log(path: Path, done: checkpoint.Progress, numbers: dict[str, float]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lines:
        lines.write(
            json.dumps({"step": done.step, "seconds": round(done.seconds, 1), **numbers}) + "\n"
        )
