"""Where the samples of a run's checkpoints lie, and what they show. Knows no torch.

``grids/<step>.png`` holds a row for each prompt and a column for each seed; step 0 is the model
before training. A grid never changes once it is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tastemaker.training.files import new_file, write_json

_FOLDER = "grids"
_LEGEND = "legend.json"


@dataclass(frozen=True, slots=True)
class Legend:
    """What the rows and columns of a grid are."""

    prompts: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()


def grid_path(folder: Path, step: int) -> Path:
    """Where the grid of a step of the run in ``folder`` is, or will be."""
    return folder / _FOLDER / f"{step:08}.png"


def steps_drawn(folder: Path) -> list[int]:
    """The steps of which there is a grid, rising."""
    paths = (folder / _FOLDER).glob("[0-9]*.png")
    return sorted(int(path.stem) for path in paths if path.stem.isdecimal())


def write_legend(folder: Path, legend: Legend) -> None:
    """Say what the grids show."""
    with new_file(folder / _FOLDER / _LEGEND) as scratch:
        write_json(scratch, {"prompts": list(legend.prompts), "seeds": list(legend.seeds)})


def read_legend(folder: Path) -> Legend:
    """What the grids of the run in ``folder`` show; empty when there are none yet."""
    try:
        found = json.loads((folder / _FOLDER / _LEGEND).read_text(encoding="utf-8"))
        return Legend(tuple(map(str, found["prompts"])), tuple(map(int, found["seeds"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Legend()
