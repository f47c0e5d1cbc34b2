"""Trouble (NaN, too little memory, errors, impossible requests): stays with its owner."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest
import torch

from tastemaker.diffusion import batch
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import threads
from tastemaker.diffusion.engine import Engine
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.latents import draw_noise
from tastemaker.diffusion.outcomes import Failed
from tastemaker.domain import Sampler
from tastemaker.errors import (
    GenerationFailed,
    InvalidInput,
    ModelBroken,
    NumericalFailure,
    OutOfMemory,
)
from tests.diffusion.conftest import psnr, request
from tests.diffusion.engines import drain, engine_of, finished, ticket, with_unet


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
