"""Converts a U-Net for OpenVINO and tries it out, in a process of its own at low priority.

    python -m tastemaker.diffusion.compiled.converter      (a job as one line of JSON on its input)

Why a process: a compiler's crash must not be the studio's, and converting needs the weights thrice.
Prints lines of JSON: ``{"stage": …}`` as it goes on, at last ``{"result": …}`` with ``worst_db``,
the similarity of its outputs to torch's. Ends when its input does, for then its parent is gone.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tastemaker.diffusion.compiled.openvino_unet import OpenVinoUnet, load_openvino
from tastemaker.diffusion.compiled.plan import Plan

IR_FILE = "unet.xml"


class _Positional(nn.Module):
    """A U-Net whose inputs have an order, as tracing wants them."""

    def __init__(self, unet: Any, added: list[str]) -> None:
        super().__init__()
        self.unet = unet
        self._added = added

    def forward(
        self,
        sample: torch.Tensor,
        timesteps: torch.Tensor,
        text: torch.Tensor,
        *added: torch.Tensor,
    ) -> torch.Tensor:
        named = dict(zip(self._added, added, strict=True))
        more = {"added_cond_kwargs": named} if named else {}
        output: torch.Tensor = self.unet(sample, timesteps, text, return_dict=False, **more)[0]
        return output


def example(plan: Plan, rows: int, side: int | None = None) -> list[torch.Tensor]:
    """Inputs of the right shapes, the same for every call; ``side`` makes the latents smaller."""
    generator = torch.Generator().manual_seed(rows)
    inputs: list[torch.Tensor] = []
    for index, dimensions in enumerate(plan.dimensions(rows)):
        size = [*dimensions[:2], side, side] if index == 0 and side else dimensions
        inputs.append(torch.randn(size, generator=generator))
    inputs[1] = torch.linspace(1, 999, rows)
    return inputs


@torch.no_grad()
def convert(unet: Any, plan: Plan, folder: Path) -> None:
    """Write the network's IR (for any shape, in float32) into ``folder``."""
    openvino = load_openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    added = sorted(plan.inputs.added)
    # Shapes aren't baked in, and a small picture is traced sooner.
    side = 2 ** len(unet.config.block_out_channels)
    with warnings.catch_warnings():
        # Python's ifs become constants; `compare` finds out if that was wrong.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(  # type: ignore[no-untyped-call]
            _Positional(unet, added).eval(), tuple(example(plan, 2, side)), check_trace=False
        )
    # Kept: the front end reads from the decoder for as long as it converts.
    decoder = TorchScriptPythonDecoder(traced)
    front_end = FrontEndManager().load_by_framework("pytorch")
    loaded = front_end.load(decoder)
    model = front_end.convert(loaded)
    model.reshape(dict(enumerate(plan.dimensions(0))))
    openvino.save_model(model, folder / IR_FILE, compress_to_fp16=False)


@torch.no_grad()
def compare(unet: Any, compiled: OpenVinoUnet, plan: Plan) -> dict[str, Any]:
    """Evaluate both at every size that will be used: worst similarity, and seconds of each."""
    added = sorted(plan.inputs.added)
    reference = _Positional(unet, added)
    worst, seconds = math.inf, {}
    for rows in plan.rows or (2,):
        sample, timesteps, text, *rest = example(plan, rows)
        named = dict(zip(added, rest, strict=True))
        expected = reference(sample, timesteps, text, *rest)
        found = compiled.evaluate(sample, timesteps, text, named)
        mean = float((found - expected).square().mean())
        peak = float(expected.abs().max())
        worst = min(worst, 10 * math.log10(peak**2 / mean) if mean > 0 else 200.0)
        start = time.perf_counter()
        compiled.evaluate(sample, timesteps, text, named)
        seconds[str(rows)] = round(time.perf_counter() - start, 4)
    return {"worst_db": round(worst, 1) if math.isfinite(worst) else -math.inf, "seconds": seconds}


def main() -> None:
    """Do the job that the first line of the input describes."""
    job = json.loads(sys.stdin.readline())
    with contextlib.suppress(OSError, AttributeError):
        os.nice(job["nice"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    plan = Plan.from_dict(job["plan"])
    import diffusers

    torch.set_flush_denormal(True)
    if plan.threads:
        torch.set_num_threads(plan.threads)
    weights = Path(job["weights"])
    name = json.loads((weights / "config.json").read_text("utf-8"))["_class_name"]
    unet = getattr(diffusers, name).from_pretrained(weights, local_files_only=True).eval()
    unet.to(memory_format=torch.channels_last)
    folder = Path(job["folder"])
    if not (folder / IR_FILE).is_file():
        _say({"stage": "converting"})
        convert(unet, plan, folder)
    _say({"stage": "compiling"})
    compiled = OpenVinoUnet(folder / IR_FILE, plan)
    _say({"stage": "checking"})
    _say({"result": compare(unet, compiled, plan)})


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
