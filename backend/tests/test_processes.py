"""How the server's processes begin: copies where that is safe, anew elsewhere."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tastemaker.processes import start_method

SURVIVES_A_FORK = """
import tastemaker.preloaded, threading, torch
assert "tastemaker.retraining" in __import__("sys").modules
print(threading.active_count(), torch.cuda.is_initialized())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, every process begins anew")
def test_only_what_works_on_the_cpu_is_copied() -> None:
    assert start_method("cpu").get_start_method() == "forkserver"
    assert start_method("cuda:1").get_start_method() == "spawn"


def test_what_is_copied_has_neither_threads_nor_a_device() -> None:
    command = [sys.executable, "-c", SURVIVES_A_FORK]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["1", "False"]
