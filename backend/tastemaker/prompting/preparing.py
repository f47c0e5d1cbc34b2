"""From what was typed to what is drawn: styles put on, alternatives chosen for every picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tastemaker.domain import GenerationRequest
from tastemaker.errors import FieldError, InvalidInput
from tastemaker.prompting.alternatives import MAX_LENGTH, is_template, resolve
from tastemaker.prompting.history import PromptHistory
from tastemaker.prompting.styles import Style, Styles, apply
from tastemaker.prompting.surprise import RatedPrompts
from tastemaker.prompting.tokens import TokenCounter
from tastemaker.prompting.wildcards import Wildcards
from tastemaker.storage.database import Database


@dataclass(frozen=True, slots=True)
class PromptTools:
    """Everything that is kept of and for prompts."""

    styles: Styles
    history: PromptHistory
    wildcards: Wildcards
    rated: RatedPrompts
    tokens: TokenCounter


def open_tools(database: Database, data_dir: Path) -> PromptTools:
    """The tools on one database, with the wildcards of its data folder."""
    return PromptTools(
        styles=Styles(database),
        history=PromptHistory(database),
        wildcards=Wildcards(data_dir / "wildcards"),
        rated=RatedPrompts(database),
        tokens=TokenCounter(),
    )


class Preparer:
    """Prepares the requests of one call; reads a style or a wildcard once, however many need it."""

    def __init__(self, tools: PromptTools) -> None:
        self._styles: Callable[[str], Style] = cache(lambda name: tools.styles.named([name])[0])
        self._lines: Callable[[str], Sequence[str]] = cache(tools.wildcards.lines)

    def prepare(
        self, request: GenerationRequest, styles: Sequence[str], *, alternatives: bool
    ) -> GenerationRequest:
        """``request`` with ``styles`` put on its prompts and its alternatives chosen by its seeds.

        The template stays in the request, where the prompt that is drawn is another.

        Raises:
            InvalidInput: no such style or wildcard, an alternative that isn't closed, or a prompt
                that becomes too long; names the field.
        """
        typed, negative = request.prompt, request.negative_prompt
        styled = typed
        for name in styles:
            style = self._styles(name)
            styled = apply(styled, style.prompt)
            negative = apply(negative, style.negative_prompt)
        for field, text in (("prompt", styled), ("negative_prompt", negative)):
            if len(text) > MAX_LENGTH:
                message = f"with its styles it has more than {MAX_LENGTH} characters"
                raise InvalidInput(f"{field}: {message}.", (FieldError(field, message),))
        prompts = [styled]
        if alternatives and is_template(styled):
            prompts = self.resolved(styled, request.seed_of, request.num_images)
        return replace(
            request,
            prompt=prompts[0],
            negative_prompt=negative,
            template=typed if typed != prompts[0] or len(set(prompts)) > 1 else None,
            styles=tuple(styles) or None,
            prompts=tuple(prompts) if len(set(prompts)) > 1 else None,
        )

    def resolved(self, template: str, seed_of: Callable[[int], int], count: int) -> list[str]:
        """What the template becomes for each of ``count`` pictures. Raises `InvalidInput`."""
        found = [resolve(template, seed_of(index), self._lines).strip() for index in range(count)]
        if not all(found):
            message = "with its alternatives chosen it says nothing"
            raise InvalidInput(f"prompt: {message}.", (FieldError("prompt", message),))
        return found
