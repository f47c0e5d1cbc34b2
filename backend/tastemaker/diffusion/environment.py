"""Where a picture was drawn, as far as its bits depend on it: for the record, and to compare.

Knows no pictures.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import Any

import diffusers
import PIL
import torch
import transformers

from tastemaker import __version__


def versions() -> dict[str, str]:
    """The libraries that have a part in a picture, and ourselves, by name."""
    return {
        "tastemaker": __version__,
        "torch": str(torch.__version__),
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
        "pillow": PIL.__version__,
    }


def place(device: str, threads: int) -> dict[str, Any]:
    """The ``device`` (``cpu``, ``cuda:0`` …) and what it is; on the CPU also how many threads."""
    found: dict[str, Any] = {"device": device, "device_name": device_name(device)}
    if device == "cpu":
        found["threads"] = threads
    return found


@cache
def device_name(device: str) -> str:
    """What a device is called by its maker; with the instructions that are used, on the CPU."""
    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    if device != "cpu":
        return f"{platform.machine()} {device}"
    return f"{_processor()} ({torch.backends.cpu.get_cpu_capability()})"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
