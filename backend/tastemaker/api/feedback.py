"""``/api/feedback``: what the owner thinks of a picture, and how much is known of their taste."""

from __future__ import annotations

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present import image_out
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.images import FeedbackRequest, ImageOut
from tastemaker.api.schemas.preferences import FeedbackSummary, RatingLevel
from tastemaker.training.advice import advise
from tastemaker.training.defaults import recommended_method

resource = blueprint("feedback")


@resource.post(
    "/api/feedback",
    responses={
        200: answers(ImageOut, "The picture with its rating."),
        **problems(400, 404, 413, 415, 422),
    },
)
def rate(body: FeedbackRequest) -> Response:
    """Rate a picture: 1 like, -1 dislike, 0 takes the rating back."""
    return reply(image_out(services().feedback.rate(body.image_id, body.feedback)))


@resource.get("/api/feedback/summary", responses={200: answers(FeedbackSummary, "The numbers.")})
def summarise_feedback() -> Response:
    """How many ratings there are, what they are enough for, and what to do next."""
    counts = services().gallery.counts()
    pairs = services().preferences.count()
    advice = advise(
        counts["liked"],
        counts["disliked"],
        pairs,
        recommended=recommended_method(services().models.active()),
    )
    return reply(
        FeedbackSummary(
            liked=counts["liked"],
            disliked=counts["disliked"],
            unrated=counts["unrated"],
            preferences=pairs,
            level=RatingLevel(advice.level),
            needed=advice.needed,
            advice=advice.text,
        )
    )
