"""A U-Net with faster twins: who answers, and what happens when a twin can't."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tastemaker.diffusion.compiled.switch import MOST_TWINS, Shape, SwitchingUnet
from tastemaker.diffusion.outcomes import EAGER

SHAPE = Shape(8, 8, 5)


class FakeUnet:
    """Answers with zeros, as torch would answer."""

    config = SimpleNamespace(in_channels=4)
    dtype = torch.float32

    def __init__(self) -> None:
        self.added: list[Any] = []

    def __call__(self, sample: Any, timestep: Any, text: Any, **more: Any) -> Any:
        self.added.append(more.get("added_cond_kwargs"))
        return SimpleNamespace(sample=torch.zeros_like(sample))


class FakeTwin:
    """Answers with ones for up to ``most`` rows."""

    kind = "fake"

    def __init__(self, most: int = 4, error: Exception | None = None) -> None:
        self.most, self.error = most, error

    def serves(self, rows: int) -> bool:
        return rows <= self.most

    def evaluate(
        self, sample: Any, timesteps: Any, text: Any, added: Mapping[str, torch.Tensor]
    ) -> torch.Tensor:
        if self.error is not None:
            raise self.error
        return torch.ones_like(sample)


def call(unet: SwitchingUnet, rows: int = 2, shape: Shape = SHAPE, **more: Any) -> torch.Tensor:
    sample = torch.randn(rows, 4, shape.height, shape.width)
    text = torch.randn(rows, shape.tokens, 6)
    output: torch.Tensor = unet(sample, torch.zeros(rows), text, **more).sample
    return output


def test_torch_answers_until_there_is_a_twin() -> None:
    unet = SwitchingUnet(FakeUnet())
    assert call(unet).sum() == 0
    assert unet.kind == EAGER
    unet.adopt(SHAPE, FakeTwin())
    assert call(unet).min() == 1
    assert unet.kind == "fake"


@pytest.mark.parametrize(("rows", "shape"), [(5, SHAPE), (2, Shape(8, 16, 5)), (2, Shape(8, 8, 6))])
def test_what_a_twin_was_not_made_for_torch_does(rows: int, shape: Shape) -> None:
    unet = SwitchingUnet(FakeUnet())
    unet.adopt(SHAPE, FakeTwin(most=4))
    assert call(unet, rows, shape).sum() == 0
    assert unet.kind == EAGER


def test_a_twin_that_fails_is_left_and_torch_finishes_the_step() -> None:
    unet = SwitchingUnet(FakeUnet())
    unet.adopt(SHAPE, FakeTwin(error=RuntimeError("illegal instruction")))
    assert call(unet).sum() == 0
    assert unet.kind == EAGER
    assert not unet.has_twin(SHAPE)


def test_a_kind_can_be_asked_for_and_is_told_when_it_is_not_there() -> None:
    unet = SwitchingUnet(FakeUnet())
    unet.only = "fake"
    assert call(unet).sum() == 0
    assert unet.kind == EAGER
    unet.adopt(SHAPE, FakeTwin())
    assert call(unet).min() == 1
    assert unet.kind == "fake"
    for other in (EAGER, "another"):
        unet.only = other
        assert call(unet).sum() == 0
        assert unet.kind == EAGER


def test_it_has_the_attributes_of_its_unet_and_hands_on_what_else_is_given() -> None:
    inner = FakeUnet()
    unet = SwitchingUnet(inner)
    assert unet.config.in_channels == 4
    assert unet.dtype == torch.float32
    with pytest.raises(AttributeError):
        _ = unet.nothing_of_that_name
    ids = torch.ones(2, 6)
    call(unet, added_cond_kwargs={"time_ids": ids})
    assert inner.added[-1]["time_ids"] is ids


def test_every_shape_is_told_once_and_again_when_its_twin_had_to_go() -> None:
    told: list[Shape] = []
    unet = SwitchingUnet(FakeUnet(), lambda _, shape: told.append(shape))
    shapes = [Shape(8, 8 * i, 5) for i in range(1, MOST_TWINS + 2)]
    for shape in (*shapes, *shapes):
        call(unet, shape=shape)
    assert told == shapes
    for shape in shapes:
        unet.adopt(shape, FakeTwin())
    assert not unet.has_twin(shapes[0])
    call(unet, shape=shapes[0])
    call(unet, shape=shapes[1])
    assert told == [*shapes, shapes[0]]
