"""What the worker remembers of a job it is drawing: how far it is and when it will be done."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from tastemaker.domain import DrawingJob

NEWS_INTERVAL_SECONDS = 0.1


@dataclass(slots=True)
class RunningJob:
    """``done`` counts finished pictures, ``steps`` the denoising steps of each picture in work."""

    job: DrawingJob
    done: int
    started: float
    steps: dict[int, int] = field(default_factory=dict)
    _first: tuple[float, int] | None = None
    _last_news: float = 0.0

    def advance(self, image_index: int, step: int, now: float) -> float | None:
        """Note a step; returns the seconds left, or ``None`` before two steps were timed."""
        self.steps[image_index] = step
        taken = sum(self.steps.values())
        if self._first is None:
            self._first = (now, taken)
            return None
        first_time, first_taken = self._first
        if taken <= first_taken:
            return None
        total = self.job.request.num_inference_steps * (
            self.job.request.num_images - self.done + sum(self._is_done(i) for i in self.steps)
        )
        pace = (now - first_time) / (taken - first_taken)
        return round(max(0.0, (total - taken) * pace), 2)

    def _is_done(self, image_index: int) -> bool:
        return self.steps[image_index] >= self.job.request.num_inference_steps

    def is_news(self, now: float, *, final: bool) -> bool:
        """Whether enough time has passed to tell the browser again; the last step always is."""
        if not final and now - self._last_news < NEWS_INTERVAL_SECONDS:
            return False
        self._last_news = now
        return True


def preview_uri(image: Image.Image) -> str:
    """A small picture as a data URI that the browser shows at once."""
    out = BytesIO()
    image.save(out, "WEBP", quality=60, method=0)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
