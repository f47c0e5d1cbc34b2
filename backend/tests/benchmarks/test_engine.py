"""The engine's benchmarks compare like with like: same requests, same pictures, fair turns."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
import torch

from benchmarks.engine import mixed, one_request, psnr, table
from benchmarks.evaluation import gflop, inputs_for
from benchmarks.ours import Arrival, serve
from benchmarks.peers import Diffusers
from benchmarks.timing import interleaved, sgemm_rate
from tastemaker.diffusion.components import Components, load_components
from tests.tiny_pipeline import make_tiny_pipeline


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_pipeline(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Components:
    return load_components(folder, torch.device("cpu"))


def test_sides_take_turns_there_and_back() -> None:
    order: list[str] = []

    def side(name: str, seconds: float) -> float:
        order.append(name)
        return seconds + len(order)

    found = interleaved({"a": lambda: side("a", 0), "b": lambda: side("b", 10)}, repeats=1)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found["a"].runs == (1, 4, 5)
    assert (found["a"].median, found["b"].median) == (4, 13)
    assert str(found["b"]) == "13.000 (12.000-16.000)"


def test_both_sides_draw_the_same_pictures(folder: Path, tiny: Components) -> None:
    arrivals = [replace(arrival, at=0.0) for arrival in mixed(one_request(tiny, 4), 6, gap=1.0)]
    assert len({arrival.request.sampler for arrival in arrivals}) == 6
    together = serve(tiny, arrivals)
    one_by_one = serve(tiny, arrivals, at_once=1)
    theirs = Diffusers(folder, tiny).serve(arrivals)
    for side in (one_by_one, theirs):
        assert len(side.images) == len(side.latencies) == 6
        assert min(map(psnr, side.images, together.images)) >= 45
    assert one_by_one.latencies == sorted(one_by_one.latencies), "one after the other"
    assert max(together.latencies) <= together.seconds


def test_a_static_batch_is_one_request(folder: Path, tiny: Components) -> None:
    request = replace(one_request(tiny, 3), num_images=3)
    ours = serve(tiny, [Arrival(request)])
    theirs = Diffusers(folder, tiny).draw(request)
    assert len(ours.images) == len(theirs) == 3
    assert min(map(psnr, ours.images, theirs)) >= 45
    assert psnr(ours.images[0], ours.images[1]) < inf, "each has its own seed"


def test_arrivals_are_the_same_every_time_and_in_order(tiny: Components) -> None:
    one = one_request(tiny, 10)
    arrivals = mixed(one, 16, gap=0.5)
    assert arrivals == mixed(one, 16, gap=0.5)
    times = [arrival.at for arrival in arrivals]
    assert times == sorted(times)
    assert 0.2 < times[-1] / 15 < 1.0
    assert {arrival.request.guidance_scale for arrival in arrivals} == {1.0, 3.0, 5.0, 7.0}
    assert len({arrival.request.num_inference_steps for arrival in arrivals}) == 3


def test_latency_is_counted_from_the_arrival(tiny: Components) -> None:
    one = one_request(tiny, 2)
    served = serve(tiny, [Arrival(one, at=0.3), Arrival(one)])
    assert served.seconds >= 0.3
    assert served.latencies[0] <= served.seconds - 0.3 + 1e-6


def test_the_table_compares_with_ours(tiny: Components) -> None:
    sides = {"ours": lambda a: serve(tiny, a), "ours, one by one": lambda a: serve(tiny, a)}
    lines = table("server", sides, [Arrival(one_request(tiny, 2))] * 2, repeats=3)
    assert lines[0] == "server (2 pictures)"
    assert lines[2].split()[0] == "ours"
    assert lines[2].split()[-1] == "1.00"


def test_the_work_grows_with_the_rows_and_the_roof_is_positive(tiny: Components) -> None:
    one, two = (gflop(tiny.unet, inputs_for(tiny, rows)) for rows in (1, 2))
    assert one > 0
    assert two == pytest.approx(2 * one)
    assert sgemm_rate(torch.device("cpu")) > 0
