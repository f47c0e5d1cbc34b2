"""Twins made in the background: reported, handed over between steps, never in anyone's way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tastemaker.diffusion.compiled.switch import Shape, SwitchingUnet
from tastemaker.diffusion.compiled.warm_up import Subject, WarmUp
from tastemaker.diffusion.components import Components
from tests.diffusion.compiled.test_switch import FakeTwin

SINCE = datetime(2026, 11, 24, tzinfo=UTC)


class FakeBuilder:
    """Builds when it is allowed to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Shape]] = []
        self.go = threading.Event()
        self.begun = threading.Event()
        self.error: Exception | None = None
        self.none = False
        self.prepared: list[Any] = []
        self.threads: list[threading.Thread] = []

    def prepare(self, unet: Any) -> None:
        self.prepared.append(unet)

    def build(
        self, subject: Subject, shape: Shape, report: Callable[[str], None]
    ) -> Callable[[], FakeTwin] | None:
        self.asked.append((subject.model, shape))
        self.threads.append(threading.current_thread())
        report("compiling")
        self.begun.set()
        assert self.go.wait(30)
        if self.error is not None:
            raise self.error
        return None if self.none else FakeTwin

    def close(self) -> None:
        self.go.set()


@pytest.fixture
def builder() -> FakeBuilder:
    return FakeBuilder()


@pytest.fixture
def warm_up(builder: FakeBuilder) -> Iterator[WarmUp]:
    made = WarmUp(builder, lambda: SINCE)
    yield made
    made.close()


def shape_of(model: Components) -> Shape:
    return Shape(*model.latent_size(*model.default_size), model.max_tokens)


def test_a_models_own_size_is_built_at_once_and_used_from_the_next_tick(
    warm_up: WarmUp, builder: FakeBuilder, tiny: Components
) -> None:
    unet: Any = warm_up.wrap(tiny).unet
    assert isinstance(unet, SwitchingUnet)
    assert builder.prepared == [tiny.unet]
    assert builder.begun.wait(30)
    status = warm_up.tick()
    assert status is not None
    assert (status.model, status.stage, status.since) == (tiny.name, "compiling", SINCE)
    assert builder.asked == [(tiny.name, shape_of(tiny))]
    builder.go.set()
    assert warm_up.join(30)
    assert not unet.has_twin(shape_of(tiny))
    assert warm_up.tick() is None
    assert unet.has_twin(shape_of(tiny))


@pytest.mark.parametrize("error", [RuntimeError("no such compiler"), None])
def test_what_cannot_be_built_stays_with_torch_and_others_are_built(
    warm_up: WarmUp, builder: FakeBuilder, tiny: Components, error: Exception | None
) -> None:
    builder.error, builder.none = error, error is None
    builder.go.set()
    first: Any = warm_up.wrap(tiny).unet
    assert warm_up.join(30)
    assert warm_up.tick() is None
    assert not first.has_twin(shape_of(tiny))
    builder.error, builder.none = None, False
    second: Any = warm_up.wrap(tiny).unet
    assert warm_up.join(30)
    warm_up.tick()
    assert second.has_twin(shape_of(tiny))


def test_a_model_that_is_gone_is_not_built(
    warm_up: WarmUp, builder: FakeBuilder, tiny: Components
) -> None:
    kept = warm_up.wrap(tiny)
    assert builder.begun.wait(30)
    warm_up.wrap(tiny)  # its U-Net is dropped at once
    builder.go.set()
    assert warm_up.join(30)
    warm_up.tick()
    assert len(builder.asked) == 1
    assert kept.unet.has_twin(shape_of(tiny))


def test_with_nothing_to_build_there_is_no_thread(
    warm_up: WarmUp, builder: FakeBuilder, tiny: Components
) -> None:
    builder.go.set()
    unet: Any = warm_up.wrap(tiny).unet
    assert warm_up.join(30)
    builder.threads[0].join(30)
    assert not builder.threads[0].is_alive()
    unet.expect(Shape(4, 4, 4))
    assert warm_up.join(30)
    assert builder.asked[1:] == [(tiny.name, Shape(4, 4, 4))]


def test_closing_does_not_wait_for_what_is_being_built(
    builder: FakeBuilder, tiny: Components
) -> None:
    warm_up = WarmUp(builder)
    unet: Any = warm_up.wrap(tiny).unet
    assert builder.begun.wait(30)
    warm_up.close()
    unet.expect(Shape(4, 4, 4))
    assert [shape for _, shape in builder.asked] == [shape_of(tiny)]
