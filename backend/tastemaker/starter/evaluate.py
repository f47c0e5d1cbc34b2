"""Asks a starter for combinations that it never saw and lets the judge name what it drew.

Seeds are fixed, so the table is reproducible. Held-out combinations are those of
``vocabulary.held_out``: pairs of subjects, and subject × background × look. The judge's own score
on real composites of the same scenes is printed beside each measure, as its ceiling.
"""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from tastemaker.starter.captions import article, plain_caption
from tastemaker.starter.compose import Composer
from tastemaker.starter.denoiser import build_scheduler
from tastemaker.starter.judge import Judge, labels, verdicts
from tastemaker.starter.loop import step_generator
from tastemaker.starter.recipe import Starter
from tastemaker.starter.sampling import sample
from tastemaker.starter.scenes import PAIRS, Arrangement, Scene, is_held_out
from tastemaker.starter.vocabulary import Vocabulary

_SEED = 8
_BACKGROUND, _LOOK = 5, 6
_AT = {Arrangement.LEFT_RIGHT: (1, 2), Arrangement.ABOVE_BELOW: (3, 4)}


@dataclass(frozen=True)
class Question:
    """A prompt and the scene that a right answer shows."""

    prompt: str
    scene: Scene


@dataclass(frozen=True)
class Measure:
    """Share of right answers, of drawn pictures and of real composites (the judge's ceiling), over
    ``count``.
    """

    name: str
    drawn: float
    ceiling: float
    count: int
    goal: float


