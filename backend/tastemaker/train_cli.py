"""`tastemaker train`: a run in the terminal, with a live progress bar. Works without the server."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tastemaker.settings import load_settings
from tastemaker.training.options import Method
from tastemaker.training.progress import Observer, Stop, TrainingProgress
from tastemaker.training.runs import RunPlan
from tastemaker.training.summary import summary

DEFAULT_SOURCE = "gallery"


@click.command()
@click.option(
    "--data",
    "source",
    default=DEFAULT_SOURCE,
    show_default=True,
    help="gallery (your ratings), gallery:all, gallery:7,12,… (the look of these pictures), a hub "
    "dataset (owner/name), a folder or file with captions (beginning with / or ./), or gallery+ "
    "and a dataset, folder or file: both.",
)
@click.option(
    "--style", help="Words behind the captions of chosen pictures, to call their look by."
)
@click.option("--model", help="Model or version to go on from; the active model by default.")
@click.option("--name", help="Name of the new version.")
@click.option("--resume", metavar="NAME", help="Go on with a run that was stopped or killed.")
@click.option(
    "--method",
    type=click.Choice([m.value for m in Method]),
    help="full: all weights of the U-Net learn what is liked, and to lead away from what isn't; "
    "lora: a small addition learns the same; preference: an addition, by the preference loss. By "
    "default the model and the number of ratings decide.",
)
@click.option("--steps", "max_steps", type=int, help="Most optimiser steps.")
@click.option("--epochs", "max_epochs", type=float, help="Most passes over the pictures.")
@click.option("--learning-rate", type=float)
@click.option("--batch-size", type=int, help="Pictures at once; less needs less memory.")
@click.option("--gradient-accumulation", type=int, help="Times that many pictures per step.")
@click.option("--lora-rank", type=int, help="Size of the addition.")
@click.option("--beta", type=float, help="Strength of preference training at the start.")
@click.option("--seed", type=int)
@click.option("--checkpoint-every", type=int, help="Steps between checkpoints.")
@click.option("--keep", type=int, help="Checkpoints to keep beside the best.")
@click.option("--gradient-checkpointing", is_flag=True, default=None, help="Less memory, slower.")
@click.option(
    "--estimate/--no-estimate",
    default=True,
    help="Measure time and memory with a few steps first.",
)
@click.option("--device", help="auto, cpu, cuda, cuda:N or mps (TASTEMAKER_DEVICE).")
def train(
    source: str,
    model: str | None,
    style: str | None,
    name: str | None,
    resume: str | None,
    method: str | None,
    device: str | None,
    estimate: bool,
    **settings_of_run: Any,
) -> None:
    """Learn from your ratings, or from a dataset: makes a new version of a model.

    Interrupt it with Ctrl-C at any time: it saves and can be resumed.
    """
    from tastemaker import looking, retraining

    settings = load_settings(device=device)
    changes = {key: value for key, value in settings_of_run.items() if value is not None}
    if resume is not None and (
        changes or method or model or name or style or source != DEFAULT_SOURCE
    ):
        raise click.UsageError("--resume goes on with what the run began with: give it alone.")
    plans = [resume] if resume is not None else []
    with _Display() as display, _interruptible(display):

        def tell_plan(plan: RunPlan, pictures: int) -> None:
            plans.append(plan.name)
            if estimate:
                display.say(looking.estimate(settings, plan, pictures))

        if resume is not None:
            done = retraining.resume(settings, resume, display.observer())
        else:
            done = retraining.start(
                settings,
                source,
                display.observer(),
                name=name,
                model=model,
                method=Method(method) if method else None,
                changes=changes,
                style=style,
                on_plan=tell_plan,
            )
    if done.version is None:
        if not plans:
            click.echo("Stopped before it began; the same start goes on with what was copied.")
            return
        click.echo(f"Stopped at step {done.outcome.step}; everything is saved.")
        click.echo(f"Go on with: tastemaker train --resume {plans[-1]}")
        return
    retraining.tidy(settings, done.version.name)
    folder = retraining.version_folder(settings, done.version.name)
    for line in summary(done.version.metrics):
        click.echo(line)
    click.echo(f"Version {done.version.name} is in {folder}; grid-before.png and grid-after.png")
    click.echo("there show the same prompts and seeds before and after.")


class _Display:
    """The progress bar; also remembers whether to stop."""

    def __init__(self) -> None:
        self.stop: Stop | None = None
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Display:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def observer(self) -> Observer:
        """What the run talks to."""
        return Observer(
            on_chapter=self._chapter,
            on_progress=self._step,
            requested_stop=lambda: self.stop,
            on_note=self.say,
        )

    def say(self, text: str) -> None:
        """A line above the bar."""
        self._bar.console.print(text, highlight=False)

    def _chapter(self, name: str, done: int, total: int) -> None:
        self._show(name, done, total, "")

    def _step(self, progress: TrainingProgress) -> None:
        if progress.note:
            self._bar.console.print(progress.note)
        parts = [f"loss {progress.loss:.4f}"]
        if progress.validation_loss is not None:
            parts.append(f"held out {progress.validation_loss:.4f}")
        if progress.eta_seconds is not None:
            minutes, seconds = divmod(round(progress.eta_seconds), 60)
            parts.append(f"{minutes}:{seconds:02} left")
        self._show("training", progress.step, progress.total_steps, ", ".join(parts))

    def _show(self, name: str, done: int, total: int, detail: str) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name.capitalize(), total=total, detail=detail)
        self._bar.update(self._tasks[name], completed=done, total=total, detail=detail)


@contextmanager
def _interruptible(display: _Display) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask the run to save and stop; a second one ends it at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        if display.stop is not None:
            raise KeyboardInterrupt
        display.stop = Stop.CANCEL

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
