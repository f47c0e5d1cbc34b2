"""Whatever people type finds pictures by its words and never breaks the search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tastemaker.gallery import ImageFilter
from tests.studio import Studio, open_studio

PROMPTS = (
    "A red apple on a wooden table",
    "ein grüner Apfel, naïve art",
    "黒い猫が眠る",
    "a cat 🐱 with a hat",
    'the "quoted" AND NOT near(word) col:on star* caret^ c++',
    "pineapple-apple pie",
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = open_studio(tmp_path_factory.mktemp("search"))
    for prompt in PROMPTS:
        studio.add(prompt)
    studio.gallery.update(1, title="Still life", tags=["fruit", "kitchen table"])
    yield studio
    studio.database.close()


def found(studio: Studio, query: str) -> list[int]:
    page = studio.gallery.search(ImageFilter(q=query, sort="oldest"))
    assert studio.gallery.count(ImageFilter(q=query)) == len(page.items)
    return [image.id for image in page.items]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("apple", [1, 6]),
        ("APPLE red", [1]),
        ("app", [1, 6]),
        ("app red", []),
        ("gruner naive", [2]),
        ("GRÜN", [2]),
        ("猫", [3]),
        ("黒い", [3]),
        ("🐱", [4]),
        ("cat 🐱", [4]),
        ("🐱 cat", [4]),
        ('"quoted"', [5]),
        ("AND", [5]),
        ("NOT", [5]),
        ("near(word)", [5]),
        ("col:on", [5]),
        ("star*", [5]),
        ("c++", [4, 5]),
        ("pineapple-app", [6]),
        ("still life", [1]),
        ("kitchen", [1]),
        ("fruit apple", [1]),
        ("zebra", []),
        ("***", []),
        ("   ", [1, 2, 3, 4, 5, 6]),
        ("", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_words_are_found(studio: Studio, query: str, expected: list[int]) -> None:
    assert found(studio, query) == expected


SYNTAX = st.sampled_from(
    [
        "AND",
        "OR",
        "NOT",
        "NEAR(a b, 2)",
        "prompt:",
        "image_search",
        *"\"'*^:(){}-+,;\\%_\0猫🐱 a\u0301",
    ]
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.text(max_size=60), st.lists(SYNTAX, max_size=12).map("".join)))
@example('"')
@example("\ud800")
@example("a " * 5000)
@example("a" * 100_000)
@example("(" * 1000)
def test_no_text_breaks_the_search(studio: Studio, query: str) -> None:
    assert set(found(studio, query)) <= set(range(1, len(PROMPTS) + 1))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30))
def test_a_prompt_is_found_by_its_own_text(studio: Studio, prompt: str) -> None:
    if not prompt.strip():
        return
    image_id = studio.add(prompt)
    try:
        assert image_id in found(studio, prompt)
    finally:
        studio.gallery.trash([image_id])
        studio.gallery.purge([image_id])


def test_the_index_follows_changes(tmp_path: Path) -> None:
    studio = open_studio(tmp_path)
    image_id = studio.add("a lighthouse")
    studio.gallery.update(image_id, title="storm")
    assert found(studio, "storm") == [image_id]
    studio.gallery.update(image_id, title="calm")
    assert found(studio, "storm") == []
    studio.gallery.trash([image_id])
    assert found(studio, "lighthouse") == []
    studio.gallery.purge([image_id])
    with studio.database.write() as connection:
        check = "INSERT INTO image_search (image_search, rank) VALUES ('integrity-check', 1)"
        connection.exec_driver_sql(check)
