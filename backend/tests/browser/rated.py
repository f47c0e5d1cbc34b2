"""A studio with something to learn from: pictures of a few prompts, most liked, some not."""

from __future__ import annotations

from tests.browser.conftest import draw
from tests.servers import StudioServer

PROMPTS = ("a red apple", "a green frog", "an old bicycle", "a snowy mountain")
OF_EACH = 4
TRAINING_MS = 300_000
"""A training gives way to everything else on the machine; on a busy one it takes its time."""


def draw_and_rate(studio: StudioServer) -> None:
    """Four pictures of each prompt: three liked, one not; 16 ratings in all."""
    for prompt in PROMPTS:
        images = draw(studio, prompt, num_images=OF_EACH)["images"]
        for number, image in enumerate(images):
            feedback = -1 if number == 0 else 1
            studio.post("/api/feedback", {"image_id": image["id"], "feedback": feedback})
