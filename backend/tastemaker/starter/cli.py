"""``tastemaker starter``: makes the embedded model from the emoji font, and measures it.

torch is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tastemaker.starter import WEIGHTS

_PRESETS = ("tiny", "small", "full")

if TYPE_CHECKING:
    import torch

_WORK = Path("data/starter-train")


@click.group()
def starter() -> None:
    """Make and measure the small model that travels inside the package."""


@starter.command()
@click.option("--preset", type=click.Choice(_PRESETS), default="tiny", show_default=True)
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=WEIGHTS,
    help="Where the finished pipeline goes.",
)
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=_WORK,
    show_default=True,
    help="Checkpoints and sheets.",
)
@click.option(
    "--minutes", type=click.FloatRange(min=0.1), help="Bound all stages together to this long."
)
def train(preset: str, device: str, out: Path, work: Path, minutes: float | None) -> None:
    """Train a starter. Run again with the same --work to go on where it stopped."""
    from tastemaker.starter.examples import presentation_of
    from tastemaker.starter.export import export_starter
    from tastemaker.starter.presets import PRESETS
    from tastemaker.starter.recipe import stage_progress, train_starter, with_minutes

    chosen = PRESETS[preset] if minutes is None else with_minutes(PRESETS[preset], minutes)
    made = train_starter(chosen, work, _device(device))
    export_starter(made, presentation_of(chosen), out)
    for name, progress in stage_progress(work).items():
        click.echo(f"{name}: {progress.step} steps in {progress.seconds / 60:.1f} minutes")
    click.echo(f"Wrote {out}")


@starter.command()
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True),
    default=WEIGHTS,
    help="An exported pipeline.",
)
@click.option("--preset", type=click.Choice(_PRESETS), help="By default what the weights say.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=240,
    show_default=True,
    help="Pictures per measure.",
)
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=_WORK,
    show_default=True,
    help="Keeps the judge.",
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the table here as JSON too."
)
def evaluate(
    weights: Path, preset: str, device: str, samples: int, work: Path, json_file: Path | None
) -> None:
    """Print how well a starter draws what it never saw. Trains its judge first, if there is none
    yet.
    """
    from tastemaker.starter.evaluate import as_json, as_text, defaults_of, load_exported, preset_of
    from tastemaker.starter.evaluate import evaluate as measure
    from tastemaker.starter.judge import train_judge
    from tastemaker.starter.presets import PRESETS
    from tastemaker.starter.recipe import composer_of, vocabulary_of

    chosen, place = PRESETS[preset or preset_of(weights)], _device(device)
    vocabulary = vocabulary_of(chosen)
    composer = composer_of(chosen, vocabulary, work, place)
    judge = train_judge(chosen, composer, work)
    steps, guidance_scale = defaults_of(weights)
    lanes = chosen.lanes if place.type == "cpu" else 1
    parts = load_exported(weights, vocabulary, place)
    table = measure(parts, judge, composer, samples, steps, guidance_scale, lanes=lanes)
    click.echo(as_text(table))
    if json_file is not None:
        json_file.write_text(json.dumps(as_json(table), indent=2) + "\n")


def _device(name: str) -> torch.device:
    """The device to train on; on a CPU, also the settings that make it quick."""
    import torch

    from tastemaker.diffusion.device import prepare_processor

    chosen = torch.device(
        name if name != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    )
    if chosen.type == "cpu":
        prepare_processor()
    return chosen
