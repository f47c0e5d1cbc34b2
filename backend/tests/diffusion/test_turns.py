"""The order of turns, played with jobs of any width, length and model: fair, never stuck."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.diffusion.turns import OVERTAKING, Turns, Verdict

PATIENCE = 4
MODELS = "abc"


@dataclass(eq=False)
class Job:
    model: str
    rows: int
    images: int
    steps: int
    arrives: int = 0
    begun: int = 0

    @property
    def work(self) -> int:
        """Of one image."""
        return self.rows * self.steps


@dataclass
class Entry:
    """When a job joined the line: images begun and work done by then, and how many were there."""

    begun: int
    done: int
    ahead: int


@dataclass
class House:
    """An engine without pictures: rows, a few models in memory, a step at a time."""

    max_rows: int
    max_models: int
    turns: Turns[Job] = field(default_factory=lambda: Turns(PATIENCE))
    drawing: list[tuple[Job, int]] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    loads: int = 0
    order: list[tuple[Job, int]] = field(default_factory=list)
    entered: dict[Job, Entry] = field(default_factory=dict)
    done: int = 0

    def verdict(self, job: Job) -> Verdict:
        if sum(j.rows for j, _ in self.drawing) + job.rows > self.max_rows:
            return Verdict.NO_ROWS
        busy = {j.model for j, _ in self.drawing}
        if job.model in self.models or len(self.models) < self.max_models:
            return Verdict.FITS
        return Verdict.SWAPS if len(busy) < self.max_models else Verdict.NO_MODEL

    def join(self, job: Job) -> None:
        self.entered[job] = Entry(len(self.order), self.done, len(self.turns))
        self.turns.add(job, job.work)

    def step(self) -> None:
        while (job := self.turns.take(self.verdict)) is not None:
            entry = self.entered.pop(job)
            late = self.came_when_due(job, entry)
            assert late <= entry.ahead + PATIENCE * len(MODELS), "it waited longer than promised"
            assert self.overtook(job, entry) <= self.most_overtaking(job), "overtaken by too much"
            self.load(job.model)
            job.begun += 1
            self.order.append((job, entry.done))
            self.drawing.append((job, job.steps))
            if job.begun < job.images:
                self.join(job)
        assert self.drawing or not self.turns, "it is stuck"
        assert sum(job.rows for job, _ in self.drawing) <= self.max_rows
        for drawn, _ in self.drawing:
            self.turns.worked(drawn.rows)
            self.done += drawn.rows
        self.drawing = [(j, left - 1) for j, left in self.drawing if left > 1]

    def came_when_due(self, job: Job, entry: Entry) -> int:
        """How many began before this image of ``job`` without having been due before it."""
        due = entry.done + OVERTAKING * job.work
        began = self.order[entry.begun :]
        return sum(came + OVERTAKING * other.work >= due for other, came in began)

    def overtook(self, job: Job, entry: Entry) -> int:
        """The work of images that came after this one of ``job`` but were due before it."""
        due = entry.done + OVERTAKING * job.work
        return sum(
            other.work
            for other, came in self.order[entry.begun :]
            if came >= entry.done and came + OVERTAKING * other.work < due
        )

    def most_overtaking(self, job: Job) -> float:
        """What is done until the image is due, what is under way then, and one image of each."""
        others = {other for other, _ in self.order}
        under_way = self.max_rows * max(other.steps for other in others | {job})
        return OVERTAKING * job.work + under_way + sum(other.work for other in others)

    def load(self, model: str) -> None:
        if model in self.models:
            return
        self.loads += 1
        busy = {j.model for j, _ in self.drawing}
        idle = [name for name in self.models if name not in busy]
        while len(self.models) >= self.max_models:
            self.models.remove(idle.pop(0))
        self.models.append(model)


jobs = st.lists(
    st.builds(
        Job,
        model=st.sampled_from(MODELS),
        rows=st.integers(1, 2),
        images=st.integers(1, 12),
        steps=st.integers(1, 6),
        arrives=st.integers(0, 15),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=300)
@given(jobs=jobs, max_rows=st.integers(2, 6), max_models=st.integers(1, 3))
def test_every_job_is_drawn_and_none_waits_longer_than_promised(
    jobs: list[Job], max_rows: int, max_models: int
) -> None:
    house = House(max_rows, max_models)
    work = sum(job.images * job.steps for job in jobs)
    for now in range(16 + work):
        for job in jobs:
            if job.arrives == now:
                house.join(job)
        house.step()
    assert [job.begun for job in jobs] == [job.images for job in jobs]
    assert not house.turns
    assert not house.drawing


def test_a_hundred_images_hold_up_one_by_one_image() -> None:
    house = House(max_rows=2, max_models=1)
    large, small = Job("a", 2, 100, 3), Job("a", 2, 1, 3)
    house.join(large)
    house.step()
    house.join(small)
    while small.begun == 0:
        house.step()
    assert large.begun <= 2


def test_a_quick_image_goes_before_one_of_many_steps() -> None:
    house = House(max_rows=2, max_models=1)
    for steps in (3, 50, 4):
        house.join(Job("a", 2, 1, steps))
    for _ in range(8):
        house.step()
    assert [job.steps for job, _ in house.order] == [3, 4, 50]


def test_equal_images_begin_in_the_order_of_their_coming() -> None:
    house = House(max_rows=2, max_models=1)
    jobs = [Job("a", 2, 1, 5) for _ in range(5)]
    for job in jobs:
        house.join(job)
        house.step()
    for _ in range(25):
        house.step()
    assert [job for job, _ in house.order] == jobs


def test_quick_images_overtake_only_until_an_image_is_due() -> None:
    """There is always another one of a single step; the one of ten steps waits thrice its work."""
    house = House(max_rows=2, max_models=1)
    long = Job("a", 2, 1, 10)
    house.join(long)
    house.join(Job("a", 2, 1, 1))
    while long.begun == 0:
        house.step()
        house.join(Job("a", 2, 1, 1))
    assert OVERTAKING * 10 - 3 <= len(house.order) - 1 <= OVERTAKING * 10


def test_a_stream_of_small_jobs_does_not_starve_a_large_one() -> None:
    house = House(max_rows=2, max_models=1)
    large = Job("a", 2, 10, 1)
    house.join(large)
    for _ in range(40):
        while len(house.turns) < 3:
            house.join(Job("a", 1, 1, 1))
        house.step()
    assert large.begun == 10


def test_wide_images_are_not_starved_by_narrow_ones() -> None:
    """One row is always free, and always somebody wants just that."""
    house = House(max_rows=2, max_models=1)
    house.join(Job("a", 1, 100, 2))
    house.step()
    wide = Job("a", 2, 1, 1)
    house.join(wide)
    for _ in range(5):
        house.join(Job("a", 1, 100, 2))
        house.step()
    assert wide.begun == 1


def test_models_are_not_changed_for_every_image() -> None:
    """Three models of twenty images each share one place: far fewer loads than images."""
    house = House(max_rows=4, max_models=1)
    jobs = [Job(model, 2, 20, 2) for model in MODELS]
    for job in jobs:
        house.join(job)
    for _ in range(500):
        house.step()
    assert [job.begun for job in jobs] == [20, 20, 20]
    assert house.loads <= 60 / (PATIENCE + 1) + 3


def test_patience_ends_with_time_too() -> None:
    now = [0.0]
    turns: Turns[str] = Turns(PATIENCE, seconds=10, clock=lambda: now[0])
    verdicts = {"swaps": Verdict.SWAPS, "fits": Verdict.FITS}
    for job in ("swaps", "fits"):
        turns.add(job, 1)
    assert turns.take(verdicts.__getitem__) == "fits"
    turns.add("fits", 1)
    now[0] = 9.0
    assert turns.take(verdicts.__getitem__) == "fits"
    turns.add("fits", 1)
    now[0] = 10.0
    assert turns.take(verdicts.__getitem__) == "swaps"


@pytest.mark.parametrize("found", [Verdict.NO_ROWS, Verdict.NO_MODEL])
def test_nothing_begins_when_nothing_fits(found: Verdict) -> None:
    turns: Turns[str] = Turns(PATIENCE)
    for job in "abca":
        turns.add(job, 1)
    assert turns.take(lambda job: found) is None
    assert list(turns) == ["a", "b", "c"]
    turns.remove("b")
    turns.remove("b")
    assert turns.take(lambda job: Verdict.FITS) == "a"
    assert list(turns) == ["c"]
    assert len(turns) == 1
