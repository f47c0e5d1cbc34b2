"""``/api/styles``: named templates for prompts, and presets of what to avoid."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.responses import answers, nothing, problems, reply, sends
from tastemaker.api.schemas.prompts import (
    StyleBody,
    StyleList,
    StyleOut,
    StylePath,
    StylesImport,
    StylesImported,
)
from tastemaker.errors import FieldError, InvalidInput
from tastemaker.prompting.styles import Style, read_csv, write_csv

resource = blueprint("styles")

_CSV = "text/csv"
_SENDS_CSV = sends(
    {_CSV: {"type": "string"}},
    "A styles.csv as A1111's web UI reads it.",
    {"Content-Disposition": "A name to save it under."},
)


@resource.get("/api/styles", responses={200: answers(StyleList, "All of them, by name.")})
def list_styles() -> Response:
    """The styles. Those without a prompt of their own are presets of what to avoid."""
    return reply(StyleList(items=[_out(style) for style in services().prompts.styles.list()]))


@resource.post(
    "/api/styles",
    responses={201: answers(StyleOut, "It is kept."), **problems(400, 409, 413, 415, 422)},
)
def create_style(body: StyleBody) -> Response:
    """Keep a new style."""
    return reply(_out(services().prompts.styles.add(_style(body))), 201)


@resource.put(
    "/api/styles/<int:style_id>",
    responses={200: answers(StyleOut, "As it is now."), **problems(400, 404, 409, 413, 415, 422)},
)
def change_style(path: StylePath, body: StyleBody) -> Response:
    """Change a style. Pictures that were drawn with it keep the prompt that drew them."""
    return reply(_out(services().prompts.styles.change(_style(body, path.style_id))))


@resource.delete(
    "/api/styles/<int:style_id>", responses={204: nothing("It is gone."), **problems(404)}
)
def delete_style(path: StylePath) -> Response:
    """Remove a style."""
    services().prompts.styles.delete(path.style_id)
    return Response(status=204)


@resource.post(
    "/api/styles/import",
    responses={
        200: answers(StylesImported, "What became of them."),
        **problems(400, 409, 413, 415, 422),
    },
)
def import_styles(body: StylesImport) -> Response:
    """Take in a styles.csv. When a line is wrong nothing is taken, and `errors` name every one."""
    found = read_csv(body.csv)
    added, replaced, kept = services().prompts.styles.take(found, replace=body.replace)
    return reply(StylesImported(added=added, replaced=replaced, kept=kept))


@resource.get("/api/styles/export", responses={200: _SENDS_CSV})
def export_styles() -> Response:
    """All styles as a styles.csv."""
    # With a byte order mark, by which spreadsheets and A1111's web UI know that it is UTF-8.
    text = "\ufeff" + write_csv(services().prompts.styles.list())
    answer = Response(text, mimetype=_CSV)
    answer.headers.set("Content-Disposition", "attachment", filename="styles.csv")
    return answer


def _style(body: StyleBody, style_id: int = 0) -> Style:
    if not body.prompt.strip() and not body.negative_prompt.strip():
        message = "a style needs a prompt, a negative prompt, or both"
        raise InvalidInput(f"{message}.", (FieldError("prompt", message),))
    return Style(body.name, body.prompt, body.negative_prompt, style_id)


def _out(style: Style) -> StyleOut:
    return StyleOut.model_validate(asdict(style))
