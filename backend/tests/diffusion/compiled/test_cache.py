"""Compiled networks on disk: named by what they are, whole or absent, bounded, shared."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

from tastemaker.diffusion.compiled.cache import CompiledCache, fingerprint
from tastemaker.diffusion.components import Components, load_components


@pytest.fixture
def cache(tmp_path: Path) -> CompiledCache:
    return CompiledCache(tmp_path / "cache", max_bytes=2500)


def make(cache: CompiledCache, key: str, size: int = 1000, used: float = 0.0) -> Path:
    with cache.locked(key) as entry, cache.draft(key) as draft:
        (draft / "made").mkdir()
        (draft / "made" / "unet.bin").write_bytes(b"x" * size)
        (draft / "made").replace(entry.path)
        entry.touch()
        os.utime(entry.path / "used", (used, used))
        entry.write_check("8x8", {"works": True})
        return entry.path


def test_a_fingerprint_follows_the_weights_and_the_config(
    fresh_tiny: Components, tiny_folder: Path
) -> None:
    unet: UNet2DConditionModel = fresh_tiny.unet
    before = fingerprint(unet)
    again = load_components(tiny_folder, torch.device("cpu"))
    assert fingerprint(again.unet) == before
    with torch.no_grad():
        unet.conv_in.bias[0] += 1e-6
    changed = fingerprint(unet)
    assert changed != before
    unet.register_to_config(flip_sin_to_cos=False)
    assert fingerprint(unet) not in (before, changed)


def test_keys_differ_in_whatever_differs(cache: CompiledCache) -> None:
    keys = {cache.key(weights=w, torch=t) for w in "ab" for t in "12"}
    assert len(keys) == 4
    assert cache.key(torch="1", weights="a") in keys


def test_the_entries_used_longest_ago_go_first(cache: CompiledCache) -> None:
    old, new, kept = (make(cache, key, used=used) for key, used in (("b", 2), ("c", 3), ("a", 1)))
    cache.trim(keep="a")
    assert not old.exists()
    assert new.exists()
    assert kept.exists()
    assert cache.entry("b").check("8x8") is None
    assert cache.entry("c").check("8x8") == {"works": True}


def test_an_entry_too_large_for_the_cache_stays_while_it_is_the_one_in_use(
    cache: CompiledCache,
) -> None:
    path = make(cache, "a", size=10_000)
    cache.trim(keep="a")
    assert path.exists()


def test_an_entry_that_somebody_holds_is_not_removed(cache: CompiledCache) -> None:
    held, kept = make(cache, "a", size=2000), make(cache, "b", size=2000)
    with cache.locked("a"):
        cache.trim(keep="b")
        assert held.exists()
    cache.trim(keep="b")
    assert not held.exists()
    assert kept.exists()


def test_what_a_crash_leaves_is_swept_and_never_taken_for_an_entry(
    cache: CompiledCache, tmp_path: Path
) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from tastemaker.diffusion.compiled.cache import CompiledCache\n"
        "with CompiledCache(Path(sys.argv[1]), 1).locked('a'):\n"
        "    with CompiledCache(Path(sys.argv[1]), 1).draft('a') as draft:\n"
        "        (draft / 'unet.bin').write_bytes(b'half'); os._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "cache")], check=False)
    left = [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
    assert len(left) == 1
    with cache.locked("a") as entry:
        assert not entry.is_complete
        assert not left[0].exists()


def test_only_one_at_a_time_makes_an_entry(cache: CompiledCache) -> None:
    made: list[int] = []

    def work(number: int) -> None:
        with cache.locked("a") as entry:
            if not entry.is_complete:
                made.append(number)
                entry.path.mkdir()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_damaged_check_is_no_check(cache: CompiledCache) -> None:
    path = make(cache, "a")
    (path.with_name("a.checks") / "8x8.json").write_text("{half")
    assert cache.entry("a").check("8x8") is None
