"""What a model with a small world can draw, and the words for it, as its vocabulary file says.

The file is JSON: under ``subjects``, ``backgrounds``, ``worlds`` and ``looks`` lists of objects,
each with a ``name`` and, as ``keywords`` or ``phrases``, other ways to ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tastemaker.diffusion.layout import read_json
from tastemaker.domain import ModelInfo
from tastemaker.errors import ModelBroken, NotFound

_MOST = 20_000
"""Entries of a kind; a page that completes words has no use for more."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that can be asked for: its ``name``, and other ``words`` that mean it, too."""

    name: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Subjects are nouns; the ``words`` of the others complete "a dog …"."""

    subjects: tuple[Term, ...] = ()
    backgrounds: tuple[Term, ...] = ()
    worlds: tuple[Term, ...] = ()
    looks: tuple[Term, ...] = ()


def vocabulary_of(model: ModelInfo, folder: Path) -> Vocabulary:
    """What a model can draw; ``folder`` is its own or, for a version, that on which it rests.

    Raises:
        NotFound: it has no vocabulary. ModelBroken: as `read_vocabulary`.
    """
    if model.vocabulary is None:
        raise NotFound(f"{model.name} has no list of what it can draw: try anything.")
    return read_vocabulary(folder / model.vocabulary)


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary file; kinds that it leaves out are empty.

    Raises:
        ModelBroken: saying what in the file is wrong.
    """
    content = read_json(path)
    return Vocabulary(
        *(_terms(path, content, kind) for kind in ("subjects", "backgrounds", "worlds", "looks"))
    )


def _terms(path: Path, content: Mapping[str, Any], kind: str) -> tuple[Term, ...]:
    entries = content.get(kind, [])
    if not isinstance(entries, list) or len(entries) > _MOST:
        raise _wrong(path, f"{kind!r} must be a list of at most {_MOST} objects")
    return tuple(_term(path, kind, entry) for entry in entries)


def _term(path: Path, kind: str, entry: object) -> Term:
    if not isinstance(entry, dict) or not isinstance(name := entry.get("name"), str) or not name:
        raise _wrong(path, f"every entry of {kind!r} needs a 'name'")
    words = entry.get("keywords", entry.get("phrases", []))
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _wrong(path, f"the words for {name!r} must be a list of texts")
    return Term(name, tuple(words))


def _wrong(path: Path, what: str) -> ModelBroken:
    return ModelBroken(f"{path.parent.name}/{path.name}: {what}.")
