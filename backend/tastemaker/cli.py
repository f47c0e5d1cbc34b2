"""The command line: serve, draw a picture, look after models, train them, make the starter."""

from __future__ import annotations

import importlib
import logging
import secrets
import sys
from pathlib import Path
from typing import cast

import click

from tastemaker import __version__
from tastemaker.domain import MAX_SEED, GenerationRequest, Sampler, Schedule
from tastemaker.errors import InvalidInput, TastemakerError
from tastemaker.settings import Settings, load_settings

LAZY_COMMANDS = {
    "export": "tastemaker.exchange_cli:give_out",
    "import": "tastemaker.exchange_cli:take_in",
    "models": "tastemaker.models_cli",
    "redraw": "tastemaker.redraw_cli",
    "starter": "tastemaker.starter.cli",
    "train": "tastemaker.train_cli",
}


class Commands(click.Group):
    """Turns our own errors into one plain line and exit status 1.

    Groups that load the model libraries are imported only when they are called.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *LAZY_COMMANDS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in LAZY_COMMANDS:
            module, _, name = LAZY_COMMANDS[cmd_name].partition(":")
            group = getattr(importlib.import_module(module), name or cmd_name)
            return cast(click.Command, group)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            lines = [str(error), *(f"  {e.field}: {e.message}" for e in error.errors)]
            raise click.ClickException("\n".join(lines)) from error
        except TastemakerError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tastemaker")
def main() -> None:
    """A self-hosted text-to-image studio that learns its owner's taste.

    Settings come from TASTEMAKER_* variables or a .env file; options win over them.
    """


@main.command()
@click.option("--host", help="Address to listen on (TASTEMAKER_HOST).")
@click.option("--port", type=int, help="Port of the page and the API (TASTEMAKER_PORT).")
@click.option("--device", help="auto, cpu, cuda, cuda:N or mps (TASTEMAKER_DEVICE).")
@click.option("--offline", is_flag=True, default=None, help="Never contact the model hub.")
def serve(host: str | None, port: int | None, device: str | None, offline: bool | None) -> None:
    """Serve the web page and the API."""
    settings = load_settings(host=host, port=port, device=device, offline=offline)
    _log_to_terminal(settings)
    from tastemaker.server import serve as run

    run(settings)


@main.command()
@click.argument("prompt")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default="image.png")
@click.option("--negative-prompt", default="", help="What the picture should not show.")
@click.option("--seed", type=click.IntRange(-1, MAX_SEED), default=-1, help="-1 draws one.")
@click.option("--width", type=int)
@click.option("--height", type=int)
@click.option("--steps", "num_inference_steps", type=click.IntRange(1, 150))
@click.option("--guidance", "guidance_scale", type=click.FloatRange(0, 50))
@click.option("--sampler", type=click.Choice([s.value for s in Sampler]))
@click.option("--schedule", type=click.Choice([s.value for s in Schedule]))
@click.option("--count", "num_images", type=click.IntRange(1, 100), default=1)
@click.option("--model", help="A name from `tastemaker models`; the active one by default.")
@click.option("--device", help="auto, cpu, cuda, cuda:N or mps.")
def generate(
    prompt: str,
    out: Path,
    negative_prompt: str,
    seed: int,
    width: int | None,
    height: int | None,
    num_inference_steps: int | None,
    guidance_scale: float | None,
    sampler: str | None,
    schedule: str | None,
    num_images: int,
    model: str | None,
    device: str | None,
) -> None:
    """Draw PROMPT into a PNG file, without a server."""
    settings = load_settings(device=device)
    from tastemaker import drawing

    info, components = drawing.load(settings, model)
    defaults = info.defaults
    assert defaults is not None
    request = GenerationRequest(
        prompt=prompt,
        negative_prompt=negative_prompt,
        model=info.name,
        width=width or defaults.width,
        height=height or defaults.height,
        num_inference_steps=num_inference_steps or defaults.num_inference_steps,
        guidance_scale=defaults.guidance_scale if guidance_scale is None else guidance_scale,
        seed=secrets.randbelow(2**53) if seed < 0 else seed,
        sampler=Sampler(sampler) if sampler else defaults.sampler,
        schedule=Schedule(schedule) if schedule else defaults.schedule,
        num_images=num_images,
    )
    for path, image_seed in drawing.draw(components, request, out):
        click.echo(f"{path}  (seed {image_seed}, {info.title})")


def _log_to_terminal(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, format="%(message)s", stream=sys.stderr, force=True
    )
    for noisy in ("alembic", "httpx", "httpx2", "httpcore2", "filelock", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
