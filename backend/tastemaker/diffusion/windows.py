"""One text encoder and its tokenizer: pieces of a prompt in, states window by window out.

Knows nothing of other encoders, of guidance or of what the states are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tastemaker.diffusion.cuts import MOST_WINDOWS, windows
from tastemaker.diffusion.prompts import Piece

_LEVEL = 0.01


@dataclass(frozen=True, eq=False)
class Encoded:
    """States (window, width) and, of encoders with a projection, the summary (projection,)."""

    states: torch.Tensor
    pooled: torch.Tensor | None


@dataclass(frozen=True, eq=False)
class Reading:
    """A whole prompt: at least one window, and how many of its tokens found no place."""

    windows: tuple[Encoded, ...]
    dropped_tokens: int


class TextTower:
    """Encodes with a CLIP text model; one with a projection, or beside one, gives SDXL's states."""

    def __init__(
        self,
        tokenizer: Any,
        encoder: Any,
        device: torch.device,
        dtype: torch.dtype,
        *,
        penultimate: bool = False,
    ) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._device = device
        self._dtype = dtype
        self._penultimate = penultimate
        self._projects = hasattr(encoder, "text_projection")
        self.length = window_length(tokenizer, encoder)

    def count(self, words: str) -> int:
        """Tokens of the words, start and end included."""
        return len(self._tokenizer(words, padding=False, truncation=False, verbose=False).input_ids)

    def encode_plain(self, words: str) -> Encoded:
        """One window of words without weights; what doesn't fit is cut off."""
        tokens = self._tokenizer(
            words,
            padding="max_length",
            max_length=self.length,
            truncation=True,
            return_tensors="pt",
        )
        return self._run(tokens.input_ids, tokens.attention_mask)

    def read(self, pieces: Sequence[Piece]) -> Reading:
        """Any number of pieces, in as many windows as it takes but at most `MOST_WINDOWS`."""
        if len(pieces) == 1 and pieces[0].weight == 1 and self.count(pieces[0].text) <= self.length:
            return Reading((self.encode_plain(pieces[0].text),), 0)
        tokens: list[tuple[int, float]] = []
        for piece in pieces:
            ids = self._tokenizer(piece.text, add_special_tokens=False, verbose=False).input_ids
            tokens += [(token, piece.weight) for token in ids]
        cuts = windows(tokens, self.length - 2, self._comma())
        dropped = sum(map(len, cuts[MOST_WINDOWS:]))
        return Reading(tuple(map(self._encode_window, cuts[:MOST_WINDOWS])), dropped)

    def _comma(self) -> int | None:
        ids = self._tokenizer(",", add_special_tokens=False, verbose=False).input_ids
        return int(ids[0]) if len(ids) == 1 else None

    def _encode_window(self, tokens: Sequence[tuple[int, float]]) -> Encoded:
        filled = len(tokens) + 2
        padding = self.length - filled
        pad = self._tokenizer.pad_token_id
        start, end = self._tokenizer.bos_token_id, self._tokenizer.eos_token_id
        ids = [start, *(token for token, _ in tokens), end, *[pad] * padding]
        mask = torch.tensor([[1] * filled + [0] * padding])
        encoded = self._run(torch.tensor([ids]), mask)
        if all(weight == 1 for _, weight in tokens):
            return encoded
        weights = torch.tensor([1.0, *(weight for _, weight in tokens), *[1.0] * (padding + 1)])
        states = weighted(encoded.states.float(), weights.to(self._device))
        return Encoded(states.to(self._dtype), encoded.pooled)

    def _run(self, ids: torch.Tensor, mask: torch.Tensor) -> Encoded:
        used = getattr(self._encoder.config, "use_attention_mask", False)
        result = self._encoder(
            ids.to(self._device),
            attention_mask=mask.to(self._device) if used else None,
            output_hidden_states=self._penultimate,
        )
        states = result.hidden_states[-2] if self._penultimate else result.last_hidden_state
        pooled = result.text_embeds[0].to(self._dtype) if self._projects else None
        return Encoded(states[0].to(self._dtype), pooled)


def window_length(tokenizer: Any, encoder: Any) -> int:
    """Tokens of one window, start and end included; a tokenizer's own limit may be absurd."""
    return min(int(tokenizer.model_max_length), int(encoder.config.max_position_embeddings))


def weighted(states: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """States (tokens, width), each scaled by its token's weight, the mean of all as it was.

    Where the mean is next to nothing beside the spread it says nothing about the scale, and
    restoring it would multiply everything by an arbitrary number: there it is left alone.
    """
    scaled = states * weights[:, None]
    before, after = states.mean(), scaled.mean()
    least = _LEVEL * states.std()
    meaningful = (torch.minimum(before.abs(), after.abs()) > least) & (before * after > 0)
    return torch.where(meaningful, scaled * (before / after), scaled)
