"""The judge: a small CNN that names what a picture shows. Trained on real composites only, never on
drawn pictures.

It reads the same five places and the background that the text encoder's slots speak of, at half the
resolution. Its training pictures are blurred and made noisy now and then, so that it judges content
and not crispness. It is no part of the shipped weights; ``evaluate`` trains it on demand and keeps
it in the work folder.
"""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy, interpolate

from tastemaker.starter.compose import Composer
from tastemaker.starter.loop import step_generator, train
from tastemaker.starter.presets import Preset
from tastemaker.starter.scenes import Scene, SceneMix, sample_scene
from tastemaker.starter.text_encoder import slot_labels
from tastemaker.starter.vocabulary import Vocabulary

_SEED = 6
_PLACES = 5
_SIDE = 64
HEADS = _PLACES + 2
"""Subject in the centre, left, right, above, below; then background; then look."""


class Judge(nn.Module):
    """Pictures ``[n, 3, size, size]`` in -1..1 → per head the scores of its labels, as
    ``slot_labels`` numbers them.
    """

    def __init__(self, vocabulary: Vocabulary, width: int = 32) -> None:
        super().__init__()
        channels = [3, width, 2 * width, 3 * width, 4 * width]
        self.blocks = nn.Sequential(*(_block(a, b) for a, b in pairwise(channels)))
        self.trunk = nn.Sequential(
            nn.Flatten(), nn.Linear(4 * width * 16, 256), nn.GELU(), nn.LayerNorm(256)
        )
        self.subjects = nn.Linear(256, _PLACES * (1 + len(vocabulary.subjects)))
        self.backgrounds = nn.Linear(256, 1 + len(vocabulary.backgrounds))
        self.looks = nn.Linear(256, 1 + len(vocabulary.looks))

    def forward(self, pictures: Tensor) -> list[Tensor]:
        factor = pictures.shape[-1] // _SIDE
        small = avg_pool2d(pictures, factor) if factor > 1 else pictures
        hidden = self.trunk(self.blocks(small))
        return [
            *self.subjects(hidden).chunk(_PLACES, dim=1),
            self.backgrounds(hidden),
            self.looks(hidden),
        ]


def _block(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 4, 2, 1), nn.GroupNorm(8, outputs), nn.GELU(),
        nn.Conv2d(outputs, outputs, 3, 1, 1), nn.GroupNorm(8, outputs), nn.GELU(),
    )  # fmt: skip


def roughen(pictures: Tensor, rng: random.Random, generator: torch.Generator) -> Tensor:
    """Blur, soften or add noise to a batch, at random."""
    size = pictures.shape[-1]
    if rng.random() < 0.5:
        smaller = rng.choice((size // 2, size // 3, size // 4))
        pictures = interpolate(pictures, (smaller, smaller), mode="area")
        pictures = interpolate(pictures, (size, size), mode="bilinear")
    noise = torch.randn(pictures.shape, generator=generator).to(pictures.device)
    return pictures + rng.choice((0.0, 0.05, 0.1)) * noise


def train_judge(preset: Preset, composer: Composer, work: Path) -> Judge:
    """Train, or go on training, or just load the judge in ``work``."""
    # It sees them smaller than any of them anyway, and composing small ones is quick.
    composer = composer.at(min(composer.resolution, 2 * _SIDE))
    torch.manual_seed(_SEED)
    judge = Judge(composer.vocabulary).to(composer.device)
    size = 64 // preset.lanes

    def loss_at(step: int) -> tuple[Tensor, dict[str, float]]:
        rng, generator = random.Random(f"{_SEED}-{step}"), step_generator(_SEED, step)
        scenes = [sample_scene(rng, composer.vocabulary, _mix(preset)) for _ in range(size)]
        pictures = roughen(composer.render(scenes, generator), rng, generator)
        wanted = labels(scenes, composer.vocabulary).to(composer.device)
        scores = judge(pictures)
        losses = [
            cross_entropy(s, wanted[:, head], label_smoothing=0.02) for head, s in enumerate(scores)
        ]
        right = (scores[0].argmax(1) == wanted[:, 0]).float().mean().item()
        return sum(losses[1:], start=losses[0]), {"centre": right}

    train("judge", judge, loss_at, preset.judge, work, lanes=preset.lanes)
    return judge


def labels(scenes: list[Scene], vocabulary: Vocabulary) -> Tensor:
    """What each head should say, ``[len(scenes), 7]``."""
    return torch.tensor([slot_labels(scene, vocabulary)[:HEADS] for scene in scenes])


def _mix(preset: Preset) -> SceneMix:
    return SceneMix(pairs=0.35, several=0.08, bare=0.05, sized=0.1, looks=preset.mix.looks)


@torch.no_grad()
def verdicts(judge: Judge, pictures: Tensor, batch: int = 64) -> Tensor:
    """The judge's first choice per head, ``[n, 7]``; 0 says that a place is empty."""
    rows = []
    for part in torch.split(pictures, batch):
        scores = judge(part)
        rows.append(torch.stack([s.argmax(1) for s in scores], dim=1))
    return torch.cat(rows).cpu()
