"""Draws the plan of a picture: who stands where, on what, in which look. Knows labels, neither
pixels nor words.

``held_out`` combinations never leave the sampler; ``tests/starter`` holds it to that.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from enum import Enum

from tastemaker.starter.vocabulary import Vocabulary, held_out


class Arrangement(Enum):
    """How the subjects of a picture stand. Of a pair, the first subject is the left or the upper
    one.
    """

    BARE = "bare"
    SINGLE = "single"
    SEVERAL = "several"
    LEFT_RIGHT = "left_right"
    ABOVE_BELOW = "above_below"


PAIRS = (Arrangement.LEFT_RIGHT, Arrangement.ABOVE_BELOW)
SIZES = ("normal", "big", "small")
PLACES = ("centre", "top left", "top right", "bottom left", "bottom right")


@dataclass(frozen=True)
class Scene:
    """One picture to compose and to caption. All numbers index the vocabulary, SIZES or PLACES."""

    arrangement: Arrangement
    subjects: tuple[int, ...]
    background: int
    count: int = 1
    size: int = 0
    place: int = 0
    look: int = 0


@dataclass(frozen=True)
class SceneMix:
    """Shares of each kind of scene; what is left over are single subjects."""

    pairs: float = 0.25
    several: float = 0.10
    bare: float = 0.06
    sized: float = 0.12
    cornered: float = 0.0
    looks: float = 0.0
    most: int = 4


def is_held_out(scene: Scene, vocabulary: Vocabulary) -> bool:
    """Whether evaluation owns this scene: an unseen pair (in either order) or subject × background
    × look.
    """
    names = sorted(vocabulary.subjects[s].name for s in scene.subjects)
    if scene.arrangement in PAIRS and held_out("pair", *names):
        return True
    background = vocabulary.backgrounds[scene.background].name
    look = vocabulary.looks[scene.look]
    return any(held_out("combination", name, background, look) for name in names)


def sample_scene(
    rng: random.Random, vocabulary: Vocabulary, mix: SceneMix, unseen: bool = False
) -> Scene:
    """One random scene that is not held out; with ``unseen``, one that is held out and has a
    subject.
    """
    while True:
        scene = _any_scene(rng, vocabulary, mix)
        if is_held_out(scene, vocabulary) == unseen:
            return scene


def _any_scene(rng: random.Random, vocabulary: Vocabulary, mix: SceneMix) -> Scene:
    worlds = [i for i, b in enumerate(vocabulary.backgrounds) if b.is_world]
    colours = [i for i, b in enumerate(vocabulary.backgrounds) if not b.is_world]
    background = rng.choice(rng.choice((worlds, colours)))
    look = rng.randrange(1, len(vocabulary.looks)) if rng.random() < mix.looks else 0
    draw = rng.random()
    if draw < mix.bare:
        bare_background = rng.choice(worlds) if rng.random() < 0.85 else background
        return Scene(Arrangement.BARE, (), bare_background, count=0, look=look)
    subjects = rng.sample(range(len(vocabulary.subjects)), 2)
    if draw < mix.bare + mix.pairs:
        kind = PAIRS[0] if rng.random() < 0.7 else PAIRS[1]
        return Scene(kind, tuple(subjects), background, look=look)
    if draw < mix.bare + mix.pairs + mix.several:
        count = rng.randint(2, mix.most)
        return Scene(Arrangement.SEVERAL, (subjects[0],), background, count=count, look=look)
    single = Scene(Arrangement.SINGLE, (subjects[0],), background, look=look)
    if rng.random() < mix.sized:
        return replace(single, size=rng.randint(1, 2))
    if rng.random() < mix.cornered:
        return replace(single, size=2, place=rng.randrange(1, len(PLACES)))
    return single
