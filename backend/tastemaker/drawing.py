"""Draws into files without a server: what `tastemaker generate` does.

Uses the same engine and registry as the worker; knows no HTTP and no queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress as ProgressBar

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import pick_device
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.layout import IP_ADAPTERS
from tastemaker.diffusion.loading import load_model
from tastemaker.diffusion.outcomes import Failed, Finished, Progress
from tastemaker.diffusion.whole import WholePipeline
from tastemaker.domain import GenerationRequest, ModelInfo
from tastemaker.errors import InvalidInput
from tastemaker.jobs.recorder import png_text
from tastemaker.models.registry import Registry
from tastemaker.settings import Settings
from tastemaker.storage.database import Database
from tastemaker.storage.png import encode_png
from tastemaker.storage.pointer import ActiveModel
from tastemaker.storage.titles import ModelTitles
from tastemaker.wiring import open_storage


def open_registry(settings: Settings) -> Registry:
    """The registry as the server sees it, with its choice of the active model."""
    database, _ = open_storage(settings)
    return registry_of(settings, database)


def registry_of(settings: Settings, database: Database) -> Registry:
    """The registry over a database that is open already."""
    return Registry(settings, ActiveModel(database), titles=ModelTitles(database).all)


def load(settings: Settings, model: str | None) -> tuple[ModelInfo, Components | WholePipeline]:
    """The named (or active) model, ready to draw.

    Raises:
        NotFound, ModelUnavailable, ModelBroken: saying which model and what to do.
    """
    registry = open_registry(settings)
    info = registry.require_ready(model)
    device = pick_device(settings.device)
    path, trained = registry.parts_of(info.name)
    return info, load_model(
        path,
        device,
        trained=trained,
        safety_checker=settings.safety_checker,
        ip_adapters=settings.models_dir / IP_ADAPTERS,
    )


def draw(
    components: Components | WholePipeline, request: GenerationRequest, out: Path
) -> Iterator[tuple[Path, int]]:
    """Draw every image of ``request``; yields each file written and its seed.

    One image goes to ``out``; several get ``-1``, ``-2``, … before the ending.

    Raises:
        InvalidInput: the folder of ``out`` doesn't exist or the ending isn't ``.png``.
        GenerationFailed: the picture can't be drawn here.
    """
    check_target(out)
    engine = Engine(lambda _: components)
    engine.submit(Ticket("cli", request, tuple(range(request.num_images)), None))
    with ProgressBar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Drawing", total=None)
        done: dict[int, int] = {}
        while not engine.idle:
            for outcome in engine.step():
                match outcome:
                    case Progress():
                        done[outcome.image_index] = outcome.step
                        total = outcome.total_steps * request.num_images
                        bar.update(task, total=total, completed=sum(done.values()))
                    case Failed():
                        raise outcome.error
                    case Finished():
                        path = numbered(out, outcome.image_index, request.num_images)
                        text = png_text(request, outcome)
                        path.write_bytes(encode_png(outcome.image, text))
                        yield path, outcome.seed


def check_target(out: Path) -> None:
    """Find out before drawing whether ``out`` can be written."""
    if out.suffix.lower() != ".png":
        raise InvalidInput(f"{out} should end in .png: pictures are written as PNG.")
    if not out.resolve().parent.is_dir():
        raise InvalidInput(f"The folder {out.resolve().parent} doesn't exist. Create it first.")


def numbered(out: Path, index: int, count: int) -> Path:
    """``out`` itself for one image, ``name-<index+1>.png`` among several."""
    return out if count == 1 else out.with_name(f"{out.stem}-{index + 1}{out.suffix}")
