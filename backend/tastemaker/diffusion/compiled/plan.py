"""What exactly to compile: shapes, sizes of evaluations, precision; travels as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tastemaker.diffusion.compiled.switch import Shape

STATIC_BYTES = 128 * 1024 * 1024
"""Weights up to this size are compiled once per size of evaluation, each with its own copy of them:
fixed shapes are a sixth faster on a small U-Net. Above it one network serves all shapes."""

MOST_STREAMS = 4
"""Each stream reads all weights, so many of them would wait for memory."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a U-Net takes beside timesteps: ``channels`` of its latents, ``text_width`` of its text
    states, and what else by diffusers' name, as (one row's) dimensions."""

    channels: int
    text_width: int
    added: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """Compile for ``shape`` at each of ``rows`` rows at once; empty ``rows``: for any shape.

    ``precision`` is ``f32`` or ``bf16``. Rows are split over streams (`streams`).
    """

    shape: Shape
    inputs: Inputs
    rows: tuple[int, ...]
    precision: str = "f32"
    threads: int = 0

    @property
    def name(self) -> str:
        """Names what is checked, within one network's entry in the cache."""
        sizes = [f"{rows // (n := self.streams(rows))}x{n}" for rows in self.rows]
        return f"{self.shape.name}-{'-'.join(sizes) or 'any'}"

    def streams(self, rows: int) -> int:
        """Into how many parts to split ``rows`` rows, each with an equal share of the threads.

        Threads that share an operator wait for each other after each one, streams only at the end.
        """
        possible = range(1, min(rows, self.threads, MOST_STREAMS) + 1)
        fair = (n for n in possible if rows % n == 0 and self.threads % n == 0)
        return max(fair, default=1)

    @property
    def alone(self) -> int:
        """How many streams there are that work by themselves, with one thread each; 0: none."""
        split = (self.streams(rows) for rows in self.rows)
        return self.threads if self.threads > 1 and self.threads in split else 0

    def dimensions(self, rows: int) -> list[list[int]]:
        """Each input's dimensions in the order of the call; -1 where any will do (``rows`` 0)."""
        height, width, tokens = self.shape if rows else (-1, -1, -1)
        count = rows or -1
        return [
            [count, self.inputs.channels, height, width],
            [count],
            [count, tokens, self.inputs.text_width],
            *([count, *size] for _, size in sorted(self.inputs.added.items())),
        ]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Plan:
        inputs = data["inputs"]
        added = {name: tuple(size) for name, size in inputs["added"].items()}
        return Plan(
            Shape(*data["shape"]),
            Inputs(inputs["channels"], inputs["text_width"], added),
            tuple(data["rows"]),
            data["precision"],
            data["threads"],
        )


def rows_for(weight_bytes: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Which sizes of evaluation to compile one by one; none of them when the weights are large."""
    return tuple(sizes) if weight_bytes <= STATIC_BYTES else ()
