"""Streams: batches that step side by side, and what becomes of images that change places.

A U-Net with a twin that has two streams stands in for a compiled one; what OpenVINO's streams do is
in `tests.diffusion.compiled.test_openvino`.
"""

from __future__ import annotations

import gc
import random
import threading
import time
import weakref
from functools import cache
from typing import Any

import pytest
import torch

from tastemaker.diffusion.compiled.switch import Shape
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import threads
from tastemaker.diffusion.engine import Ticket
from tastemaker.diffusion.outcomes import EAGER, Cancelled, Evaluations, Failed, Finished, Progress
from tastemaker.diffusion.streams import Streams
from tastemaker.domain import Hires, Upscaler
from tests.diffusion.conftest import psnr, request
from tests.diffusion.engines import drain, finished
from tests.diffusion.streamed import COUNT, KIND, Streamed
from tests.diffusion.test_company import (
    MAX_ROWS,
    NAN,
    POISON,
    POOL,
    House,
    alone,
    disturb,
    house,
)

MIXES = 120


@pytest.fixture
def streamed(tiny: Components) -> Streamed:
    model = Streamed(tiny)
    for width in (16, 24):
        shape = Shape(*tiny.latent_size(width, 16), tiny.max_tokens)
        model.adopt(model.unet, shape)
    return model


def kinds(drawn: Finished) -> set[str]:
    return {run.by for run in drawn.evaluations}


@pytest.mark.slow
def test_every_picture_of_hundreds_of_mixes_is_the_one_drawn_alone(streamed: Streamed) -> None:
    """Within 50 dB; bit for bit when evaluated in the recorded sizes."""
    chance = random.Random(0)
    home = house(streamed.parts, max_rows=2 * MAX_ROWS)

    @cache
    def by_itself(index: int) -> Any:
        return alone(streamed.parts, POOL[index])

    @cache
    def again(index: int, evaluations: tuple[Evaluations, ...]) -> Any:
        picture = alone(streamed.parts, POOL[index], replay=evaluations)
        streamed.unet.only = None
        return picture

    sizes, makers = set(), set()
    for mix in range(MIXES):
        streamed.renew()
        jobs, spoilers = [], []
        for _ in range(chance.randint(2, 5)):
            index = chance.randrange(len(POOL))
            jobs.append((home.submit(*POOL[index]), index))
            if chance.random() < 0.2:
                spoilers.append(disturb(home, chance))
            for _ in range(chance.randint(0, 2)):
                home.step()
                assert home.engine.active_rows <= 2 * MAX_ROWS
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
            makers |= kinds(drawn)
            steps = [o.step for o in home.outcomes[job_id] if isinstance(o, Progress)]
            assert steps == sorted(steps)
            assert psnr(drawn.image, by_itself(index)) >= 50
            if mix % 4 == 0:
                assert drawn.image == again(index, drawn.evaluations)
        ends = {"cancel": (Cancelled, Finished), "nan": (Failed,), "poison": (Failed,)}
        for job_id, how in spoilers:
            assert isinstance(home.end(job_id), ends[how])
    assert len(sizes) > 10
    assert KIND in makers
    assert streamed.twin.most_at_once == COUNT
    assert min(streamed.twin.calls[number] for number in range(COUNT)) > MIXES


def pictures(home: House, *wanted: Any) -> list[Finished]:
    jobs = [home.submit(one) for one in wanted]
    home.drain()
    return [home.finished(job) for job in jobs]


def apples(count: int, **changes: Any) -> list[Any]:
    changes = {"width": 16, "height": 16, "num_inference_steps": 6, **changes}
    return [request(seed=number, **changes) for number in range(count)]


def test_pictures_that_are_alone_are_not_drawn_on_streams(streamed: Streamed) -> None:
    (drawn,) = pictures(house(streamed.parts), *apples(1))
    assert not streamed.twin.calls
    assert "vae_threads" not in drawn.place


