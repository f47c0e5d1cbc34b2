"""Pairs: which there are, which a step looks at, and one step written out in plain PyTorch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from tastemaker.diffusion.components import Components
from tastemaker.errors import InvalidInput
from tastemaker.training.division import divide
from tastemaker.training.encoding import Item, TrainingSet
from tastemaker.training.losses import NoiseProcess, scaled_beta
from tastemaker.training.order import PairedOrder, shared
from tastemaker.training.pairs import pair_up
from tastemaker.training.progress import Stop
from tastemaker.training.randomness import Purpose, draw
from tastemaker.training.state import RunData
from tastemaker.training.stepper import Stepper
from tastemaker.training.trainer import Trainer
from tests.training.conftest import make_set
from tests.training.runs import hashes, options

Fresh = Callable[[], Components]


def items(text: str) -> list[Item]:
    """``a+ b- c0``: captions with ratings, keyed by their number."""
    ratings = {"+": 1, "-": -1, "0": 0}
    words = text.split()
    return [Item(str(i), "", word[0], ratings[word[1]]) for i, word in enumerate(words)]


def test_ratings_of_one_prompt_make_pairs() -> None:
    assert pair_up(items("a+ a- b+ c-"), ()) == ((0, 1),)
    assert pair_up(items("a+ a- a+ a0 a+"), ()) == ((0, 1), (2, 1), (4, 1))
    assert pair_up(items("a- a+ a- a+"), ()) == ((1, 0), (3, 2))
    assert pair_up(items("a+ b- c0"), ()) == ()


def test_choices_come_first_and_are_never_contradicted() -> None:
    assert pair_up(items("a0 a0 b0"), [("1", "0"), ("1", "2"), ("9", "0")]) == ((1, 0),)
    assert pair_up(items("a+ a-"), [("1", "0")]) == ((1, 0),)
    assert pair_up(items("a+ a- a-"), [("1", "0")]) == ((1, 0), (0, 2))
    assert pair_up(items("a+ a-"), [("0", "1"), ("0", "1")]) == ((0, 1),)


def test_a_set_keeps_its_pairs(tiny: Components, tmp_path: Path) -> None:
    whole = make_set(tiny, tmp_path)
    assert whole.paired(()).digest != whole.digest
    paired = whole.paired([("0", "5")])
    assert paired.pairs[0] == (0, 5)
    some = paired.only([5, 3, 0])
    assert some.pairs[0] == (2, 0)
    assert some.compared == {0, 2}
    assert paired.only([0, 1]).pairs == ()


@st.composite
def rated(draw_: st.DrawFn) -> tuple[list[int], list[tuple[int, int]], int, int]:
    """Labels, pairs, a step's size and a number of processes."""
    labels = draw_(st.lists(st.sampled_from([-1, 0, 1]), min_size=2, max_size=12))
    places = st.integers(0, len(labels) - 1)
    pair = st.tuples(places, places).filter(lambda p: p[0] != p[1])
    pairs = draw_(st.lists(pair, min_size=1, max_size=8, unique=True))
    shares = draw_(st.integers(1, 3))
    return labels, pairs, shares * draw_(st.integers(1, 8)), shares


@given(rated())
def test_every_step_holds_whole_pairs_and_the_rest(
    case: tuple[list[int], list[tuple[int, int]], int, int],
) -> None:
    labels, pairs, size, shares = case
    try:
        order = PairedOrder(labels, pairs, size, 7, shares)
    except ValueError:
        assert size < 2 * shares + 2 * shares
        return
    compared = {index for pair in pairs for index in pair}
    sizes = set()
    for step in range(4):
        window = order.window(step)
        assert window == order.window(step)
        sizes.add(len(window))
        alone = [v for v in window if v.role == 0]
        better, worse = ([v for v in window if v.role == role] for role in (1, -1))
        assert [v.sample for v in better] == [v.sample for v in worse]
        assert {(a.index, b.index) for a, b in zip(better, worse, strict=True)} <= set(pairs)
        assert all(labels[v.index] and v.index not in compared for v in alone)
        assert not alone or any(labels[v.index] > 0 for v in alone)
        numbers = [v.sample for v in (*alone, *better)]
        assert sorted(numbers) == list(range(len(numbers)))
        parts = [shared(window, rank, shares) for rank in range(shares)]
        assert Counter(v for part in parts for v in part) == Counter(window)
        assert len({len(part) for part in parts}) == 1
        assert len({sum(v.role == 1 for v in part) for part in parts}) == 1
    assert len(sizes) == 1
    assert sizes.pop() <= size


