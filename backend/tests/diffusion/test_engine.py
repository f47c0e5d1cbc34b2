"""The engine over many jobs: company never changes a picture, and all get their turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.outcomes import Cancelled, Finished, Outcome, Preview, Progress
from tastemaker.domain import MAX_SEED, GenerationRequest, Sampler, Schedule
from tastemaker.errors import (
    OutOfMemory,
)
from tests.diffusion.conftest import psnr, request
from tests.diffusion.engines import drain, engine_of, finished, ticket

Make = Callable[..., tuple[Path, Components]]


requests = st.builds(
    request,
    prompt=st.sampled_from(["cat", "a red apple", ""]),
    sampler=st.sampled_from(list(Sampler)),
    schedule=st.sampled_from(list(Schedule)),
    num_inference_steps=st.integers(1, 5),
    guidance_scale=st.sampled_from([0.0, 1.0, 2.5, 7.5]),
    seed=st.sampled_from([0, 1, 123456789, MAX_SEED]),
    width=st.sampled_from([32, 32, 40]),
    num_images=st.integers(1, 2),
)


@settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
@given(
    mix=st.lists(st.tuples(requests, st.integers(0, 3)), min_size=1, max_size=5),
    max_rows=st.integers(2, 9),
)
def test_any_company_gives_the_same_images(
    tiny: Components, mix: list[tuple[GenerationRequest, int]], max_rows: int
) -> None:
    """Jobs arrive staggered, of any sampler, steps, guidance and size."""
    engine = engine_of(tiny, max_rows=max_rows)
    outcomes: list[Outcome] = []
    for number, (wanted, wait) in enumerate(mix):
        engine.submit(ticket(str(number), wanted))
        for _ in range(wait):
            outcomes += engine.step()
            assert engine.active_rows <= max_rows
    outcomes += drain(engine)
    for number, (wanted, _) in enumerate(mix):
        alone = generate(tiny, wanted)
        together = finished(outcomes, str(number))
        assert [o.seed for o in together] == [o.seed for o in alone]
        for a, b in zip(together, alone, strict=True):
            assert psnr(a.image, b.image) >= 50


def test_bit_identical_within_a_bucket(tiny: Components) -> None:
    """Four images of one row each fill the same bucket, whoever the other three are."""
    wanted = request(guidance_scale=1.0, sampler=Sampler.EULER_A)
    pictures = []
    for neighbours in ((1, 2, 3), (4, 5, 6)):
        engine = engine_of(tiny)
        for seed in neighbours[:2]:
            engine.submit(ticket(str(seed), replace(wanted, seed=seed, prompt="cat")))
        engine.submit(ticket("mine", wanted))
        engine.submit(ticket("last", replace(wanted, seed=neighbours[2], sampler=Sampler.PNDM)))
        pictures.append(finished(drain(engine), "mine")[0].image)
    assert pictures[0] == pictures[1]


def test_progress_counts_to_the_end(tiny: Components) -> None:
    engine = engine_of(tiny)
    engine.submit(ticket("a", request(num_images=2)))
    steps = [o for o in drain(engine) if isinstance(o, Progress)]
    for index in (0, 1):
        assert [o.step for o in steps if o.image_index == index] == [1, 2, 3, 4]
    assert {o.total_steps for o in steps} == {4}


@pytest.mark.parametrize("sampler", [Sampler.HEUN, Sampler.DPMPP_SDE, Sampler.PNDM])
def test_progress_is_in_steps_where_a_step_takes_more_than_one_evaluation(
    tiny: Components, sampler: Sampler
) -> None:
    engine = engine_of(tiny)
    engine.submit(ticket("a", request(sampler=sampler, num_inference_steps=5)))
    heard = [o for o in drain(engine) if isinstance(o, Progress)]
    steps = [o.step for o in heard]
    assert {o.total_steps for o in heard} == {5}
    assert len(steps) > 5
    assert steps == sorted(steps)
    assert set(steps) == set(range(6))
    assert engine.idle
    assert engine.active_rows == 0


def test_only_the_indices_of_the_ticket_are_drawn(tiny: Components) -> None:
    wanted = request(num_images=3)
    engine = engine_of(tiny)
    engine.submit(Ticket("a", wanted, (2,)))
    (only,) = finished(drain(engine), "a")
    assert only.image_index == 2
    assert psnr(only.image, generate(tiny, wanted)[2].image) >= 50


def test_a_large_job_does_not_starve_a_small_one(tiny: Components) -> None:
    engine = engine_of(tiny, max_rows=4)
    engine.submit(ticket("large", request(num_images=20)))
    outcomes = engine.step()
    engine.submit(ticket("small", request(seed=99)))
    assert engine.wants_more
    outcomes += drain(engine)
    order = [o.job_id for o in outcomes if isinstance(o, Finished)]
    assert len(order) == 21
    assert order.index("small") <= 4


def test_sizes_take_turns(tiny: Components) -> None:
    engine = engine_of(tiny)
    engine.submit(ticket("a", request(num_inference_steps=6)))
    engine.submit(ticket("b", request(width=40, num_inference_steps=6)))
    order = [o.job_id for o in drain(engine) if isinstance(o, Progress)]
    assert order == ["a", "b"] * 6


def test_cancel_takes_effect_between_steps(tiny: Components) -> None:
    engine = engine_of(tiny)
    engine.submit(ticket("a", request(num_images=2)))
    engine.submit(ticket("b", request(seed=50)))
    before = engine.step()
    engine.cancel("a")
    engine.cancel("a")
    engine.cancel("never heard of")
    after = engine.step()
    assert [o for o in after if isinstance(o, Cancelled)] == [Cancelled("a")]
    assert all(o.job_id == "b" for o in after if not isinstance(o, Cancelled))
    rest = drain(engine)
    assert not finished(before + after + rest, "a")
    expected = generate(tiny, request(seed=50))[0].image
    assert psnr(finished(rest, "b")[0].image, expected) >= 50


def test_cancel_of_the_only_job_leaves_the_engine_idle(tiny: Components) -> None:
    engine = engine_of(tiny)
    engine.submit(ticket("a", request()))
    engine.cancel("a")
    assert not engine.idle
    assert engine.step() == [Cancelled("a")]
    assert engine.idle


def test_models_come_and_go(make_model: Make, tiny: Components) -> None:
    """Three models in turn with room for two: each draws its own pictures, nothing starves."""
    models = {"a": tiny, "b": make_model(seed=1)[1], "c": make_model(latent_channels=8)[1]}
    loads: list[str] = []

    def load(name: str) -> Components:
        loads.append(name)
        return models[name]

    engine = Engine(load, preview_interval=inf, max_models=2)
    engine.preload("a")
    assert engine.loaded_models == ("a",)
    for name in models:
        engine.submit(ticket(name, request(model=name)))
    outcomes = []
    while not engine.idle:
        outcomes += engine.step()
        assert len(engine.loaded_models) <= 2
    assert loads == ["a", "b", "c"]
    for name, components in models.items():
        (picture,) = finished(outcomes, name)
        assert psnr(picture.image, generate(components, request())[0].image) >= 50


def test_a_model_that_does_not_fit_beside_another_replaces_it(tiny: Components) -> None:
    attempts: list[str] = []

    def load(name: str) -> Components:
        attempts.append(name)
        if name == "big" and len(engine.loaded_models) > 0:
            raise torch.OutOfMemoryError("CUDA out of memory")
        if name == "huge":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return tiny

    engine = Engine(load)
    engine.preload("small")
    engine.preload("big")
    assert engine.loaded_models == ("big",)
    assert attempts == ["small", "big", "big"]
    with pytest.raises(OutOfMemory, match="huge"):
        engine.preload("huge")


def test_previews_keep_their_interval(tiny: Components) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 0.1
        return now[0]

    engine = engine_of(tiny, preview_interval=0.35, clock=clock)
    engine.submit(ticket("a", request(num_inference_steps=12)))
    previews = [o for o in drain(engine) if isinstance(o, Preview)]
    assert [p.step for p in previews] == [1, 5, 9]
    assert all(p.image.size == (128, 128) and p.image.mode == "RGB" for p in previews)


def test_previews_change_nothing(tiny: Components) -> None:
    engine = engine_of(tiny, preview_interval=0.0)
    engine.submit(ticket("a", request(sampler=Sampler.PNDM)))
    outcomes = drain(engine)
    assert sum(isinstance(o, Preview) for o in outcomes) == 4
    alone = generate(tiny, request(sampler=Sampler.PNDM))[0].image
    assert finished(outcomes, "a")[0].image == alone


def test_previews_can_be_left_out_for_a_while(tiny: Components) -> None:
    engine = engine_of(tiny, preview_interval=0.0)
    engine.submit(ticket("a", request(num_inference_steps=6)))
    engine.previews = False
    unseen = [outcome for _ in range(3) for outcome in engine.step()]
    engine.previews = True
    assert not any(isinstance(o, Preview) for o in unseen)
    assert [o.step for o in drain(engine) if isinstance(o, Preview)] == [4, 5]


def test_a_job_is_submitted_once(tiny: Components) -> None:
    engine = engine_of(tiny)
    engine.submit(ticket("a", request()))
    with pytest.raises(ValueError, match="already"):
        engine.submit(ticket("a", request()))


def test_on_step_hears_every_step(tiny: Components) -> None:
    heard: list[Progress] = []
    generate(tiny, request(num_images=2), on_step=heard.append)
    assert len(heard) == 8
