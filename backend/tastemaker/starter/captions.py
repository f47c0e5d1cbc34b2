"""Puts a scene into words, in many ways, so that ordinary prompts work. Knows scenes and words,
never pixels.

:func:`caption` is what training reads; :func:`plain_caption` is one fixed phrasing, for evaluation
and examples.
"""

from __future__ import annotations

import random

from tastemaker.starter.nouns import plural, takes_article
from tastemaker.starter.scenes import PLACES, SIZES, Arrangement, Scene
from tastemaker.starter.vocabulary import LOOKS, Vocabulary

TEMPLATES = (
    "{}",
    "a photo of {}",
    "a picture of {}",
    "sticker of {}",
    "a sticker of {}",
    "an image of {}",
    "a drawing of {}",
    "an emoji of {}",
    "a painting of {}",
    "draw {}",
    "{}, sticker",
    "{} emoji",
)
_ADJECTIVES = (
    "cute",
    "beautiful",
    "lovely",
    "nice",
    "little",
    "happy",
    "pretty",
    "adorable",
    "funny",
    "simple",
)
_FILLERS = (
    "please",
    "high quality",
    "best quality",
    "detailed",
    "digital art",
    "4k",
    "very nice",
    "clean",
    "masterpiece",
    "illustration",
    "for my friend",
    "with love",
    "trending",
    "colorful",
    "cartoon style",
    "minimalist",
    "isolated",
)
_SIZES = {
    "normal": ("",),
    "big": ("big", "large", "huge", "giant"),
    "small": ("small", "tiny", "little"),
}
_NUMBERS = {2: ("two", "2", "a pair of"), 3: ("three", "3"), 4: ("four", "4"), 5: ("five", "5")}
_LEFT = (
    "{} to the left of {}",
    "{} left of {}",
    "{} on the left and {} on the right",
    "{} next to {}",
    "{} and {}",
    "{} beside {}",
    "{} and {} side by side",
    "{} with {}",
    "{} on the left of {}",
)
_RIGHT = (
    "{} to the right of {}",
    "{} right of {}",
    "{} on the right and {} on the left",
    "{} on the right of {}",
)
_ABOVE = ("{} above {}", "{} over {}", "{} on top of {}", "{} on top and {} at the bottom")
_BELOW = ("{} below {}", "{} under {}", "{} beneath {}", "{} underneath {}")
OPEN_SHARE = 0.15
"""How many captions of a subject leave the background open: the picture may then have any."""
_SYLLABLES = (
    "ba",
    "ro",
    "ti",
    "mel",
    "zu",
    "kan",
    "dri",
    "fo",
    "lex",
    "pi",
    "qua",
    "sne",
    "vor",
    "wim",
    "ya",
    "gub",
)


def article(noun: str) -> str:
    """The noun with "a" or "an", unless it takes none."""
    if not takes_article(noun):
        return noun
    return f"{'an' if noun[0] in 'aeiou' and not noun.startswith(('uf', 'un')) else 'a'} {noun}"


