"""A run's state on disk: everything needed to go on as if nothing had happened.

A checkpoint is a folder ``step-<number>`` with ``weights``, ``average`` and ``optimizer`` as
safetensors and ``state.json``. It is complete or not there at all. Order and noise need no place in
it: they follow from the seed and the step. Knows no network and no optimiser.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from tastemaker.errors import InsufficientDisk, TrainingFailed
from tastemaker.training.files import new_folder, remove_partials, write_json

_GROUPS = ("weights", "average", "optimizer")
_PREFIX = "step-"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run after ``step`` steps. ``state`` is JSON-ready."""

    step: int
    weights: Mapping[str, Tensor]
    average: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    state: Mapping[str, Any]


class CheckpointFolder:
    """The checkpoints of one run. One process writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder and clear away what a killed writer left; for the writer only."""
        self._folder.mkdir(parents=True, exist_ok=True)
        remove_partials(self._folder)

    def steps(self) -> list[int]:
        """The steps of which there is a checkpoint, rising."""
        if not self._folder.is_dir():
            return []
        names = (path.name for path in self._folder.iterdir())
        return sorted(int(name.removeprefix(_PREFIX)) for name in names if name.startswith(_PREFIX))

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint; one of the same step is replaced.

        Raises:
            InsufficientDisk: it doesn't fit; the earlier ones are untouched.
        """
        try:
            with new_folder(self._path(checkpoint.step)) as folder:
                for group in _GROUPS:
                    self._write(folder / f"{group}.safetensors", getattr(checkpoint, group))
                write_json(folder / "state.json", {"step": checkpoint.step, **checkpoint.state})
        except (OSError, SafetensorError) as error:
            raise InsufficientDisk(
                f"The checkpoint of step {checkpoint.step} could not be written to {self._folder} "
                f"({error}). Make room on the disk, then resume: earlier checkpoints are kept."
            ) from error

    def load(self, step: int) -> Checkpoint:
        """Read a checkpoint, its tensors on the CPU.

        Raises:
            TrainingFailed: it is damaged.
        """
        folder = self._path(step)
        try:
            groups = {group: load_file(folder / f"{group}.safetensors") for group in _GROUPS}
            state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, SafetensorError) as error:
            raise TrainingFailed(
                f"The checkpoint {folder} can't be read ({error}). Delete that folder to go on "
                "from the one before."
            ) from error
        return Checkpoint(step=step, state=state, **groups)

    def prune(self, keep: int, also: int | None = None) -> None:
        """Delete all but the newest ``keep`` and that of step ``also``."""
        steps = self.steps()
        for step in steps[: max(0, len(steps) - keep)]:
            if step != also:
                shutil.rmtree(self._path(step))

    def _path(self, step: int) -> Path:
        return self._folder / f"{_PREFIX}{step:08}"

    @staticmethod
    def _write(path: Path, tensors: Mapping[str, Tensor]) -> None:
        save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, path)
