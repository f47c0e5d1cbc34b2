"""What the worker remembers of a job it is drawing: how far it is and when it will be done."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from tastemaker.domain import DrawingJob

NEWS_INTERVAL_SECONDS = 0.1
UNWATCHED_INTERVAL_SECONDS = 1.0
"""For those who ask now and then, while nobody looks on."""


@dataclass(slots=True)
class RunningJob:
    """``done`` counts finished pictures, ``steps`` those of each picture of this run."""

    job: DrawingJob
    done: int
    steps: dict[int, int] = field(default_factory=dict)
    _before: int = field(init=False)
    _first: tuple[float, int] | None = None
    _last_news: float = 0.0

    def __post_init__(self) -> None:
        self._before = self.done

    def advance(self, image_index: int, step: int, total_steps: int, now: float) -> float | None:
        """Note that a picture is at ``step`` of ``total_steps`` steps.

        Returns the seconds left, or ``None`` before two steps were timed.
        """
        self.steps[image_index] = step
        taken = sum(self.steps.values())
        if self._first is None:
            self._first = (now, taken)
            return None
        first_time, first_taken = self._first
        if taken <= first_taken:
            return None
        # All pictures of a job take equally many.
        total = total_steps * (self.job.request.num_images - self._before)
        pace = (now - first_time) / (taken - first_taken)
        return round(max(0.0, (total - taken) * pace), 2)

    def is_news(self, now: float, *, final: bool, watched: bool) -> bool:
        """Whether enough time has passed to tell again how far it is.

        Who is ``watched`` always tells of the ``final`` step.
        """
        interval = NEWS_INTERVAL_SECONDS if watched else UNWATCHED_INTERVAL_SECONDS
        if not (final and watched) and now - self._last_news < interval:
            return False
        self._last_news = now
        return True


def preview_uri(image: Image.Image) -> str:
    """A small picture as a data URI that the browser shows at once."""
    out = BytesIO()
    image.save(out, "WEBP", quality=60, method=0)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
