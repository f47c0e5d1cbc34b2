"""Chance that depends on numbers only: (seed, purpose, step, sample) → noise, timestep, order.

A counter-based generator (Philox, Salmon et al. 2011) has no state to lose: a run that was killed
and resumed, or spread over other devices, draws what an uninterrupted one does. Always on the CPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import torch
from torch import Tensor


class Purpose(IntEnum):
    """What a stream of numbers is for; streams of different purposes are unrelated."""

    TRAINING = 1
    REPLAY = 2
    VALIDATION = 3
    ORDER = 4
    SPLIT = 5
    BOOTSTRAP = 6
    DISLIKED = 7


@dataclass(frozen=True, eq=False)
class Draw:
    """All that is random about one visit of one picture.

    ``noise`` and ``posterior_noise`` are standard normal float32 in the latents' shape,
    ``timestep`` is in 0…num_train_timesteps-1, ``drops_caption`` says to train it without a prompt.
    """

    noise: Tensor
    posterior_noise: Tensor
    timestep: int
    drops_caption: bool


def generator(seed: int, purpose: Purpose, step: int = 0, sample: int = 0) -> np.random.Generator:
    """The stream of these numbers; ``seed`` in 0…2^63-1, the others ≥ 0."""
    # The lowest counter word is left to the generator itself: 2^64 blocks before streams touch.
    counter = np.array([0, purpose, sample, step], dtype=np.uint64)
    key = np.array([seed, 0x7461_7374_656D_6B72], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(counter=counter, key=key))


def draw(
    seed: int,
    purpose: Purpose,
    step: int,
    sample: int,
    *,
    shape: tuple[int, ...],
    timesteps: int,
    caption_dropout: float,
    strata: int = 1,
) -> Draw:
    """What happens to sample number ``sample`` of step ``step``.

    Timesteps are uniform. With ``strata`` the samples of a step spread over as many equal parts of
    the range, one in each, so that a step's loss varies less.
    """
    source = generator(seed, purpose, step, sample)
    timestep = int((sample % strata + source.random()) / strata * timesteps)
    drops_caption = bool(source.random() < caption_dropout)
    return Draw(
        noise=normal(source, shape),
        posterior_noise=normal(source, shape),
        timestep=min(timestep, timesteps - 1),
        drops_caption=drops_caption,
    )


def normal(source: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    """Standard normal float32 numbers on the CPU."""
    return torch.from_numpy(source.standard_normal(shape, dtype=np.float32))


def permutation(seed: int, epoch: int, count: int, stream: int = 0) -> list[int]:
    """The order in which ``count`` things are visited in pass number ``epoch``."""
    return [int(i) for i in generator(seed, Purpose.ORDER, epoch, stream).permutation(count)]
