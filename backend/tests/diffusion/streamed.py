"""A small model whose U-Net has a twin with streams, as a compiled one has."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from tastemaker.diffusion.compiled.switch import Shape, SwitchingUnet
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.streams import StreamUnet
from tests.diffusion.test_company import Network, Unet

KIND = "twin-streams"
COUNT = 2
SIZES = (1, 2, 3)
"""Rows that a stream evaluates at once."""


class Twin:
    """Evaluates ``rows`` in as many parts as it has streams, each in a size of its own."""

    kind = KIND
    streams = COUNT

    def __init__(self, unet: Any) -> None:
        self.unet = unet
        self.calls: Counter[int] = Counter()
        self.fails: set[int] = set()
        """Numbers of streams that don't work."""
        self.most_at_once = 0
        self._at_once = 0
        self._count = threading.Lock()

    def serves(self, rows: int) -> bool:
        return rows % COUNT == 0 and rows // COUNT in SIZES

    def evaluate(
        self,
        sample: torch.Tensor,
        timesteps: torch.Tensor,
        text: torch.Tensor,
        added: Mapping[str, torch.Tensor],
    ) -> torch.Tensor:
        parts = zip(*(value.chunk(COUNT) for value in (sample, timesteps, text)), strict=True)
        return torch.cat([self.unet(*part).sample for part in parts])

    def stream(self, number: int, rows: int) -> StreamUnet:
        size = next((size for size in SIZES if size >= rows), SIZES[-1])

        def evaluate(sample: Any, timesteps: Any, text: Any, added: Any) -> torch.Tensor:
            with self._count:
                self.calls[number] += 1
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
            try:
                assert len(sample) == size
                assert torch.get_num_threads() == 1
                if number in self.fails:
                    raise RuntimeError("this stream doesn't work")
                return self.unet(sample, timesteps, text).sample
            finally:
                with self._count:
                    self._at_once -= 1

        return StreamUnet(size, size * COUNT, KIND, evaluate)


class Streamed:
    """A model whose U-Net has a twin for whatever shape it is asked for."""

    def __init__(self, tiny: Components) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = Network(tiny.unet.config).eval().requires_grad_(False)
        self.inner = Unet(network)
        self.twin = Twin(self.inner)
        self.unet = SwitchingUnet(self.inner, self.adopt)
        self.parts = replace(tiny, unet=self.unet)
        self.shapes: set[Shape] = set()

    def adopt(self, unet: SwitchingUnet, shape: Shape) -> None:
        self.shapes.add(shape)
        unet.adopt(shape, self.twin)

    def renew(self) -> None:
        """Twins again, for those that were given up because a row couldn't be evaluated."""
        for shape in self.shapes:
            self.unet.adopt(shape, self.twin)
