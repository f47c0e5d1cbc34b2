"""Finding the model that another program means: it knows file names, titles and hub ids."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tastemaker.domain import ModelInfo

_HASH = re.compile(r"\s*\[[^\[\]]*\]\s*$")
_ENDING = re.compile(r"\.(safetensors|ckpt|pt|pth|bin|gguf|sft)$", re.IGNORECASE)


def model_called(text: str, models: Iterable[ModelInfo]) -> str | None:
    """The name of the model that is called ``text`` elsewhere, if it is among ``models``.

    Compared are names, titles and sources without folders, endings, hashes and punctuation.
    """
    wanted = _plain(text)
    if not wanted:
        return None
    known = list(models)
    for model in known:
        if text == model.name:
            return model.name
    for model in known:
        if wanted in {_plain(model.name), _plain(model.title), _plain(model.source)}:
            return model.name
    return None


def _plain(text: str) -> str:
    """``sd15/v1-5-pruned.safetensors [abc]`` becomes ``v15pruned``."""
    name = _ENDING.sub("", _HASH.sub("", text[:300])).replace("\\", "/").rsplit("/", 1)[-1]
    return re.sub(r"[\W_]+", "", name.lower())
