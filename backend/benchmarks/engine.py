"""Our engine against diffusers' StableDiffusionPipeline: same weights, noise and steps, same run.

    python -m benchmarks.engine                  the starter
    python -m benchmarks.engine --model FOLDER   any pipeline in diffusers layout
    python -m benchmarks.engine --tiny           a random pipeline of test size

Runs are interleaved A-B-B-A after a warm-up; times are medians over ``--repeats`` pairs, with the
spread beside them. The ratio is diffusers' time over ours, so more than 1 means that ours is
faster. The last thing printed is the table. The exit code is 1 if a picture is below 45 dB.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from PIL import Image

from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.device import pick_device
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import Failed, Finished
from tastemaker.domain import GenerationRequest, Sampler, Schedule
from tastemaker.settings import STARTER_WEIGHTS

SAME_IMAGE_DB = 45.0
PROMPTS = ("a red apple", "a cat", "a house on grass", "two birds")
SCHEDULERS: dict[Sampler, tuple[str, dict[str, Any]]] = {
    Sampler.EULER: ("EulerDiscreteScheduler", {}),
    Sampler.EULER_A: ("EulerAncestralDiscreteScheduler", {}),
    # Clipping is meant for pixels; a pipeline whose own scheduler is another one doesn't say so.
    Sampler.DDIM: ("DDIMScheduler", {"clip_sample": False}),
    Sampler.PNDM: ("PNDMScheduler", {"skip_prk_steps": True}),
    Sampler.DPMPP_2M: ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    Sampler.DPMPP_2M_SDE: ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
}
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
Draw = Callable[[list[GenerationRequest]], list[Image.Image]]


@dataclass(frozen=True)
class Scenario:
    """Requests that arrive at once."""

    name: str
    requests: list[GenerationRequest]


@dataclass(frozen=True)
class Result:
    """Seconds per run of each side, and the worst similarity of their pictures in dB."""

    ours: list[float]
    theirs: list[float]
    psnr: float

    @property
    def ratio(self) -> float:
        return statistics.median(self.theirs) / statistics.median(self.ours)


def ours(components: Components) -> Draw:
    """Everything through one engine, as the studio does it, previews off."""

    def draw(requests: list[GenerationRequest]) -> list[Image.Image]:
        engine = Engine(lambda _: components, preview_interval=inf)
        for number, request in enumerate(requests):
            engine.submit(Ticket(str(number), request, tuple(range(request.num_images))))
        finished: dict[tuple[int, int], Image.Image] = {}
        while not engine.idle:
            for outcome in engine.step():
                if isinstance(outcome, Failed):
                    raise outcome.error
                if isinstance(outcome, Finished):
                    finished[int(outcome.job_id), outcome.image_index] = outcome.image
        return [finished[key] for key in sorted(finished)]

    return draw


def theirs(folder: Path, components: Components) -> Draw:
    """diffusers' pipeline in the same precision; one call per request, its images as one batch."""
    pipe = diffusers.StableDiffusionPipeline.from_pretrained(
        folder, local_files_only=True, torch_dtype=components.dtype, safety_checker=None
    ).to(components.device)
    pipe.set_progress_bar_config(disable=True)
    config = pipe.scheduler.config

    def draw(requests: list[GenerationRequest]) -> list[Image.Image]:
        images: list[Image.Image] = []
        for request in requests:
            name, extra = SCHEDULERS[request.sampler]
            extra = {**extra, "use_karras_sigmas": request.schedule is Schedule.KARRAS}
            pipe.scheduler = getattr(diffusers, name).from_config(config, **extra)
            generators = [
                torch.Generator().manual_seed(request.seed_of(i)) for i in range(request.num_images)
            ]
            images += pipe(
                request.prompt,
                negative_prompt=request.negative_prompt,
                width=request.width,
                height=request.height,
                num_inference_steps=request.num_inference_steps,
                guidance_scale=request.guidance_scale,
                num_images_per_prompt=request.num_images,
                generator=generators,
            ).images
        return images

    return draw


