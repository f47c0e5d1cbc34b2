"""How many of the text encoder's tokens a prompt takes, by the model's own tokenizer files.

Counts as `tastemaker.diffusion.windows` reads: without weights, cut into windows at commas. Needs
the ``tokenizers`` library only, so that the web process needn't load a model library for it.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from tastemaker.diffusion.cuts import MOST_WINDOWS, windows
from tastemaker.diffusion.originals import FOLDER
from tastemaker.diffusion.prompts import parse
from tastemaker.errors import NotFound

_CLIP_LENGTH = 77
_KEPT = 4
_START, _END = "<|startoftext|>", "<|endoftext|>"
# The pattern by which CLIP splits text into words (https://github.com/openai/CLIP).
_CLIP_WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)


@dataclass(frozen=True, slots=True)
class TokenCount:
    """``tokens`` of a prompt, start and end not counted, in ``windows`` of ``window`` each.

    ``dropped`` of them find no place in the most windows that are read.
    """

    tokens: int
    window: int
    windows: int
    dropped: int


class TokenCounter:
    """Counts for the models it is asked about; keeps the latest few tokenizers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: OrderedDict[Path, tuple[Tokenizer, int]] = OrderedDict()

    def count(self, model: Path, prompt: str) -> TokenCount:
        """``model`` is a pipeline's folder, or a checkpoint in one file.

        Raises:
            NotFound: it has no tokenizer that can be read without its model library.
        """
        tokenizer, length = self._tokenizer(model)
        size = length - 2
        pieces = parse(prompt)
        ids = [
            (token, None)
            for piece in pieces
            for token in tokenizer.encode(piece.text, add_special_tokens=False).ids
        ]
        comma = tokenizer.encode(",", add_special_tokens=False).ids
        cuts = windows(ids, size, comma[0] if len(comma) == 1 else None)
        dropped = sum(map(len, cuts[MOST_WINDOWS:]))
        return TokenCount(len(ids), size, min(len(cuts), MOST_WINDOWS), dropped)

    def _tokenizer(self, model: Path) -> tuple[Tokenizer, int]:
        with self._lock:
            found = self._loaded.get(model)
            if found is None:
                found = _load(model)
                self._loaded[model] = found
            self._loaded.move_to_end(model)
            while len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
            return found


def _load(model: Path) -> tuple[Tokenizer, int]:
    if model.is_file():
        return _original(), _CLIP_LENGTH
    folder = model / "tokenizer"
    try:
        length = _length(model)
        if (folder / "tokenizer.json").is_file():
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            tokenizer.no_truncation()
            tokenizer.no_padding()
            return tokenizer, length
        vocabulary = json.loads((folder / "vocab.json").read_bytes())
        lines = (folder / "merges.txt").read_text("utf-8").splitlines()
        pairs = [tuple(line.split()) for line in lines if not line.startswith("#version")]
        return _clip(vocabulary, [pair for pair in pairs if len(pair) == 2]), length
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _uncountable() from error
    except Exception as error:
        # The library raises plain exceptions for files that it doesn't understand.
        if type(error) is not Exception:
            raise
        raise _uncountable() from error


def _uncountable() -> NotFound:
    return NotFound("This model's tokens can't be counted without loading it.")


def _length(model: Path) -> int:
    config = json.loads((model / "tokenizer" / "tokenizer_config.json").read_bytes())
    encoder = json.loads((model / "text_encoder" / "config.json").read_bytes())
    most = int(config.get("model_max_length") or _CLIP_LENGTH)
    return max(3, min(most, int(encoder["max_position_embeddings"])))


@lru_cache(1)
def _original() -> Tokenizer:
    """CLIP's own, which checkpoints in one file leave out."""
    text = gzip.decompress((FOLDER / "clip_merges.txt.gz").read_bytes()).decode("utf-8")
    pairs = [tuple(line.split()) for line in text.splitlines()]
    letters = _letters()
    tokens = [*letters, *(letter + "</w>" for letter in letters), *("".join(p) for p in pairs)]
    tokens += [_START, _END]
    return _clip({token: number for number, token in enumerate(tokens)}, pairs)


def _letters() -> list[str]:
    """What stands for each byte, in the order of CLIP's vocabulary."""
    return sorted(
        pre_tokenizers.ByteLevel.alphabet(), key=lambda letter: (ord(letter) > 255, ord(letter))
    )


def _clip(vocabulary: dict[str, int], merges: list[Any]) -> Tokenizer:
    tokenizer = Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=merges,
            unk_token=_END,
            continuing_subword_prefix="",
            end_of_word_suffix="</w>",
            fuse_unk=False,
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_CLIP_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.add_special_tokens([_START, _END])
    return tokenizer
