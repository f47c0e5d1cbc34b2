"""`tastemaker models`: what there is, switching, and looking after trained versions.

Works without the server and beside it. Loads no model libraries.
"""

from __future__ import annotations

from pathlib import Path

import click

from tastemaker.domain import ModelState
from tastemaker.errors import InvalidInput
from tastemaker.models.management import Versions
from tastemaker.models.registry import Registry
from tastemaker.settings import load_settings
from tastemaker.wiring import open_models

_NAME = click.argument("name")


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List the models, or look after them."""
    context.obj = open_models(load_settings())
    if context.invoked_subcommand is None:
        registry, versions = context.obj
        _list(registry, versions)


_UNUSABLE = (ModelState.FAILED, ModelState.REFUSED)


def _list(registry: Registry, versions: Versions) -> None:
    infos = registry.list()
    standings = versions.standings(infos)
    for info in infos:
        mark = "*" if info.active else " "
        record = standings[info.name].record
        origin = info.source if record is None else f"{record.method}, from {record.parent}"
        why = f"  {info.error}" if info.state in _UNUSABLE and info.error else ""
        click.echo(f"{mark} {info.name:28} {info.state.value:16} {origin}{why}")


@models.command()
@_NAME
@click.pass_obj
def activate(found: tuple[Registry, Versions], name: str) -> None:
    """Make NAME the model that draws when a request names none."""
    click.echo(f"{found[0].activate(name).title} is active.")


@models.command()
@click.pass_obj
def rollback(found: tuple[Registry, Versions]) -> None:
    """Go back to the parent of the active version."""
    registry, versions = found
    parent = versions.parent_of(registry.active().name)
    click.echo(f"{registry.activate(parent).title} is active.")


@models.command()
@_NAME
@click.argument("title")
@click.pass_obj
def rename(found: tuple[Registry, Versions], name: str, title: str) -> None:
    """Give the trained version NAME another TITLE. Its name stays: pictures record it."""
    if not title.strip():
        raise InvalidInput("The title must hold a visible character.")
    click.echo(f"{name} is called {found[1].rename(name, ' '.join(title.split())).title} now.")


@models.command()
@_NAME
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def delete(found: tuple[Registry, Versions], name: str, *, yes: bool) -> None:
    """Delete the trained version NAME for ever. Pictures that it drew stay."""
    if not yes:
        click.confirm(f"Delete {name} for ever?", abort=True)
    found[1].delete(name)
    click.echo(f"{name} is deleted.")


@models.command()
@_NAME
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def export(found: tuple[Registry, Versions], name: str, out: Path) -> None:
    """Write the trained version NAME to OUT, for plain diffusers to load.

    A LoRA becomes one .safetensors file; a fully trained version a pipeline folder, or a zip of it
    if OUT ends in .zip.
    """
    click.echo(found[1].export(name).write(out))


@models.command(name="import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--base", help="Model it goes on; the one on which the active one rests by default.")
@click.option("--name", help="Its name for good; made from the file's name by default.")
@click.option("--title", help="What to call it.")
@click.pass_obj
def take_in(
    found: tuple[Registry, Versions],
    source: Path,
    base: str | None,
    name: str | None,
    title: str | None,
) -> None:
    """Take in a LoRA (.safetensors), or an exported version (a zip or a folder) from SOURCE."""
    versions = found[1]
    if source.is_dir():
        info = versions.take_in(source, source.name, base=base, name=name, title=title)
    else:
        with source.open("rb") as file:
            info = versions.take_in(file, source.name, base=base, name=name, title=title)
    click.echo(f"{info.name} is there. Try it: tastemaker models activate {info.name}")
