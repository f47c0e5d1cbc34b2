"""What a starter can draw: subjects, backgrounds, looks, and the words that ordinary people use for
them.

A subject is one glyph of Noto Color Emoji, found by its Unicode CLDR short name. Its first word is
the name that captions use most; the others are synonyms from CLDR keywords and common sense. A word
belongs to one subject only. Knows words and colours, never pixels.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_TINY_SUBJECTS = """
dog face: dog, puppy, pup, doggy, hound | cat face: cat, kitten, kitty, pussycat
mouse face: mouse | rabbit face: rabbit, bunny, hare | fox: fox | bear: bear, grizzly, bear cub
panda: panda, panda bear | koala: koala, koala bear | tiger face: tiger, tiger cub
lion: lion, lion cub | cow face: cow, calf | pig face: pig, piglet, piggy | frog: frog, toad
monkey face: monkey, chimp, ape | chicken: chicken, hen | penguin: penguin
baby chick: chick, baby chick, little yellow bird | duck: duck, duckling, mallard | owl: owl
unicorn: unicorn | honeybee: bee, honeybee, bumblebee | butterfly: butterfly | snail: snail
lady beetle: ladybug, ladybird, lady beetle | turtle: turtle, tortoise | octopus: octopus
crab: crab | tropical fish: fish, tropical fish, goldfish | spouting whale: whale | shark: shark
elephant: elephant | giraffe: giraffe | horse face: horse, pony, foal | flamingo: flamingo
dragon face: dragon | sauropod: dinosaur, dino, sauropod | red apple: apple, red apple
green apple: green apple | banana: banana | grapes: grapes, bunch of grapes
watermelon: watermelon, watermelon slice | strawberry: strawberry
cherries: cherry, pair of cherries | lemon: lemon | tangerine: tangerine, mandarin, orange
peach: peach | pear: pear | pineapple: pineapple | avocado: avocado | tomato: tomato
carrot: carrot | ear of corn: corn, ear of corn, maize | mushroom: mushroom, toadstool
pizza: pizza, slice of pizza | hamburger: hamburger, burger, cheeseburger
french fries: french fries, fries | bread: bread, loaf of bread
cheese wedge: cheese, piece of cheese | cookie: cookie, biscuit | doughnut: doughnut, donut
birthday cake: cake, birthday cake | soft ice cream: ice cream, ice cream cone
hot beverage: coffee, cup of coffee, cup of tea | beer mug: beer, mug of beer
automobile: car, automobile, red car | taxi: taxi, cab | bus: bus, coach
fire engine: fire truck, fire engine | bicycle: bicycle, bike
locomotive: train, locomotive, steam train | airplane: airplane, plane, aeroplane
helicopter: helicopter | rocket: rocket, spaceship | flying saucer: ufo, flying saucer
sailboat: sailboat, boat, yacht | cactus: cactus | palm tree: palm tree, palm
evergreen tree: pine tree, evergreen tree, fir tree | deciduous tree: tree, oak
sunflower: sunflower | rose: rose | tulip: tulip, flower
four leaf clover: four leaf clover, clover | sun: sun | crescent moon: moon, crescent moon
star: star | cloud: cloud | rainbow: rainbow | snowflake: snowflake
snowman without snow: snowman | high voltage: lightning bolt, lightning | umbrella: umbrella
fire: fire, flame | globe showing Europe-Africa: earth, globe, planet earth
red heart: heart, red heart | balloon: balloon, red balloon
wrapped gift: gift, present, gift box | soccer ball: soccer ball, football
basketball: basketball | guitar: guitar | trophy: trophy, gold cup | crown: crown | key: key
bell: bell | light bulb: light bulb, bulb, lightbulb | gem stone: diamond, gem, gemstone
house: house, home, cottage | castle: castle | alarm clock: alarm clock, clock
robot: robot, android | ghost: ghost | alien: alien, extraterrestrial | skull: skull
jack-o-lantern: pumpkin, jack-o-lantern | Christmas tree: christmas tree, xmas tree
teddy bear: teddy bear, teddy
grinning face with big eyes: happy face, smiley, smiley face, smile
smiling face with sunglasses: cool face, face with sunglasses | crying face: sad face, crying face
enraged face: angry face, mad face
"""

_IRREGULAR_PLURALS = {
    "mouse": "mice",
    "fish": "fish",
    "tropical fish": "tropical fish",
    "goldfish": "goldfish",
    "loaf of bread": "loaves of bread",
    "bunch of grapes": "bunches of grapes",
    "slice of pizza": "slices of pizza",
    "pair of cherries": "pairs of cherries",
    "piece of cheese": "pieces of cheese",
    "cup of coffee": "cups of coffee",
    "cup of tea": "cups of tea",
    "mug of beer": "mugs of beer",
    "ear of corn": "ears of corn",
    "cactus": "cacti",
    "octopus": "octopuses",
    "face with sunglasses": "faces with sunglasses",
}
_PLURAL_ONLY = frozenset({"grapes", "french fries", "fries"})
_MASS = frozenset(
    {"bread", "corn", "maize", "cheese", "fire", "lightning", "coffee", "beer", "pizza"}
)


def plural(noun: str) -> str:
    """The English plural of one of our nouns: ``dog`` → ``dogs``, ``cherry`` → ``cherries``,
    ``fox`` → ``foxes``.
    """
    if noun in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[noun]
    if noun in _PLURAL_ONLY:
        return noun
    if noun.endswith(("s", "x", "ch", "sh")) or noun in {"potato", "tomato"}:
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def takes_article(noun: str) -> bool:
    """Whether "a" or "an" may stand before this noun."""
    return noun not in _PLURAL_ONLY and noun not in _MASS


@dataclass(frozen=True)
class Subject:
    """One thing the starter draws. ``name`` is the glyph's CLDR short name; ``words`` are nouns in
    lower case.
    """

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Background:
    """A plain colour (``rgb`` in 0..255) or, where ``rgb`` is None, a little world painted by
    :mod:`worlds`.

    ``phrases`` complete "a dog …" ("in space"); ``titles`` stand alone ("a beautiful sunset").
    """

    name: str
    phrases: tuple[str, ...]
    titles: tuple[str, ...]
    rgb: tuple[int, int, int] | None = None

    @property
    def is_world(self) -> bool:
        return self.rgb is None


_COLOURS: dict[str, tuple[tuple[int, int, int], tuple[str, ...]]] = {
    "white": ((250, 250, 250), ("white",)),
    "black": ((22, 22, 26), ("black",)),
    "gray": ((146, 150, 156), ("gray", "grey")),
    "red": ((214, 52, 58), ("red", "crimson")),
    "orange": ((246, 146, 50), ("orange",)),
    "yellow": ((252, 216, 84), ("yellow",)),
    "green": ((84, 178, 92), ("green",)),
    "blue": ((62, 128, 232), ("blue",)),
    "purple": ((142, 84, 206), ("purple", "violet")),
    "pink": ((250, 162, 198), ("pink",)),
}


def _colour(name: str) -> Background:
    rgb, words = _COLOURS[name]
    return Background(
        name,
        tuple(
            p.format(w)
            for w in words
            for p in ("on a {} background", "on {}", "in front of a {} wall")
        ),
        tuple(p.format(w) for w in words for p in ("a plain {} background", "plain {}", "just {}")),
        rgb,
    )


_WORLDS = (
    Background(
        "sky",
        (
            "in the sky",
            "in a blue sky with clouds",
            "among the clouds",
            "in the clouds",
            "in the air",
        ),
        ("a blue sky with clouds", "a clear day", "the sky", "clouds in the sky", "a sunny day"),
    ),
    Background(
        "night",
        ("at night", "in the night", "under the stars", "in the dark", "under a starry sky"),
        ("a starry night", "the night sky", "a night sky with stars", "night", "stars at night"),
    ),
    Background(
        "sea",
        ("in the sea", "at sea", "on the water", "in the ocean", "on the sea", "in the water"),
        ("the sea", "the ocean", "a calm sea", "waves on the ocean", "blue ocean waves"),
    ),
    Background(
        "grass",
        ("on the grass", "in a meadow", "on a lawn", "in a field", "in the park", "in the grass"),
        (
            "a green meadow",
            "a grassy field",
            "a green field under a blue sky",
            "a lawn",
            "a meadow",
        ),
    ),
    Background(
        "desert",
        ("in the desert", "on the sand", "on the dunes", "on the beach"),
        ("a desert", "sand dunes", "a hot desert", "the desert with dunes"),
    ),
    Background(
        "snow",
        ("in the snow", "in winter", "on the snow", "in a snowy landscape"),
        ("a snowy landscape", "falling snow", "a winter day", "snow", "winter"),
    ),
    Background(
        "space",
        ("in space", "in outer space", "in the galaxy", "in the universe", "in the cosmos"),
        ("outer space", "a galaxy", "the universe", "a nebula in space", "space", "the milky way"),
    ),
    Background(
        "sunset",
        ("at sunset", "in the sunset", "at dusk", "in the evening", "at sunrise", "at dawn"),
        ("a sunset", "a sunset over the sea", "a sunrise", "a sunset over the ocean", "dusk"),
    ),
    Background(
        "mountains",
        ("in the mountains", "in front of mountains", "on a mountain", "in the hills"),
        ("mountains", "snowy mountains", "a mountain landscape", "the mountains", "tall mountains"),
    ),
    Background(
        "sunset over mountains",
        (
            "at sunset over mountains",
            "in the mountains at sunset",
            "in front of mountains at sunset",
        ),
        (
            "a sunset over mountains",
            "a sunset over the mountains",
            "a sunset in the mountains",
            "mountains at sunset",
            "a sunrise over mountains",
        ),
    ),
)

LOOKS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "pixel art": ("pixel art", "8-bit", "pixelated"),
    "sketch": ("pencil sketch", "sketch", "pencil drawing"),
    "sepia": ("sepia", "old photo", "vintage"),
    "neon": ("neon", "neon sign", "glowing neon"),
}
"""Ways to draw, each an image operation of :mod:`compose`, with the words that ask for it."""


@dataclass(frozen=True)
class Vocabulary:
    """Everything one preset knows. Indices into these tuples are the labels used elsewhere."""

    subjects: tuple[Subject, ...]
    backgrounds: tuple[Background, ...]
    looks: tuple[str, ...]

    def background(self, name: str) -> int:
        """The index of the background called ``name``."""
        return next(i for i, b in enumerate(self.backgrounds) if b.name == name)


def tiny_subjects() -> tuple[Subject, ...]:
    """The familiar subjects of the *tiny* preset."""
    entries = [e.strip() for line in _TINY_SUBJECTS.strip().splitlines() for e in line.split("|")]
    return tuple(_parse(entry) for entry in entries)


def _parse(entry: str) -> Subject:
    name, words = entry.split(":")
    return Subject(name.strip(), tuple(w.strip() for w in words.split(",")))


def backgrounds() -> tuple[Background, ...]:
    """All plain colours, then all little worlds."""
    return tuple(_colour(name) for name in _COLOURS) + _WORLDS


def full_subjects(glyph_names: Sequence[str]) -> tuple[Subject, ...]:
    """Subjects for every glyph of ``glyph_names``; those of *tiny* keep their words, others go by
    their CLDR name.
    """
    known = {s.name: s for s in tiny_subjects()}
    taken = {word for s in known.values() for word in s.words}
    rest = [
        Subject(n, (n.lower(),)) for n in glyph_names if n not in known and n.lower() not in taken
    ]
    return tuple(known.values()) + tuple(rest)


def held_out(kind: str, *labels: str) -> bool:
    """Whether a combination is kept out of all training, so that evaluation can ask for it: one in
    ten, by hash.
    """
    return zlib.crc32("|".join((kind, *labels)).encode()) % 10 == 0
