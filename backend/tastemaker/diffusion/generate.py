"""The engine as a function call: a loaded model and a request in, pictures out.

For scripts, benchmarks and evaluations; the studio itself runs `Engine` over many jobs.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import Failed, Finished, Progress
from tastemaker.domain import GenerationRequest


def generate(
    components: Components,
    request: GenerationRequest,
    init_image: Image.Image | None = None,
    on_step: Callable[[Progress], None] | None = None,
    mask: Image.Image | None = None,
    style: Image.Image | None = None,
) -> list[Finished]:
    """Draw a whole request with a loaded model; the images in the order of their index.

    Raises:
        TastemakerError: why it failed (`InvalidInput`, `OutOfMemory`, `NumericalFailure` …).
    """
    engine = Engine(lambda _: components, preview_interval=inf)
    engine.submit(Ticket("", request, tuple(range(request.num_images)), init_image, mask, style))
    finished: list[Finished] = []
    while not engine.idle:
        for outcome in engine.step():
            match outcome:
                case Failed():
                    raise outcome.error
                case Finished():
                    finished.append(outcome)
                case Progress() if on_step is not None:
                    on_step(outcome)
    return sorted(finished, key=lambda image: image.image_index)
