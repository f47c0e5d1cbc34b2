"""Visits become tensors: what is shown with a caption, and what without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from tastemaker.diffusion.components import Components
from tastemaker.training.batches import Collator
from tastemaker.training.losses import NoiseProcess
from tastemaker.training.order import Visit
from tastemaker.training.randomness import Purpose
from tests.training.conftest import make_set

VISITS = [Visit(0, sample) for sample in range(32)]


def test_pictures_without_a_caption_are_disliked_ones_where_there_are_any(
    tiny: Components, tmp_path: Path
) -> None:
    encoded = make_set(tiny, tmp_path)
    kinds = [item.feedback for item in encoded.items]
    liked = encoded.only([i for i, kind in enumerate(kinds) if kind > 0])
    disliked = encoded.only([i for i, kind in enumerate(kinds) if kind < 0])
    process = NoiseProcess.from_config(tiny.scheduler_config)
    collator = Collator(liked, process, torch.device("cpu"), 0, Purpose.TRAINING, 0.4)
    plain = collator.batch(3, VISITS, 4)
    avoiding = replace(collator, disliked=disliked).batch(3, VISITS, 4)

    assert torch.equal(plain.states, avoiding.states)
    dropped = (avoiding.states == encoded.caption(0, dropped=True)).flatten(1).all(1)
    assert 0 < dropped.sum() < len(VISITS)
    assert avoiding.labels.tolist() == [-1.0 if without else 1.0 for without in dropped]
    assert plain.labels.tolist() == [1.0] * len(VISITS)
    same = (plain.noisy == avoiding.noisy).flatten(1).all(1)
    assert torch.equal(same, ~dropped)
    again = replace(collator, disliked=disliked).batch(3, VISITS[16:], 4)
    assert torch.equal(again.noisy, avoiding.noisy[16:]), "a picture depends on its neighbours"
