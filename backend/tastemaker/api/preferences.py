"""``/api/preferences``: which of several pictures of one prompt is the best."""

from __future__ import annotations

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present import image_out
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.preferences import (
    ChoicePath,
    NextQuery,
    PreferenceOut,
    PreferenceRequest,
    PreferenceSet,
    PreferenceUndone,
)

resource = blueprint("preferences")


@resource.post(
    "/api/preferences",
    responses={
        201: answers(PreferenceOut, "It is recorded."),
        **problems(400, 404, 413, 415, 422),
    },
)
def prefer(body: PreferenceRequest) -> Response:
    """Record which picture is better than the others.

    An earlier choice between two of these pictures, either way round, is replaced.
    """
    made = services().preferences.choose(body.preferred_id, body.rejected_ids)
    return reply(
        PreferenceOut(choice=made.id, pairs=made.pairs, preferred=image_out(made.preferred)), 201
    )


@resource.get(
    "/api/preferences/next",
    responses={200: answers(PreferenceSet, "Pictures to compare."), **problems(422)},
)
def next_comparison(query: NextQuery) -> Response:
    """Pictures of one prompt that have not been compared yet, newest prompts first."""
    found = services().preferences.next_set(query.excluded)
    return reply(
        PreferenceSet(
            prompt=found.prompt,
            images=[image_out(image) for image in found.images],
            remaining=found.remaining,
        )
    )


@resource.delete(
    "/api/preferences/<choice>",
    responses={200: answers(PreferenceUndone, "It is taken back."), **problems(404)},
)
def undo_preference(path: ChoicePath) -> Response:
    """Take a choice back."""
    return reply(
        PreferenceUndone(choice=path.choice, pairs=services().preferences.undo(path.choice))
    )
