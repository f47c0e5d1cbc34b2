"""What a checkpoint in a single file leaves out: the configs of its architecture and its tokenizer.

One folder per architecture in diffusers layout without weights, and CLIP's vocabulary (MIT, see
LICENSE-CLIP), whose tokenizer all of them share.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_START, _END = "<|startoftext|>", "<|endoftext|>"


def clip_tokenizer(pad: str = _END) -> Any:
    """CLIP's tokenizer of 49,408 tokens; ``pad`` fills up: its end, or ``!`` in later models."""
    from transformers import CLIPTokenizer

    merges = gzip.decompress((FOLDER / "clip_merges.txt.gz").read_bytes()).decode("utf-8")
    pairs = [tuple(line.split()) for line in merges.splitlines()]
    letters = _byte_letters()
    tokens = [*letters, *(letter + "</w>" for letter in letters)]
    tokens += ["".join(pair) for pair in pairs]
    tokens += [_START, _END]
    return CLIPTokenizer(
        vocab={token: number for number, token in enumerate(tokens)},
        merges=pairs,
        bos_token=_START,
        eos_token=_END,
        unk_token=_END,
        pad_token=pad,
        model_max_length=77,
    )


def _byte_letters() -> list[str]:
    """A visible character for every byte, in the vocabulary's order: printable ones first."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return [*map(chr, printable), *(chr(256 + place) for place in range(len(others)))]
