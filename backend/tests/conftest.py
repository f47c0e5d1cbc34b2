"""What all tests share: hypothesis repeats itself in CI and searches anew elsewhere."""

import gc
import os
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

# Tests ask for compiled networks where they are about them: others shouldn't pay for them.
os.environ.setdefault("TASTEMAKER_COMPILE", "off")

# Workers beside each other have a core each.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("developer", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


def pytest_configure() -> None:
    """What tests import stays: no time is spent on looking through it for garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on there is garbage."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with the most slow tests first, then the longest ones, each in its own order.

    Workers take files in this order (``--no-loadscope-reorder``): what takes long is begun early,
    so that no worker is alone with it at the end.
    """
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (-slow[item.path], -tests[item.path]))


@pytest.fixture(autouse=True)
def _subnormal_numbers() -> None:
    """Whoever loads a model lets its thread flush denormals from then on; hypothesis draws some."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_flush_denormal(False)


@pytest.fixture(scope="session")
def compiled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where compiled networks are kept, so that equal ones are made once by all tests together."""
    return tmp_path_factory.mktemp("compiled")
