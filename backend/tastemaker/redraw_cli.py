"""`tastemaker redraw`: is a picture of the gallery repeatable, and if not, why?

Exit status 0: the same pixels. 1: others. 2: it couldn't be drawn again.
"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress as ProgressBar

from tastemaker.diffusion.outcomes import Outcome, Progress
from tastemaker.drawing import check_target
from tastemaker.errors import TastemakerError
from tastemaker.redraw import Redrawn
from tastemaker.redraw import redraw as draw_again
from tastemaker.settings import Settings, load_settings
from tastemaker.storage.png import encode_png

DIFFERENT, IMPOSSIBLE = 1, 2


@click.command()
@click.argument("image_id", metavar="ID", type=click.IntRange(min=1))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep it as a PNG.")
@click.option("--device", help="auto, cpu, cuda, cuda:N or mps.")
@click.pass_context
def redraw(context: click.Context, image_id: int, out: Path | None, device: str | None) -> None:
    """Draw picture ID of the gallery again and say whether it is the same, bit for bit.

    Exit status 0: it is. 1: it isn't, and what may be why. 2: it can't be drawn again. The gallery
    stays as it is.
    """
    try:
        if out is not None:
            check_target(out)
        found = _with_progress(load_settings(device=device), image_id)
    except TastemakerError as error:
        click.echo(f"Error: {error}", err=True)
        context.exit(IMPOSSIBLE)
    if out is not None:
        out.write_bytes(encode_png(found.image, {}))
    for line in report(found):
        click.echo(line)
    context.exit(0 if found.identical else DIFFERENT)


def _with_progress(settings: Settings, image_id: int) -> Redrawn:
    with ProgressBar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Drawing again", total=None)

        def listen(outcome: Outcome) -> None:
            if isinstance(outcome, Progress):
                bar.update(task, completed=outcome.step, total=outcome.total_steps)

        return draw_again(settings, image_id, listen)


def report(found: Redrawn) -> list[str]:
    """What to tell, line by line."""
    name = f"Picture {found.record.id}"
    if found.identical:
        return [f"{name}: identical, every pixel."]
    if found.psnr is None:
        first = f"{name}: another size, {found.image.width} × {found.image.height} pixels."
    else:
        first = f"{name}: not identical; PSNR {found.psnr:.1f} dB."
    reasons = found.reasons or (
        "Nothing that its record tells is different, so the stored file was changed, or this "
        "device doesn't add up in the same order each time.",
    )
    return [first, *(f"  {reason}" for reason in reasons)]
