"""A prompt that the owner may like: composed anew from what was rated highly.

Each part is chosen by Thompson sampling: of every candidate a liking is drawn from the Beta
distribution that its ratings leave, and the largest wins. What was often liked comes often, what
was never tried now and then, what was disliked rarely (Chapelle & Li, "An Empirical Evaluation of
Thompson Sampling", 2011).
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from tastemaker.diffusion.prompts import words_of
from tastemaker.domain import LOCAL_OWNER_ID
from tastemaker.models.vocabulary import Term, Vocabulary
from tastemaker.storage.database import Database
from tastemaker.storage.tables import images

_MOST_PROMPTS = 3000
_MOST_MODIFIERS = 5
_UNTRIED = 24
"""Of what was never rated, so many take part; else their number alone would make them win."""


@dataclass(frozen=True, slots=True)
class Votes:
    """How often something was liked and disliked."""

    likes: int = 0
    dislikes: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a surprise and the votes on pictures with it."""

    text: str
    votes: Votes


@dataclass(frozen=True, slots=True)
class Surprise:
    """A prompt and the parts of it that were chosen."""

    prompt: str
    parts: tuple[Part, ...]


class RatedPrompts:
    """What the ratings of one owner say about prompts."""

    def __init__(self, database: Database, owner_id: int = LOCAL_OWNER_ID) -> None:
        self._database = database
        self._owner_id = owner_id

    def votes(self) -> Mapping[str, Votes]:
        """By prompt, without its weights: of the prompts rated last, how often each way."""
        likes = func.sum(case((images.c.feedback > 0, 1), else_=0))
        query = (
            select(images.c.prompt, likes.label("likes"), func.count().label("all"))
            .where(
                images.c.owner_id == self._owner_id,
                images.c.deleted_at.is_(None),
                images.c.feedback != 0,
            )
            .group_by(images.c.prompt)
            .order_by(func.max(images.c.id).desc())
            .limit(_MOST_PROMPTS)
        )
        found: dict[str, Votes] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                words = words_of(row.prompt).strip()
                before = found.get(words, Votes())
                found[words] = Votes(
                    before.likes + row.likes, before.dislikes + row.all - row.likes
                )
        return found


def surprise(
    votes: Mapping[str, Votes],
    vocabulary: Vocabulary | None,
    examples: Sequence[str],
    chance: random.Random,
) -> Surprise:
    """A new prompt. ``examples`` are what the model suggests, for when nothing was rated yet."""
    if vocabulary is not None and vocabulary.subjects:
        return _of_vocabulary(votes, vocabulary, chance)
    return _of_phrases(votes, examples, chance)


def _of_vocabulary(
    votes: Mapping[str, Votes], vocabulary: Vocabulary, chance: random.Random
) -> Surprise:
    texts = {text.lower(): one for text, one in votes.items()}
    subject = _pick(_terms(texts, vocabulary.subjects), chance)
    parts = [subject]
    noun = _spoken(subject.text, vocabulary.subjects, chance, itself=True)
    words = f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
    places = (*vocabulary.worlds, *vocabulary.backgrounds)
    for terms in (places, vocabulary.looks):
        if terms:
            part = _pick(_terms(texts, terms), chance)
            parts.append(part)
            words += f" {_spoken(part.text, terms, chance)}"
    return Surprise(words, tuple(parts))


def _terms(texts: Mapping[str, Votes], terms: Sequence[Term]) -> dict[str, Votes]:
    """By the name of a term, the votes on prompts that ask for it in any of its words."""
    found = {}
    for term in terms:
        either = "|".join(re.escape(word.lower()) for word in (*term.words, term.name))
        pattern = re.compile(rf"(?<!\w)(?:{either})s?(?!\w)")
        fitting = [one for text, one in texts.items() if pattern.search(text)]
        found[term.name] = Votes(
            sum(one.likes for one in fitting), sum(one.dislikes for one in fitting)
        )
    return found


def _spoken(
    name: str, terms: Sequence[Term], chance: random.Random, *, itself: bool = False
) -> str:
    """One way to ask for a term; a noun by its own name, a place by the first of its phrases."""
    term = next(term for term in terms if term.name == name)
    if itself or not term.words:
        return term.name
    return chance.choice(term.words[:2])


def _of_phrases(
    votes: Mapping[str, Votes], examples: Sequence[str], chance: random.Random
) -> Surprise:
    subjects: dict[str, Votes] = {}
    modifiers: dict[str, Votes] = {}
    for text, one in votes.items():
        first, *rest = [part.strip() for part in text.split(",") if part.strip()] or [""]
        if first:
            subjects[first] = _sum(subjects.get(first), one)
        for phrase in dict.fromkeys(rest):
            modifiers[phrase] = _sum(modifiers.get(phrase), one)
    liked = {text: one for text, one in subjects.items() if one.likes}
    candidates = liked or dict.fromkeys(examples, Votes()) or subjects
    if not candidates:
        return Surprise("", ())
    subject = _pick(candidates, chance)
    left = {phrase: one for phrase, one in modifiers.items() if one.likes}
    wanted = min(len(left), chance.randint(2, _MOST_MODIFIERS))
    parts = [subject]
    for _ in range(wanted):
        part = _pick(left, chance)
        del left[part.text]
        parts.append(part)
    return Surprise(", ".join(part.text for part in parts), tuple(parts))


def _sum(before: Votes | None, more: Votes) -> Votes:
    if before is None:
        return more
    return Votes(before.likes + more.likes, before.dislikes + more.dislikes)


def _pick(candidates: Mapping[str, Votes], chance: random.Random) -> Part:
    rated = [text for text, one in candidates.items() if one.likes or one.dislikes]
    untried = [text for text, one in candidates.items() if not (one.likes or one.dislikes)]
    some = rated + chance.sample(untried, min(len(untried), _UNTRIED if not rated else 2))

    def liking(text: str) -> float:
        one = candidates[text]
        return chance.betavariate(one.likes + 1, one.dislikes + 1)

    best = max(some, key=liking)
    return Part(best, candidates[best])
