"""Visits become tensors: noisy latents, what the network should answer, captions, ratings.

All chance comes from `randomness`; knows no network and no optimiser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tastemaker.training.encoding import TrainingSet
from tastemaker.training.losses import NoiseProcess
from tastemaker.training.order import Visit
from tastemaker.training.randomness import Purpose, draw, generator


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures on their way through the network, all on its device.

    ``noisy`` and ``target`` are float32 (batch, channels, height, width), ``timesteps`` int64
    (batch,), ``states`` (batch, tokens, width), ``labels`` float32 (batch,) of -1, 0 or 1.
    ``roles`` and ``samples`` are those of the visits, int64 (batch,): two of equal number and of
    roles 1 and -1 are a pair.
    """

    noisy: Tensor
    target: Tensor
    timesteps: Tensor
    states: Tensor
    labels: Tensor
    roles: Tensor
    samples: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Collator:
    """Builds the batches of one purpose.

    Pictures without a caption teach what guidance leads away from. Where there are ``disliked``
    ones, they are shown instead of those whose caption is dropped; a second network for the same
    end is in Wang et al. 2025 (Diffusion-NPO).
    """

    data: TrainingSet
    process: NoiseProcess
    device: torch.device
    seed: int
    purpose: Purpose
    caption_dropout: float = 0.0
    disliked: TrainingSet | None = None

    def batch(self, step: int, visits: Sequence[Visit], strata: int) -> Batch:
        """The batch of some of a step's visits; ``strata`` as in `randomness.draw`."""
        latents, noise, timesteps, states, labels = [], [], [], [], []
        for visit in visits:
            chance = draw(
                self.seed,
                self.purpose,
                step,
                visit.sample,
                shape=self.data.latent_shape,
                timesteps=self.process.num_train_timesteps,
                caption_dropout=self.caption_dropout,
                strata=strata,
            )
            shown, index = self.data, visit.index
            if chance.drops_caption and self.disliked is not None:
                shown, index = self.disliked, self._disliked_for(step, visit.sample)
            latents.append(shown.latents(index, chance.posterior_noise))
            noise.append(chance.noise)
            timesteps.append(chance.timestep)
            states.append(self.data.caption(visit.index, dropped=chance.drops_caption))
            labels.append(float(shown.items[index].feedback))
        clean = torch.stack(latents).to(self.device)
        eps = torch.stack(noise).to(self.device)
        times = torch.tensor(timesteps, device=self.device)
        return Batch(
            noisy=self.process.add_noise(clean, eps, times),
            target=self.process.target(clean, eps, times),
            timesteps=times,
            states=torch.stack(states).to(self.device),
            labels=torch.tensor(labels, device=self.device),
            roles=torch.tensor([visit.role for visit in visits], device=self.device),
            samples=torch.tensor([visit.sample for visit in visits], device=self.device),
        )

    def _disliked_for(self, step: int, sample: int) -> int:
        assert self.disliked is not None
        chance = generator(self.seed, Purpose.DISLIKED, step, sample)
        return int(chance.integers(len(self.disliked)))
