"""Times that can be compared: interleaved, repeated, with their spread and the machine's rate."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

SGEMM_SIZE = 2048


@dataclass(frozen=True)
class Times:
    """Seconds of each run."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    def __str__(self) -> str:
        return f"{self.median:.3f} ({min(self.runs):.3f}-{max(self.runs):.3f})"


def interleaved(sides: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, Times]:
    """Let each side measure itself ``repeats`` times (at least 3), in the order A B … B A A B …

    A side returns what it measured. Warm it up before.
    """
    runs: dict[str, list[float]] = {name: [] for name in sides}
    for repeat in range(max(3, repeats)):
        order = list(sides) if repeat % 2 == 0 else list(reversed(sides))
        for name in order:
            runs[name].append(sides[name]())
    return {name: Times(tuple(found)) for name, found in runs.items()}


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """A side for `interleaved` that measures how many seconds ``work`` takes."""

    def side() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return side


def sgemm_rate(device: torch.device) -> float:
    """GFLOP/s of a large float32 matrix product on this machine, now: the roof over a U-Net."""
    a = torch.randn(SGEMM_SIZE, SGEMM_SIZE, device=device)

    def product() -> float:
        start = time.perf_counter()
        torch.mm(a, a)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return time.perf_counter() - start

    product()
    return 2 * SGEMM_SIZE**3 / statistics.median(product() for _ in range(7)) / 1e9


def machine(device: torch.device) -> str:
    """What to write beside a figure."""
    from diffusers import __version__ as diffusers_version

    from tastemaker.diffusion.compiled import openvino_unet

    parts = [f"torch {torch.__version__}", f"diffusers {diffusers_version}"]
    if openvino_unet.is_available():
        parts.append(f"openvino {openvino_unet.version()}")
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    return f"{where}, {torch.get_num_threads()} threads; {', '.join(parts)}"
