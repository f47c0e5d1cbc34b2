"""English of our nouns: their plurals, and whether they take an article."""

from __future__ import annotations

_IRREGULAR_PLURALS = {
    "mouse": "mice",
    "computer mouse": "computer mice",
    "fish": "fish",
    "tropical fish": "tropical fish",
    "blue fish": "blue fish",
    "goldfish": "goldfish",
    "pufferfish": "pufferfish",
    "blowfish": "blowfish",
    "jellyfish": "jellyfish",
    "deer": "deer",
    "reindeer": "reindeer",
    "moose": "moose",
    "elk": "elk",
    "bison": "bison",
    "sheep": "sheep",
    "shrimp": "shrimp",
    "squid": "squid",
    "goose": "geese",
    "ox": "oxen",
    "tooth": "teeth",
    "calf": "calves",
    "wolf": "wolves",
    "leaf": "leaves",
    "loaf": "loaves",
    "scarf": "scarves",
    "knife": "knives",
    "kitchen knife": "kitchen knives",
    "green leaf": "green leaves",
    "leafy herb": "leafy herbs",
    "maple leaf": "maple leaves",
    "autumn leaf": "autumn leaves",
    "fallen leaf": "fallen leaves",
    "spaceman": "spacemen",
    "snowman": "snowmen",
    "cactus": "cacti",
    "octopus": "octopuses",
    "face with sunglasses": "faces with sunglasses",
    "sun with a face": "suns with a face",
    "cup with a straw": "cups with a straw",
    "face in love": "faces in love",
    "meat on a bone": "pieces of meat on a bone",
}
_PLURAL_ONLY = frozenset(
    {
        "grapes", "french fries", "fries", "peas", "noodles", "glasses", "spectacles",
        "sunglasses", "jeans", "trousers", "shorts", "socks", "gloves", "mittens", "headphones",
        "scissors", "maracas", "books", "fireworks", "footprints", "eyes", "lips", "swords",
        "crossed swords", "heart eyes", "blueberries", "peanuts", "high heels", "sparkles",
        "brown leaves", "cutlery", "biceps",
    }
)  # fmt: skip
_MASS = frozenset(
    {
        "bread", "corn", "maize", "cheese", "fire", "lightning", "coffee", "beer", "pizza",
        "rice", "sushi", "ramen", "spaghetti", "pasta", "salad", "milk", "wine", "honey", "salt",
        "butter", "popcorn", "bacon", "garlic", "broccoli", "meat", "beef", "chocolate", "rain",
        "coral", "glitter", "confetti", "soap", "yarn", "lettuce", "lavender", "tennis",
        "table tennis", "ping pong", "juice", "lemonade", "mail", "skull and crossbones", "poo",
        "sakura",
    }
)  # fmt: skip


def plural(noun: str) -> str:
    """The English plural of one of our nouns: ``dog`` → ``dogs``, ``cherry`` → ``cherries``,
    ``piece of cheese`` → ``pieces of cheese``.
    """
    if noun in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[noun]
    if noun in _PLURAL_ONLY:
        return noun
    head, of, rest = noun.partition(" of ")
    if of:
        return plural(head) + of + rest
    if noun.endswith(("s", "x", "ch", "sh")) or noun in {"potato", "tomato"}:
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def takes_article(noun: str) -> bool:
    """Whether "a" or "an" may stand before this noun."""
    return noun not in _PLURAL_ONLY and noun not in _MASS
