"""Learns a byte-pair vocabulary from captions and wraps it as the CLIPTokenizer that diffusers
expects.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from tastemaker.starter.captions import caption
from tastemaker.starter.presets import Preset
from tastemaker.starter.scenes import sample_scene
from tastemaker.starter.vocabulary import Vocabulary

_SEED = 3
START, END = "<|startoftext|>", "<|endoftext|>"
_COMMON = (
    "with without from into about people person man woman child water light dark bright old new "
    "good great red blue green city street forest river lake road flower picture style portrait "
    "landscape realistic fantasy magic dream"
)


def build_tokenizer(preset: Preset, vocabulary: Vocabulary, folder: Path) -> CLIPTokenizer:
    """Learn the tokenizer, or load it from ``folder`` if it was learnt before."""
    if not (folder / "vocab.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        vocab, merges = learn(preset, vocabulary)
        (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
        (folder / "merges.txt").write_text(
            "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges)
        )
        tokenizer = CLIPTokenizer(vocab=vocab, merges=merges, model_max_length=preset.tokens)
        tokenizer.save_pretrained(folder)
    return CLIPTokenizer.from_pretrained(folder)


def learn(preset: Preset, vocabulary: Vocabulary) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges, byte-level and lower case like CLIP's; every byte is known, so no word
    is unknown.
    """
    rng = random.Random(_SEED)
    texts = [
        caption(rng, sample_scene(rng, vocabulary, preset.mix), vocabulary) for _ in range(20_000)
    ]
    texts += [
        f"{word} {word}"
        for subject in vocabulary.subjects
        for word in subject.words
        for _ in range(20)
    ]
    texts += [_COMMON] * 50
    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.normalizer = normalizers.Lowercase()
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Whitespace(),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=preset.merges,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    merges = [(pair[0], pair[1]) for pair in json.loads(learner.to_str())["model"]["merges"]]
    tokens = alphabet + [letter + "</w>" for letter in alphabet]
    tokens = list(dict.fromkeys(tokens + [a + b for a, b in merges] + [START, END]))
    return {token: index for index, token in enumerate(tokens)}, merges
