"""The training's processes in the test's own: a pool that only notes, errands done on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tastemaker.errors import TastemakerError
from tastemaker.looking import ERRANDS
from tastemaker.settings import Settings


class FakeTrainingPool:
    """A `TrainingPool` that trains nothing: rows stay as they are."""

    def __init__(self) -> None:
        self.woken = 0
        self.told: list[str] = []

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def wake(self) -> None:
        self.woken += 1

    def tell(self, verb: str) -> None:
        self.told.append(verb)


class FakeErrands:
    """`Errands` that are done at once, except where there is an answer or a failure to give."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.answers: dict[str, Mapping[str, Any] | None] = {"training": None}
        self.failures: dict[str, TastemakerError] = {}

    def run(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self.ask(kind, arguments)
        assert found is not None
        return found

    def abandon(self, kind: str) -> None:
        """Nothing is under way."""

    def ask(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if kind in self.failures:
            raise self.failures[kind]
        if kind in self.answers:
            return self.answers[kind]
        return ERRANDS[kind](self._settings, arguments)

    def stop(self) -> None:
        """Nothing to stop."""
