"""What is kept of and for prompts: history, styles, wildcards; counting and trying out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from tastemaker.api.schemas.common import (
    MAX_ID,
    QueryModel,
    RequestModel,
    ResponseModel,
    Seed,
    Text,
    Words,
)
from tastemaker.api.schemas.generate import StyleNames
from tastemaker.prompting.styles import MAX_NAME
from tastemaker.prompting.wildcards import NAME

ModelName = Annotated[str, Field(min_length=1, max_length=200)]
MAX_CSV = 1_000_000


class PromptsQuery(QueryModel):
    """Which prompts."""

    q: Annotated[str, Field(max_length=200)] = Field("", description="Only those that contain it.")
    favourite: bool = Field(False, description="Only favourites.")
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class PromptOut(ResponseModel):
    """A prompt as it was typed."""

    id: int
    text: str
    uses: int = Field(description="0: a favourite that was never drawn.")
    used_at: datetime
    favourite: bool


class PromptList(ResponseModel):
    """The latest first."""

    items: list[PromptOut]


class PromptMark(RequestModel):
    """Make a prompt a favourite, whether it was drawn or not; or an ordinary one again."""

    text: Words
    favourite: bool


class PromptPath(BaseModel):
    prompt_id: Annotated[int, Field(ge=1, le=MAX_ID)]


class TokensRequest(RequestModel):
    """Texts to count the tokens of."""

    prompt: Text
    negative_prompt: Text = ""
    model: ModelName | None = Field(None, description="Absent: the active one.")


class TokenCountOut(ResponseModel):
    """Tokens without a window's start and end; the encoder reads `window` of them at a time."""

    tokens: int
    window: int
    windows: int
    dropped: int = Field(description="Tokens beyond what is read at all.")


class TokensOut(ResponseModel):
    """By the tokenizer of the model."""

    model: str
    prompt: TokenCountOut
    negative_prompt: TokenCountOut


class ResolveRequest(RequestModel):
    """A prompt with alternatives, to see what it becomes."""

    prompt: Words
    styles: StyleNames = Field(default_factory=list)
    seed: Seed = 0
    count: Annotated[int, Field(ge=1, le=20)] = 5


class ResolvedOut(ResponseModel):
    """What is drawn with the seed, the seed plus 1, …"""

    prompts: list[str]
    negative_prompt: str


class SurpriseRequest(RequestModel):
    """What the surprise is for."""

    model: ModelName | None = Field(None, description="Absent: the active one.")
    seed: Seed | None = Field(None, description="The same seed and ratings: the same surprise.")


class SurprisePart(ResponseModel):
    """A part that was chosen, and the ratings of pictures with it."""

    text: str
    likes: int
    dislikes: int


class SurpriseOut(ResponseModel):
    """A new prompt; empty when there is nothing to make one of."""

    prompt: str
    parts: list[SurprisePart]


class WildcardList(ResponseModel):
    """All names, sorted."""

    names: list[str]


class WildcardPath(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=rf"^{NAME}$")]


class WildcardBody(RequestModel):
    """One alternative per line; `#` begins a remark, `3::` counts a line three times."""

    text: Annotated[str, Field(max_length=200_000)]


class WildcardOut(ResponseModel):
    """A wildcard, written `__name__` in a prompt."""

    name: str
    text: str
    num_lines: int


class StyleBody(RequestModel):
    """A style. Without a prompt of its own it is a preset of what to avoid."""

    name: Annotated[Words, Field(max_length=MAX_NAME)]
    prompt: Text = Field("", description="`{prompt}` stands for what was typed; else it is added.")
    negative_prompt: Text = ""


class StyleOut(ResponseModel):
    id: int
    name: str
    prompt: str
    negative_prompt: str


class StyleList(ResponseModel):
    """By name."""

    items: list[StyleOut]


class StylePath(BaseModel):
    style_id: Annotated[int, Field(ge=1, le=MAX_ID)]


class StylesImport(RequestModel):
    """A styles.csv of A1111's web UI, or one that was exported here."""

    csv: Annotated[str, Field(min_length=1, max_length=MAX_CSV)]
    replace: bool = Field(False, description="Replace styles of the same name; else they stay.")


class StylesImported(ResponseModel):
    added: int
    replaced: int
    kept: int = Field(description="Styles of the same name that were left as they are.")
