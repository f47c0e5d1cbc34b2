"""Prompts with choices in them, as the dynamic prompts of A1111's web UI are written.

``{red|green}`` is one of the options, ``{3::red|green}`` red three times as often; ``{2$$a|b|c}``
are two different ones joined by ", ", ``{1-3$$ and $$a|b|c}`` one to three joined by " and ".
``__colour__`` is one of the lines of the wildcard of that name, ``__animal/*__`` of all whose name
fits. Everything nests. A backslash makes a brace, a bar or an underscore an ordinary character;
braces without a bar in them are ordinary, too.

The choice follows from a seed alone: the same template, seed and wildcards give the same prompt on
every machine. Knows no files and no database; accepts any text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tastemaker.errors import FieldError, InvalidInput

MAX_LENGTH = 4000
MAX_DEPTH = 20
MAX_CHOICES = 2000
"""Choices in one prompt, those within wildcards included: what refers to itself comes to an end."""

Lines: TypeAlias = Callable[[str], Sequence[str]]
"""Gives the options of a wildcard by its name; raises `InvalidInput` for one that there isn't."""

_WILDCARD = re.compile(r"__((?:(?!__)[\w*./ -]){1,100})__")
_WEIGHT = re.compile(r"\s*(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})::")
_COUNT = re.compile(r"\s*(?:(\d{1,4})?(-)(\d{1,4})?|(\d{1,4}))\s*\$\$(?:([^|{}$]{0,100})\$\$)?")
_ESCAPED = "{}|_"


@dataclass(frozen=True, slots=True)
class _Wildcard:
    name: str


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[tuple[float, _Nodes], ...]
    least: int = 1
    most: int | None = 1
    separator: str = ", "


_Nodes: TypeAlias = "tuple[str | _Wildcard | _Choice, ...]"


def is_template(text: str) -> bool:
    """Whether `resolve` may make something else of ``text``."""
    return _parse(text) != ((text,) if text else ())


def resolve(template: str, seed: int, lines: Lines) -> str:
    """The prompt that ``template`` is with this ``seed``.

    Raises:
        InvalidInput: an alternative that is never closed, a wildcard that there isn't, more than
            `MAX_LENGTH` characters or `MAX_CHOICES` choices.
    """
    return _Resolver(random.Random(seed), lines).text(_parse(template), 0)


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(f"prompt: {message}", (FieldError("prompt", message),))


