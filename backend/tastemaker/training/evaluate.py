"""Whether a model got better, on pictures it didn't train on: losses, ratings told apart, grids.

Knows no optimiser and no files. Noise and timesteps are fixed: numbers of two models compare.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.generate import generate
from tastemaker.domain import GenerationRequest
from tastemaker.errors import InvalidInput
from tastemaker.training import losses
from tastemaker.training.batches import Collator
from tastemaker.training.objective import Objective
from tastemaker.training.order import Visit
from tastemaker.training.pairs import Pair
from tastemaker.training.randomness import Purpose, generator

Floats = NDArray[np.float64]

STRATA = 16
"""Timesteps per picture of a final evaluation, one in each sixteenth of the noise range."""
WORSE_FIT = 1.01
"""Liked pictures may cost the model at most this much of what they cost its reference."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Errors of held-out pictures, float64 (n,): of the model, and of its reference if it has one.

    ``labels`` is (n,) of -1, 0 or 1; ``pairs`` are indices, the better picture first.
    """

    errors: Floats
    reference_errors: Floats | None
    labels: Floats
    pairs: tuple[Pair, ...] = ()

    @property
    def error(self) -> float:
        """Mean squared error over all pictures."""
        return float(self.errors.mean())

    @property
    def gains(self) -> Floats:
        """e_ref - e_theta per picture: how much better than its reference the model explains it."""
        if self.reference_errors is None:
            raise ValueError("there is no reference")
        return self.reference_errors - self.errors

    @property
    def margins(self) -> Floats:
        """Per pair, how much more the better picture gained than the other."""
        gains = self.gains
        return np.array([gains[better] - gains[worse] for better, worse in self.pairs])

    def preference_loss(self, beta: float) -> float:
        """The losses of training without their scales, between 0 and 1: 0.5 = no idea.

        Diffusion-KTO's for pictures on their own, both kinds weighing the same; Diffusion-DPO's
        chance of the wrong order for pairs.
        """
        compared = {index for pair in self.pairs for index in pair}
        places = [i for i, y in enumerate(self.labels) if y and i not in compared]
        gains, labels = torch.from_numpy(self.gains[places]), torch.from_numpy(self.labels[places])
        wrong = torch.sigmoid(-beta / 2 * torch.from_numpy(self.margins))
        each = wrong.new_zeros(0)
        if places:
            each = losses.class_weights(labels) * losses.kto_loss(
                -gains,
                torch.zeros_like(gains),
                labels,
                beta=beta,
                reference_point=losses.kto_reference_point(gains),
            )
        pictures = len(places) + 2 * len(self.pairs)
        return float((each.sum() * beta / 4 + 2 * wrong.sum()) / pictures) if pictures else 0.5

    @property
    def has_both_kinds(self) -> bool:
        """Whether there are liked and disliked pictures."""
        return bool((self.labels > 0).any() and (self.labels < 0).any())

    def taste_loss(self) -> float:
        """How badly liked pictures come apart from disliked ones: 1 for the reference itself, less
        by the difference of their mean gains, as a share of the reference's error.

        At least 1 for a model that explains liked pictures worse than `WORSE_FIT` allows. Why not
        the error of liked pictures alone: of few it turns before a taste is learned.
        """
        if self.reference_errors is None:
            raise ValueError("there is no reference")
        liked, disliked = self.gains[self.labels > 0], self.gains[self.labels < 0]
        loss = 1 - float((liked.mean() - disliked.mean()) / self.reference_errors.mean())
        fit = self.liked_fit()
        return max(1.0, loss) if fit is not None and fit > WORSE_FIT else loss

    def liked_fit(self) -> float | None:
        """Error of liked pictures relative to the reference's; above `WORSE_FIT` is a warning."""
        liked = self.labels > 0
        if self.reference_errors is None or not liked.any():
            return None
        return float(self.errors[liked].mean() / self.reference_errors[liked].mean())


@dataclass(frozen=True, slots=True)
class RatingAuc:
    """How well gains tell liked from disliked: 0.5 by chance, 1 perfectly; with a 95 % interval."""

    auc: float
    low: float
    high: float
    liked: int
    disliked: int


