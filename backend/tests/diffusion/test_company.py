"""Whatever is drawn beside a picture, and whatever becomes of it, the picture stays what it is.

Hundreds of random mixes on a small network: requests of any sampler, steps, guidance, size and
start, edits, second passes and looks among them, arrive and leave at any time, some are cancelled,
some fail, some become NaN, memory runs out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from functools import cache
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image

from tastemaker.diffusion import evaluation
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import Cancelled, Evaluations, Failed, Finished, Outcome
from tastemaker.domain import (
    Box,
    Extend,
    GenerationRequest,
    Hires,
    Sampler,
    Schedule,
    StyleReference,
    Upscaler,
)
from tests.diffusion.conftest import psnr, request

MIXES = 500
STRICT_ROWS = 4
MAX_ROWS = 6
POISON, NAN = "a poisonous prompt", "a prompt of no numbers"


@dataclass(eq=False)
class Unet:
    """Stands in front of a U-Net; refuses rows of poisoned text, and more rows than fit."""

    unet: Any
    max_rows: float = inf

    @property
    def config(self) -> Any:
        return self.unet.config

    def __call__(self, inputs: torch.Tensor, steps: torch.Tensor, text: torch.Tensor) -> Any:
        if len(inputs) > self.max_rows:
            raise torch.OutOfMemoryError("CUDA out of memory")
        if text.isinf().any():
            raise RuntimeError("the kernel doesn't like this row")
        return self.unet(inputs, steps, text)


class Network(torch.nn.Module):
    """As little of a U-Net as can tell rows apart: by latents, timestep and text, rounding and all.

    Hundreds of mixes take seconds with it; `test_engine` has a few with diffusers' own.
    """

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config
        self.enter = torch.nn.Conv2d(4, 16, 3, padding=1)
        self.norm = torch.nn.GroupNorm(4, 16)
        self.queries = torch.nn.Linear(16, 16)
        self.leave = torch.nn.Conv2d(16, 4, 3, padding=1)

    def forward(self, x: torch.Tensor, steps: torch.Tensor, text: torch.Tensor) -> Any:
        angles = steps[:, None] / 1000 * torch.arange(1, 17)
        hidden = self.norm(self.enter(x)) + angles.sin()[:, :, None, None]
        queries = self.queries(hidden.flatten(2).transpose(1, 2))
        attended = (queries @ text.transpose(1, 2)).softmax(-1) @ text
        hidden = hidden + attended.transpose(1, 2).unflatten(2, hidden.shape[2:])
        return SimpleNamespace(sample=self.leave(torch.nn.functional.silu(hidden)))


@pytest.fixture(scope="module")
def parts(tiny: Components) -> Components:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Network(tiny.unet.config).eval().requires_grad_(False)
    return replace(tiny, unet=Unet(network))


def pool() -> list[tuple[GenerationRequest, bool]]:
    """Requests that are alike in nothing but their model.

    Some start from a picture, some redraw a part of it, some have a second pass, some take over the
    look of a picture.
    """
    chance = random.Random(1)
    found = []
    for number in range(40):
        steps = chance.randint(1, 4)
        wanted = request(
            prompt=f"picture {number % 5}",
            negative_prompt=chance.choice(["", "dull"]),
            width=chance.choice([16, 16, 24]),
            height=16,
            num_inference_steps=steps,
            guidance_scale=chance.choice([1.0, 2.5, 7.5]),
            seed=chance.randrange(2**53),
            sampler=chance.choice([s for s in Sampler if s is not Sampler.LCM]),
            schedule=chance.choice([Schedule.NORMAL, Schedule.KARRAS]),
        )
        match number % 7:
            case 0:
                found.append((replace(wanted, strength=0.7), True))
            case 2:
                found.append((replace(wanted, strength=chance.choice([0.6, 1.0]), **EDIT), True))
            case 4:
                hires = Hires(1.5, 0.6, chance.randint(2, 3), chance.choice(list(Upscaler)))
                size = {"final_width": 24, "final_height": 24}
                found.append((replace(wanted, width=16, hires=hires, **size), False))
            case 6:
                style = StyleReference("sha256:0", chance.choice([0.5, 1.0]))
                found.append((replace(wanted, style_reference=style), False))
            case _:
                found.append((wanted, False))
    return found


START = Image.linear_gradient("L").resize((20, 20)).convert("RGB")
STYLE = Image.radial_gradient("L").resize((20, 20)).convert("RGB")
MASK = Image.new("L", START.size)
MASK.paste(255, (4, 4, 12, 12))
EDIT: dict[str, Any] = {
    "mask": "sha256:0",
    "mask_blur": 2,
    "extend": Extend(right=4),
    "region": Box(0, 0, 24, 20),
    "final_width": 24,
    "final_height": 20,
    "width": 24,
    "height": 24,
}
POOL = pool()


@dataclass(eq=False)
class House:
    """An engine, and what it drew and when."""

    parts: Components
    engine: Engine
    number: int = 0
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)

    def submit(self, wanted: GenerationRequest, from_picture: bool = False) -> str:
        self.number += 1
        job_id = str(self.number)
        self.outcomes[job_id] = []
        pictures = (START, MASK, STYLE) if from_picture else (None, None, STYLE)
        self.engine.submit(Ticket(job_id, wanted, tuple(range(wanted.num_images)), *pictures))
        return job_id

    def step(self) -> None:
        for outcome in self.engine.step():
            self.outcomes[outcome.job_id].append(outcome)

    def drain(self) -> None:
        for _ in range(400):
            if self.engine.idle:
                return
            self.step()
        raise AssertionError("the engine never came to rest")

    def end(self, job_id: str) -> Outcome:
        return self.outcomes[job_id][-1]

    def finished(self, job_id: str) -> Finished:
        end = self.end(job_id)
        assert isinstance(end, Finished), end
        return end


def house(parts: Components, **options: Any) -> House:
    engine = Engine(lambda _: parts, **{"preview_interval": inf, "max_rows": MAX_ROWS, **options})
    model = engine._models.get("tiny")
    condition = model.prompts.condition
    wrong = {POISON: torch.inf, NAN: torch.nan}

    def spoiled(prompt: str, *rest: Any) -> Any:
        found = condition(prompt, *rest)
        if prompt not in wrong:
            return found
        return replace(found, conditional=torch.full_like(found.conditional, wrong[prompt]))

    model.prompts.condition = spoiled  # type: ignore[method-assign]
    return House(parts, engine)


def alone(parts: Components, wanted: tuple[GenerationRequest, bool], **options: Any) -> Image.Image:
    single = house(parts, **options)
    job_id = single.submit(*wanted)
    single.drain()
    return single.finished(job_id).image


def disturb(home: House, chance: random.Random) -> tuple[str, str]:
    """Let somebody join who won't get a picture; returns its job and how it is to end."""
    how = chance.choice(["cancel", "nan", "poison"])
    prompt = {"cancel": "never mind", "nan": NAN, "poison": POISON}[how]
    changes = {"guidance_scale": chance.choice([1.0, 5.0]), "num_inference_steps": 3}
    return home.submit(request(prompt=prompt, width=16, height=16, **changes)), how