def unseen_singles(vocabulary: Vocabulary, count: int) -> list[Question]:
    """At least ``count`` prompts, the same number for every subject, each on a background held out
    for it.
    """
    rng = random.Random(_SEED)
    questions = []
    for index in range(max(1, -(-count // len(vocabulary.subjects))) * len(vocabulary.subjects)):
        base = Scene(Arrangement.SINGLE, (index % len(vocabulary.subjects),), 0)
        choices = [replace(base, background=b) for b in range(len(vocabulary.backgrounds))]
        unseen = [scene for scene in choices if is_held_out(scene, vocabulary)] or choices
        scene = rng.choice(unseen)
        questions.append(Question(plain_caption(scene, vocabulary), scene))
    return questions


def unseen_pairs(vocabulary: Vocabulary, count: int) -> list[Question]:
    """``count`` pairs whose subjects training never put together, two thirds side by side."""
    rng = random.Random(_SEED + 1)
    questions: list[Question] = []
    while len(questions) < count:
        subjects = tuple(rng.sample(range(len(vocabulary.subjects)), 2))
        kind = PAIRS[0] if rng.random() < 2 / 3 else PAIRS[1]
        if not is_held_out(Scene(kind, subjects, 0), vocabulary):
            continue
        scene = Scene(kind, subjects, rng.randrange(len(vocabulary.backgrounds)))
        questions.append(Question(plain_caption(scene, vocabulary), scene))
    return questions


def unseen_looks(vocabulary: Vocabulary, count: int) -> list[Question]:
    """``count`` prompts for subject × background × look that training never saw."""
    rng = random.Random(_SEED + 3)
    questions: list[Question] = []
    while len(questions) < count:
        scene = Scene(
            Arrangement.SINGLE,
            (rng.randrange(len(vocabulary.subjects)),),
            rng.randrange(len(vocabulary.backgrounds)),
            look=rng.randrange(1, len(vocabulary.looks)),
        )
        if is_held_out(scene, vocabulary):
            questions.append(Question(plain_caption(scene, vocabulary), scene))
    return questions


def by_keyword(vocabulary: Vocabulary) -> list[Question]:
    """Every synonym of every subject, once, on a plain or worldly background in turn."""
    words = [
        (i, word) for i, subject in enumerate(vocabulary.subjects) for word in subject.words[1:]
    ]
    questions = []
    for number, (index, word) in enumerate(words):
        background = (number * 7) % len(vocabulary.backgrounds)
        prompt = f"{article(word)} {vocabulary.backgrounds[background].phrases[0]}"
        questions.append(Question(prompt, Scene(Arrangement.SINGLE, (index,), background)))
    return questions


def evaluate(
    starter: Starter,
    judge: Judge,
    composer: Composer,
    samples: int,
    steps: int = 20,
    guidance_scale: float = 5.0,
    batch: int = 30,
    lanes: int = 1,
) -> list[Measure]:
    """The table: ``samples`` singles (rounded up to whole subjects), ``samples`` pairs, every
    keyword once and, of a starter that has them, ``samples`` looks.
    """

    def answer(start: int, part: list[Question]) -> tuple[Tensor, Tensor]:
        drawn = sample(
            starter.tokenizer,
            starter.text_encoder,
            starter.unet,
            starter.vae,
            build_scheduler(),
            [question.prompt for question in part],
            seed=1000 + start,
            steps=steps,
            guidance_scale=guidance_scale,
        )
        composed = composer.render([q.scene for q in part], step_generator(_SEED, start))
        return verdicts(judge, drawn), verdicts(judge, composed)

    def ask(questions: list[Question]) -> tuple[Tensor, Tensor, Tensor]:
        starts = range(0, len(questions), batch)
        parts = [questions[start : start + batch] for start in starts]
        with ThreadPoolExecutor(lanes) as pool:
            answers = list(pool.map(answer, starts, parts))
        said, real = (torch.cat(column) for column in zip(*answers, strict=True))
        return said, real, labels([q.scene for q in questions], composer.vocabulary)

    singles = unseen_singles(composer.vocabulary, samples)
    said, real, wanted = ask(singles)
    table = [
        _measure(
            "single subject, top-1", said[:, 0] == wanted[:, 0], real[:, 0] == wanted[:, 0], 0.8
        ),
        _measure(
            "background right",
            said[:, _BACKGROUND] == wanted[:, _BACKGROUND],
            real[:, _BACKGROUND] == wanted[:, _BACKGROUND],
            0.9,
        ),
    ]
    pairs = unseen_pairs(composer.vocabulary, samples)
    said, real, wanted = ask(pairs)
    places = torch.tensor([_AT[q.scene.arrangement] for q in pairs])
    right = [(v.gather(1, places) == wanted.gather(1, places)) for v in (said, real)]
    table.append(
        _measure("both subjects of an unseen pair in place", right[0].all(1), right[1].all(1), 0.3)
    )
    table.append(
        _measure(
            "each subject of an unseen pair in place", right[0].flatten(), right[1].flatten(), 0.0
        )
    )
    questions = by_keyword(composer.vocabulary)
    if len(questions) > 2 * samples:
        questions = random.Random(_SEED + 2).sample(questions, 2 * samples)
    said, real, wanted = ask(questions)
    table.append(
        _measure(
            "subject asked for by a synonym",
            said[:, 0] == wanted[:, 0],
            real[:, 0] == wanted[:, 0],
            0.8,
        )
    )
    if len(composer.vocabulary.looks) > 1:
        said, real, wanted = ask(unseen_looks(composer.vocabulary, samples))
        drawn, composed = (v[:, _LOOK] == wanted[:, _LOOK] for v in (said, real))
        table.append(_measure("look right", drawn, composed, 0.9))
    return table


def _measure(name: str, drawn: Tensor, ceiling: Tensor, goal: float) -> Measure:
    return Measure(
        name, drawn.float().mean().item(), ceiling.float().mean().item(), len(drawn), goal
    )


def as_text(table: list[Measure]) -> str:
    """The table for people."""
    head = f"{'measure':44} {'drawn':>7} {'ceiling':>8} {'goal':>6} {'n':>5}"
    rows = [f"{m.name:44} {m.drawn:7.1%} {m.ceiling:8.1%} {m.goal:6.0%} {m.count:5}" for m in table]
    return "\n".join([head, *rows])


def as_json(table: list[Measure]) -> list[dict[str, object]]:
    """The table for programs."""
    return [asdict(measure) for measure in table]


def load_exported(weights: Path, vocabulary: Vocabulary, device: torch.device) -> Starter:
    """An exported pipeline, in float32, as the parts that :func:`evaluate` asks."""
    pipeline = StableDiffusionPipeline.from_pretrained(
        weights, torch_dtype=torch.float32, local_files_only=True
    )
    pipeline.to(device)
    return Starter(
        vocabulary, pipeline.tokenizer, pipeline.text_encoder, pipeline.vae, pipeline.unet
    )


def preset_of(weights: Path) -> str:
    """The name of the preset by which an exported folder was made."""
    return str(json.loads((weights / "tastemaker.json").read_text()).get("preset") or "tiny")


def defaults_of(weights: Path) -> tuple[int, float]:
    """Step count and guidance scale that the exported folder recommends."""
    defaults = json.loads((weights / "tastemaker.json").read_text())["defaults"]
    return int(defaults["num_inference_steps"]), float(defaults["guidance_scale"])
