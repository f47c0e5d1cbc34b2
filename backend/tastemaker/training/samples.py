"""Pictures of fixed prompts and seeds, drawn before training, with checkpoints and at the end.

Drawing changes nothing that training depends on. Knows no optimiser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import free_memory
from tastemaker.domain import GenerationRequest
from tastemaker.errors import GenerationFailed
from tastemaker.training.evaluate import draw_grid, sheet
from tastemaker.training.files import new_file
from tastemaker.training.progress import Observer
from tastemaker.training.samples_folder import Legend, grid_path, read_legend, write_legend

GRID_SEEDS = (1, 2, 3, 4)
GRID_PROMPTS = 4
CHECKPOINT_SEEDS = GRID_SEEDS[:2]
CHECKPOINT_PROMPTS = 2
GAP = 4
SMALL_SIDE = 128
MOST_CHECKPOINTS = 40


def is_sampled(step: int, total_steps: int, checkpoint_every: int) -> bool:
    """Whether samples are drawn with the checkpoint of a step: the last, and so many before it."""
    checkpoints = -(-total_steps // checkpoint_every)
    stride = checkpoint_every * -(-checkpoints // MOST_CHECKPOINTS)
    return step % stride == 0 or step == total_steps


class _Stopped(Exception):
    """Somebody asked for a stop; a grid in the making isn't worth the wait."""


class Samples:
    """The grids of one run in ``folder``.

    The large one, before and after, has `GRID_PROMPTS` rows and a column for each of `GRID_SEEDS`;
    that of a checkpoint is its upper left corner, drawn small, so that it costs little.
    """

    def __init__(
        self,
        components: Components,
        request: GenerationRequest,
        prompts: Sequence[str],
        folder: Path,
        watch: Observer,
    ) -> None:
        self._components = components
        self._request = request
        self._prompts = tuple(prompts[:GRID_PROMPTS])
        self._folder = folder
        self._watch = watch

    @property
    def count(self) -> int:
        """Pictures of a large grid."""
        return len(self._prompts) * len(GRID_SEEDS)

    def before(self, on_picture: Callable[[int], None]) -> Image.Image:
        """The large grid of the model before training, drawn once; also kept small as step 0."""
        path = self._folder / "grid-before.png"
        if path.exists():
            with Image.open(path) as kept:
                picture = kept.convert("RGB")
        else:
            picture = self.large(on_picture)
            _keep(path, picture)
        if not grid_path(self._folder, 0).exists():
            self._keep_corner(picture)
        return picture

    def large(self, on_picture: Callable[[int], None]) -> Image.Image:
        """The large grid of the model as it is now."""
        return sheet(
            draw_grid(self._components, self._request, self._prompts, GRID_SEEDS, on_picture), GAP
        )

    def of_checkpoint(self, step: int) -> None:
        """Draw the small grid of a step, unless it is there; what goes wrong is only told."""
        path = grid_path(self._folder, step)
        if path.exists():
            return
        legend = read_legend(self._folder)
        try:
            rows = draw_grid(
                self._components, self._request, legend.prompts, legend.seeds, self._may_go_on
            )
        except _Stopped:
            return
        except GenerationFailed as error:
            free_memory(self._components.device)
            self._watch.on_note(f"The samples of step {step} could not be drawn: {error}")
            return
        _keep(path, sheet([[_small(picture) for picture in row] for row in rows], GAP))
        self._watch.on_samples(step)

    def _may_go_on(self, _drawn: int) -> None:
        if self._watch.requested_stop() is not None:
            raise _Stopped

    def _keep_corner(self, picture: Image.Image) -> None:
        """Cut the pictures of step 0 out of the large grid."""
        width = (picture.width + GAP) // len(GRID_SEEDS) - GAP
        height = (picture.height + GAP) // len(self._prompts) - GAP
        legend = Legend(self._prompts[:CHECKPOINT_PROMPTS], CHECKPOINT_SEEDS)
        rows = []
        for y in range(len(legend.prompts)):
            tops = [(x * (width + GAP), y * (height + GAP)) for x in range(len(legend.seeds))]
            cells = [picture.crop((x, top, x + width, top + height)) for x, top in tops]
            rows.append([_small(cell) for cell in cells])
        write_legend(self._folder, legend)
        _keep(grid_path(self._folder, 0), sheet(rows, GAP))
        self._watch.on_samples(0)


def _small(picture: Image.Image) -> Image.Image:
    small = picture.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return small


def _keep(path: Path, picture: Image.Image) -> None:
    with new_file(path) as scratch:
        picture.save(scratch, "PNG")
