"""In what precision which device draws, and what becomes of memory that was freed."""

from __future__ import annotations

import platform
import subprocess
import sys

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_freed_memory_stays_until_it_is_given_back() -> None:
    script = """
import resource, torch
from tastemaker.diffusion.device import free_memory, prepare_processor

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    parts = [torch.ones(2**18) for _ in range(64)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

prepare_processor()
found = [faults() for _ in range(8)]
free_memory(torch.device("cpu"))
print(found[0], min(found), faults())
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, kept, given_back = map(int, ran.stdout.split())
    assert kept < first / 10
    assert given_back > first / 2
