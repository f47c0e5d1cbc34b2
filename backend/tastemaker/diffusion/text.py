"""Prompts become what steers the U-Net. Remembers the latest ones; knows no batches.

A prompt that fits the text encoder's window and bears no weights is encoded as diffusers' pipelines
do. A longer one is cut into windows, each with its own start and end, whose states are laid one
behind the other; weights scale states. Both as in AUTOMATIC1111's web UI, except that windows are
always encoded one at a time, so that an embedding never depends on its company.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import torch

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.prompts import parse
from tastemaker.diffusion.windows import Encoded, TextTower

CACHED_PROMPTS = 128
_Value = TypeVar("_Value", "Embedding", "_Prompt")


@dataclass(frozen=True, eq=False)
class Embedding:
    """``states`` is (max_tokens, width) in the U-Net's dtype; ``dropped_tokens`` didn't fit."""

    states: torch.Tensor
    dropped_tokens: int


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What steers one image: states are (tokens, width), both of the same length.

    ``unconditional`` is ``None`` without guidance. ``dropped_tokens`` of both prompts together were
    left out, because they had more windows than are allowed. ``added`` is what the U-Net wants
    beside them, by diffusers' name, (1 or 2, …) with the conditional row first.
    """

    conditional: torch.Tensor
    unconditional: torch.Tensor | None
    dropped_tokens: int
    added: Mapping[str, torch.Tensor] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Prompt:
    """A prompt of any length: (window, width) for each window, and the first one's summary."""

    windows: tuple[torch.Tensor, ...]
    pooled: torch.Tensor | None
    dropped_tokens: int


class PromptEncoder:
    """Encodes prompts one at a time with all of a model's text encoders."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._towers = tuple(
            TextTower(
                tokenizer,
                encoder,
                components.device,
                components.dtype,
                penultimate=components.text_encoder_2 is not None,
            )
            for tokenizer, encoder in (
                (components.tokenizer, components.text_encoder),
                (components.tokenizer_2, components.text_encoder_2),
            )
            if encoder is not None
        )
        self._embeddings: OrderedDict[str, Embedding] = OrderedDict()
        self._prompts: OrderedDict[str, _Prompt] = OrderedDict()

    def encode(self, prompt: str) -> Embedding:
        """The first encoder's states of the words as they stand, in one window.

        Cut or padded to the model's length; brackets are words like any other. What training sees.
        """
        return _remembered(self._embeddings, prompt, self._encode)

    def condition(
        self, prompt: str, negative_prompt: str | None, width: int, height: int
    ) -> Conditioning:
        """Prompt and negative prompt (``None``: no guidance) for a picture of that many pixels.

        Both may have weights and any length; the shorter one is filled up with empty windows.
        """
        prompts = [_remembered(self._prompts, prompt, self._read)]
        if negative_prompt is not None:
            if not negative_prompt and self._components.force_zeros_for_empty_prompt:
                negative = _nothing_like(_remembered(self._prompts, "", self._read))
            else:
                negative = _remembered(self._prompts, negative_prompt, self._read)
            prompts.append(negative)
        most = max(len(prompt.windows) for prompt in prompts)
        states = [self._filled_up(prompt, most) for prompt in prompts]
        return Conditioning(
            conditional=states[0],
            unconditional=states[1] if len(states) == 2 else None,
            dropped_tokens=sum(prompt.dropped_tokens for prompt in prompts),
            added=self._added(prompts, width, height),
        )

    @torch.inference_mode()
    def _encode(self, prompt: str) -> Embedding:
        tower = self._towers[0]
        encoded = tower.encode_plain(prompt)
        return Embedding(encoded.states, max(0, tower.count(prompt) - tower.length))

    @torch.inference_mode()
    def _read(self, prompt: str) -> _Prompt:
        pieces = parse(prompt)
        read = [tower.read(pieces) for tower in self._towers]
        most = max(len(reading.windows) for reading in read)
        columns: list[Sequence[Encoded]] = []
        for tower, reading in zip(self._towers, read, strict=True):
            missing = most - len(reading.windows)
            empty = [tower.encode_plain("")] * missing if missing else []
            columns.append([*reading.windows, *empty])
        return _Prompt(
            windows=tuple(
                torch.cat([encoded.states for encoded in row], -1)
                if len(row) > 1
                else row[0].states
                for row in zip(*columns, strict=True)
            ),
            pooled=columns[-1][0].pooled,
            dropped_tokens=max(reading.dropped_tokens for reading in read),
        )

    @torch.inference_mode()
    def _filled_up(self, prompt: _Prompt, windows: int) -> torch.Tensor:
        if windows == 1:
            return prompt.windows[0]
        # Zeros stay zeros: an absent negative prompt is absent at any length.
        filler = _remembered(self._prompts, "", self._read).windows[0]
        if not prompt.windows[0].any():
            filler = prompt.windows[0]
        missing = windows - len(prompt.windows)
        return torch.cat([*prompt.windows, *[filler] * missing])

    def _added(
        self, prompts: Sequence[_Prompt], width: int, height: int
    ) -> Mapping[str, torch.Tensor]:
        """Stable Diffusion XL's summary of the text, and the size: (height, width, top, left,
        height, width) of an uncropped picture. Podell et al. 2023, section 2.2."""
        pooled = [prompt.pooled for prompt in prompts]
        if len(self._towers) == 1:
            return {}
        size = torch.tensor([[height, width, 0, 0, height, width]], dtype=torch.float32)
        return {
            "text_embeds": torch.stack([summary for summary in pooled if summary is not None]),
            "time_ids": size.repeat(len(prompts), 1).to(self._components.device),
        }


def _nothing_like(prompt: _Prompt) -> _Prompt:
    """Zeros in the shape of a prompt."""
    pooled = None if prompt.pooled is None else torch.zeros_like(prompt.pooled)
    return _Prompt(tuple(map(torch.zeros_like, prompt.windows)), pooled, 0)


def _remembered(
    known: OrderedDict[str, _Value], prompt: str, make: Callable[[str], _Value]
) -> _Value:
    """The value for a prompt, made if it isn't among the latest ones."""
    if prompt in known:
        known.move_to_end(prompt)
        return known[prompt]
    known[prompt] = value = make(prompt)
    if len(known) > CACHED_PROMPTS:
        known.popitem(last=False)
    return value
