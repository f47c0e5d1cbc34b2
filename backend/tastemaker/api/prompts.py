"""``/api/prompts`` and ``/api/wildcards``: history, favourites, counting, trying out, surprises."""

from __future__ import annotations

import random
import secrets
from dataclasses import asdict

from flask import Response

from tastemaker.api.context import services
from tastemaker.api.document import blueprint
from tastemaker.api.responses import answers, nothing, problems, reply
from tastemaker.api.schemas.prompts import (
    PromptList,
    PromptMark,
    PromptOut,
    PromptPath,
    PromptsQuery,
    ResolvedOut,
    ResolveRequest,
    SurpriseOut,
    SurprisePart,
    SurpriseRequest,
    TokenCountOut,
    TokensOut,
    TokensRequest,
    WildcardBody,
    WildcardList,
    WildcardOut,
    WildcardPath,
)
from tastemaker.domain import MAX_SEED, GenerationRequest, Sampler, Schedule
from tastemaker.errors import NotFound
from tastemaker.models.vocabulary import vocabulary_of
from tastemaker.prompting.preparing import Preparer
from tastemaker.prompting.surprise import surprise
from tastemaker.prompting.wildcards import Wildcard

resource = blueprint("prompts")


@resource.get("/api/prompts", responses={200: answers(PromptList, "Prompts."), **problems(422)})
def list_prompts(query: PromptsQuery) -> Response:
    """The prompts that were drawn, as they were typed, and the favourites; the latest first."""
    found = services().prompts.history.list(
        words=query.q, favourite=query.favourite, limit=query.limit
    )
    return reply(PromptList(items=[PromptOut.model_validate(asdict(one)) for one in found]))


@resource.put(
    "/api/prompts", responses={200: answers(PromptOut, "As it is now."), **problems(400, 415, 422)}
)
def mark_prompt(body: PromptMark) -> Response:
    """Make a prompt a favourite, or an ordinary one again."""
    found = services().prompts.history.mark(body.text, body.favourite)
    return reply(PromptOut.model_validate(asdict(found)))


@resource.delete(
    "/api/prompts/<int:prompt_id>", responses={204: nothing("It is forgotten."), **problems(404)}
)
def forget_prompt(path: PromptPath) -> Response:
    """Remove a prompt from the history. Pictures keep theirs."""
    services().prompts.history.forget(path.prompt_id)
    return Response(status=204)


@resource.post(
    "/api/prompts/tokens",
    responses={
        200: answers(TokensOut, "How many there are."),
        **problems(400, 404, 413, 415, 422, 503),
    },
)
def count_tokens(body: TokensRequest) -> Response:
    """How many of the text encoder's tokens texts take, by the model's own tokenizer."""
    here = services()
    model = here.models.require_ready(body.model)
    folder = here.models.parts_of(model.name)[0]

    def count(text: str) -> TokenCountOut:
        return TokenCountOut.model_validate(asdict(here.prompts.tokens.count(folder, text)))

    return reply(
        TokensOut(
            model=model.name, prompt=count(body.prompt), negative_prompt=count(body.negative_prompt)
        )
    )


@resource.post(
    "/api/prompts/resolve",
    responses={
        200: answers(ResolvedOut, "What it becomes."),
        **problems(400, 413, 415, 422),
    },
)
def resolve_prompt(body: ResolveRequest) -> Response:
    """What a prompt with styles and alternatives becomes, without drawing it."""
    request = GenerationRequest(
        prompt=body.prompt,
        model="",
        width=8,
        height=8,
        num_inference_steps=1,
        guidance_scale=1.0,
        seed=min(body.seed, MAX_SEED),
        sampler=Sampler.EULER,
        schedule=Schedule.NORMAL,
        num_images=body.count,
    )
    found = Preparer(services().prompts).prepare(request, body.styles, alternatives=True)
    prompts = [found.prompt_of(index) for index in range(body.count)]
    return reply(ResolvedOut(prompts=prompts, negative_prompt=found.negative_prompt))


@resource.post(
    "/api/prompts/surprise",
    responses={
        200: answers(SurpriseOut, "A new prompt."),
        **problems(400, 404, 413, 415, 422, 503),
    },
)
def surprise_me(body: SurpriseRequest) -> Response:
    """A prompt that the owner may like, composed anew from what was rated highly."""
    here = services()
    model = here.models.require_ready(body.model)
    try:
        vocabulary = vocabulary_of(model, here.models.parts_of(model.name)[0])
    except NotFound:
        vocabulary = None
    examples = model.example_prompts
    seed = secrets.randbits(64) if body.seed is None else body.seed
    made = surprise(here.prompts.rated.votes(), vocabulary, examples, random.Random(seed))
    return reply(
        SurpriseOut(
            prompt=made.prompt,
            parts=[
                SurprisePart(text=part.text, likes=part.votes.likes, dislikes=part.votes.dislikes)
                for part in made.parts
            ],
        )
    )


@resource.get("/api/wildcards", responses={200: answers(WildcardList, "Their names.")})
def list_wildcards() -> Response:
    """The wildcards: those written here and those put into the data folder by hand."""
    return reply(WildcardList(names=list(services().prompts.wildcards.names())))


@resource.get(
    "/api/wildcards/<path:name>",
    responses={200: answers(WildcardOut, "The wildcard."), **problems(404)},
)
def get_wildcard(path: WildcardPath) -> Response:
    """One wildcard as it was written."""
    return reply(_wildcard_out(services().prompts.wildcards.get(path.name)))


@resource.put(
    "/api/wildcards/<path:name>",
    responses={
        200: answers(WildcardOut, "It is written."),
        **problems(400, 404, 413, 415, 422),
    },
)
def put_wildcard(path: WildcardPath, body: WildcardBody) -> Response:
    """Write a wildcard, whether it was there or not."""
    return reply(_wildcard_out(services().prompts.wildcards.put(path.name, body.text)))


@resource.delete(
    "/api/wildcards/<path:name>", responses={204: nothing("It is gone."), **problems(404)}
)
def delete_wildcard(path: WildcardPath) -> Response:
    """Remove a wildcard."""
    services().prompts.wildcards.delete(path.name)
    return Response(status=204)


def _wildcard_out(found: Wildcard) -> WildcardOut:
    return WildcardOut(name=found.name, text=found.text, num_lines=len(found.lines))
