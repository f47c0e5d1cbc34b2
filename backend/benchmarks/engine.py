"""Our engine against diffusers' pipeline and against itself one by one, in three scenarios.

    python -m benchmarks.engine                        the starter, against diffusers eager
    python -m benchmarks.engine --peers eager compiled   torch.compile too: minutes to compile
    python -m benchmarks.engine --model v1-4 --steps 2 --scenarios single
    python -m benchmarks.engine --model tiny --steps 4 --images 4      in seconds

*single*: one request alone, latency. *offline*: ``--images`` pictures of one request at once, the
peers' best case, a static batch. *server*: ``--images`` unlike requests (steps, guidance, sampler,
prompt) arriving at random, four times as fast as one by one could serve them. Sides are interleaved
A-B-B-A after a warm-up that is reported apart; figures are medians of at least 3 runs with their
range. A ratio above 1 means that ours is faster. The tables come last. The exit code is 1 if a
picture of *single* is below 40 dB.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.ours import Arrival, Served, made_fast, serve
from benchmarks.peers import SCHEDULERS, Diffusers
from benchmarks.pipelines import folder_of, scratch_folder
from benchmarks.timing import Times, interleaved, machine, sgemm_rate
from tastemaker.diffusion.buckets import most_rows
from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.device import pick_device
from tastemaker.domain import GenerationRequest, Sampler, Schedule

SAME_IMAGE_DB = 40.0
LOAD = 4.0
PROMPTS = ("a red apple", "a cat", "a house on grass", "two birds")
OURS, OURS_TORCH, ONE_BY_ONE = "ours", "ours, torch only", "ours, one by one"
Side = Callable[[list[Arrival]], Served]


def psnr(a: Image.Image, b: Image.Image) -> float:
    """Similarity in dB."""
    mean = float(np.square(np.asarray(a, dtype=float) - np.asarray(b, dtype=float)).mean())
    return math.inf if mean == 0 else 10 * math.log10(255**2 / mean)


def one_request(components: Components, steps: int) -> GenerationRequest:
    width, height = components.default_size
    return GenerationRequest(
        prompt=PROMPTS[0],
        model=components.name,
        width=width,
        height=height,
        num_inference_steps=steps,
        guidance_scale=5.0,
        seed=1,
        sampler=Sampler.DPMPP_2M,
        schedule=Schedule.KARRAS,
    )


def mixed(one: GenerationRequest, count: int, gap: float) -> list[Arrival]:
    """Unlike requests at random times, ``gap`` seconds apart on average; the same every time."""
    chance, at, found = random.Random(0), 0.0, []
    samplers = list(SCHEDULERS)
    for i in range(count):
        steps = max(1, round(one.num_inference_steps * (0.6, 1.0, 1.4)[i % 3]))
        request = replace(
            one,
            prompt=PROMPTS[i % len(PROMPTS)],
            seed=i,
            num_inference_steps=steps,
            guidance_scale=(5.0, 3.0, 7.0, 1.0)[i % 4],
            sampler=samplers[i % len(samplers)],
            schedule=Schedule.NORMAL,
        )
        found.append(Arrival(request, at))
        at += chance.expovariate(1 / gap)
    return found


def table(title: str, sides: dict[str, Side], arrivals: list[Arrival], repeats: int) -> list[str]:
    """Time all sides on the same arrivals; lines to print."""
    last: dict[str, list[list[float]]] = {name: [] for name in sides}

    def measured(name: str) -> Callable[[], float]:
        def run() -> float:
            served = sides[name](arrivals)
            last[name].append(served.latencies)
            return served.seconds

        return run

    times = interleaved({name: measured(name) for name in sides}, repeats)
    count = sum(arrival.request.num_images for arrival in arrivals)
    ours = times[OURS].median
    lines = [
        f"{title} ({count} picture{'s' * (count > 1)})",
        f"  {'side':24} {'seconds in all':>24} {'images/s':>9} {'p50, s':>7} {'max, s':>7} "
        f"{'ratio':>6}",
    ]
    for name, found in times.items():
        every = [latency for run in last[name] for latency in run]
        lines.append(
            f"  {name:24} {found!s:>24} {count / found.median:9.2f} "
            f"{statistics.median(every):7.2f} {max(every):7.2f} {found.median / ours:6.2f}"
        )
    return lines


def main() -> int:
    """Run the scenarios and print the tables last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="starter", help="starter, tiny, v1-4 or a folder")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--images", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=4, help="runs of each side; at least 3")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 = torch's choice")
    parser.add_argument("--rows", type=int, default=0, help="most U-Net rows at once, ours")
    parser.add_argument("--peers", nargs="*", choices=["eager", "compiled"], default=["eager"])
    names = ["single", "offline", "server"]
    parser.add_argument("--scenarios", nargs="+", choices=names, default=names)
    parser.add_argument("--scratch", type=Path, help="keep what is made and compiled there")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    with scratch_folder(options.scratch) as scratch:
        lines, worst = run(options, scratch)
    print("\n".join(lines))
    return int(worst < SAME_IMAGE_DB)


