"""Plans, words and pixels of the training data: do they agree, and is what evaluation owns really
left out?
"""

import random

import pytest
import torch

from tastemaker.starter.captions import caption, leaves_background_open, plain_caption
from tastemaker.starter.compose import Composer, apply_look
from tastemaker.starter.nouns import plural, takes_article
from tastemaker.starter.presets import FULL, TINY
from tastemaker.starter.scenes import PAIRS, Arrangement, Scene, is_held_out, sample_scene
from tastemaker.starter.subjects import Subject, common_subjects, familiar_subjects
from tastemaker.starter.text_encoder import SLOTS, slot_labels
from tastemaker.starter.vocabulary import (
    LOOKS,
    Vocabulary,
    backgrounds,
)
from tests.starter.small import disc_glyphs

VOCABULARY = Vocabulary(familiar_subjects(), backgrounds(), ("plain",))
STYLED = Vocabulary(familiar_subjects(), backgrounds(), tuple(LOOKS))


def composer(vocabulary: Vocabulary = VOCABULARY, size: int = 32) -> Composer:
    return Composer(vocabulary, disc_glyphs([s.name for s in vocabulary.subjects], size), size)


def scenes(count: int) -> list[Scene]:
    rng = random.Random(1)
    return [sample_scene(rng, VOCABULARY, TINY.mix) for _ in range(count)]


@pytest.mark.parametrize(
    ("subjects", "least"), [(familiar_subjects(), 100), (common_subjects(), 500)]
)
def test_there_are_many_subjects_and_no_word_means_two_of_them(
    subjects: tuple[Subject, ...], least: int
) -> None:
    words = [word for subject in subjects for word in subject.words]
    assert len(subjects) >= least
    assert len({subject.name for subject in subjects}) == len(subjects)
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)


def test_pictures_have_the_promised_shape_and_range_and_depend_on_the_seed_alone() -> None:
    plans = scenes(40)
    first = composer().render(plans, torch.Generator().manual_seed(7))
    again = composer().render(plans, torch.Generator().manual_seed(7))
    other = composer().render(plans, torch.Generator().manual_seed(8))
    assert first.shape == (40, 3, 32, 32)
    assert first.min() >= -1.001
    assert first.max() <= 1.001
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_first_of_a_pair_stands_left() -> None:
    atlas = torch.zeros(2, 4, 64, 64)
    atlas[0, 0], atlas[1, 2], atlas[:, 3] = 1, 1, 1  # a red and a blue square
    painter = Composer(Vocabulary(VOCABULARY.subjects[:2], backgrounds(), ("plain",)), atlas, 64)
    white = VOCABULARY.background("white")
    scene = Scene(Arrangement.LEFT_RIGHT, (0, 1), white)
    picture = painter.render([scene], torch.Generator().manual_seed(0))[0]
    assert picture[0, 32, 16] > 0.9
    assert picture[2, 32, 16] < -0.9
    assert picture[2, 32, 48] > 0.9
    assert picture[0, 32, 48] < -0.9


@pytest.mark.parametrize("look", [name for name in LOOKS if name != "plain"])
def test_every_look_changes_pictures_and_keeps_their_range(look: str) -> None:
    picture = composer(STYLED).render(scenes(2), torch.Generator().manual_seed(0)) / 2 + 0.5
    styled = apply_look(look, picture.clamp(0, 1))
    assert styled.shape == picture.shape
    assert 0 <= float(styled.min()) <= float(styled.max()) <= 1
    assert not torch.allclose(styled, picture)


def test_every_background_can_be_painted() -> None:
    plans = [Scene(Arrangement.BARE, (), i, count=0) for i in range(len(VOCABULARY.backgrounds))]
    pictures = composer().render(plans, torch.Generator().manual_seed(0))
    assert pictures.isfinite().all()
    assert len({tuple(p.mean((1, 2)).tolist()) for p in pictures}) == len(plans)


def test_captions_name_what_was_composed() -> None:
    rng = random.Random(2)
    for scene in scenes(500):
        text = caption(rng, scene, VOCABULARY).lower()
        for subject in scene.subjects:
            words = VOCABULARY.subjects[subject].words
            assert any(w in text or plural(w) in text for w in words), text
        background = VOCABULARY.backgrounds[scene.background]
        said = [*background.phrases, *background.titles, f"{background.name} background"]
        bare = [title.removeprefix("a ").removeprefix("the ") for title in background.titles]
        assert any(s in text for s in [*said, *bare]), text


def test_a_caption_may_leave_the_background_open() -> None:
    rng = random.Random(3)
    phrases = [p for b in VOCABULARY.backgrounds for p in (*b.phrases, f"{b.name} background")]
    subjects = [s for s in scenes(300) if s.arrangement is not Arrangement.BARE]
    for scene in subjects:
        text = caption(rng, scene, VOCABULARY, open_background=True).lower()
        assert not any(phrase in text for phrase in phrases), text
    shares = [leaves_background_open(rng, scene) for scene in subjects]
    assert 0 < sum(shares) < len(shares) / 3
    bare = Scene(Arrangement.BARE, (), 3, count=0)
    assert not any(leaves_background_open(rng, bare) for _ in range(100))


def test_slots_say_what_the_caption_says() -> None:
    scene = Scene(Arrangement.LEFT_RIGHT, (4, 7), 2)
    said, unsaid = (
        slot_labels(scene, VOCABULARY),
        slot_labels(scene, VOCABULARY, open_background=True),
    )
    assert said[1:3] == unsaid[1:3] == [5, 8]
    assert (said[5], unsaid[5]) == (3, 0)
    assert slot_labels(None, VOCABULARY) == [0] * SLOTS


def test_plain_captions_say_sides_and_numbers() -> None:
    names = [s.words[0] for s in VOCABULARY.subjects]
    dog, cat, grass = names.index("dog"), names.index("cat"), VOCABULARY.background("grass")
    pair = Scene(Arrangement.LEFT_RIGHT, (dog, cat), grass)
    several = Scene(Arrangement.SEVERAL, (cat,), grass, count=3)
    assert plain_caption(pair, VOCABULARY) == "a dog to the left of a cat on the grass"
    assert plain_caption(several, VOCABULARY) == "three cats on the grass"


def test_what_evaluation_owns_is_never_sampled_and_exists() -> None:
    rng = random.Random(3)
    drawn = [sample_scene(rng, VOCABULARY, TINY.mix) for _ in range(3000)]
    assert not any(is_held_out(scene, VOCABULARY) for scene in drawn)
    unseen = [sample_scene(rng, VOCABULARY, TINY.mix, unseen=True) for _ in range(50)]
    assert all(is_held_out(scene, VOCABULARY) for scene in unseen)


def test_a_pair_is_held_out_in_both_orders() -> None:
    for other in range(1, 40):
        verdicts = {
            is_held_out(Scene(PAIRS[0], pair, 0), VOCABULARY) for pair in ((0, other), (other, 0))
        }
        assert len(verdicts) == 1


def test_the_full_mix_uses_corners_and_looks() -> None:
    rng = random.Random(4)
    drawn = [sample_scene(rng, STYLED, FULL.mix) for _ in range(500)]
    assert {scene.look for scene in drawn} == set(range(len(STYLED.looks)))
    assert len({scene.place for scene in drawn}) == 5


def test_plurals_and_articles() -> None:
    assert [plural(w) for w in ("dog", "cherry", "fox", "mouse", "tomato", "slice of pizza")] == [
        "dogs", "cherries", "foxes", "mice", "tomatoes", "slices of pizza",
    ]  # fmt: skip
    assert takes_article("dog")
    assert not takes_article("grapes")
