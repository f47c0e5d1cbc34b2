"""One retraining from rated pictures to a version, as a story that can be told again from anywhere.

Every chapter leaves its result in the run's folder, so a run that was killed goes on in the chapter
where it stopped and ends the same. Knows no queue, no HTTP and no gallery.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.domain import GenerationRequest
from tastemaker.errors import InvalidInput
from tastemaker.models.versions import VersionRecord, read_version
from tastemaker.training.cache import TensorCache
from tastemaker.training.data.examples import Example
from tastemaker.training.encoding import ExampleEncoder, TrainingSet
from tastemaker.training.evaluate import (
    STRATA,
    WORSE_FIT,
    HeldOut,
    draw_grid,
    rating_auc,
    sheet,
    split_by_prompt,
)
from tastemaker.training.files import new_file
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.progress import Stop, TrainingProgress
from tastemaker.training.replay import draw_replay
from tastemaker.training.state import Outcome, RunData
from tastemaker.training.trainer import Trainer
from tastemaker.training.versions import write_version

HELD_OUT_SHARE = 0.2
MOST_HELD_OUT = 64
GRID_SEEDS = (1, 2, 3, 4)
GRID_PROMPTS = 4


@dataclass(frozen=True, eq=False)
class Assignment:
    """What is to be made.

    ``request`` says how pictures are drawn (its prompt and seed are replaced); ``base``, ``parent``
    and ``parent_lora`` are those of `VersionRecord` and `write_version`. ``prompts`` are for the
    grids; ``replay_prompts`` for pictures that the parent draws so that it won't forget them.
    ``data`` describes the snapshot of ``examples``.
    """

    name: str
    base: str
    parent: str
    options: TrainingOptions
    request: GenerationRequest
    examples: Sequence[Example]
    prompts: tuple[str, ...]
    replay_prompts: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    parent_lora: Path | None = None


@dataclass(frozen=True, slots=True)
class Retrained:
    """How it ended; ``version`` is ``None`` when it was stopped before the end."""

    outcome: Outcome
    version: VersionRecord | None


@dataclass(frozen=True, eq=False)
class Observer:
    """Who wants to know: chapters with done and total, steps, and whether to stop."""

    on_chapter: Callable[[str, int, int], None] = lambda name, done, total: None
    on_progress: Callable[[TrainingProgress], None] = lambda progress: None
    requested_stop: Callable[[], Stop | None] = lambda: None


def retrain(
    work: Assignment,
    components: Components,
    folder: Path,
    version_folder: Path,
    observer: Observer | None = None,
) -> Retrained:
    """Train in ``folder`` and write the result to ``version_folder``.

    ``components`` is the parent in float32; its U-Net is changed. Called again with equal arguments
    after a stop or a crash, it goes on.

    Raises:
        InvalidInput: nothing to train on. Whatever `Trainer.run` raises.
    """
    watch = observer or Observer()
    seed = work.options.seed
    before = _grid(work, components, folder / "grid-before.png", watch)
    encoder = ExampleEncoder(components, TensorCache(folder / "cache"), work.options.resolution)
    total = len(work.examples)
    encoded, unusable = encoder.encode(
        work.examples, lambda done: watch.on_chapter("encoding", done, total)
    )
    replay = None
    if work.options.replay_weight and work.replay_prompts:
        drawn = draw_replay(components, work.request, work.replay_prompts, folder / "replay", seed)
        replay, _ = encoder.encode(drawn)
    train, validation, judged = split(work.options, encoded)

    trainer = Trainer(
        components,
        RunData(train, validation, replay),
        work.options,
        folder,
        on_progress=watch.on_progress,
        requested_stop=watch.requested_stop,
    )
    outcome = trainer.run()
    if outcome.stopped is not None:
        return Retrained(outcome, None)
    if version_folder.exists():  # killed right after writing it
        return Retrained(outcome, read_version(version_folder))

    trainer.load(outcome.best_step)
    watch.on_chapter("evaluating", 0, 1)
    held = trainer.evaluate(judged, STRATA) if len(judged) else None
    metrics = measure(work.options, outcome, held)
    after = _grid(work, components, None, watch)
    record = VersionRecord(
        name=work.name,
        base=work.base,
        parent=work.parent,
        options=work.options.to_dict(),
        data={
            **work.data,
            "trained_on": len(train),
            "held_out": len(judged),
            "unusable": [asdict(row) for row in unusable],
        },
        metrics=metrics,
        steps=outcome.best_step,
    )
    pictures = {"grid-before": before, "grid-after": after}
    written = write_version(
        version_folder, components.unet, record, pictures, parent_lora=work.parent_lora
    )
    return Retrained(outcome, written)


def split(
    options: TrainingOptions, encoded: TrainingSet
) -> tuple[TrainingSet, TrainingSet, TrainingSet]:
    """What to train on, what to validate with, and what to judge the result by.

    Prompts of the last two are not among the first. From rated pictures all methods but preference
    learn liked ones only; ratings are judged by liked and disliked ones.

    Raises:
        InvalidInput: nothing is left to learn from.
    """
    captions = [item.caption for item in encoded.items]
    train, held = split_by_prompt(captions, HELD_OUT_SHARE, options.seed)
    held = held[:MOST_HELD_OUT]
    labels = [item.feedback for item in encoded.items]
    if options.method is Method.PREFERENCE:
        rated = [i for i in train if labels[i]]
        judged = [i for i in held if labels[i]]
        return encoded.only(rated), encoded.only(judged), encoded.only(judged)
    wanted = {1} if any(labels) else {0}
    mine = [i for i in train if labels[i] in wanted]
    if not mine:
        raise InvalidInput("There are no liked pictures to learn from: rate some with thumbs up.")
    validation = [i for i in held if labels[i] in wanted]
    return encoded.only(mine), encoded.only(validation), encoded.only(held)


def measure(options: TrainingOptions, outcome: Outcome, held: HeldOut | None) -> dict[str, Any]:
    """What is known about a version, JSON-ready: losses, how well it tells ratings apart."""
    metrics: dict[str, Any] = {
        "better_than_parent": outcome.better,
        "parent_validation_loss": outcome.parent_loss,
        "validations": [list(pair) for pair in outcome.validations],
        "steps_trained": outcome.step,
        "ended_early": outcome.ended_early,
    }
    if held is None:
        return metrics
    metrics["held_out_error"] = held.error
    if held.reference_errors is None:
        return metrics
    metrics["parent_held_out_error"] = float(held.reference_errors.mean())
    fit = held.liked_fit()
    metrics["liked_fit"] = fit
    metrics["liked_fit_worse"] = fit is not None and fit > WORSE_FIT
    if (held.labels > 0).any() and (held.labels < 0).any():
        metrics["rating_auc"] = asdict(rating_auc(held.gains, held.labels, seed=options.seed))
    return metrics


def _grid(
    work: Assignment, components: Components, kept: Path | None, watch: Observer
) -> Image.Image:
    """The grid as one picture; with ``kept`` it is drawn once only."""
    if kept is not None and kept.exists():
        with Image.open(kept) as picture:
            return picture.copy()
    prompts = work.prompts[:GRID_PROMPTS]
    total = len(prompts) * len(GRID_SEEDS)
    rows = draw_grid(
        components,
        work.request,
        prompts,
        GRID_SEEDS,
        lambda done: watch.on_chapter("drawing samples", done, total),
    )
    drawn = sheet(rows)
    if kept is not None:
        with new_file(kept) as scratch:
            drawn.save(scratch, "PNG")
    return drawn
