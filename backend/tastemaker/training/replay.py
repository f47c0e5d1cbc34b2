"""Pictures that the parent model draws itself, mixed into training so that it won't forget them.

Knows nothing of how they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.generate import generate
from tastemaker.domain import MAX_SEED, GenerationRequest
from tastemaker.training.data.examples import Example
from tastemaker.training.files import new_file

SOURCE = "replay"


def draw_replay(
    components: Components,
    request: GenerationRequest,
    prompts: Sequence[str],
    folder: Path,
    seed: int,
    on_picture: Callable[[int], None] = lambda done: None,
) -> list[Example]:
    """One picture per prompt (one may come twice), drawn once and then read from ``folder``.

    ``on_picture`` hears how many are there.
    """
    examples = []
    for number, prompt in enumerate(prompts):
        path = folder / f"{number:05}.png"
        if not path.exists():
            own = (seed + 0x5EED + number) % (MAX_SEED + 1)
            wanted = replace(request, prompt=prompt, seed=own, num_images=1)
            picture = generate(components, wanted)[0].image
            with new_file(path) as scratch:
                picture.save(scratch, "PNG")
        on_picture(number + 1)
        examples.append(Example.of(str(number), path.read_bytes(), prompt, SOURCE))
    return examples