def made_up_word(rng: random.Random) -> str:
    """A word that means nothing, so that unknown words come to be ignored."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3)))


def leaves_background_open(rng: random.Random, scene: Scene) -> bool:
    """Whether the next caption of this scene should not say what the background is."""
    return rng.random() < OPEN_SHARE and scene.arrangement is not Arrangement.BARE


def caption(
    rng: random.Random, scene: Scene, vocabulary: Vocabulary, *, open_background: bool = False
) -> str:
    """One of the many ways to ask for this scene; ``open_background`` leaves that unsaid."""
    text = _what(rng, scene, vocabulary, open_background)
    if rng.random() < 0.5:
        text = rng.choice(TEMPLATES).format(text)
    if rng.random() < 0.08:
        text = f"{text}, {rng.choice((rng.choice(_FILLERS), made_up_word(rng)))}"
    look = rng.choice(LOOKS[vocabulary.looks[scene.look]] or ("",))
    if look:
        text = rng.choice(
            (f"{text}, {look}", f"{look} of {text}", f"{text} in {look} style", f"{look}, {text}")
        )
    if rng.random() < 0.15:
        text = rng.choice((text.capitalize(), text.title(), text.upper(), text + "."))
    return text


def plain_caption(scene: Scene, vocabulary: Vocabulary) -> str:
    """The same scene always gives the same words: the first noun, the first phrase, no template."""
    background = vocabulary.backgrounds[scene.background]
    look = LOOKS[vocabulary.looks[scene.look]]
    style = f", {look[0]}" if look else ""
    if scene.arrangement is Arrangement.BARE:
        return background.titles[0] + style
    first = vocabulary.subjects[scene.subjects[0]].words[0]
    if scene.arrangement is Arrangement.SEVERAL:
        text = f"{_NUMBERS[scene.count][0]} {plural(first)}"
    elif scene.arrangement is Arrangement.SINGLE:
        size = _SIZES[SIZES[scene.size]][0]
        text = article(f"{size} {first}".strip())
        if scene.place:
            text += f" in the {PLACES[scene.place]} corner"
    else:
        second = vocabulary.subjects[scene.subjects[1]].words[0]
        words = (_LEFT if scene.arrangement is Arrangement.LEFT_RIGHT else _ABOVE)[0]
        text = words.format(article(first), article(second))
    return f"{text} {background.phrases[0]}{style}"


def _what(rng: random.Random, scene: Scene, vocabulary: Vocabulary, open_background: bool) -> str:
    background = vocabulary.backgrounds[scene.background]
    if scene.arrangement is Arrangement.BARE:
        return _title(rng, rng.choice(background.titles))
    text = _subjects(rng, scene, vocabulary)
    if open_background:
        return text
    where = rng.choice(background.phrases)
    draw = rng.random()
    if draw < 0.08:
        return f"{where}, {text}"
    if draw < 0.14 and not background.is_world:
        return f"{text}, {background.name} background"
    return f"{text}{rng.choice((' ', ' ', ' ', ', '))}{where}"


def _title(rng: random.Random, title: str) -> str:
    if rng.random() < 0.5:
        return title
    bare = title.removeprefix("a ").removeprefix("the ")
    if bare == title:
        return title
    return rng.choice((bare, f"a {rng.choice(_ADJECTIVES)} {bare}", f"the {bare}"))


def _noun(rng: random.Random, scene: Scene, which: int, vocabulary: Vocabulary) -> str:
    words = vocabulary.subjects[scene.subjects[which]].words
    return words[0] if rng.random() < 0.5 else rng.choice(words)


def _phrase(rng: random.Random, noun: str) -> str:
    if rng.random() < 0.15:
        adjective = made_up_word(rng) if rng.random() < 0.2 else rng.choice(_ADJECTIVES)
        noun_phrase = f"{adjective} {noun}"
        return (
            noun_phrase
            if rng.random() < 0.3
            else f"{'an' if adjective[0] in 'aeiou' else 'a'} {noun_phrase}"
        )
    draw = rng.random()
    if draw < 0.2:
        return noun
    return f"the {noun}" if draw < 0.3 else article(noun)


def _subjects(rng: random.Random, scene: Scene, vocabulary: Vocabulary) -> str:
    first = _noun(rng, scene, 0, vocabulary)
    if scene.arrangement is Arrangement.SEVERAL:
        adjective = f"{rng.choice(_ADJECTIVES)} " if rng.random() < 0.1 else ""
        return f"{rng.choice(_NUMBERS[scene.count])} {adjective}{plural(first)}"
    if scene.arrangement is Arrangement.SINGLE:
        size = rng.choice(_SIZES[SIZES[scene.size]])
        text = f"{rng.choice(('a', 'a', 'the'))} {size} {first}" if size else _phrase(rng, first)
        return f"{text} in the {PLACES[scene.place]} corner" if scene.place else text
    one, other = _phrase(rng, first), _phrase(rng, _noun(rng, scene, 1, vocabulary))
    level = scene.arrangement is Arrangement.LEFT_RIGHT
    if rng.random() < (0.75 if level else 0.6):
        return rng.choice(_LEFT if level else _ABOVE).format(one, other)
    return rng.choice(_RIGHT if level else _BELOW).format(other, one)
