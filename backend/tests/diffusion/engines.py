"""Engines on loaded models, run until they rest; and a U-Net that misbehaves on demand."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from math import inf
from typing import Any

import torch

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import Finished, Outcome
from tastemaker.domain import GenerationRequest


def engine_of(components: Components, **options: Any) -> Engine:
    return Engine(lambda _: components, **{"preview_interval": inf, **options})


def ticket(job_id: str, wanted: GenerationRequest) -> Ticket:
    return Ticket(job_id, wanted, tuple(range(wanted.num_images)))


def drain(engine: Engine, limit: int = 2000) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for _ in range(limit):
        if engine.idle:
            return outcomes
        outcomes += engine.step()
    raise AssertionError("the engine never came to rest")


def finished(outcomes: list[Outcome], job_id: str) -> list[Finished]:
    mine = [o for o in outcomes if isinstance(o, Finished) and o.job_id == job_id]
    return sorted(mine, key=lambda o: o.image_index)


class Unet:
    """Stands in front of the real U-Net and misbehaves on demand."""

    def __init__(self, unet: Any) -> None:
        self.unet = unet
        self.config = unet.config
        self.rows_seen: list[int] = []
        self.max_rows: float = inf
        self.raises: deque[Exception | None] = deque()
        self.threads_seen: set[int] = set()

    def __call__(self, inputs: torch.Tensor, *rest: Any) -> Any:
        self.rows_seen.append(len(inputs))
        self.threads_seen.add(torch.get_num_threads())
        if len(inputs) > self.max_rows:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3 GiB")
        if self.raises and (error := self.raises.popleft()) is not None:
            raise error
        return self.unet(inputs, *rest)


def with_unet(components: Components) -> tuple[Components, Unet]:
    unet = Unet(components.unet)
    return replace(components, unet=unet), unet