@pytest.mark.slow
@pytest.mark.parametrize("strict_rows", [0, STRICT_ROWS])
def test_every_picture_of_hundreds_of_mixes_is_the_one_drawn_alone(
    parts: Components, strict_rows: int
) -> None:
    """Within 50 dB; bit for bit in strict mode, and when evaluated in the recorded sizes."""
    chance = random.Random(strict_rows)
    home = house(parts, strict_rows=strict_rows)

    @cache
    def by_itself(index: int) -> Image.Image:
        return alone(parts, POOL[index], strict_rows=strict_rows)

    @cache
    def again(index: int, evaluations: tuple[Evaluations, ...]) -> Image.Image:
        return alone(parts, POOL[index], replay=evaluations)

    sizes = set()
    for mix in range(MIXES // 2):
        jobs, spoilers = [], []
        for _ in range(chance.randint(2, 3)):
            index = chance.randrange(len(POOL))
            jobs.append((home.submit(*POOL[index]), index))
            if chance.random() < 0.25:
                spoilers.append(disturb(home, chance))
            for _ in range(chance.randint(0, 2)):
                home.step()
                assert home.engine.active_rows <= MAX_ROWS
            for job_id, how in spoilers:
                if how == "cancel" and chance.random() < 0.5:
                    home.engine.cancel(job_id)
        for job_id, how in spoilers:
            if how == "cancel":
                home.engine.cancel(job_id)
        home.drain()
        for job_id, index in jobs:
            drawn = home.finished(job_id)
            sizes.add(tuple(run.rows for run in drawn.evaluations))
            if strict_rows:
                assert drawn.image == by_itself(index)
            else:
                assert psnr(drawn.image, by_itself(index)) >= 50
                if mix % 5 == 0:
                    assert drawn.image == again(index, drawn.evaluations)
        ends = {"cancel": Cancelled, "nan": Failed, "poison": Failed}
        for job_id, how in spoilers:
            assert isinstance(
                home.end(job_id), (ends[how], Finished if how == "cancel" else Failed)
            )
    assert sizes == {(STRICT_ROWS,)} if strict_rows else len(sizes) > 10


def test_the_mixes_hold_edits_second_passes_and_looks() -> None:
    assert sum(wanted.is_edit for wanted, _ in POOL) > 4
    assert sum(wanted.hires is not None for wanted, _ in POOL) > 4
    assert sum(wanted.style_reference is not None for wanted, _ in POOL) > 4


@pytest.fixture(params=["cancel", "nan", "poison"])
def spoiled(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("edited", [False, True], ids=["plain", "edit"])
def test_trouble_of_one_leaves_the_others_bit_for_bit(
    parts: Components, spoiled: str, edited: bool
) -> None:
    """Strict mode: with and without the one who is cancelled, fails or becomes NaN.

    The others are a plain picture and an edit; they share batches with the one in trouble.
    """
    size = {"width": 24, "height": 24} if edited else {"width": 16, "height": 16}
    wanted = [
        (replace(POOL[1][0], num_inference_steps=6, **size), False),
        (replace(POOL[2][0], num_inference_steps=6), True),
    ]
    pictures = []
    for with_trouble in (False, True):
        home = house(parts, strict_rows=STRICT_ROWS)
        jobs = [home.submit(*one) for one in wanted]
        if with_trouble:
            prompt = {"cancel": "never mind", "nan": NAN, "poison": POISON}[spoiled]
            trouble = request(prompt=prompt, guidance_scale=1.0, **size)
            bad = home.submit(replace(trouble, **EDIT) if edited else trouble, edited)
            home.step()
            home.step()
            if spoiled == "cancel":
                home.engine.cancel(bad)
        home.drain()
        pictures.append([home.finished(job).image for job in jobs])
    assert isinstance(home.end(bad), Cancelled if spoiled == "cancel" else Failed)
    assert pictures[0] == pictures[1]


def test_a_poisonous_image_is_found_among_its_neighbours(parts: Components) -> None:
    home = house(parts)
    jobs = [home.submit(replace(POOL[i][0], width=16)) for i in (1, 3)]
    bad = home.submit(request(prompt=POISON, width=16, height=16, num_images=2))
    home.drain()
    failure = home.end(bad)
    assert isinstance(failure, Failed)
    assert "the kernel doesn't like this row" in str(failure.error)
    for job in jobs:
        assert home.finished(job)


@pytest.mark.parametrize("max_rows", [1, 2, 3, 5])
def test_running_out_of_memory_fails_nothing_and_changes_nothing(
    parts: Components, max_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory becomes tight at any time; what is still to be drawn is evaluated in smaller parts."""
    # Collecting garbage takes its time in a process as large as this.
    monkeypatch.setattr(evaluation, "free_memory", lambda device: None)
    chance = random.Random(max_rows)
    for _ in range(8):
        unet = Unet(parts.unet.unet)
        home = house(replace(parts, unet=unet))
        chosen = [chance.randrange(len(POOL)) for _ in range(4)]
        jobs = [home.submit(*POOL[index]) for index in chosen]
        for _ in range(chance.randint(0, 3)):
            home.step()
        unet.max_rows = max_rows
        home.drain()
        for job_id, index in zip(jobs, chosen, strict=True):
            drawn = home.finished(job_id)
            assert drawn.image == alone(parts, POOL[index], replay=drawn.evaluations)


def test_strict_mode_says_so_when_its_rows_do_not_fit(parts: Components) -> None:
    home = house(replace(parts, unet=Unet(parts.unet.unet, max_rows=2)), strict_rows=STRICT_ROWS)
    job = home.submit(POOL[1][0])
    home.drain()
    failure = home.end(job)
    assert isinstance(failure, Failed)
    assert "TASTEMAKER_STRICT_ROWS" in str(failure.error)


def test_decoding_aside_gives_the_same_pictures_in_order(parts: Components) -> None:
    """As on CUDA: on a thread of its own, while the others' steps go on."""
    plain = [alone(parts, POOL[index], strict_rows=STRICT_ROWS) for index in range(8)]
    home = house(parts, strict_rows=STRICT_ROWS, aside=True, preview_interval=0.0)
    jobs = [home.submit(*POOL[index]) for index in range(8)]
    cancelled = home.submit(replace(POOL[1][0], num_images=3))
    for _ in range(3):
        home.step()
    home.engine.cancel(cancelled)
    home.drain()
    assert [home.finished(job).image for job in jobs] == plain
    assert isinstance(home.end(cancelled), Cancelled)
