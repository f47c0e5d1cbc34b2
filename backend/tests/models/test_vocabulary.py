"""The list of what a model can draw is read as it is, and damage is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tastemaker.domain import ModelInfo, ModelState
from tastemaker.errors import ModelBroken, NotFound
from tastemaker.models.vocabulary import Term, Vocabulary, read_vocabulary, vocabulary_of


def write(folder: Path, content: Any) -> Path:
    path = folder / "vocabulary.json"
    path.write_text(json.dumps(content))
    return path


def test_kinds_and_their_words(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "subjects": [{"name": "dog", "keywords": ["puppy", "hound"]}, {"name": "fox"}],
            "worlds": [{"name": "space", "phrases": ["in space"]}],
            "templates": ["a photo of {}"],
        },
    )
    assert read_vocabulary(path) == Vocabulary(
        subjects=(Term("dog", ("puppy", "hound")), Term("fox")),
        worlds=(Term("space", ("in space",)),),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "no JSON object"),
        ({"subjects": {"dog": []}}, "'subjects' must be a list"),
        ({"looks": ["neon"]}, "every entry of 'looks' needs a 'name'"),
        ({"worlds": [{"name": "sea", "phrases": "at sea"}]}, "the words for 'sea' must be a list"),
    ],
)
def test_damage_is_named(tmp_path: Path, content: Any, said: str) -> None:
    with pytest.raises(ModelBroken, match=said):
        read_vocabulary(write(tmp_path, content))


def test_most_models_know_everything(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="try anything"):
        vocabulary_of(ModelInfo("sd", "SD", "local", ModelState.READY), tmp_path)
