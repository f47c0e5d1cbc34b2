"""``POST /api/feedback``: what the owner thinks of a picture."""

from __future__ import annotations

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.present import image_out
from tastemaker.api.responses import answers, problems, reply
from tastemaker.api.schemas.images import FeedbackRequest, ImageOut

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