def test_all_pairs_and_all_others_get_their_turn() -> None:
    labels = [1, -1, 1, -1, 1, 1, -1, 0, 0]
    order = PairedOrder(labels, [(0, 1), (2, 3), (7, 8)], 4, 3)
    seen = {v.index for step in range(12) for v in order.window(step)}
    assert seen == set(range(9))


def paired_data(components: Components, cache: Path) -> RunData:
    """Pairs by ratings and by choice, and pictures on their own; pairs are held out, too."""
    encoded = make_set(components, cache, 14).paired([("0", "10")])
    return RunData(encoded.only([0, 10, 5, 1, 6, 2, 9]), encoded.only([3, 8, 13]))


def test_one_step_against_plain_pytorch(fresh: Fresh, tmp_path: Path) -> None:
    """Two pairs, one of which a choice made of unrated pictures: Diffusion-DPO by hand."""
    parts = fresh()
    whole = make_set(parts, tmp_path)
    unrated = replace(whole, items=tuple(replace(i, feedback=0) for i in whole.items[:6]))
    data = unrated.paired([("0", "5")])
    assert data.pairs == ((0, 5),)
    chosen = options(
        "preference", batch_size=2, gradient_accumulation=1, replay_weight=0.0, caption_dropout=0.0,
        max_gradient_norm=1e6, beta=3000.0, final_beta=3000.0,
    )  # fmt: skip
    stepper = Stepper(parts, RunData(data), chosen)
    unet, weights = stepper.trainee.unet, stepper.trainee.parameters
    source = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in weights.values():
            parameter.add_(torch.randn(parameter.shape, generator=source) * 0.05)
    measured, _ = stepper.gradient(2, 1)
    got = {name: p.grad.clone() for name, p in weights.items() if p.grad is not None}

    for parameter in weights.values():
        parameter.grad = None
    process = NoiseProcess.from_config(parts.scheduler_config)
    chance = draw(
        chosen.seed, Purpose.TRAINING, 2, 0, shape=data.latent_shape, timesteps=1000,
        caption_dropout=0.0,
    )  # fmt: skip
    time = torch.tensor([chance.timestep])

    def error(index: int) -> torch.Tensor:
        clean = data.latents(index, chance.posterior_noise)[None]
        noise = chance.noise[None]
        noisy = process.signal[time] * clean + process.noise_level[time] * noise
        output = unet(noisy, time, data.caption(index)[None], return_dict=False)[0]
        return ((output - noise) ** 2).mean()

    with torch.no_grad():
        unet.disable_adapters()
        reference_better, reference_worse = error(0), error(5)
        unet.enable_adapters()
    beta = scaled_beta(3000.0, data.latents(0, chance.posterior_noise).numel())
    inside = -beta / 2 * ((error(0) - reference_better) - (error(5) - reference_worse))
    loss = -F.logsigmoid(inside) * 4 / beta / 2
    loss.backward()
    assert measured.loss == pytest.approx(loss.item(), rel=1e-4)
    assert measured.gain is not None
    for name, parameter in weights.items():
        torch.testing.assert_close(got[name], parameter.grad, rtol=1e-3, atol=1e-6)


