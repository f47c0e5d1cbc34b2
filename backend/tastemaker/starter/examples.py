"""How the starter presents itself: its default settings, and prompts that were looked at and found
well drawn.
"""

from __future__ import annotations

from tastemaker.starter.export import Presentation
from tastemaker.starter.presets import Preset

STYLED_PROMPTS = (
    "three cats on the grass, pixel art",
    "a dog, sepia",
    "a red apple, neon",
)
EXAMPLE_PROMPTS = (
    "a red apple on a blue background",
    "A beautiful sunset over mountains",
    "three cats on the grass",
    "a rocket at night",
    "a strawberry on a purple background",
    "a penguin in the snow",
    "two red apples on a white background",
    "a big pumpkin in a field",
    "a puppy in space",
    "a cat to the left of a dog on the grass",
    "a pizza next to a burger on a yellow background",
    "a car in the mountains at sunset",
)


TRAINING = {
    "method": "full",
    "full": {
        "learning_rate": 1e-4,
        "min_snr_gamma": 0,
        "ema_decay": 0.98,
        "max_steps": 200,
        "max_epochs": 60,
        "checkpoint_every": 20,
    },
}
"""How the starter is retrained best (``benchmarks/taste.py``). It is so small that training all its
weights is quick, and its noisiest steps, where a background is chosen, must weigh as much as the
others: so no min-SNR weights."""


def presentation_of(preset: Preset) -> Presentation:
    """The presentation of a starter of this preset; all know at least what *tiny* knows."""
    prompts = EXAMPLE_PROMPTS + (STYLED_PROMPTS if len(preset.looks) > 1 else ())
    return Presentation(prompts, preset=preset.name, training=TRAINING)
