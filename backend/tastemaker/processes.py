"""What the server's processes do, and how they are started. Loads nothing of what they need."""

from __future__ import annotations

import multiprocessing
import sys

from tastemaker.jobs.child import StartMethod
from tastemaker.models.device import probably_has_gpu

WORKER = "tastemaker.worker_wiring:run_worker"
TRAINING = "tastemaker.trainer:run"
ERRAND = "tastemaker.trainer:errand"


def start_method(device: str) -> StartMethod:
    """How to start processes that work on ``device`` (auto, cpu, cuda, cuda:N, mps).

    Loading the model libraries takes seconds and hundreds of megabytes. On the CPU a process that
    does nothing else loads them once, and every other one is a copy of it, there in an instant and
    sharing its memory. GPU drivers don't survive being copied, nor do the system libraries of
    macOS: there, every process begins anew.
    """
    if sys.platform != "linux" or probably_has_gpu(device):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tastemaker.preloaded"])
    return context
