"""Many prompts in one text: every row is found, every wrong line is named."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.prompting.tables import MAX_ROWS, TableFormat, read_rows

KNOWN = frozenset({"prompt", "width", "num_inference_steps", "guidance_scale", "negative_prompt"})


def read(text: str, form: TableFormat = TableFormat.AUTO):
    return read_rows(text, form, KNOWN)


def test_lines() -> None:
    found = read("\ufeffa cat\r\n\r\n  a dog, 50%  \n")
    assert [(row.line, row.values["prompt"]) for row in found.rows] == [
        (1, "a cat"),
        (3, "a dog, 50%"),
    ]
    assert not found.is_csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_names_of_other_programs(delimiter: str) -> None:
    text = 'Prompt,Steps,CFG Scale\n"a cat",20,\na dog,,7.5\n'.replace(",", delimiter)
    found = read(text)
    assert found.is_csv
    assert found.columns == ("prompt", "num_inference_steps", "guidance_scale")
    assert [dict(row.values) for row in found.rows] == [
        {"prompt": "a cat", "num_inference_steps": "20"},
        {"prompt": "a dog", "guidance_scale": "7.5"},
    ]


def test_lines_are_counted_through_quoted_line_breaks() -> None:
    found = read('prompt,width\n"a\nb\nc",64\n\n"d",64\n')
    assert [row.line for row in found.rows] == [2, 6]
    assert found.rows[0].values["prompt"] == "a\nb\nc"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("prompt,height_px\na,1\n", "line 1, height_px", "is no parameter"),
        ("prompt,prompt\na,b\n", "line 1, prompt", "twice"),
        ("prompt,width\na,64,b\n", "line 2", "3 cells"),
        ('prompt,width\nok,1\n"a"b,1\n', "line 3", "quotes"),
        ('prompt,width\n"never closed,1\n', "line 2", "quotes"),
    ],
)
def test_wrong_lines(text: str, place: str, message: str) -> None:
    (wrong,) = read(text).wrong
    assert wrong.place == place
    assert message in wrong.message


def test_a_missing_column() -> None:
    (wrong,) = read("a,width\nb,64\n", TableFormat.CSV).wrong
    assert "no column 'prompt'" in wrong.message


def test_too_many_rows_are_named_once() -> None:
    found = read("prompt\n" + "a\n" * (MAX_ROWS + 9))
    assert len(found.rows) == MAX_ROWS
    assert [one.line for one in found.wrong] == [MAX_ROWS + 2]
    assert len(read("a\n" * (MAX_ROWS + 9)).wrong) == 1


@given(st.text(max_size=300), st.sampled_from(TableFormat))
def test_any_text_is_read(text: str, form: TableFormat) -> None:
    found = read(text, form)
    assert all(row.line >= 1 for row in (*found.rows, *found.wrong))


_cells = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00"), max_size=20
)


@given(st.lists(st.tuples(_cells, _cells), max_size=8))
def test_what_a_program_wrote_is_read_back(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("prompt", "negative_prompt"), *rows])
    found = read(out.getvalue())
    expected = [(one.strip(), two.strip()) for one, two in rows if one.strip() or two.strip()]
    assert not found.wrong
    assert [
        (row.values.get("prompt", ""), row.values.get("negative_prompt", "")) for row in found.rows
    ] == expected
