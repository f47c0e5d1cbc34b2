"""diffusers' own attention, minus what it looks up at every call, and with an eye for pictures.

``Attention.forward`` inspects its processor's signature each time; on a small U-Net that is a
twentieth of the evaluation. The arithmetic is untouched. Knows no models.
"""

from __future__ import annotations

import inspect
from typing import Any

import torch
from diffusers.models.attention_processor import AttnProcessor2_0, FusedAttnProcessor2_0

from tastemaker.diffusion.image_prompts import ImageRows, attend


class _Seeing:
    """Goes before a processor of diffusers: does the same, and `attend` where there are pictures.

    With fused projections pictures are seen through the unfused ones, which are still there.
    mypy can't know what it goes before, nor diffusers' own types: hence its exemptions.
    """

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        temb: torch.Tensor | None = None,
        ip_hidden_states: ImageRows | None = None,
    ) -> torch.Tensor:
        if ip_hidden_states is not None and attn in ip_hidden_states.layers.weights:
            assert encoder_hidden_states is not None
            return attend(attn, hidden_states, encoder_hidden_states, ip_hidden_states)
        result: torch.Tensor = super().__call__(  # type: ignore[misc]
            attn, hidden_states, encoder_hidden_states, attention_mask, temb
        )
        return result


_Seeing.__call__.__signature__ = inspect.signature(_Seeing.__call__)  # type: ignore[attr-defined]


class QuickAttention(_Seeing, AttnProcessor2_0):  # type: ignore[misc]
    """Scaled dot product attention whose signature is at hand."""


class FusedAttention(_Seeing, FusedAttnProcessor2_0):  # type: ignore[misc]
    """The same with fused projections."""


def use_quick_attention(network: Any) -> None:
    """Give a U-Net or VAE our processors where it has the plain ones."""
    ours = {AttnProcessor2_0: QuickAttention(), FusedAttnProcessor2_0: FusedAttention()}
    network.set_attn_processor(
        {
            name: ours.get(type(processor), processor)
            for name, processor in network.attn_processors.items()
        }
    )
