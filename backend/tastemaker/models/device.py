"""A guess whether this machine has a GPU, for the web process, which must not import torch."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path


def probably_has_gpu(device: str) -> bool:
    """Whether the setting ``device`` (auto, cpu, cuda, cuda:N, mps) will mean a GPU here."""
    if device != "auto":
        return device != "cpu"
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    return shutil.which("nvidia-smi") is not None or Path("/dev/nvidiactl").exists()
