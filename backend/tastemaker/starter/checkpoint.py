"""Saves and restores a training stage: one safetensors file, replaced atomically, never a pickle.

The file holds the weights, their moving average and AdamW's state; its metadata holds the counters
as JSON.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn


@dataclass
class Progress:
    """How far a stage has come. ``seconds`` counts time spent training, over all runs together."""

    step: int = 0
    seconds: float = 0.0
    done: bool = False


def save(
    path: Path,
    module: nn.Module,
    average: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    progress: Progress,
) -> None:
    """Write a checkpoint; a reader sees either the old one or the new one, never half of it."""
    tensors = {f"weights/{name}": tensor for name, tensor in module.state_dict().items()}
    tensors |= {f"average/{name}": tensor for name, tensor in average.items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {
            f"optimizer/{index}/{name}": torch.as_tensor(value) for name, value in state.items()
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(plain, partial, metadata={"progress": json.dumps(asdict(progress))})
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(path)


def load(
    path: Path, module: nn.Module, average: dict[str, Tensor], optimizer: torch.optim.Optimizer
) -> Progress:
    """Restore what :func:`save` wrote into the given objects; where there is no file, leave them
    and start at 0.
    """
    if not path.is_file():
        return Progress()
    with safe_open(path, framework="pt") as file:
        names = list(file.keys())
        tensors = {name: file.get_tensor(name) for name in names}
        progress = Progress(**json.loads(file.metadata()["progress"]))
    module.load_state_dict(_below(tensors, "weights/"))
    for name, tensor in _below(tensors, "average/").items():
        average[name].copy_(tensor)
    states: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _below(tensors, "optimizer/").items():
        index, key = name.split("/")
        states.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict(
        {"state": states, "param_groups": optimizer.state_dict()["param_groups"]}
    )
    return progress


def load_average(path: Path, module: nn.Module) -> Progress:
    """Put the moving average of a checkpoint into ``module``: what is sampled from and shipped."""
    with safe_open(path, framework="pt") as file:
        names = list(file.keys())
        tensors = {name: file.get_tensor(name) for name in names}
        progress = Progress(**json.loads(file.metadata()["progress"]))
    module.load_state_dict(_below(tensors, "average/"), strict=False)
    return progress


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
