"""AdamW, and its state as named tensors, so that it can be saved without a pickle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from tastemaker.training.options import TrainingOptions


def make_optimizer(
    parameters: Iterable[nn.Parameter], options: TrainingOptions
) -> torch.optim.Optimizer:
    """AdamW (arXiv:1711.05101) over ``parameters``."""
    return torch.optim.AdamW(
        list(parameters), lr=options.learning_rate, weight_decay=options.weight_decay
    )


def state_tensors(
    optimizer: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter]
) -> dict[str, Tensor]:
    """The optimiser's state as ``<parameter>/<what>`` → tensor; empty before the first step.

    ``parameters`` are those that it was made with, in that order.
    """
    names = list(parameters)
    return {
        f"{names[index]}/{what}": torch.as_tensor(value)
        for index, values in optimizer.state_dict()["state"].items()
        for what, value in values.items()
    }


def load_state(
    optimizer: torch.optim.Optimizer,
    parameters: Mapping[str, nn.Parameter],
    tensors: Mapping[str, Tensor],
) -> None:
    """Put back what `state_tensors` gave."""
    index_of = {name: index for index, name in enumerate(parameters)}
    states: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        parameter, what = name.rsplit("/", 1)
        states.setdefault(index_of[parameter], {})[what] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": states, "param_groups": groups})
