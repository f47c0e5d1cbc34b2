"""`tastemaker import` and `tastemaker export`: pictures with all that is known of them.

Works without the server and beside it. Loads no model libraries.
"""

from __future__ import annotations

from pathlib import Path

import click

from tastemaker.errors import TastemakerError
from tastemaker.exchange.sources import candidates
from tastemaker.gallery import ImageFilter
from tastemaker.settings import load_settings
from tastemaker.wiring import open_exchange

_RATINGS = {"liked": 1, "unrated": 0, "disliked": -1}


@click.command(name="import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--quiet", is_flag=True, help="Name only the files that aren't taken.")
def take_in(source: Path, *, quiet: bool) -> None:
    """Take the pictures of SOURCE into the gallery: a folder, a zip, or one file.

    Prompts, settings and ratings come from a metadata.jsonl, from the pictures themselves (as
    Tastemaker, AUTOMATIC1111, ComfyUI, InvokeAI, SwarmUI and Fooocus write them), or, for the
    prompt, from a .txt of the same name. Pictures that are there already aren't taken twice.
    """
    settings = load_settings()
    importer, _ = open_exchange(settings)
    most = settings.max_upload_mb * 1024 * 1024
    new = there = failed = 0
    for candidate in candidates(source):
        try:
            taken = importer.take(
                candidate.name,
                candidate.read(most + 1),
                line=candidate.line,
                caption=candidate.caption,
                modified=candidate.modified,
            )
        except (TastemakerError, OSError) as error:
            failed += 1
            click.echo(f"{candidate.name}: not taken. {error}", err=True)
            continue
        if taken.status == "imported":
            new += 1
            said = f"picture {taken.image_id}"
            if taken.dialect is not None:
                said += f", settings of {taken.dialect.label}"
        else:
            there += 1
            said = f"is picture {taken.image_id}" + (" in the trash" if taken.in_trash else "")
            said += ", which has its rating now" if taken.rated else ""
        if not quiet:
            click.echo(f"{candidate.name}: {said}")
    click.echo(f"{new} taken in, {there} there already, {failed} not taken.")
    if failed:
        raise click.exceptions.Exit(1)


@click.command(name="export")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--rating", type=click.Choice([*_RATINGS, "rated"]), help="Only such pictures.")
@click.option("--model", help="Only pictures of this model.")
@click.option("--search", "q", help="Only pictures with these words.")
@click.option("--id", "ids", type=int, multiple=True, help="These pictures; repeat it.")
def give_out(
    out: Path, rating: str | None, model: str | None, q: str | None, ids: tuple[int, ...]
) -> None:
    """Write pictures of the gallery to the zip OUT, with a metadata.jsonl that tells all of them.

    `datasets.load_dataset("imagefolder", data_dir=...)` loads it, and so does `tastemaker import`.
    """
    if ids and (rating or model or q):
        raise click.UsageError("Give either --id or the other options.")
    if out.suffix.lower() != ".zip":
        raise click.UsageError("OUT should end in .zip.")
    _, exporter = open_exchange(load_settings())
    wanted = ImageFilter(
        q=q,
        feedback=_RATINGS.get(rating or ""),
        rated=True if rating == "rated" else None,
        model=model,
        sort="oldest",
    )
    pictures = exporter.chosen(ids) if ids else exporter.filtered(wanted)
    number = exporter.write(pictures, out)
    click.echo(f"{out}: {number} pictures")