def psnr(a: Image.Image, b: Image.Image) -> float:
    """Similarity in dB."""
    mean = float(np.square(np.asarray(a, dtype=float) - np.asarray(b, dtype=float)).mean())
    return math.inf if mean == 0 else 10 * math.log10(255**2 / mean)


def measure(
    scenario: Scenario, a: Draw, b: Draw, repeats: int, clock: Callable[[], float]
) -> Result:
    """Warm up both sides, compare their pictures, then time them in the order A B B A …"""
    pairs = zip(a(scenario.requests), b(scenario.requests), strict=True)
    worst = min(psnr(x, y) for x, y in pairs)
    times: dict[Draw, list[float]] = {a: [], b: []}
    for repeat in range(repeats):
        for side in (a, b) if repeat % 2 == 0 else (b, a):
            start = clock()
            side(scenario.requests)
            times[side].append(clock() - start)
    return Result(times[a], times[b], worst)


def scenarios(components: Components, steps: int, images: int) -> list[Scenario]:
    """One request; several images of one request; several unlike requests at once."""
    width, height = components.default_size
    one = GenerationRequest(
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
    mixed = [
        replace(
            one,
            prompt=PROMPTS[i % len(PROMPTS)],
            seed=i,
            num_inference_steps=max(1, steps - 2 * (i % 3)),
            guidance_scale=(5.0, 3.0, 1.0)[i % 3],
            sampler=(Sampler.DPMPP_2M, Sampler.EULER_A, Sampler.PNDM, Sampler.DDIM)[i % 4],
            schedule=Schedule.NORMAL,
        )
        for i in range(images)
    ]
    each = [
        Scenario(f"one image, {sampler}", [replace(one, sampler=sampler, schedule=Schedule.NORMAL)])
        for sampler in SCHEDULERS
    ]
    return [
        *each,
        Scenario("one image, Karras", [one]),
        Scenario(f"one request, {images} images", [replace(one, num_images=images)]),
        Scenario(f"{images} unlike requests", mixed),
    ]


def spread(times: list[float]) -> str:
    return f"{statistics.median(times):8.3f} ({min(times):.3f}-{max(times):.3f})"


def main() -> int:
    """Run the scenarios and print the table last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, default=STARTER_WEIGHTS)
    parser.add_argument("--tiny", action="store_true", help="a random pipeline of test size")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=4, help="runs of each side; at least 3")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 = torch's choice")
    parser.add_argument(
        "--clock", choices=CLOCKS, default="wall", help="cpu: CPU time, for a machine that is busy"
    )
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.model
        if options.tiny:
            from tests.tiny_pipeline import make_tiny_pipeline

            folder = make_tiny_pipeline(Path(temporary) / "tiny")
        elif not (folder / "model_index.json").is_file():
            parser.error(f"{folder} holds no pipeline; name one with --model, or use --tiny")
        components = load_components(folder, pick_device(options.device), safety_checker=False)
        a, b = ours(components), theirs(folder, components)
        wanted = scenarios(components, options.steps, options.images)
        repeats, clock = max(3, options.repeats), CLOCKS[options.clock]
        results = {s.name: measure(s, a, b, repeats, clock) for s in wanted}

    print(
        f"{folder.name} on {components.device} ({components.dtype}, {torch.get_num_threads()} "
        f"threads), {options.steps} steps, {options.clock} clock; torch {torch.__version__}, "
        f"diffusers {diffusers.__version__}"
    )
    print(f"{'scenario':30} {'ours, s':>24} {'diffusers, s':>24} {'ratio':>6} {'PSNR, dB':>9}")
    for name, result in results.items():
        print(
            f"{name:30} {spread(result.ours):>24} {spread(result.theirs):>24} "
            f"{result.ratio:6.2f} {result.psnr:9.1f}"
        )
    return int(min(result.psnr for result in results.values()) < SAME_IMAGE_DB)


if __name__ == "__main__":
    sys.exit(main())
