"""Values of an axis: single ones, ranges, and what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.errors import InvalidInput
from tastemaker.prompting.axes import MAX_VALUES, expand, replaced


@pytest.mark.parametrize(
    ("parameter", "values", "expected"),
    [
        ("num_inference_steps", ["1-5"], "1 2 3 4 5"),
        ("num_inference_steps", ["10-30 (+5)"], "10 15 20 25 30"),
        ("num_inference_steps", ["10-30:10", "50"], "10 20 30 50"),
        ("num_inference_steps", ["1-10 [4]"], "1 4 7 10"),
        ("guidance_scale", ["1-2:0.5", "7"], "1 1.5 2 7"),
        ("guidance_scale", ["0-1 [3]"], "0 0.5 1"),
        ("seed", ["5-3"], "5 4 3"),
        ("sampler", ["euler", " heun "], "euler heun"),
        # Of words a hyphen makes no range.
        ("prompt", ["1-5", "cat"], "1-5 cat"),
    ],
)
def test_values(parameter: str, values: list[str], expected: str) -> None:
    assert " ".join(expand("x", parameter, values)) == expected


@pytest.mark.parametrize(
    ("parameter", "values", "message"),
    [
        ("seed", [], "at least one"),
        ("seed", [""], "none that is empty"),
        ("seed", ["1-1000"], "more than"),
        ("seed", ["1-5:0"], "more than"),
        ("seed", ["1-5 [900]"], "2 to"),
        ("seed", ["1-3", "2"], "'2' twice"),
        ("sampler", [str(n) for n in range(60)], "more than"),
        ("seed", ["9223372036854775806-9223372036854775807"], "15 digits"),
    ],
)
def test_wrong_values(parameter: str, values: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        expand("x", parameter, values)


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 100))
def test_ranges_stay_between_their_ends(first: int, last: int, step: int) -> None:
    try:
        found = [int(value) for value in expand("x", "seed", [f"{first}-{last}:{step}"])]
    except InvalidInput:
        assert abs(last - first) / step >= MAX_VALUES
        return
    assert found[0] == first
    assert min(first, last) <= min(found) <= max(found) <= max(first, last)
    assert abs(last - found[-1]) < step


@given(st.text(max_size=60))
def test_any_text_is_a_value_or_an_error(text: str) -> None:
    for parameter in ("seed", "guidance_scale", "sampler"):
        try:
            found = expand("x", parameter, [text])
        except InvalidInput as error:
            found = tuple(one.message for one in error.errors)
        assert found


def test_words_are_replaced() -> None:
    assert replaced("x", "a cat on a mat", "cat", "dog") == "a dog on a mat"
    with pytest.raises(InvalidInput, match="words of the prompt"):
        replaced("x", "a cat", "dog", "cow")
