"""A U-Net with faster twins: called as diffusers' U-Net is, answered by whichever is ready.

A twin serves one latent size and text length, because it is compiled for those shapes. Until it is
there, and whenever it can't, torch evaluates as ever. Knows no compilers.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch

from tastemaker.diffusion.outcomes import EAGER
from tastemaker.diffusion.streams import StreamUnet

log = logging.getLogger(__name__)

MOST_TWINS = 3
"""Twins of one U-Net in memory at once; the one that was used longest ago goes first."""


class Shape(NamedTuple):
    """What a twin is compiled for: latent height and width, and text tokens."""

    height: int
    width: int
    tokens: int

    @property
    def name(self) -> str:
        return f"{self.height}x{self.width}x{self.tokens}"


@dataclass(frozen=True, slots=True)
class Output:
    """What diffusers returns: ``sample`` is (rows, channels, height, width)."""

    sample: torch.Tensor


class Twin(Protocol):
    """A compiled U-Net for one `Shape`; ``kind`` is the name that records keep."""

    @property
    def kind(self) -> str: ...

    def serves(self, rows: int) -> bool:
        """Whether it was compiled for so many rows at once."""

    def evaluate(
        self,
        sample: torch.Tensor,
        timesteps: torch.Tensor,
        text: torch.Tensor,
        added: Mapping[str, torch.Tensor],
    ) -> torch.Tensor:
        """(rows, channels, height, width), of the sample's dtype; the caller owns the tensor."""


@runtime_checkable
class StreamedTwin(Twin, Protocol):
    """A twin that ``streams`` threads may use side by side, each its own `stream`; 0: one only."""

    @property
    def streams(self) -> int: ...

    def stream(self, number: int, rows: int) -> StreamUnet:
        """What evaluates ``rows`` rows on the stream of that number."""


class SwitchingUnet:
    """Stands in for ``unet``: same call, same attributes. Not thread-safe: one thread draws.

    ``kind`` is who answered last. ``on_new_shape`` hears once of every shape that is evaluated.
    ``only`` asks for a kind, to draw a recorded picture again; what that can't do torch does.
    ``None`` takes the fastest.
    """

    def __init__(
        self, unet: Any, on_new_shape: Callable[[SwitchingUnet, Shape], None] | None = None
    ) -> None:
        self.torch_unet = unet
        self.kind = EAGER
        self.only: str | None = None
        self._on_new_shape = on_new_shape
        self._seen: set[Shape] = set()
        self._twins: OrderedDict[Shape, Twin] = OrderedDict()

    def __getattr__(self, name: str) -> Any:
        # Found neither here nor in the class: config, dtype, parameters … are the U-Net's.
        if name == "torch_unet":
            raise AttributeError(name)
        return getattr(self.torch_unet, name)

    def __call__(
        self,
        sample: torch.Tensor,
        timestep: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        added_cond_kwargs: Mapping[str, torch.Tensor] | None = None,
        cross_attention_kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The predicted noise (or v, or flow) as ``.sample``.

        With ``cross_attention_kwargs``, which no twin knows, torch evaluates.
        """
        more: dict[str, Any] = {}
        twin = None
        shape = Shape(sample.shape[-2], sample.shape[-1], encoder_hidden_states.shape[1])
        if cross_attention_kwargs is not None:
            more["cross_attention_kwargs"] = cross_attention_kwargs
        else:
            self._notice(shape)
            twin = self._twin(shape, len(sample))
        if twin is not None:
            try:
                output = twin.evaluate(
                    sample, timestep, encoder_hidden_states, added_cond_kwargs or {}
                )
            except Exception:
                log.warning("the compiled U-Net failed; torch goes on", exc_info=True)
                self._twins.pop(shape, None)
            else:
                self.kind = twin.kind
                return Output(output)
        self.kind = EAGER
        if added_cond_kwargs:
            more["added_cond_kwargs"] = dict(added_cond_kwargs)
        return self.torch_unet(sample, timestep, encoder_hidden_states, **more)

    def adopt(self, shape: Shape, twin: Twin) -> None:
        """Use a twin from the next evaluation on. Call between steps, on the drawing thread."""
        self._twins[shape] = twin
        self._twins.move_to_end(shape)
        if len(self._twins) > MOST_TWINS:
            dropped, _ = self._twins.popitem(last=False)
            self._seen.discard(dropped)

    def streams(self, shape: Shape) -> int:
        """How many evaluations of that shape may go on side by side, by `stream`; 0: none."""
        twin = self._ready(shape)
        return twin.streams if isinstance(twin, StreamedTwin) else 0

    def stream(self, number: int, shape: Shape, rows: int) -> StreamUnet:
        """What evaluates ``rows`` rows on the stream of that number, where there are `streams`."""
        twin = self._twins[shape]
        assert isinstance(twin, StreamedTwin)
        self._twins.move_to_end(shape)
        return twin.stream(number, rows)

    def has_twin(self, shape: Shape) -> bool:
        return shape in self._twins

    def expect(self, shape: Shape) -> None:
        """Say that pictures of this shape are likely to be asked for."""
        self._notice(shape)

    def _notice(self, shape: Shape) -> None:
        if shape not in self._seen:
            self._seen.add(shape)
            if self._on_new_shape is not None:
                self._on_new_shape(self, shape)

    def _twin(self, shape: Shape, rows: int) -> Twin | None:
        twin = self._ready(shape)
        if twin is None or not twin.serves(rows):
            return None
        self._twins.move_to_end(shape)
        return twin

    def _ready(self, shape: Shape) -> Twin | None:
        twin = self._twins.get(shape)
        return twin if twin is not None and self.only in (None, twin.kind) else None
