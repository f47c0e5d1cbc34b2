"""Weights in prompts: A1111's own examples, and what must hold for any text at all."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.diffusion.prompts import MOST, Piece, escaped, parse, words_of

HOSTILE = st.text("()[]\\:.+-01 \n\tab", max_size=60) | st.text(max_size=60)


def pieces(prompt: str) -> list[tuple[str, float]]:
    return [(piece.text, pytest.approx(piece.weight)) for piece in parse(prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("normal text", [("normal text", 1.0)]),
        ("", [("", 1.0)]),
        ("an (important) word", [("an ", 1.0), ("important", 1.1), (" word", 1.0)]),
        ("(unbalanced", [("unbalanced", 1.1)]),
        ("[unbalanced", [("unbalanced", 1 / 1.1)]),
        (r"\(literal\]", [("(literal]", 1.0)]),
        ("(unnecessary)(parens)", [("unnecessaryparens", 1.1)]),
        ("[less]", [("less", 1 / 1.1)]),
        ("(word:1.3)", [("word", 1.3)]),
        ("(word: .5 )", [("word", 0.5)]),
        ("(word:-2)", [("word", -2.0)]),
        ("(none:0)", [("none", 0.0)]),
        ("((twice))", [("twice", 1.21)]),
        ("(out (in:2) out:3)", [("out ", 3.0), ("in", 6.0), (" out", 3.0)]),
        ("[(even)]", [("even", 1.0)]),
        ("(a [b) c]", [("a ", 1.1), ("b", 1.0), (" c", 1 / 1.1)]),
        ("time 10:30", [("time 10:30", 1.0)]),
        ("never opened:1.3) and ]", [("never opened:1.3) and ]", 1.0)]),
        ("(no number:..)", [("no number:..", 1.1)]),
        ("[a:1.3]", [("a:1.3", 1 / 1.1)]),
        ("a\\\\b \\ c", [("a\\b \\ c", 1.0)]),
        ("()[]", [("", 1.0)]),
        ("(two\nlines:2)", [("two\nlines", 2.0)]),
        ("(((((((((((((((((((((((((((((((loud:9)", [("loud", MOST)]),
        (
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            [
                ("a ", 1.0),
                ("house", 1.573),
                (" ", 1.1),
                ("on", 1.0),
                (" a ", 1.1),
                ("hill", 0.55),
                (", sun, ", 1.1),
                ("sky", 1.4641),
                (".", 1.1),
            ],
        ),
    ],
)
def test_examples(prompt: str, expected: list[tuple[str, float]]) -> None:
    assert pieces(prompt) == expected


@given(HOSTILE)
def test_any_text_is_a_prompt(prompt: str) -> None:
    found = parse(prompt)
    assert found
    assert all(math.isfinite(p.weight) and abs(p.weight) <= MOST for p in found)
    assert all(a.weight != b.weight for a, b in itertools.pairwise(found))
    # Nothing is invented or moved, and only syntax is missing.
    rest = iter(prompt)
    assert all(character in rest for character in words_of(prompt))
    syntax = re.sub(r"[\\()\[\]:+\-.\d\s]", "", prompt)
    assert re.sub(r"[\\()\[\]:+\-.\d\s]", "", words_of(prompt)) == syntax


@given(HOSTILE)
def test_escaped_text_stays_as_it_is(text: str) -> None:
    assert parse(escaped(text)) == (Piece(text),)


@given(st.text(max_size=60).filter(lambda text: not set(text) & set("()[]\\")))
def test_text_without_brackets_is_plain(text: str) -> None:
    assert parse(text) == (Piece(text),)


TREES = st.recursive(
    st.text("ab ()[]\\:", min_size=1, max_size=5),
    lambda inner: st.tuples(
        st.sampled_from(["round", "square", 0.5, 1.25, 2.0]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@given(st.lists(TREES, min_size=1, max_size=4))
def test_nested_factors_multiply(trees: list[object]) -> None:
    """A tree of brackets, written out and read again, gives each leaf its product."""
    leaves: list[tuple[str, float]] = []

    def write(tree: object, factor: float) -> str:
        if isinstance(tree, str):
            leaves.append((tree, factor))
            return escaped(tree)
        kind, inner = tree  # type: ignore[misc]
        mine = {"round": 1.1, "square": 1 / 1.1}.get(kind, kind)
        body = "".join(write(part, factor * mine) for part in inner)
        if kind == "round":
            # A weight at the very end belongs to the bracket, so something stands in between.
            leaves.append(("|", factor * mine))
            return f"({body}|)"
        if kind == "square":
            return f"[{body}]"
        return f"({body}:{kind})"

    prompt = "".join(write(tree, 1.0) for tree in trees)
    expected = [(c, max(-MOST, min(MOST, factor))) for text, factor in leaves for c in text]
    found = [(c, piece.weight) for piece in parse(prompt) for c in piece.text]
    assert [c for c, _ in found] == [c for c, _ in expected]
    assert [w for _, w in found] == pytest.approx([w for _, w in expected])
