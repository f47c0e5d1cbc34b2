"""Styles: put on prompts, kept, and exchanged as styles.csv."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.errors import Conflict, InvalidInput, NotFound
from tastemaker.prompting.styles import Style, Styles, apply, read_csv, write_csv
from tests.studio import open_studio

# As A1111 writes it: a byte order mark, a heading, quotes, a line break within a cell.
A1111 = (
    "\ufeffname,prompt,negative_prompt\r\n"
    "--- Art ---,,\r\n"
    'Ink,"ink drawing of {prompt}, ""fine"" lines",colour\r\n'
    'Night,"at night,\nunder stars",\r\n'
    "Clean,,blurry\r\n"
)


@pytest.mark.parametrize(
    ("text", "template", "expected"),
    [
        ("a cat", "ink of {prompt}, b", "ink of a cat, b"),
        ("a cat", "at night", "a cat, at night"),
        ("a cat", "", "a cat"),
        ("", "blurry", "blurry"),
        ("a {b|c}", "{prompt} and {prompt}", "a {b|c} and a {b|c}"),
    ],
)
def test_put_on_a_prompt(text: str, template: str, expected: str) -> None:
    assert apply(text, template) == expected


def test_a_styles_csv_of_a1111() -> None:
    assert read_csv(A1111) == (
        Style("Ink", 'ink drawing of {prompt}, "fine" lines', "colour"),
        Style("Night", "at night,\nunder stars", ""),
        Style("Clean", "", "blurry"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a cat\n", "no styles.csv"),
        ("", "no styles.csv"),
        ("name,prompt,negative_prompt\n,x,\n", "line 2: a style needs a name"),
        ("name,prompt\n" + "n" * 101 + ",x\n", "at most 100"),
    ],
)
def test_what_is_no_styles_csv(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_csv(text)


_text = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r"),
    max_size=30,
)
_style = st.builds(
    Style,
    _text.map(str.strip).filter(bool),
    _text.filter(lambda text: text.strip()),
    _text,
)


@given(st.lists(_style, max_size=6, unique_by=lambda style: style.name))
def test_what_is_written_is_read_back(styles: list[Style]) -> None:
    assert read_csv(write_csv(styles)) == tuple(styles)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for content in (text, "name,prompt,negative_prompt\n" + text):
        try:
            found = read_csv(content)
        except InvalidInput:
            continue
        assert all(style.name for style in found)


def test_they_are_kept(tmp_path: Path) -> None:
    studio = open_studio(tmp_path)
    book = Styles(studio.database)
    ink = book.add(Style("Ink", "ink", ""))
    with pytest.raises(Conflict, match="already"):
        book.add(Style("Ink", "x", ""))
    assert book.take(read_csv(A1111), replace=False) == (2, 0, 1)
    assert book.take(read_csv(A1111), replace=True) == (0, 3, 0)
    assert [style.name for style in Styles(studio.restart().database).list()] == [
        "Clean",
        "Ink",
        "Night",
    ]
    book.change(Style("Pen", "pen", "", ink.id))
    assert [style.prompt for style in book.named(["Pen", "Clean"])] == ["pen", ""]
    with pytest.raises(Conflict):
        book.change(Style("Clean", "", "", ink.id))
    with pytest.raises(InvalidInput, match="no style 'Ink'"):
        book.named(["Ink"])
    book.delete(ink.id)
    with pytest.raises(NotFound):
        book.delete(ink.id)
