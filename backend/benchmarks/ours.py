"""Our side of the benchmarks: the engine as the studio runs it, previews off, networks ready."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from PIL import Image

from tastemaker.diffusion.buckets import BUCKETS, bucket_size
from tastemaker.diffusion.compiled.builders import builder_for
from tastemaker.diffusion.compiled.warm_up import WarmUp
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import Failed, Finished
from tastemaker.domain import GenerationRequest

WARM_UP_SECONDS = 3600.0


@dataclass(frozen=True)
class Arrival:
    """A request, ``at`` seconds after the beginning."""

    request: GenerationRequest
    at: float = 0.0


@dataclass(frozen=True)
class Served:
    """What came of arrivals: pictures in their order, seconds from arrival to the last picture of
    each, and seconds in all."""

    images: list[Image.Image]
    latencies: list[float]
    seconds: float


def made_fast(components: Components, folder: Path, *, max_rows: int) -> tuple[Components, float]:
    """The model with its network compiled as the studio would have it, and how long that took."""
    most = bucket_size(max_rows)
    builder = builder_for(
        components.device,
        folder,
        max_bytes=64 * 1024**3,
        sizes=[size for size in BUCKETS if size <= most],
    )
    if builder is None:
        return components, 0.0
    start = time.perf_counter()
    warm_up = WarmUp(builder)
    fast = warm_up.wrap(components)
    warm_up.join(WARM_UP_SECONDS)
    warm_up.tick()
    warm_up.close()
    return fast, time.perf_counter() - start


def serve(
    components: Components,
    arrivals: Sequence[Arrival],
    *,
    max_rows: int = 16,
    at_once: int | None = None,
) -> Served:
    """Draw requests as they arrive; at most ``at_once`` of them together (1: one by one)."""
    engine = Engine(lambda _: components, preview_interval=inf, max_rows=max_rows)
    waiting = sorted(range(len(arrivals)), key=lambda i: arrivals[i].at)
    inside: set[int] = set()
    images: dict[tuple[int, int], Image.Image] = {}
    ends: dict[int, float] = {}
    start = time.perf_counter()
    while waiting or inside:
        now = time.perf_counter() - start
        while waiting and arrivals[waiting[0]].at <= now and len(inside) < (at_once or inf):
            number = waiting.pop(0)
            request = arrivals[number].request
            inside.add(number)
            engine.submit(Ticket(str(number), request, tuple(range(request.num_images))))
        if not inside:
            time.sleep(max(0.0, arrivals[waiting[0]].at - now))
        for outcome in engine.step():
            if isinstance(outcome, Failed):
                raise outcome.error
            if isinstance(outcome, Finished):
                number = int(outcome.job_id)
                images[number, outcome.image_index] = outcome.image
                ends[number] = time.perf_counter() - start
                if sum(key[0] == number for key in images) == arrivals[number].request.num_images:
                    inside.remove(number)
    seconds = time.perf_counter() - start
    latencies = [ends[i] - arrivals[i].at for i in range(len(arrivals))]
    return Served([images[key] for key in sorted(images)], latencies, seconds)
