"""Wildcard files, the history, counting tokens, and prompts made from ratings."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from tastemaker.diffusion.originals import clip_tokenizer
from tastemaker.diffusion.prompts import parse
from tastemaker.errors import InvalidInput, NotFound, PayloadTooLarge
from tastemaker.models.vocabulary import read_vocabulary
from tastemaker.prompting import history
from tastemaker.prompting.history import PromptHistory
from tastemaker.prompting.surprise import RatedPrompts, Votes, surprise
from tastemaker.prompting.tokens import TokenCounter
from tastemaker.prompting.wildcards import Wildcards
from tastemaker.settings import STARTER_WEIGHTS
from tests.studio import open_studio
from tests.tiny_pipeline import make_tiny_pipeline

PROMPTS = [
    "a red apple on a blue background",
    "(a (Dog):1.3), [CAT]  it's   café 🎉 don't 12345 x_y-z!?",
    "日本語 ﬁ ½ \\(x\\) <|endoftext|>",
    "word, " * 60,
    "word " * 90,
    "",
]


def test_wildcards_are_files(tmp_path: Path) -> None:
    folder = tmp_path / "wildcards"
    wildcards = Wildcards(folder)
    assert wildcards.names() == ()
    wildcards.put("animals/birds", "# which\nowl\n\n robin \n")
    (folder / "colour.txt").write_bytes(b"\xef\xbb\xbfred\r\nblue\xff\r\n")
    (folder / "no name!.txt").write_text("x")
    assert wildcards.names() == ("animals/birds", "colour")
    assert wildcards.lines("colour") == ["red", "blue\ufffd"]
    assert wildcards.lines("animals/*") == ["owl", "robin"]
    with pytest.raises(InvalidInput, match="there are: animals/birds, colour"):
        wildcards.lines("nothing")
    wildcards.delete("animals/birds")
    assert not (folder / "animals").exists()
    with pytest.raises(NotFound):
        wildcards.get("animals/birds")


def test_wildcards_stay_in_their_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("s")
    wildcards = Wildcards(tmp_path / "wildcards")
    for name in ("../secret", "/etc/passwd", "a/../../secret", "", "a//b", ".hidden", "a" * 120):
        with pytest.raises((InvalidInput, NotFound)):
            wildcards.get(name)
        with pytest.raises(InvalidInput):
            wildcards.put(name, "x")
    wildcards.put("here", "x")
    (tmp_path / "wildcards" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(NotFound):
        wildcards.get("link")
    with pytest.raises(PayloadTooLarge):
        wildcards.put("large", "x" * (1024 * 1024 + 1))


def test_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = open_studio(tmp_path)
    known = PromptHistory(studio.database)
    for text in ("a cat", "50% a_b", "a dog", "a cat"):
        known.used([text])
    assert [(one.text, one.uses) for one in known.list()] == [
        ("a cat", 2),
        ("a dog", 1),
        ("50% a_b", 1),
    ]
    assert [one.text for one in known.list(words="% A_")] == ["50% a_b"]
    assert known.mark("never drawn", True).uses == 0
    known.mark("a dog", True)
    monkeypatch.setattr(history, "KEPT", 1)
    known.used(["new"])
    assert {one.text for one in known.list()} == {"new", "a dog", "never drawn"}
    assert {one.text for one in known.list(favourite=True)} == {"a dog", "never drawn"}
    known.forget(known.list()[0].id)
    with pytest.raises(NotFound):
        known.forget(10**6)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_tokens_are_counted_as_the_encoder_does(prompt: str, tmp_path_factory) -> None:
    tiny = tmp_path_factory.getbasetemp() / "tiny"
    if not tiny.exists():
        make_tiny_pipeline(tiny)
    file = tmp_path_factory.getbasetemp() / "one.safetensors"
    file.touch()
    for folder, tokenizer in (
        (STARTER_WEIGHTS, AutoTokenizer.from_pretrained(STARTER_WEIGHTS / "tokenizer")),
        (tiny, AutoTokenizer.from_pretrained(tiny / "tokenizer")),
        (file, clip_tokenizer()),
    ):
        expected = sum(
            len(tokenizer(piece.text, add_special_tokens=False, verbose=False).input_ids)
            for piece in parse(prompt)
        )
        assert TokenCounter().count(folder, prompt).tokens == expected


def test_windows_of_tokens(tmp_path: Path) -> None:
    file = tmp_path / "one.safetensors"
    file.touch()
    count = TokenCounter().count(file, "word " * 76)
    assert (count.tokens, count.window, count.windows, count.dropped) == (76, 75, 2, 0)
    many = TokenCounter().count(file, "word " * (32 * 75 + 9))
    assert (many.windows, many.dropped) == (32, 9)
    with pytest.raises(NotFound, match="can't be counted"):
        TokenCounter().count(tmp_path, "word")


def test_vocab_and_merges_files_count_as_the_same_tokenizer(tmp_path: Path) -> None:
    tokenizer = clip_tokenizer()
    vocabulary = tokenizer.backend_tokenizer.model
    (tmp_path / "tokenizer").mkdir()
    vocabulary.save(str(tmp_path / "tokenizer"))
    (tmp_path / "tokenizer" / "tokenizer_config.json").write_text('{"model_max_length": 77}')
    (tmp_path / "text_encoder").mkdir()
    (tmp_path / "text_encoder" / "config.json").write_text('{"max_position_embeddings": 77}')
    for prompt in PROMPTS:
        file = tmp_path / "one.safetensors"
        file.touch()
        assert TokenCounter().count(tmp_path, prompt) == TokenCounter().count(file, prompt)


def test_surprises_follow_the_ratings(tmp_path: Path) -> None:
    studio = open_studio(tmp_path)
    for number in range(12):
        studio.feedback.rate(studio.add("a (cat:1.2) in the sky", seed=number), 1)
        studio.feedback.rate(studio.add("a dog at night", seed=100 + number), -1)
    votes = RatedPrompts(studio.database).votes()
    assert votes == {"a cat in the sky": Votes(12, 0), "a dog at night": Votes(0, 12)}
    vocabulary = read_vocabulary(STARTER_WEIGHTS / "vocabulary.json")
    made = [surprise(votes, vocabulary, (), random.Random(seed)) for seed in range(100)]
    subjects = [one.parts[0].text for one in made]
    assert subjects.count("cat") > 60
    assert subjects.count("dog") < 5
    assert len(set(subjects)) > 5, "something new now and then"
    assert all(one.prompt.startswith(("a ", "an ")) for one in made)


def test_surprises_without_a_vocabulary_recombine_phrases() -> None:
    votes = {
        "a castle, oil painting, golden hour": Votes(5, 0),
        "a knight, watercolor": Votes(3, 0),
        "a car, blurry": Votes(0, 4),
    }
    made = [surprise(votes, None, (), random.Random(seed)).prompt for seed in range(40)]
    assert all(one.split(", ")[0] in ("a castle", "a knight") for one in made)
    assert any("a knight" in one and "golden hour" in one for one in made)
    assert not any("blurry" in one for one in made)
    assert surprise({}, None, ("an example",), random.Random(1)).prompt == "an example"
    assert surprise({}, None, (), random.Random(1)).prompt == ""
