"""Pictures that a U-Net sees beside the text, as an IP-Adapter shows them to it.

A picture is a few tokens of the text's width. Every cross attention attends to them, too, with keys
and values of their own, and adds what it finds, times a scale (Ye et al. 2023, "IP-Adapter",
https://arxiv.org/abs/2308.06721). Knows no files and no batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True, eq=False)
class ImageLayers:
    """An IP-Adapter's weights for keys and values, (inner, width) each, by the attention that has
    them. ``name`` is its file's, ``fingerprint`` tells it from others of that name.
    """

    name: str
    fingerprint: str
    weights: Mapping[Any, tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True, eq=False)
class ImagePrompt:
    """A picture as a U-Net with ``layers`` sees it.

    ``tokens`` (2, tokens, width): the picture's, then those of no picture, which go with the
    negative prompt. ``scale`` in (0, 1] says how much they count.
    """

    layers: ImageLayers
    tokens: torch.Tensor
    scale: float


@dataclass(frozen=True, eq=False)
class ImageRows:
    """What the rows of an evaluation see: ``tokens`` (rows, tokens, width) of the U-Net's dtype,
    ``scale`` (rows, 1, 1) float32.
    """

    layers: ImageLayers
    tokens: torch.Tensor
    scale: torch.Tensor

    def __getitem__(self, rows: slice | torch.Tensor) -> ImageRows:
        return ImageRows(self.layers, self.tokens[rows], self.scale[rows])

    @property
    def inputs(self) -> dict[str, Any]:
        """How diffusers' U-Net is told. By the name ``ip_hidden_states``, which attentions that
        make nothing of it pass over in silence."""
        return {"cross_attention_kwargs": {"ip_hidden_states": self}}


def rows_of(
    prompts: Sequence[ImagePrompt | None], guided: Sequence[int], padding: int
) -> ImageRows | None:
    """What is seen by a row for each image, one more for each of ``guided``, and ``padding``.

    Either all images have a prompt, with the same layers, or none has: then it is ``None``.
    """
    seen = [prompt for prompt in prompts if prompt is not None]
    if not seen:
        return None
    tokens = [prompt.tokens[0] for prompt in seen]
    tokens += [seen[i].tokens[1] for i in guided] + [tokens[0]] * padding
    scales = [seen[i].scale for i in (*range(len(seen)), *guided, *([0] * padding))]
    scale = torch.tensor(scales, device=tokens[0].device).view(-1, 1, 1)
    return ImageRows(seen[0].layers, torch.stack(tokens), scale)


def attend(
    attention: Any, hidden: torch.Tensor, text: torch.Tensor, seen: ImageRows
) -> torch.Tensor:
    """A cross attention of diffusers to text and pictures: (rows, places, channels).

    ``text`` is (rows, tokens, width). For attentions that are nothing but projections and a
    product; `tastemaker.diffusion.ip_adapter` takes no others.
    """
    query = _heads(attention, attention.to_q(hidden))
    found = _look(attention, query, attention.to_k(text), attention.to_v(text))
    key, value = (
        torch.nn.functional.linear(seen.tokens, weight) for weight in seen.layers.weights[attention]
    )
    more = seen.scale * _look(attention, query, key, value)
    output: torch.Tensor = attention.to_out[1](attention.to_out[0](found + more.to(found.dtype)))
    return output


def _heads(attention: Any, tensor: torch.Tensor) -> torch.Tensor:
    return tensor.view(*tensor.shape[:2], attention.heads, -1).transpose(1, 2)


def _look(
    attention: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor
) -> torch.Tensor:
    found = torch.nn.functional.scaled_dot_product_attention(
        query, _heads(attention, key), _heads(attention, value)
    )
    return found.transpose(1, 2).flatten(2)
