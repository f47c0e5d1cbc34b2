"""One evaluation of the U-Net by each who can do it: rows per second, and how near to the roof.

    python -m benchmarks.evaluation                          the starter, 1 to 16 rows
    python -m benchmarks.evaluation --peers eager compiled   torch.compile too: minutes to compile
    python -m benchmarks.evaluation --model v1-4 --rows 2    860 M parameters: minutes, 12 GB
    python -m benchmarks.evaluation --model tiny --rows 2

The roof is the rate of a large float32 matrix product, measured in the same rounds; the work is
counted by torch's FlopCounterMode. Sides are interleaved A-B-B-A; medians of at least 3 runs with
their range. Two rows are one guided picture's step. The tables come last.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.ours import made_fast
from benchmarks.peers import Diffusers
from benchmarks.pipelines import folder_of, scratch_folder
from benchmarks.timing import interleaved, machine, sgemm_rate, timed
from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.device import pick_device

Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def inputs_for(components: Components, rows: int) -> Inputs:
    """Latents, timesteps and text states as the engine hands them over."""
    generator = torch.Generator().manual_seed(rows)
    height, width = components.latent_size(*components.default_size)
    made = (
        torch.randn(rows, components.latent_channels, height, width, generator=generator),
        torch.linspace(1, 999, rows),
        torch.randn(
            rows,
            components.max_tokens,
            components.unet.config.cross_attention_dim,
            generator=generator,
        ),
    )
    sample, steps, text = (value.to(components.device) for value in made)
    return sample.to(components.dtype), steps, text.to(components.dtype)


@torch.no_grad()
def gflop(unet: Any, inputs: Inputs) -> float:
    """What one evaluation costs, in 10⁹ multiplications and additions."""
    counter = FlopCounterMode(display=False)
    with counter:
        unet(*inputs)
    return counter.get_total_flops() / 1e9


def evaluate(unet: Any, inputs: Inputs, device: torch.device) -> Callable[[], object]:
    def work() -> object:
        # Not inference mode: torch.compile's frozen weights want the mode of its pipelines.
        with torch.no_grad():
            output = unet(*inputs).sample
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return output

    return work


def main() -> int:
    """Measure and print the tables last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="starter", help="starter, tiny, v1-4 or a folder")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--repeats", type=int, default=5, help="runs of each side; at least 3")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 = torch's choice")
    parser.add_argument("--peers", nargs="*", choices=["eager", "compiled"], default=["eager"])
    parser.add_argument("--scratch", type=Path, help="keep what is made and compiled there")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    with scratch_folder(options.scratch) as scratch:
        lines = run(options, scratch)
    print("\n".join(lines))
    return 0


def run(options: argparse.Namespace, scratch: Path) -> list[str]:
    """The lines to print."""
    folder, device = folder_of(options.model, scratch), pick_device(options.device)
    plain = load_components(folder, device, safety_checker=False)
    fast, seconds = made_fast(plain, scratch / "compiled", max_rows=max(options.rows))
    unets: dict[str, Any] = {"ours": fast.unet, "ours, torch only": plain.unet}
    for kind in options.peers:
        pipeline = Diffusers(folder, plain, compiled=kind == "compiled")
        unets[f"diffusers {kind}"] = pipeline.unet
    lines = [
        f"{folder.name} on {machine(device)}; {plain.dtype}",
        f"compiling ours took {seconds:.0f} s",
    ]
    for rows in options.rows:
        inputs = inputs_for(plain, rows)
        work = gflop(plain.unet, inputs)
        works = {name: evaluate(unet, inputs, device) for name, unet in unets.items()}
        first = {name: timed(one)() for name, one in works.items()}
        sides = {name: timed(one) for name, one in works.items()}
        sides["sgemm"] = lambda work=work: work / sgemm_rate(device)  # type: ignore[misc]
        times = interleaved(sides, options.repeats)
        roof = times.pop("sgemm")
        lines += [
            "",
            f"{rows} row{'s' * (rows > 1)}: {work:.1f} GFLOP; at the rate of sgemm "
            f"({work / roof.median:.0f} GFLOP/s) {roof} s",
            f"  {'side':20} {'seconds':>24} {'rows/s':>8} {'ratio':>6} {'of sgemm':>9} "
            f"{'first, s':>9}",
        ]
        for name, found in times.items():
            lines.append(
                f"  {name:20} {found!s:>24} {rows / found.median:8.1f} "
                f"{found.median / times['ours'].median:6.2f} "
                f"{roof.median / found.median:8.0%} {first[name]:9.2f}"
            )
    return lines


if __name__ == "__main__":
    sys.exit(main())
