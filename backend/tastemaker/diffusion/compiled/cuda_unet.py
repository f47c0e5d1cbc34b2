"""A U-Net on CUDA: compiled by torch for fixed shapes, launched as one CUDA graph per size.

A small U-Net, or a large one at few rows, waits for the host to launch its thousands of kernels; a
graph launches them all at once. Nothing here makes the host wait for the device. Written without a
GPU at hand: `tests/diffusion/compiled/test_cuda.py` checks the structure on the CPU, and what marks
itself ``gpu`` there the rest. See
https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from tastemaker.diffusion.attention import use_quick_attention
from tastemaker.diffusion.compiled.cache import size_on_disk
from tastemaker.diffusion.compiled.plan import Inputs, Plan
from tastemaker.diffusion.compiled.switch import Shape
from tastemaker.diffusion.compiled.warm_up import Subject

log = logging.getLogger(__name__)

KIND = "torch.compile"
_RECOMPILATIONS = 256
_WARM_UPS = 3

Replay = Callable[[], None]
Capture = Callable[[Callable[[], None]], Replay]


def capture_graph(work: Callable[[], None]) -> Replay:
    """Record what ``work`` launches on the device; calling the result launches it again."""
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(_WARM_UPS):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    # Others (decoding, a compilation) may use the device meanwhile from threads of their own.
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        work()
    return graph.replay


class CudaUnet:
    """A graph per size of evaluation, each with inputs and an output at fixed addresses."""

    kind = KIND

    def __init__(self, sizes: Mapping[int, _Static], added: Sequence[str]) -> None:
        self._sizes = sizes
        self._added = sorted(added)

    def serves(self, rows: int) -> bool:
        return rows in self._sizes

    def evaluate(
        self,
        sample: torch.Tensor,
        timesteps: torch.Tensor,
        text: torch.Tensor,
        added: Mapping[str, torch.Tensor],
    ) -> torch.Tensor:
        """The predicted (rows, channels, height, width), in the sample's dtype."""
        inputs = [sample, timesteps, text, *(added[name] for name in self._added)]
        return self._sizes[len(sample)](inputs)


class _Static:
    """One size: ``function`` of ``inputs`` (kept, at fixed addresses) as ``capture`` records it."""

    def __init__(
        self,
        function: Callable[..., torch.Tensor],
        inputs: list[torch.Tensor],
        capture: Capture,
    ) -> None:
        self._inputs = inputs
        self._output = torch.empty(0)

        def work() -> None:
            self._output = function(*inputs)

        self._replay = capture(work)

    def __call__(self, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
        for kept, given in zip(self._inputs, inputs, strict=True):
            kept.copy_(given, non_blocking=True)
        self._replay()
        return self._output.clone()


class CudaBuilder:
    """A `Builder` for CUDA. ``compile`` and ``capture`` are torch's own, except in tests.

    Compiled kernels are kept under ``folder``; when they outgrow ``max_bytes`` all are forgotten.
    """

    def __init__(
        self,
        folder: Path,
        max_bytes: int,
        sizes: Sequence[int],
        *,
        compile: Callable[..., Any] = torch.compile,
        capture: Capture = capture_graph,
    ) -> None:
        self._sizes = tuple(sizes)
        self._compile = compile
        self._capture = capture
        self._closed = False
        if folder.is_dir() and size_on_disk(folder) > max_bytes:
            shutil.rmtree(folder, ignore_errors=True)
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(folder))

    def prepare(self, unet: Any) -> None:
        """Query, key and value of an attention as one product."""
        unet.fuse_qkv_projections()
        use_quick_attention(unet)

    def build(
        self, subject: Subject, shape: Shape, report: Callable[[str], None]
    ) -> Callable[[], CudaUnet] | None:
        """Compile for every size; the graphs are recorded when it is used, in a blink."""
        report("compiling")
        unet, inputs = subject.unet, subject.inputs
        names = sorted(inputs.added)

        def forward(
            sample: torch.Tensor, steps: torch.Tensor, text: torch.Tensor, *added: torch.Tensor
        ) -> torch.Tensor:
            named = dict(zip(names, added, strict=True))
            more = {"added_cond_kwargs": named} if named else {}
            output: torch.Tensor = unet(sample, steps, text, return_dict=False, **more)[0]
            return output

        torch._dynamo.config.recompile_limit = _RECOMPILATIONS
        torch._dynamo.config.accumulated_recompile_limit = _RECOMPILATIONS
        fast = self._compile(
            forward, dynamic=False, fullgraph=True, mode="max-autotune-no-cudagraphs"
        )
        examples = {rows: _inputs(unet, inputs, shape, rows) for rows in self._sizes}
        for example in examples.values():
            if self._closed:
                return None
            # Compiled code is bound to the mode it was compiled in, which is the engine's.
            with torch.inference_mode():
                fast(*example)

        @torch.inference_mode()
        def make() -> CudaUnet:
            graphs = {rows: _Static(fast, e, self._capture) for rows, e in examples.items()}
            return CudaUnet(graphs, names)

        return make

    def close(self) -> None:
        self._closed = True


@torch.inference_mode()
def _inputs(unet: Any, inputs: Inputs, shape: Shape, rows: int) -> list[torch.Tensor]:
    """Zeros of the right shapes, on the network's device and in its precision."""
    parameter = next(iter(unet.parameters()))
    made = [
        torch.zeros(size, device=parameter.device, dtype=parameter.dtype)
        for size in Plan(shape, inputs, (rows,)).dimensions(rows)
    ]
    made[1] = made[1].float()
    return made
