"""Prompts become embeddings. Remembers the latest ones; knows no guidance and no batches."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from tastemaker.diffusion.components import Components

CACHED_PROMPTS = 128


@dataclass(frozen=True, eq=False)
class Embedding:
    """``states`` is (max_tokens, width) in the U-Net's dtype; ``dropped_tokens`` didn't fit."""

    states: torch.Tensor
    dropped_tokens: int


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What steers one image: states are (tokens, width), both of the same length.

    ``unconditional`` is ``None`` without guidance. ``added`` is what the U-Net wants beside them,
    by diffusers' name, (1 or 2, …) with the conditional row first.
    """

    conditional: torch.Tensor
    unconditional: torch.Tensor | None
    dropped_tokens: int
    added: Mapping[str, torch.Tensor] = field(default_factory=dict)


class PromptEncoder:
    """Encodes prompts one at a time, so that an embedding never depends on its company."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._cache: OrderedDict[str, Embedding] = OrderedDict()

    def encode(self, prompt: str) -> Embedding:
        """The text encoder's last hidden state, truncated or padded to the model's length."""
        if prompt in self._cache:
            self._cache.move_to_end(prompt)
            return self._cache[prompt]
        embedding = self._encode(prompt)
        self._cache[prompt] = embedding
        if len(self._cache) > CACHED_PROMPTS:
            self._cache.popitem(last=False)
        return embedding

    def condition(
        self, prompt: str, negative_prompt: str | None, width: int, height: int
    ) -> Conditioning:
        """Prompt and negative prompt (``None``: no guidance) for a picture of that many pixels."""
        positive = self.encode(prompt)
        negative = None if negative_prompt is None else self.encode(negative_prompt).states
        return Conditioning(positive.states, negative, positive.dropped_tokens)

    @torch.inference_mode()
    def _encode(self, prompt: str) -> Embedding:
        parts = self._components
        length = parts.max_tokens
        tokens = parts.tokenizer(
            prompt, padding="max_length", max_length=length, truncation=True, return_tensors="pt"
        )
        whole = parts.tokenizer(prompt, padding=False, truncation=False, verbose=False).input_ids
        mask = None
        if getattr(parts.text_encoder.config, "use_attention_mask", False):
            mask = tokens.attention_mask.to(parts.device)
        states = parts.text_encoder(tokens.input_ids.to(parts.device), attention_mask=mask)
        return Embedding(states.last_hidden_state[0].to(parts.dtype), max(0, len(whole) - length))