def run(options: argparse.Namespace, scratch: Path) -> tuple[list[str], float]:
    """The lines to print and the worst similarity in dB."""
    folder, device = folder_of(options.model, scratch), pick_device(options.device)
    plain = load_components(folder, device, safety_checker=False)
    rows = most_rows(options.rows, device.type)
    fast, seconds = made_fast(plain, scratch / "compiled", max_rows=rows)
    one = one_request(plain, options.steps)
    sides: dict[str, Side] = {
        OURS: lambda a: serve(fast, a, max_rows=rows),
        OURS_TORCH: lambda a: serve(plain, a, max_rows=rows),
    }
    pipelines = {
        f"diffusers {kind}": Diffusers(folder, plain, compiled=kind == "compiled")
        for kind in options.peers
    }
    sides |= {name: pipeline.serve for name, pipeline in pipelines.items()}
    one_by_one: Side = lambda a: serve(fast, a, max_rows=rows, at_once=1)  # noqa: E731

    lines = [
        f"{folder.name} on {machine(device)}; {plain.dtype}, {one.width} × {one.height}, "
        f"{options.steps} steps; sgemm {sgemm_rate(device):.0f} GFLOP/s",
        f"compiling ours took {seconds:.0f} s",
    ]
    worst = math.inf
    alone = [Arrival(one)]
    pictures = {name: side(alone).images[0] for name, side in sides.items()}
    if pipelines:
        reference = pictures[next(iter(pipelines))]
        worst = min(psnr(pictures[name], reference) for name in (OURS, OURS_TORCH))
        lines.append(f"same picture as diffusers: at least {worst:.0f} dB")
    if "single" in options.scenarios:
        lines += ["", *table("single", sides, alone, options.repeats)]
    if "offline" in options.scenarios:
        many = [Arrival(replace(one, num_images=options.images))]
        lines += [f"warm-up: {warm_up(sides, many)}"]
        lines += ["", *table("offline", sides, many, options.repeats)]
    if "server" in options.scenarios:
        each = Times(tuple(one_by_one(alone).seconds for _ in range(3))).median
        arrivals = mixed(one, options.images, each / LOAD)
        everyone = {OURS: sides[OURS], ONE_BY_ONE: one_by_one, **sides}
        lines += [f"warm-up: {warm_up(everyone, arrivals)}"]
        lines += ["", *table("server", everyone, arrivals, options.repeats)]
    return lines, worst


def warm_up(sides: dict[str, Side], arrivals: list[Arrival]) -> str:
    """Let everyone do it once, for shapes that they haven't seen; says what it took."""
    taken = []
    for name, side in sides.items():
        start = time.perf_counter()
        side([replace(arrival, at=0.0) for arrival in arrivals])
        taken.append(f"{name} {time.perf_counter() - start:.1f} s")
    return ", ".join(taken)


if __name__ == "__main__":
    sys.exit(main())