def test_two_pictures_go_side_by_side_and_say_how(streamed: Streamed) -> None:
    home = house(streamed.parts, max_rows=8)
    with threads(COUNT):
        drawn = pictures(home, *apples(2))
    for one in drawn:
        runs = [(run.rows, run.by) for run in one.evaluations]
        # Who ends last has both streams for the rest.
        assert runs in ([(2 * COUNT, KIND)], [(2 * COUNT, KIND), (COUNT, KIND)])
    assert sum(streamed.twin.calls.values()) > 6


def test_who_decoded_is_told(streamed: Streamed) -> None:
    """While others go on it is a stream with its one thread, else all threads."""
    home = house(streamed.parts, max_rows=8)
    quick, slow = apples(1, num_inference_steps=2), apples(2, num_inference_steps=20)
    with threads(COUNT):
        first, *_ = pictures(home, *quick, *slow)
        (single,) = pictures(home, *quick)
    assert first.place["threads"] == single.place["threads"] == COUNT
    assert first.place["vae_threads"] == 1
    assert "vae_threads" not in single.place


def test_the_last_one_has_the_whole_device_to_itself(streamed: Streamed) -> None:
    home = house(streamed.parts, max_rows=8)
    goes, stays = (home.submit(one) for one in apples(2))
    home.step()
    home.engine.cancel(goes)
    home.drain()
    assert isinstance(home.end(goes), Cancelled)
    runs = [(run.rows, run.by) for run in home.finished(stays).evaluations]
    # First both of its rows on one stream, then each on one.
    assert {run[0] for run in runs[:-1]} == {2 * COUNT}
    assert runs[-1] == (COUNT, KIND)


def test_who_is_to_decode_can_be_demanded(streamed: Streamed) -> None:
    (wanted,) = apples(1)
    engine = house(streamed.parts).engine
    engine.submit(Ticket("again", wanted, (0,), vae_threads=1))
    with threads(COUNT):
        (drawn,) = finished(drain(engine), "again")
        assert torch.get_num_threads() == COUNT
    assert drawn.place["threads"] == COUNT
    assert drawn.place["vae_threads"] == 1


def test_what_is_too_much_for_one_stream_goes_to_another_and_keeps_its_past(
    streamed: Streamed,
) -> None:
    """Samplers with a memory are the ones that would notice."""
    wanted = apples(3, num_inference_steps=8)
    quick = apples(3, num_inference_steps=2)
    expected = [alone(streamed.parts, (one, False)) for one in wanted]
    home = house(streamed.parts, max_rows=12)
    jobs = [home.submit(one) for pair in zip(wanted, quick, strict=True) for one in pair]
    home.drain()
    for job, picture in zip(jobs[::2], expected, strict=True):
        assert psnr(home.finished(job).image, picture) >= 50
    rows = {len({run.rows for run in home.finished(job).evaluations}) for job in jobs[::2]}
    assert max(rows) > 1, "nobody's company changed"


@pytest.mark.parametrize("broken", [{0}, {1}, {0, 1}])
def test_a_stream_that_fails_costs_nobody_a_picture(streamed: Streamed, broken: set[int]) -> None:
    streamed.twin.fails = broken
    for drawn in pictures(house(streamed.parts, max_rows=8), *apples(3)):
        assert sum(run.count for run in drawn.evaluations) == 6
    assert sum(streamed.twin.calls.values()) < 18


@pytest.mark.parametrize("prompt", [NAN, POISON])
def test_who_cannot_be_drawn_fails_alone(streamed: Streamed, prompt: str) -> None:
    home = house(streamed.parts, max_rows=12)
    jobs = [home.submit(one) for one in apples(3)]
    bad = home.submit(request(prompt=prompt, width=16, height=16, num_images=2))
    home.drain()
    assert isinstance(home.end(bad), Failed)
    for job, one in zip(jobs, apples(3), strict=True):
        assert psnr(home.finished(job).image, alone(streamed.parts, (one, False))) >= 50


def test_cancelling_what_a_stream_is_at_leaves_the_others(streamed: Streamed) -> None:
    home = house(streamed.parts, max_rows=12)
    jobs = [home.submit(one) for one in apples(2)]
    gone = home.submit(request(width=16, height=16, num_images=4, num_inference_steps=6))
    home.step()
    assert home.engine.active_rows == 12
    home.engine.cancel(gone)
    home.step()
    assert home.engine.active_rows == 4
    home.drain()
    assert isinstance(home.end(gone), Cancelled)
    for job in jobs:
        assert [o.step for o in home.outcomes[job] if isinstance(o, Progress)] == [*range(1, 7)]