def test_parts_of_a_step_don_t_tear_pairs_apart(fresh: Fresh, tmp_path: Path) -> None:
    """The gradient is the same but for rounding, even with the two of a pair in different parts."""
    gradients = []
    for batch_size in (1, 3, 8):
        parts = fresh()
        chosen = options("preference", batch_size=4)
        stepper = Stepper(parts, paired_data(parts, tmp_path), chosen)
        source = torch.Generator().manual_seed(3)
        with torch.no_grad():
            for parameter in stepper.trainee.parameters.values():
                parameter.add_(torch.randn(parameter.shape, generator=source) * 0.05)
        stepper.gradient(5, batch_size)
        found = [
            p.grad.flatten() for p in stepper.trainee.parameters.values() if p.grad is not None
        ]
        gradients.append(torch.cat(found))
    for other in gradients[1:]:
        torch.testing.assert_close(other, gradients[0], rtol=1e-3, atol=1e-5)
    assert gradients[0].norm() > 0


def test_it_learns_which_one_is_better(fresh: Fresh, tmp_path: Path) -> None:
    parts = fresh()
    run = paired_data(parts, tmp_path)
    assert run.train.pairs
    assert run.validation is not None
    assert run.validation.pairs
    fast = options(
        "preference", batch_size=4, max_steps=16, checkpoint_every=8, learning_rate=4e-3, patience=0
    )
    trainer = Trainer(parts, run, fast, tmp_path)
    outcome = trainer.run()
    assert outcome.parent_loss == pytest.approx(0.5)
    assert outcome.better
    trainer.load(outcome.best_step)
    assert (trainer.evaluate(run.validation, 4).margins > 0).all()


def test_a_run_with_pairs_resumes_to_the_same_bits(fresh: Fresh, tmp_path: Path) -> None:
    ends = []
    for name, first in (("alone", None), ("resumed", 3)):
        folder = tmp_path / name
        for stop_at in (first, None):
            parts = fresh()
            run = paired_data(parts, tmp_path / "cache")
            asked = iter([None] * stop_at + [Stop.PAUSE]) if stop_at else None
            trainer = Trainer(
                parts,
                run,
                options("preference", batch_size=4, max_steps=6, checkpoint_every=2),
                folder,
                requested_stop=(lambda asked=asked: next(asked)) if asked else (lambda: None),
            )
            trainer.run()
        ends.append(hashes(folder, 6))
    assert ends[0] == ends[1]


def test_too_small_a_step_says_so(tiny: Components, tmp_path: Path) -> None:
    small = options("preference", batch_size=1, gradient_accumulation=3)
    with pytest.raises(InvalidInput, match="room for at least 4 pictures"):
        Stepper(tiny, paired_data(tiny, tmp_path), small)


def test_unrated_pictures_without_a_pair_are_passed_over(tiny: Components, tmp_path: Path) -> None:
    encoded: TrainingSet = make_set(tiny, tmp_path)
    items_ = tuple(replace(item, feedback=0) for item in encoded.items)
    data = replace(encoded, items=items_).paired([("0", "5"), ("1", "6")])
    stepper = Stepper(tiny, RunData(data), options("preference"))
    held = stepper.evaluate(data, 2, 4)
    assert held.preference_loss(100.0) == pytest.approx(0.5)
    assert len(held.margins) == 2


def test_compared_pictures_without_a_rating_are_for_preferences_only(
    tiny: Components, tmp_path: Path
) -> None:
    encoded = make_set(tiny, tmp_path)
    # 0 and 5, and 1 and 6, show the same prompt; nobody rated them.
    items_ = tuple(
        replace(item, feedback=0 if i in (0, 1, 5, 6) else item.feedback)
        for i, item in enumerate(encoded.items)
    )
    data = replace(encoded, items=items_).paired([("0", "5"), ("1", "6")])
    for method, with_unrated in (("lora", False), ("lora", True), ("full", True)):
        parts = divide(data, options(method), with_unrated=with_unrated)
        train, validation = parts.train, parts.validation
        keys = {item.key for part in (train, validation) for item in part.items}
        assert not keys & {"0", "1", "5", "6"}
    parts = divide(data, options("preference"))
    train, validation = parts.train, parts.validation
    keys = {item.key for part in (train, validation) for item in part.items}
    assert {"0", "1", "5", "6"} <= keys
    assert len(train.pairs) + len(validation.pairs) == len(data.pairs)
