"""What fits into memory is found once, kept on disk, and found again when it may have changed."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from tastemaker.diffusion.buckets import BUCKETS, Sizes, bucket_size, most_rows
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine
from tastemaker.diffusion.limits import FORGET_SECONDS, RowLimits
from tests.diffusion.conftest import request
from tests.diffusion.engines import drain, finished, ticket, with_unet


def test_the_lowest_limit_counts_and_is_shared_over_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "data" / "limits.json"
    first, other = RowLimits(path), RowLimits(path)
    first.lower("a", 8)
    first.lower("a", 12)
    other.lower("b", 2)
    assert (first.get("a"), first.get("b")) == (8, None)
    later = RowLimits(path)
    assert (later.get("a"), later.get("b"), later.get("c")) == (8, 2, None)
    assert [p.name for p in path.parent.iterdir()] == ["limits.json"]


def test_a_limit_is_forgotten_when_it_is_old(tmp_path: Path) -> None:
    now = [1000.0]
    limits = RowLimits(tmp_path / "limits.json", clock=lambda: now[0])
    limits.lower("a", 4)
    now[0] += FORGET_SECONDS - 1
    assert limits.get("a") == 4
    now[0] += 1
    assert limits.get("a") is None
    limits.lower("a", 16)
    assert limits.get("a") == 16


def test_a_setting_decides_how_many_rows_or_the_device() -> None:
    assert most_rows(0, "cpu") == 12
    assert most_rows(0, "cuda") == 16
    assert most_rows(4, "cpu") == most_rows(4, "cuda") == 4


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": 2}', '{"format": 1, "limits": {"a": 3}}']
)
def test_a_damaged_file_is_no_obstacle(tmp_path: Path, content: str) -> None:
    path = tmp_path / "limits.json"
    path.write_text(content)
    limits = RowLimits(path)
    assert limits.get("a") is None
    limits.lower("a", 2)
    assert RowLimits(path).get("a") == 2


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    limits = RowLimits(tmp_path / "file" / "limits.json")
    limits.lower("a", 2)
    assert limits.get("a") == 2


def test_sizes_go_down_to_one() -> None:
    sizes, found = Sizes(), []
    size: int | None = sizes.choose(100)
    while size is not None:
        found.append(size)
        size = sizes.shrink(size)
    assert found == [b for b in reversed(BUCKETS) if b <= 128]
    assert sizes.choose(100) == 1
    assert [bucket_size(rows) for rows in (1, 3, 5, 256, 300)] == [1, 4, 6, 256, 300]


def test_strict_mode_has_one_size() -> None:
    sizes = Sizes(strict_rows=4)
    assert {sizes.choose(rows) for rows in range(1, 40)} == {4}
    assert sizes.shrink(4) is None


def test_compiled_sizes_are_kept_to() -> None:
    sizes = Sizes(buckets=(2, 8))
    assert [sizes.choose(rows) for rows in (1, 2, 3, 8)] == [2, 2, 8, 8]
    assert sizes.shrink(8) == 2


def test_another_engine_begins_with_what_fits(tiny: Components, tmp_path: Path) -> None:
    """It runs out of memory no more; other sizes of picture have limits of their own."""
    components, unet = with_unet(tiny)
    unet.max_rows = 2
    seen = []
    for _ in range(2):
        limits = RowLimits(tmp_path / "limits.json")
        engine = Engine(lambda _: components, preview_interval=inf, limits=limits)
        engine.submit(ticket("a", request(num_images=3)))
        assert len(finished(drain(engine), "a")) == 3
        seen.append(list(unet.rows_seen))
        unet.rows_seen.clear()
    assert seen[0][:4] == [6, 4, 2, 2]
    assert set(seen[1]) == {2}
    unet.max_rows = inf
    engine.submit(ticket("b", request(width=40, num_images=3)))
    drain(engine)
    assert set(unet.rows_seen) == {6}


def test_idle_models_give_way_before_evaluations_get_smaller(tiny: Components) -> None:
    components, unet = with_unet(tiny)
    engine = Engine(lambda _: components, preview_interval=inf)
    engine.preload("another")
    unet.max_rows = 3
    engine.submit(ticket("a", request(num_images=2)))
    engine.step()
    assert engine.loaded_models == ("tiny",)
    assert unet.rows_seen[:3] == [4, 4, 2]