def test_kinds_take_turns_also_those_without_streams(streamed: Streamed) -> None:
    """Of three shapes one has no twin: it has the device to itself for its steps."""
    streamed.unet._on_new_shape = None
    home = house(streamed.parts, max_rows=12)
    wanted = [*apples(2), *apples(2, width=24), *apples(1, width=24, height=24)]
    drawn = pictures(home, *wanted)
    assert [kinds(one) for one in drawn] == [{KIND}] * 4 + [{EAGER}]
    ends = [home.outcomes[str(number + 1)][-2] for number in range(5)]
    assert all(isinstance(end, Progress) and end.step == end.total_steps for end in ends)


def test_a_second_pass_begins_although_there_is_no_end_of_others(streamed: Streamed) -> None:
    """What is between two passes needs the whole device; streams have always something to do."""
    hires = Hires(1.5, 0.6, 2, Upscaler.LATENT)
    size = {"width": 16, "height": 16, "final_width": 24, "final_height": 24}
    home = house(streamed.parts, max_rows=12)
    many = home.submit(request(width=16, height=16, num_images=40))
    larger = home.submit(request(hires=hires, num_inference_steps=3, **size))
    while not any(isinstance(o, Finished) for o in home.outcomes[larger]):
        home.step()
    assert sum(isinstance(o, Finished) for o in home.outcomes[many]) < 30
    home.engine.cancel(many)
    home.drain()


def test_previews_come_in_order_and_before_their_picture(streamed: Streamed) -> None:
    home = house(streamed.parts, max_rows=8, preview_interval=0.0)
    pictures(home, *apples(3))
    for outcomes in home.outcomes.values():
        steps = [o.step for o in outcomes if type(o).__name__ == "Preview"]
        assert steps == [1, 2, 3, 4, 5]
        assert isinstance(outcomes[-1], Finished)


def test_strict_mode_knows_no_streams(streamed: Streamed) -> None:
    for drawn in pictures(house(streamed.parts, strict_rows=4, max_rows=8), *apples(3)):
        assert kinds(drawn) == {EAGER}
    assert not streamed.twin.calls


def test_streams_have_a_thread_each_and_leave_others_theirs() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        streams = Streams(2)
        assert not streams.busy
        both = threading.Barrier(3, timeout=20)
        seen = []

        def work() -> None:
            seen.append((threading.get_ident(), torch.get_num_threads()))
            both.wait()

        for number in range(2):
            assert streams.free == number
            streams.start(number, work)
        assert streams.free is None
        assert streams.busy
        both.wait()
        streams.wait()
        assert streams.free is not None
        assert len({ident for ident, _ in seen}) == 2
        assert {count for _, count in seen} == {1}
        assert torch.get_num_threads() == 2
        elsewhere: list[int] = []
        other = threading.Thread(target=lambda: elsewhere.append(torch.get_num_threads()))
        other.start()
        other.join()
        assert elsewhere == [2]
    finally:
        torch.set_num_threads(before)


def test_what_a_stream_raises_is_its_futures() -> None:
    streams = Streams(1)

    def fail() -> None:
        raise ValueError("no")

    future = streams.start(0, fail)
    streams.wait()
    assert isinstance(future.exception(), ValueError)
    assert streams.free == 0


def test_what_is_done_is_not_kept_and_threads_end_with_their_owner() -> None:
    class Picture:
        pass

    streams = Streams(1)
    future = streams.start(0, Picture)
    picture = weakref.ref(future.result())
    names = {thread for thread in threading.enumerate() if thread.name.startswith("stream-0")}
    del future
    assert not streams.busy
    gc.collect()
    assert picture() is None
    ours = names & set(streams._pools[0]._threads)
    assert ours
    del streams
    gc.collect()
    end = time.monotonic() + 20
    while any(thread.is_alive() for thread in ours):
        assert time.monotonic() < end
        time.sleep(0.01)
