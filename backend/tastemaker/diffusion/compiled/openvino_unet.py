"""A U-Net on the CPU as OpenVINO compiles it (https://docs.openvino.ai), from its IR on disk.

Only this module and the converter know OpenVINO. Knows no models and no cache.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import torch

from tastemaker.diffusion.compiled.plan import Plan
from tastemaker.diffusion.device import threads
from tastemaker.diffusion.streams import StreamUnet

KIND = "openvino"
IN_STREAMS = "openvino-streams"
"""With the rows split: their bits are others."""
_SUFFIXES = {"f32": "", "bf16": "-bf16"}


def is_available() -> bool:
    """Whether OpenVINO is installed; doesn't load it."""
    return importlib.util.find_spec("openvino") is not None


def load_openvino() -> Any:
    """The module. Importing it by itself would report that to its makers over the network."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def version() -> str:
    return importlib.metadata.version("openvino")


def supports_bf16() -> bool:
    """Whether this processor multiplies bfloat16 by itself."""
    return "BF16" in load_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def kind_of(plan: Plan) -> str:
    """What records call a network that is compiled as ``plan`` says."""
    split = any(plan.streams(rows) > 1 for rows in plan.rows)
    return (IN_STREAMS if split else KIND) + _SUFFIXES[plan.precision]


def precision_of(kind: str) -> str | None:
    """The precision of a network that records call ``kind``; ``None`` if it isn't one of these."""
    for precision, suffix in _SUFFIXES.items():
        if kind in (KIND + suffix, IN_STREAMS + suffix):
            return precision
    return None


class OpenVinoUnet:
    """A compiled U-Net, called by one thread, or by one thread for each of its ``streams``.

    Takes and gives float32 tensors on the CPU. A row's bits depend on the number of rows evaluated
    at once, and on nothing else beside it.
    """

    def __init__(self, ir: Path, plan: Plan) -> None:
        """Compile; takes seconds, and lets other threads work meanwhile.

        Raises:
            RuntimeError: OpenVINO can't, or has no memory.
        """
        openvino = load_openvino()
        self._openvino = openvino
        self._added = sorted(plan.inputs.added)
        self._any = not plan.rows
        self.kind = kind_of(plan)
        core = openvino.Core()
        options: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": plan.precision,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": plan.threads,
            # Pinned threads would sit on the cores that torch and other programs use, too.
            "ENABLE_CPU_PINNING": False,
        }
        if plan.rows:
            # For fixed shapes, fused subgraphs crash on some processors with AVX-512. For any
            # shape they don't, and keep attention from writing its whole matrix to memory.
            options["SNIPPETS_MODE"] = "DISABLE"
        self._requests: dict[int, list[Any]] = {}
        for rows in plan.rows or (0,):
            streams = plan.streams(rows)
            model = core.read_model(ir)
            model.reshape(dict(enumerate(plan.dimensions(rows // streams))))
            compiled = core.compile_model(model, "CPU", {**options, "NUM_STREAMS": streams})
            self._requests[rows] = [compiled.create_infer_request() for _ in range(streams)]
        self.streams = plan.alone
        self._shares = {
            rows // self.streams: rows for rows in plan.rows if plan.streams(rows) == self.streams
        }

    def serves(self, rows: int) -> bool:
        """Whether it was compiled for so many rows at once."""
        return self._any or rows in self._requests

    def evaluate(
        self,
        sample: torch.Tensor,
        timesteps: torch.Tensor,
        text: torch.Tensor,
        added: Mapping[str, torch.Tensor],
    ) -> torch.Tensor:
        """The predicted (rows, channels, height, width)."""
        return self._evaluate(
            self._requests[0 if self._any else len(sample)], sample, timesteps, text, added
        )

    def stream(self, number: int, rows: int) -> StreamUnet:
        """What evaluates ``rows`` rows on the stream of that number, in as few calls as it can."""
        size = min(self._shares, key=lambda size: (-(-rows // size), size))
        request = self._requests[self._shares[size]][number]
        return StreamUnet(size, self._shares[size], self.kind, partial(self._evaluate, [request]))

    def _evaluate(
        self,
        requests: Sequence[Any],
        sample: torch.Tensor,
        timesteps: torch.Tensor,
        text: torch.Tensor,
        added: Mapping[str, torch.Tensor],
    ) -> torch.Tensor:
        """The rows in equal parts, one for each of ``requests``, at the same time."""
        inputs = [sample, timesteps, text, *(added[name] for name in self._added)]
        with threads(1):
            # Kept until the evaluation is over: OpenVINO reads the tensors' own memory.
            arrays = [tensor.detach().to(torch.float32).contiguous().numpy() for tensor in inputs]
            part = len(sample) // len(requests)
            # Whatever goes wrong with one of them, the others are waited for.
            with ExitStack() as running:
                for number, request in enumerate(requests):
                    for index, array in enumerate(arrays):
                        mine = array[number * part : (number + 1) * part]
                        tensor = self._openvino.Tensor(mine, shared_memory=True)
                        request.set_input_tensor(index, tensor)
                    request.start_async()
                    running.callback(request.wait)
            found = [torch.from_numpy(request.get_output_tensor(0).data) for request in requests]
            return torch.cat(found)
