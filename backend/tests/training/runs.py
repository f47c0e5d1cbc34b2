"""A whole run with the tiny model, as a function that another process can be started with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from tastemaker.diffusion.components import Components, load_components
from tastemaker.training.checkpoint import CheckpointFolder
from tastemaker.training.encoding import tensors_hash
from tastemaker.training.options import TrainingOptions
from tastemaker.training.state import Outcome, RunData
from tastemaker.training.trainer import Trainer
from tests.training.conftest import make_set


def options(method: str, **changes: Any) -> TrainingOptions:
    """Few steps of few pictures."""
    small = {"max_steps": 8, "checkpoint_every": 3, "batch_size": 2, "gradient_accumulation": 2}
    return TrainingOptions.for_method(method, **{**small, "lora_rank": 2, **changes})


def data(components: Components, cache: Path) -> RunData:
    """Eight pictures to learn from, four held out, two not to forget, one to avoid."""
    encoded = make_set(components, cache)
    return RunData(
        encoded.only(range(8)),
        validation=encoded.only(range(8, 12)),
        replay=encoded.only([0, 3]),
        disliked=encoded.only([2]),
    )


def train(model: Path, folder: Path, method: str, **changes: Any) -> Outcome:
    """Run to the end, or go on with the run in ``folder``."""
    torch.set_num_threads(1)
    components = load_components(model, torch.device("cpu"))
    chosen = options(method, **changes)
    return Trainer(components, data(components, folder / "cache"), chosen, folder).run()


def hashes(folder: Path, step: int) -> dict[str, str]:
    """Hashes of a checkpoint's weights, average and optimiser state."""
    saved = CheckpointFolder(folder / "checkpoints").load(step)
    groups = {"weights": saved.weights, "average": saved.average, "optimizer": saved.optimizer}
    return {name: tensors_hash(dict(tensors)) for name, tensors in groups.items()}
