"""Simulated owners like what their names say, and fresh prompts are of other subjects."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.owners import RULES, prompts, share
from tastemaker.starter.subjects import familiar_subjects
from tastemaker.starter.vocabulary import Vocabulary, backgrounds

VOCABULARY = Vocabulary(familiar_subjects(), backgrounds(), ("plain",))


def picture(background: tuple[int, int, int], subject: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (64, 64), background)
    image.paste(Image.new("RGB", (32, 32), subject), (16, 16))
    return image


ORANGE_ON_WHITE = picture((250, 250, 250), (240, 140, 30))
WHALE_ON_BLUE = picture((60, 120, 230), (90, 150, 220))
FIRE_ON_BLACK = picture((10, 10, 12), (250, 120, 20))


@pytest.mark.parametrize(
    ("rule", "likes"),
    [
        ("warm", [True, False, True]),
        ("blue", [False, True, False]),
        ("bright", [True, False, False]),
        ("scenery", [False, False, False]),
    ],
)
def test_each_rule_looks_at_its_own_thing(rule: str, likes: list[bool]) -> None:
    pictures = [ORANGE_ON_WHITE, WHALE_ON_BLUE, FIRE_ON_BLACK]
    assert [RULES[rule](shown) for shown in pictures] == likes
    assert share(RULES[rule], pictures) == pytest.approx(sum(likes) / 3)


def test_scenery_is_a_border_that_is_not_plain() -> None:
    sky_over_grass = np.full((64, 64, 3), (120, 190, 250), dtype=np.uint8)
    sky_over_grass[32:] = (90, 180, 80)
    assert RULES["scenery"](Image.fromarray(sky_over_grass))


def test_fresh_prompts_are_of_subjects_that_were_never_rated() -> None:
    def subjects(texts: list[str]) -> set[str]:
        words = {word: s.name for s in VOCABULARY.subjects for word in s.words}
        found = set()
        for text in texts:
            fitting = [word for word in words if f" {word} " in f" {text} "]
            found.add(words[max(fitting, key=len)])
        return found

    rated = prompts(VOCABULARY, 300, 1, fresh=False)
    fresh = prompts(VOCABULARY, 300, 1, fresh=True)
    assert rated == prompts(VOCABULARY, 300, 1, fresh=False)
    assert rated != prompts(VOCABULARY, 300, 2, fresh=False)
    assert subjects(rated).isdisjoint(subjects(fresh))
    assert len(subjects(fresh)) >= 30
