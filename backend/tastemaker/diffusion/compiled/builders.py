"""Who compiles U-Nets on which device. Knows no settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from tastemaker.diffusion.compiled import cuda_unet, openvino_unet
from tastemaker.diffusion.compiled.cache import CompiledCache
from tastemaker.diffusion.compiled.cuda_unet import CudaBuilder
from tastemaker.diffusion.compiled.openvino_builder import OpenVinoBuilder
from tastemaker.diffusion.compiled.warm_up import Builder


def builder_for(
    device: torch.device,
    folder: Path,
    *,
    max_bytes: int,
    sizes: Sequence[int],
    precision: str = "f32",
    kind: str | None = None,
) -> Builder | None:
    """What makes twins on ``device``; ``None`` where torch alone draws.

    ``folder`` keeps at most ``max_bytes`` of them. ``sizes`` are the numbers of rows that are
    evaluated at once. ``kind`` (that of a recorded picture) decides instead of ``precision``.
    """
    if kind is not None and device.type == "cpu":
        found = openvino_unet.precision_of(kind)
        if found is None:
            return None
        precision = found
    elif kind is not None and kind != cuda_unet.KIND:
        return None
    if device.type == "cpu" and openvino_unet.is_available():
        return OpenVinoBuilder(CompiledCache(folder, max_bytes), sizes, precision=precision)
    if device.type == "cuda":
        return CudaBuilder(folder / "kernels", max_bytes, sizes)
    return None
