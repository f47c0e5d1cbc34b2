"""The engine over many jobs: company never changes a picture, trouble stays with its owner."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tastemaker.diffusion import batch
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import threads
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.latents import draw_noise
from tastemaker.diffusion.outcomes import Cancelled, Failed, Finished, Outcome, Preview, Progress
from tastemaker.domain import MAX_SEED, GenerationRequest, Sampler, Schedule
from tastemaker.errors import (
    GenerationFailed,
    InvalidInput,
    ModelBroken,
    NumericalFailure,
    OutOfMemory,
)
from tests.diffusion.conftest import psnr, request

Make = Callable[..., tuple[Path, Components]]


def engine_of(components: Components, **options: Any) -> Engine:
    return Engine(lambda _: components, **{"preview_interval": inf, **options})


def ticket(job_id: str, wanted: GenerationRequest) -> Ticket:
    return Ticket(job_id, wanted, tuple(range(wanted.num_images)))


def drain(engine: Engine, limit: int = 2000) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for _ in range(limit):
        if engine.idle:
            return outcomes
        outcomes += engine.step()
    raise AssertionError("the engine never came to rest")


def finished(outcomes: list[Outcome], job_id: str) -> list[Finished]:
    mine = [o for o in outcomes if isinstance(o, Finished) and o.job_id == job_id]
    return sorted(mine, key=lambda o: o.image_index)


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


def test_nan_fails_one_image_and_spares_the_neighbours(fresh_tiny: Components) -> None:
    poisoned = torch.full((16, 16), torch.nan)
    engine = engine_of(fresh_tiny)
    model = engine._models.get("tiny")
    condition = model.prompts.condition
    model.prompts.condition = lambda prompt, *rest: (  # type: ignore[method-assign]
        replace(condition(prompt, *rest), conditional=poisoned)
        if prompt == "poison"
        else condition(prompt, *rest)
    )
    engine.submit(ticket("bad", request(prompt="poison")))
    engine.submit(ticket("good", request()))
    outcomes = drain(engine)
    (failure,) = (o for o in outcomes if isinstance(o, Failed))
    assert failure.job_id == "bad"
    assert isinstance(failure.error, NumericalFailure)
    assert psnr(finished(outcomes, "good")[0].image, generate(fresh_tiny, request())[0].image) >= 50


class Unet:
    """Stands in front of the real U-Net and misbehaves on demand."""

    def __init__(self, unet: Any) -> None:
        self.unet = unet
        self.config = unet.config
        self.rows_seen: list[int] = []
        self.max_rows: float = inf
        self.raises: deque[Exception | None] = deque()
        self.threads_seen: set[int] = set()

    def __call__(self, inputs: torch.Tensor, *rest: Any) -> Any:
        self.rows_seen.append(len(inputs))
        self.threads_seen.add(torch.get_num_threads())
        if len(inputs) > self.max_rows:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3 GiB")
        if self.raises and (error := self.raises.popleft()) is not None:
            raise error
        return self.unet(inputs, *rest)


def with_unet(components: Components) -> tuple[Components, Unet]:
    unet = Unet(components.unet)
    return replace(components, unet=unet), unet


def test_out_of_memory_evaluates_in_smaller_parts(tiny: Components) -> None:
    components, unet = with_unet(tiny)
    unet.max_rows = 3
    engine = engine_of(components)
    engine.submit(ticket("a", request(num_images=4, sampler=Sampler.DPMPP_2M_SDE)))
    outcomes = drain(engine)
    assert unet.rows_seen[:4] == [8, 6, 4, 2]
    assert set(unet.rows_seen[3:]) == {2}
    expected = generate(tiny, request(num_images=4, sampler=Sampler.DPMPP_2M_SDE))
    for a, b in zip(finished(outcomes, "a"), expected, strict=True):
        assert psnr(a.image, b.image) >= 50


def test_out_of_memory_for_a_single_row_fails_that_job_only(tiny: Components) -> None:
    components, unet = with_unet(tiny)
    engine = engine_of(components)
    engine.submit(ticket("a", request()))
    engine.step()
    unet.max_rows = 0
    failures = [o for o in engine.step() if isinstance(o, Failed)]
    assert isinstance(failures[0].error, OutOfMemory)
    assert "smaller size" in str(failures[0].error)
    unet.max_rows = inf
    engine.submit(ticket("b", request()))
    (picture,) = finished(drain(engine), "b")
    assert psnr(picture.image, generate(tiny, request())[0].image) >= 50


def test_only_the_u_net_is_evaluated_by_several_threads(
    tiny: Components, monkeypatch: pytest.MonkeyPatch
) -> None:
    components, unet = with_unet(tiny)
    unet.raises += [None, RuntimeError("a passing fault")]
    beside: set[int] = set()

    def noise(*given: Any) -> torch.Tensor:
        beside.add(torch.get_num_threads())
        return draw_noise(*given)

    monkeypatch.setattr(batch, "draw_noise", noise)
    engine = engine_of(components)
    engine.submit(ticket("a", request(sampler=Sampler.DDPM)))
    with threads(2):
        assert finished(drain(engine), "a")
        assert torch.get_num_threads() == 2
    assert unet.threads_seen == {2}
    assert beside == {1}


def test_unexpected_errors_become_failures(tiny: Components) -> None:
    components, unet = with_unet(tiny)
    # The first evaluation, each image by itself, and the second evaluation.
    for outcome in (RuntimeError("mat1 and mat2 shapes"), None, None, RuntimeError("mat1 again")):
        unet.raises.append(outcome)
    engine = engine_of(components)
    engine.submit(ticket("a", request()))
    engine.submit(ticket("b", request()))
    failures = [o for o in drain(engine) if isinstance(o, Failed)]
    assert [f.job_id for f in failures] == ["a", "b"]
    assert all(type(f.error) is GenerationFailed and "mat1" in str(f.error) for f in failures)


def test_an_error_that_does_not_come_again_costs_nothing(tiny: Components) -> None:
    components, unet = with_unet(tiny)
    for _ in range(3):
        unet.raises += [None, RuntimeError("a passing fault"), None, None]
    engine = engine_of(components)
    engine.submit(ticket("a", request(num_inference_steps=6)))
    engine.submit(ticket("b", request(num_inference_steps=6)))
    outcomes = drain(engine)
    assert not [o for o in outcomes if isinstance(o, Failed)]
    alone = engine_of(tiny)
    alone.submit(ticket("a", request(num_inference_steps=6)))
    alone.submit(ticket("b", request(num_inference_steps=6)))
    expected = drain(alone)
    for job_id in ("a", "b"):
        assert finished(outcomes, job_id)[0].image == finished(expected, job_id)[0].image


@pytest.mark.parametrize(
    ("changes", "match"),
    [({"width": 36}, "width is 36.*32 or 40"), ({"num_inference_steps": 1001}, "1 to 1000")],
)
def test_impossible_requests_fail_alone(
    tiny: Components, changes: dict[str, Any], match: str
) -> None:
    with pytest.raises(InvalidInput, match=match):
        generate(tiny, request(**changes))
    engine = engine_of(tiny)
    engine.submit(ticket("bad", request(**changes)))
    engine.submit(ticket("good", request()))
    outcomes = drain(engine)
    assert [o.job_id for o in outcomes if isinstance(o, Failed)] == ["bad"]
    assert len(finished(outcomes, "good")) == 1


def test_a_model_that_cannot_be_loaded(tiny: Components) -> None:
    def load(name: str) -> Components:
        if name == "broken":
            raise ModelBroken("vocab.json is missing")
        return tiny

    engine = Engine(load, preview_interval=inf)
    with pytest.raises(ModelBroken):
        engine.preload("broken")
    engine.submit(ticket("a", request(model="broken")))
    engine.submit(ticket("b", request()))
    outcomes = drain(engine)
    assert "vocab.json" in str(next(o.error for o in outcomes if isinstance(o, Failed)))
    assert len(finished(outcomes, "b")) == 1


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
