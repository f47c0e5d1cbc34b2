"""In what precision which device draws."""

from __future__ import annotations

import pytest
import torch

from tastemaker.diffusion.device import pick_dtype


@pytest.mark.parametrize(
    ("capability", "upcast", "expected"),
    [
        ((7, 5), False, torch.float16),
        ((7, 5), True, torch.bfloat16),
        ((8, 0), False, torch.bfloat16),
        ((9, 0), True, torch.bfloat16),
    ],
)
def test_cards_that_know_bfloat16_draw_in_it(
    monkeypatch: pytest.MonkeyPatch,
    capability: tuple[int, int],
    upcast: bool,
    expected: torch.dtype,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert pick_dtype(torch.device("cuda"), upcast_attention=upcast) == expected
