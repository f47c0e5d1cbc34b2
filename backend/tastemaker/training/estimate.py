"""A dry run: a few real optimiser steps on random latents, to learn what a training will cost.

To be called in a process of its own, whose memory is then that of the training.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import torch

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import is_out_of_memory
from tastemaker.training.cache import TensorCache
from tastemaker.training.encoding import Item, TrainingSet
from tastemaker.training.estimates import Measurement
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.state import RunData
from tastemaker.training.stepper import Stepper

STEPS = 3
LONGEST_SECONDS = 40.0
_PICTURES = 8


def measure(components: Components, options: TrainingOptions) -> Measurement:
    """Train on noise for a moment; ``components`` (in float32) are spoilt afterwards.

    The first step warms up and counts only when there is time for no other.
    """
    device = components.device
    available = _available(device)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    timed: list[float] = []
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="tastemaker-") as folder:
            stepper = Stepper(components, _random_data(components, options, Path(folder)), options)
            stepper.trainee.unet.train()
            for step in range(1 + STEPS):
                started = time.monotonic()
                stepper.gradient(step, options.batch_size)
                stepper.update(step, 1.0)
                _wait(device)
                timed.append(time.monotonic() - started)
                if time.monotonic() - began > LONGEST_SECONDS:
                    break
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return Measurement(0.0, _peak(device), available, str(device), fits=False)
    seconds = min(timed[1:] or timed)
    return Measurement(seconds, _peak(device), available, str(device))


def _random_data(components: Components, options: TrainingOptions, folder: Path) -> RunData:
    """Pictures and captions of noise, in the shapes of real ones; half of them liked."""
    width, height = (options.resolution,) * 2 if options.resolution else components.default_size
    shape = (components.latent_channels, *components.latent_size(width, height))
    text_width = int(components.text_encoder.config.hidden_size)
    cache = TensorCache(folder)
    source = torch.Generator().manual_seed(0)
    cache.add("none", {"states": torch.randn(components.max_tokens, text_width, generator=source)})
    items = []
    for number in range(_PICTURES):
        mean = torch.randn(shape, generator=source)
        cache.add(f"picture{number}", {"mean": mean, "std": torch.zeros(shape)})
        items.append(Item(str(number), f"picture{number}", "none", 1 if number % 2 else -1))
    cache.flush()
    whole = TrainingSet(tuple(items), cache, "none", shape, 1.0, 0.0)
    if options.method is not Method.PREFERENCE:
        whole = whole.only([i for i, item in enumerate(items) if item.feedback > 0])
    return RunData(whole, replay=whole if options.replay_weight else None)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _available(device: torch.device) -> int | None:
    """Bytes that are free, before anything is trained but with the model in them."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free) + int(torch.cuda.memory_reserved(device))
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None
    return free * 1024 + _resident()


def _peak(device: torch.device) -> int:
    """The most bytes of the device that this process ever held."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_reserved(device))
    return _resident()


def _resident() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
