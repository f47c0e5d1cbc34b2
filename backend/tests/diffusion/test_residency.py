"""Which models stay in memory: the latest within the budget, never one in use less."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.diffusion import residency
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.residency import Residency, bytes_of
from tastemaker.diffusion.turns import Verdict
from tastemaker.errors import ModelBroken, NotFound, OutOfMemory


@dataclass(eq=False)
class Parts:
    """As much of a model as counts here; ``size`` bytes of weights."""

    name: str
    size: int
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PromptEncoder", "Previewer"):
        monkeypatch.setattr(residency, name, lambda parts: None)
    monkeypatch.setattr(residency, "bytes_of", lambda parts: parts.size)
    # Collecting garbage takes its time in a process as large as this.
    monkeypatch.setattr(residency, "free_memory", lambda device: None)


class House:
    """A residency of models named by letter; ``a`` has 1 byte, ``b`` 2 and so on."""

    def __init__(self, limit: int = 9, **options: Any) -> None:
        self.loads: list[str] = []
        self.stamps: dict[str, int] = {}
        options.setdefault("size_of", self.size)
        self.models = Residency(self.load, limit, lambda name: self.stamps.get(name, 0), **options)

    def size(self, name: str) -> int:
        return ord(name) - ord("a") + 1

    def load(self, name: str) -> Components:
        self.loads.append(name)
        return cast(Components, Parts(name, self.size(name)))


def test_the_least_recently_used_goes_first() -> None:
    house = House(limit=2)
    for name in "abac":
        house.models.get(name)
    assert house.models.names == ("a", "c")
    assert house.loads == ["a", "b", "c"]


def test_models_stay_within_a_byte_budget() -> None:
    house = House(max_bytes=6)
    for name in "abc":
        house.models.get(name)
    assert (house.models.names, house.models.bytes) == (("a", "b", "c"), 6)
    house.models.get("d")
    assert (house.models.names, house.models.bytes) == (("d",), 4)
    house.models.get("b")
    assert house.models.names == ("d", "b")
    house.models.get("z")
    assert house.models.names == ("z",), "what is larger than the budget is alone"


def test_a_wrong_guess_is_put_right_after_loading() -> None:
    """On disk in half precision, in memory in single."""
    house = House(max_bytes=6, size_of=lambda name: 1)
    house.models.get("d")
    house.models.get("c")
    assert house.models.names == ("c",)
    assert house.models.verdict("d", [house.models.get("c")]) is Verdict.NO_MODEL


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")))),
    st.integers(1, 4),
    st.integers(3, 12),
)
def test_the_verdict_is_kept(steps: list[tuple[str, set[str]]], limit: int, max_bytes: int) -> None:
    """What is in use is never dropped, and within the bounds unless it is too large alone."""
    house = House(limit, max_bytes=max_bytes)
    for name, busy in steps:
        held = [model for model in house.models._models if model.name in busy]
        before = set(house.models.names)
        verdict = house.models.verdict(name, held)
        if verdict is Verdict.NO_MODEL:
            continue
        house.models.get(name, held)
        after = set(house.models.names)
        assert {model.name for model in held} <= after
        if verdict is Verdict.FITS:
            assert before <= after
        assert len(after) <= limit
        assert house.models.bytes <= max_bytes or after == {name}


def test_what_was_replaced_on_disk_is_loaded_beside_the_one_in_use() -> None:
    house = House()
    old = house.models.get("a")
    house.stamps["a"] = 1
    new = house.models.get("a", [old])
    assert new is not old
    assert house.loads == ["a", "a"]
    assert house.models.get("a", [old, new]) is new
    house.models.get("a", [new])
    assert house.models.bytes == 1, "the old one went when nothing drew with it any more"


def test_memory_is_free_before_the_next_model_is_loaded() -> None:
    house = House(limit=1)
    first = weakref.ref(house.models.get("a").components)
    seen: list[object] = []
    load = house.load

    def watched(name: str) -> Components:
        gc.collect()
        seen.append(first())
        return load(name)

    house.models._load = watched
    house.models.get("b")
    house.stamps["b"] = 1
    house.models.get("b")
    assert seen == [None, None]


def test_out_of_memory_drops_the_idle_and_tries_again() -> None:
    house = House()
    kept = house.models.get("a")
    house.models.get("b")
    load, failures = house.load, iter([True, False])

    def tight(name: str) -> Components:
        found = load(name)
        if next(failures, True):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return found

    house.models._load = tight
    house.models.get("c", [kept])
    assert house.models.names == ("a", "c")
    with pytest.raises(OutOfMemory, match="The model d doesn't fit"):
        house.models.get("d", [kept])


def test_a_model_that_cannot_be_sized_or_loaded_says_why() -> None:
    def size_of(name: str) -> int:
        raise NotFound("no such model")

    house = House(size_of=size_of, max_bytes=1)
    house.models.get("a")

    def broken(name: str) -> Components:
        raise ModelBroken("vocab.json is missing")

    house.models._load = broken
    with pytest.raises(ModelBroken, match="vocab"):
        house.models.get("b")


def test_fingerprints_are_found_beside_the_drawing() -> None:
    house = House(fingerprint=lambda name: f"sha256:{name}")
    assert house.models.get("a").fingerprint == "sha256:a"

    def fails(name: str) -> str:
        raise OSError("gone")

    house = House(fingerprint=fails)
    assert house.models.get("a").fingerprint == ""
    assert House().models.get("a").fingerprint == ""


def test_weights_of_all_networks_count(tiny: Components) -> None:
    networks = (tiny.unet, tiny.vae, tiny.text_encoder)
    expected = sum(p.nbytes for network in networks for p in network.parameters())
    assert expected <= bytes_of(tiny) <= expected + 10_000
