"""How the starter presents itself: its default settings, and prompts that were looked at and found
well drawn.
"""

from __future__ import annotations

from tastemaker.starter.export import Presentation
from tastemaker.starter.vocabulary import Vocabulary

EXAMPLE_PROMPTS = (
    "a puppy in space",
    "a red apple on a blue background",
    "three cats on the grass",
    "A beautiful sunset over mountains",
    "a lion in the desert",
    "a rocket at night",
    "a penguin in the snow",
    "a sailboat on the sea",
    "a strawberry on a purple background",
    "a car in the mountains at sunset",
    "a unicorn on a pink background",
    "an owl under a starry sky",
)


def presentation_of(vocabulary: Vocabulary) -> Presentation:
    """The presentation of a starter that knows at least what *tiny* knows."""
    return Presentation(EXAMPLE_PROMPTS)
