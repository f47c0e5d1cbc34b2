"""diffusers' own attention, minus what it looks up anew at every call.

``Attention.forward`` inspects its processor's signature each time; on a small U-Net that is a
twentieth of the evaluation. The arithmetic is untouched. Knows no models.
"""

from __future__ import annotations

import inspect
from typing import Any

import torch
from diffusers.models.attention_processor import AttnProcessor2_0


class QuickAttention(AttnProcessor2_0):  # type: ignore[misc]
    """Scaled dot product attention whose signature is at hand."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        temb: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """What `AttnProcessor2_0` does, with the same arguments."""
        result: torch.Tensor = super().__call__(
            attn, hidden_states, encoder_hidden_states, attention_mask, temb
        )
        return result


QuickAttention.__call__.__signature__ = inspect.signature(  # type: ignore[attr-defined]
    QuickAttention.__call__
)


def use_quick_attention(network: Any) -> None:
    """Give a U-Net or VAE the quick processor where it has the plain one."""
    quick = QuickAttention()
    network.set_attn_processor(
        {
            name: quick if type(processor) is AttnProcessor2_0 else processor
            for name, processor in network.attn_processors.items()
        }
    )
