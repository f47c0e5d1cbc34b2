"""One retraining from pictures to a version, as a story that can be told again from anywhere.

Every chapter leaves its result in the run's folder, so a run that was killed goes on in the chapter
where it stopped and ends the same. Knows no queue, no HTTP and no gallery.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tastemaker.diffusion.components import Components
from tastemaker.domain import GenerationRequest
from tastemaker.models.versions import VersionRecord, read_version
from tastemaker.training.cache import TensorCache
from tastemaker.training.data.examples import Example
from tastemaker.training.division import divide, unrated
from tastemaker.training.encoding import ExampleEncoder, TrainingSet, Unusable
from tastemaker.training.evaluate import (
    STRATA,
    WORSE_FIT,
    Floats,
    HeldOut,
    rating_auc,
)
from tastemaker.training.files import new_file, write_json
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.progress import Observer, Stop
from tastemaker.training.replay import draw_replay
from tastemaker.training.samples import Samples, is_sampled
from tastemaker.training.state import Outcome, RunData
from tastemaker.training.trainer import Trainer
from tastemaker.training.versions import write_version

PARENT_ERRORS = "parent-errors.json"


@dataclass(frozen=True, eq=False)
class Assignment:
    """What is to be made.

    ``request`` says how pictures are drawn (its prompt and seed are replaced); ``base``, ``parent``
    and ``parent_lora`` are those of `VersionRecord` and `write_version`. ``prompts`` are for the
    grids; ``replay_prompts`` for pictures that the parent draws so that it won't forget them.
    ``data`` describes the snapshot of ``examples``. ``with_unrated`` says that those without a
    rating were chosen to be learned from beside the liked ones. ``pairs`` are keys of examples,
    what the owner preferred first.
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
    with_unrated: bool = False
    pairs: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Retrained:
    """How it ended; ``version`` is ``None`` when it was stopped before the end."""

    outcome: Outcome
    version: VersionRecord | None


class Interrupted(Exception):
    """Somebody asked for a stop between two steps of a chapter."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop)
        self.stop = stop


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
    try:
        return _retrain(work, components, folder, version_folder, watch)
    except Interrupted as reason:
        return Retrained(not_begun(reason.stop), None)


def interruptible(watch: Observer, name: str, total: int) -> Callable[[int], None]:
    """Tells ``watch`` of a chapter, and raises `Interrupted` when it asks for a stop."""

    def on_done(done: int) -> None:
        watch.on_chapter(name, done, total)
        stop = watch.requested_stop()
        if stop is not None:
            raise Interrupted(stop)

    return on_done


def _retrain(
    work: Assignment,
    components: Components,
    folder: Path,
    version_folder: Path,
    watch: Observer,
) -> Retrained:
    samples = Samples(components, work.request, work.prompts, folder, watch)
    own_replay = not _replays_data(work)
    replayed = work.replay_prompts if work.options.replay_weight and own_replay else ()
    drawing = interruptible(watch, "drawing", samples.count + len(replayed))
    before = samples.before(drawing)
    seed = work.options.seed
    drawn = draw_replay(
        components,
        work.request,
        replayed,
        folder / "replay",
        seed,
        lambda done: drawing(samples.count + done),
    )
    encoder = ExampleEncoder(components, TensorCache(folder / "cache"), work.options.resolution)
    on_encoded = interruptible(watch, "encoding", len(work.examples))
    encoded, unusable = encoder.encode(work.examples, on_encoded)
    encoded = encoded.paired(work.pairs)
    parts = divide(encoded, work.options, with_unrated=work.with_unrated)
    train, judged = parts.train, parts.judged
    replay = encoder.encode(drawn)[0] if drawn else None
    if not own_replay:
        replay = unrated(encoded, held=judged)
    watch.on_split(len(train), len(judged))

    def on_checkpoint(step: int) -> None:
        if is_sampled(step, trainer.total_steps, work.options.checkpoint_every):
            with trainer.averaged():
                samples.of_checkpoint(step)

    trainer = Trainer(
        components,
        RunData(train, parts.validation, replay, parts.disliked),
        work.options,
        folder,
        on_progress=watch.on_progress,
        requested_stop=watch.requested_stop,
        on_checkpoint=on_checkpoint,
    )
    parents = _parent_errors(trainer, judged, folder / PARENT_ERRORS, work.options)
    outcome = trainer.run()
    if outcome.stopped is not None:
        return Retrained(outcome, None)
    if version_folder.exists():  # killed right after writing it
        return Retrained(outcome, read_version(version_folder))

    trainer.load(outcome.best_step)
    evaluating = interruptible(watch, "evaluating", samples.count + 1)
    try:
        evaluating(0)
        held = trainer.evaluate(judged, STRATA) if len(judged) else None
        if held is not None and parents is not None:
            held = replace(held, reference_errors=parents)
        after = samples.large(lambda done: evaluating(1 + done))
    except Interrupted as reason:
        return Retrained(replace(outcome, stopped=reason.stop), None)
    record = VersionRecord(
        name=work.name,
        base=work.base,
        parent=work.parent,
        options=work.options.to_dict(),
        data=_described(work, train, judged, unusable),
        metrics=measure(work.options, outcome, held),
        steps=outcome.best_step,
    )
    pictures = {"grid-before": before, "grid-after": after}
    written = write_version(
        version_folder, components.unet, record, pictures, parent_lora=work.parent_lora
    )
    return Retrained(outcome, written)


def _parent_errors(
    trainer: Trainer, judged: TrainingSet, kept: Path, options: TrainingOptions
) -> Floats | None:
    """What held-out pictures cost the parent; ``None`` where a LoRA can be switched off for that.

    Only before the first step does the network hold the parent's weights, so a run that goes on
    finds the numbers in ``kept``.
    """
    if options.uses_adapter or not len(judged):
        return None
    if not kept.is_file():
        with new_file(kept) as scratch:
            write_json(scratch, {"errors": trainer.evaluate(judged, STRATA).errors.tolist()})
    return np.array(json.loads(kept.read_text())["errors"])


def _described(
    work: Assignment, train: TrainingSet, judged: TrainingSet, unusable: Sequence[Unusable]
) -> dict[str, Any]:
    return {
        **work.data,
        "trained_on": len(train),
        "held_out": len(judged),
        "pairs": len(train.pairs),
        "unusable": [asdict(row) for row in unusable],
    }


def _replays_data(work: Assignment) -> bool:
    """Whether unrated pictures, from which preferences can't be learned, are there to replay."""
    return work.with_unrated and work.options.method is Method.PREFERENCE


def not_begun(stop: Stop) -> Outcome:
    """The outcome of a run that was stopped in a chapter before training."""
    return Outcome(0, 0, None, stop, False, (), None)


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
    if held.pairs:
        metrics["held_out_pairs"] = len(held.pairs)
        metrics["pairs_right"] = float((held.margins > 0).mean())
    if (held.labels > 0).any() and (held.labels < 0).any():
        metrics["rating_auc"] = asdict(rating_auc(held.gains, held.labels, seed=options.seed))
    return metrics