class _Resolver:
    def __init__(self, chance: random.Random, lines: Lines) -> None:
        self._chance = chance
        self._lines = lines
        self._choices = 0
        self._length = 0

    def text(self, nodes: _Nodes, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise _wrong(
                f"alternatives and wildcards lie more than {MAX_DEPTH} deep in each other; a "
                "wildcard may refer to itself"
            )
        parts = []
        for node in nodes:
            if isinstance(node, str):
                self._length += len(node)
                if self._length > 2 * MAX_LENGTH:
                    raise _too_long()
                parts.append(node)
            else:
                parts.append(self._chosen(node, depth))
        found = "".join(parts)
        if len(found) > MAX_LENGTH:
            raise _too_long()
        return found

    def _chosen(self, node: _Wildcard | _Choice, depth: int) -> str:
        self._choices += 1
        if self._choices > MAX_CHOICES:
            raise _wrong(f"it has more than {MAX_CHOICES} choices, those in wildcards included")
        if isinstance(node, _Wildcard):
            options = self._lines(node.name)
            if not options:
                raise _wrong(f"the wildcard __{node.name}__ has no lines to choose from")
            weighted = tuple(_option(line) for line in options)
            picked = weighted[self._pick([weight for weight, _ in weighted])][1]
            return self.text(_parse(picked.strip()), depth + 1)
        left = list(node.options)
        least = min(node.least, len(left))
        most = len(left) if node.most is None else min(node.most, len(left))
        count = least + int(self._chance.random() * (max(most, least) - least + 1))
        texts = []
        for _ in range(count):
            place = self._pick([weight for weight, _ in left])
            texts.append(self.text(left.pop(place)[1], depth + 1))
        return node.separator.join(texts)

    def _pick(self, weights: Sequence[float]) -> int:
        """One place by weight; only `random.random` is promised to be the same everywhere."""
        total = sum(weights)
        if total <= 0:
            return int(self._chance.random() * len(weights))
        point = self._chance.random() * total
        for place, weight in enumerate(weights):
            point -= weight
            if point < 0:
                return place
        return max(place for place, weight in enumerate(weights) if weight > 0)


def _too_long() -> InvalidInput:
    return _wrong(f"with its alternatives chosen it has more than {MAX_LENGTH} characters")


def _option(text: str) -> tuple[float, str]:
    found = _WEIGHT.match(text)
    return (float(found[1]), text[found.end() :]) if found else (1.0, text)


@dataclass(slots=True)
class _Open:
    """A brace that was opened at ``start``; its finished options, and the nodes of the current."""

    start: int
    options: list[tuple[float, list[str | _Wildcard | _Choice]]]
    head: re.Match[str] | None
    weight: float


def _parse(text: str) -> _Nodes:
    """What ``text`` consists of; without a recursion that deep nesting could exhaust."""
    stack: list[_Open] = [_Open(-1, [], None, 1.0)]
    nodes: list[list[str | _Wildcard | _Choice]] = [[]]
    at = 0

    def literal(part: str) -> None:
        here = nodes[-1]
        if here and isinstance(here[-1], str):
            here[-1] += part
        else:
            here.append(part)

    while at < len(text):
        letter = text[at]
        if letter == "\\" and text[at + 1 : at + 2] and text[at + 1] in _ESCAPED:
            literal(text[at + 1])
            at += 2
        elif letter == "{":
            head = _COUNT.match(text, at + 1)
            start = at
            at = head.end() if head else at + 1
            weight = _WEIGHT.match(text, at)
            stack.append(_Open(start, [], head, float(weight[1]) if weight else 1.0))
            nodes.append([])
            at = weight.end() if weight else at
        elif letter == "|" and len(stack) > 1:
            opened = stack[-1]
            opened.options.append((opened.weight, nodes[-1]))
            weight = _WEIGHT.match(text, at + 1)
            opened.weight = float(weight[1]) if weight else 1.0
            nodes[-1] = []
            at = weight.end() if weight else at + 1
        elif letter == "}" and len(stack) > 1:
            _close(stack, nodes, text, at, literal)
            at += 1
        elif letter == "_" and (found := _WILDCARD.match(text, at)):
            nodes[-1].append(_Wildcard(found[1]))
            at = found.end()
        else:
            literal(letter)
            at += 1
    while len(stack) > 1:
        opened = stack[-1]
        if opened.options or opened.head:
            raise _wrong(
                f"the brace at character {opened.start + 1} is never closed; write \\{{ for a brace"
                " itself"
            )
        inner = nodes.pop()
        stack.pop()
        literal(_opening(opened, text))
        _extend(nodes[-1], inner)
    return tuple(nodes[0])


def _close(
    stack: list[_Open],
    nodes: list[list[str | _Wildcard | _Choice]],
    text: str,
    at: int,
    literal: Callable[[str], None],
) -> None:
    opened, inner = stack.pop(), nodes.pop()
    if not opened.options and opened.head is None:
        literal(_opening(opened, text))
        _extend(nodes[-1], [*inner, "}"])
        return
    options = [*opened.options, (opened.weight, inner)]
    choice = _Choice(tuple((weight, tuple(option)) for weight, option in options))
    head = opened.head
    if head is not None:
        low, dash, high, exact, separator = head.groups()
        choice = _Choice(
            choice.options,
            int(exact or low or 0),
            int(exact or high) if exact or high else None,
            ", " if separator is None else separator,
        )
        assert dash or exact
    nodes[-1].append(choice)


def _opening(opened: _Open, text: str) -> str:
    """A brace that turned out to be an ordinary one, with a weight that was none."""
    weight = _WEIGHT.match(text, opened.start + 1)
    return text[opened.start : weight.end() if weight else opened.start + 1]


def _extend(
    here: list[str | _Wildcard | _Choice], more: Sequence[str | _Wildcard | _Choice]
) -> None:
    for node in more:
        if isinstance(node, str) and here and isinstance(here[-1], str):
            here[-1] += node
        else:
            here.append(node)
