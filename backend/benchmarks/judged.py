"""The starter, and the judge that says what its pictures show: what benchmarks share."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.layout import IP_ADAPTERS
from tastemaker.diffusion.outcomes import Failed, Finished
from tastemaker.domain import GenerationRequest, Sampler, Schedule
from tastemaker.starter import WEIGHTS
from tastemaker.starter.compose import Composer
from tastemaker.starter.evaluate import Question, preset_of
from tastemaker.starter.judge import Judge, train_judge, verdicts
from tastemaker.starter.presets import PRESETS
from tastemaker.starter.recipe import composer_of, vocabulary_of


@dataclass(frozen=True)
class Work:
    """One picture to draw: ``source`` and ``mask`` are those of an edit, ``style`` is the picture
    of the style reference.
    """

    request: GenerationRequest
    source: Image.Image | None = None
    mask: Image.Image | None = None
    style: Image.Image | None = None


def the_starter(weights: Path = WEIGHTS) -> tuple[Components, GenerationRequest]:
    """A starter with its look adapter, and a request with its defaults that lacks a prompt."""
    torch.set_flush_denormal(True)
    components = replace(
        load_components(weights, torch.device("cpu")), ip_adapters=(weights / IP_ADAPTERS,)
    )
    defaults = json.loads((weights / "tastemaker.json").read_text())["defaults"]
    named = {"sampler": Sampler(defaults["sampler"]), "schedule": Schedule(defaults["schedule"])}
    request = GenerationRequest(prompt="", model="starter", seed=0, **{**defaults, **named})
    return components, request


def add_places(parser: argparse.ArgumentParser) -> None:
    """Let people say which starter is judged, and where its judge is kept."""
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="of the starter")
    parser.add_argument(
        "--work", type=Path, default=Path("data/starter-train"), help="keeps the judge"
    )


def judge_and_composer(work: Path, weights: Path = WEIGHTS) -> tuple[Judge, Composer]:
    """The judge of the starter's preset, trained if it isn't there yet."""
    preset = PRESETS[preset_of(weights)]
    composer = composer_of(preset, vocabulary_of(preset), work, torch.device("cpu"))
    return train_judge(preset, composer, work), composer


def some_of(questions: Sequence[Question], count: int) -> list[Question]:
    """Every so many of them, so that all kinds of subjects are asked for."""
    return list(questions[:: max(1, len(questions) // count)][:count])


def draw(components: Components, works: Sequence[Work]) -> list[Image.Image]:
    """All pictures, through one engine, so that they share batches."""
    engine = Engine(lambda _: components, preview_interval=inf)
    for number, work in enumerate(works):
        pictures_of = (work.source, work.mask, work.style)
        engine.submit(Ticket(str(number), work.request, (0,), *pictures_of))
    pictures: dict[int, Image.Image] = {}
    while not engine.idle:
        for outcome in engine.step():
            if isinstance(outcome, Failed):
                raise outcome.error
            if isinstance(outcome, Finished):
                pictures[int(outcome.job_id)] = outcome.image
    return [pictures[number] for number in range(len(works))]


def seen(judge: Judge, pictures: Sequence[Image.Image]) -> torch.Tensor:
    """The judge's first choices, as `verdicts` gives them."""
    pixels = np.stack([np.asarray(p, dtype=np.float32) / 127.5 - 1 for p in pictures])
    return verdicts(judge, torch.from_numpy(pixels).permute(0, 3, 1, 2))