@torch.no_grad()
def held_out(
    objective: Objective, collator: Collator, *, strata: int, batch_size: int, reference: bool
) -> HeldOut:
    """Errors of every picture of the collator's set, each the mean over ``strata`` timesteps.

    Pictures of a pair see the same noise, as all of one caption do where there are pairs.
    """
    errors, references = [], []
    items = collator.data.items
    first_of = {item.caption: index for index, item in reversed(list(enumerate(items)))}
    for index, item in enumerate(items):
        noise = first_of[item.caption] if collator.data.pairs else index
        mine: list[float] = []
        theirs: list[float] = []
        for first in range(0, strata, batch_size):
            samples = range(first, min(first + batch_size, strata))
            batch = collator.batch(noise, [Visit(index, k) for k in samples], strata)
            mine += objective.errors(batch).tolist()
            if reference:
                theirs += objective.reference_errors(batch).tolist()
        errors.append(float(np.mean(mine)))
        references.append(float(np.mean(theirs)) if reference else 0.0)
    return HeldOut(
        errors=np.array(errors),
        reference_errors=np.array(references) if reference else None,
        labels=np.array([float(item.feedback) for item in items]),
        pairs=collator.data.pairs,
    )


def auc(scores: Floats, labels: Floats) -> float:
    """Chance that a liked picture scores above a disliked one; ties count half (Mann-Whitney)."""
    liked, disliked = scores[labels > 0], scores[labels < 0]
    above = (liked[:, None] > disliked[None]).mean()
    ties = (liked[:, None] == disliked[None]).mean()
    return float(above + ties / 2)


def rating_auc(scores: Floats, labels: Floats, *, seed: int, rounds: int = 1000) -> RatingAuc:
    """`auc` with its 95 % bootstrap interval, liked and disliked drawn anew separately.

    Raises:
        InvalidInput: one of the kinds is missing.
    """
    liked, disliked = scores[labels > 0], scores[labels < 0]
    if not len(liked) or not len(disliked):
        raise InvalidInput("Both liked and disliked pictures are needed to measure an AUC.")
    source = generator(seed, Purpose.BOOTSTRAP)
    drawn = []
    signs = np.concatenate([np.ones(len(liked)), -np.ones(len(disliked))])
    for _ in range(rounds):
        again = [source.choice(liked, len(liked)), source.choice(disliked, len(disliked))]
        drawn.append(auc(np.concatenate(again), signs))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return RatingAuc(auc(scores, labels), float(low), float(high), len(liked), len(disliked))


def split_by_prompt(
    captions: Sequence[str], share: float, seed: int
) -> tuple[list[int], list[int]]:
    """Indices to train on and to hold out: about ``share`` of them, all pictures of a prompt alike.

    At least one prompt stays on each side if there are two.
    """
    prompts = sorted(set(captions))
    mixed = [prompts[i] for i in generator(seed, Purpose.SPLIT).permutation(len(prompts))]
    wanted, chosen, taken = share * len(captions), set[str](), 0
    for prompt in mixed[:-1]:
        if taken >= wanted:
            break
        chosen.add(prompt)
        taken += captions.count(prompt)
    rest = [i for i, caption in enumerate(captions) if caption not in chosen]
    return rest, [i for i, caption in enumerate(captions) if caption in chosen]


def draw_grid(
    components: Components,
    request: GenerationRequest,
    prompts: Sequence[str],
    seeds: Sequence[int],
    on_picture: Callable[[int], None] = lambda done: None,
) -> list[list[Image.Image]]:
    """One row per prompt, one picture per seed, everything else as ``request`` says."""
    rows: list[list[Image.Image]] = []
    for prompt in prompts:
        row = []
        for seed in seeds:
            wanted = replace(request, prompt=prompt, seed=seed, num_images=1)
            row.append(generate(components, wanted)[0].image)
            on_picture(len(rows) * len(seeds) + len(row))
        rows.append(row)
    return rows


def sheet(rows: Sequence[Sequence[Image.Image]], gap: int = 4) -> Image.Image:
    """Pictures of one size side by side, rows below each other, on white."""
    width, height = rows[0][0].size
    columns = max(len(row) for row in rows)
    size = (columns * (width + gap) - gap, len(rows) * (height + gap) - gap)
    canvas = Image.new("RGB", size, "white")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            canvas.paste(picture, (x * (width + gap), y * (height + gap)))
    return canvas
