"""Weights written into a prompt, as AUTOMATIC1111's web UI reads them.

``(words)`` count 1.1 times, ``[words]`` 1/1.1 times, ``(words:1.3)`` 1.3 times; brackets nest and
their factors multiply. A backslash makes a bracket, or itself, an ordinary character. A bracket
that is never closed holds to the end, one that was never opened is text. The syntax:
https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features#attentionemphasis

Knows words only, neither tokens nor models; accepts any text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ROUND = 1.1
SQUARE = 1 / ROUND
MOST = 10.0
"""No factor, nested or written, counts for more than this, or less than its negative."""

_LEXEME = re.compile(
    r"\\(?P<escaped>[\\()\[\]])"
    r"|(?P<opened>[(\[])"
    r"|:\s*(?P<weight>[+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s*\)"
    r"|(?P<closed>[)\]])"
    r"|(?P<words>[^\\()\[\]:]+|[\\:])"
)
_SPECIAL = re.compile(r"[\\()\[\]]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a prompt and how much they count; 1 is as written."""

    text: str
    weight: float = 1.0


def parse(prompt: str) -> tuple[Piece, ...]:
    """The pieces of a prompt in order, neighbours of equal weight joined; at least one."""
    texts: list[str] = []
    weights: list[float] = []
    opened: dict[str, list[int]] = {")": [], "]": []}

    def multiply(start: int, factor: float) -> None:
        for position in range(start, len(weights)):
            weights[position] = max(-MOST, min(MOST, weights[position] * factor))

    for match in _LEXEME.finditer(prompt):
        closing = ")" if match["weight"] else match["closed"]
        if match["opened"]:
            opened[")" if match["opened"] == "(" else "]"].append(len(texts))
        elif closing and opened[closing]:
            factor = float(match["weight"] or (ROUND if closing == ")" else SQUARE))
            multiply(opened[closing].pop(), factor)
        else:
            texts.append(match["escaped"] or match[0])
            weights.append(1.0)
    for closing, factor in ((")", ROUND), ("]", SQUARE)):
        for start in opened[closing]:
            multiply(start, factor)
    return _joined(texts, weights)


def _joined(texts: list[str], weights: list[float]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for text, weight in zip(texts, weights, strict=True):
        if pieces and pieces[-1].weight == weight:
            pieces[-1] = Piece(pieces[-1].text + text, weight)
        else:
            pieces.append(Piece(text, weight))
    return tuple(pieces) or (Piece(""),)


def words_of(prompt: str) -> str:
    """A prompt without its weights: what it says, whatever the emphasis."""
    return "".join(piece.text for piece in parse(prompt))


def escaped(text: str) -> str:
    """``text`` written so that `parse` takes every character of it literally."""
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)
