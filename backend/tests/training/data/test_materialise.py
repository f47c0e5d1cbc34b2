"""The copy on disk: killed anywhere it ends with the same data; refusals leave nothing behind."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from filelock import FileLock

from tastemaker.errors import BlobMissing, Conflict, InsufficientDisk, InvalidInput, NotFound
from tastemaker.training.data import materialise as module
from tastemaker.training.data.disk import open_copy
from tastemaker.training.data.examples import Example, Reason, Record, Rejected
from tastemaker.training.data.materialise import materialise
from tests.training.data.tables_made import picture
from tests.training.data.test_tally import Given, example

PLENTY = 10**12


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_ROWS", 4)


def some(count: int = 30) -> tuple[Record, ...]:
    """Examples with rejected rows, duplicates and a rating that is taken back among them."""
    records: list[Record] = []
    for n in range(count):
        if n % 7 == 3:
            records.append(Rejected(str(n), Reason.NO_CAPTION, picture=picture(n), source="given"))
        elif n % 7 == 5:
            records.append(example(str(n), n - 1, f"caption {n - 1}", -1))
        else:
            records.append(example(str(n), n, f"caption {n}", 1))
    return tuple(records)


def keys(folder: Path) -> list[str]:
    return [entry.key for entry in open_copy(folder).snapshot.entries]


def test_a_copy_holds_what_was_accepted_in_order(tmp_path: Path) -> None:
    source = Given(some())
    heard: list[tuple[int, int]] = []
    folder = tmp_path / "copy"
    snapshot = materialise(
        source, folder, {"0": None, "1": "new", "3": "mended"}, on_rows=lambda *n: heard.append(n)
    )
    copy = open_copy(folder)
    assert copy.snapshot == snapshot
    assert [entry.digest for entry in snapshot.entries] == [one.digest for one in copy]
    found = {one.key: one for one in copy}
    expected = [str(n) for n in range(30) if n % 7 not in (3, 5) and n > 0]
    assert keys(folder) == sorted([*expected, "3"], key=int)
    assert found["1"] == example("1", 1, "new", 1)
    assert (found["3"].caption, found["3"].picture) == ("mended", picture(3))
    # What came twice with other ratings is there once, with the later one.
    assert found["4"] == example("4", 4, "caption 4", -1)
    assert len(copy) == len(snapshot) == len(found) == heard[-1][1]
    assert heard[-1][0] == 30
    assert list(copy[2:4]) == [copy[2], copy[3]]
    assert copy[-1].key == "29"
    assert not (folder / "parts").exists()


@dataclass(frozen=True)
class Interrupted(Given):
    """Breaks down in front of one row; says which rows were asked for."""

    at: str = ""
    asked: list[str] = None  # type: ignore[assignment]

    def records(self, after: str | None = None) -> Iterator[Record]:
        for record in super().records(after):
            if record.key == self.at:
                raise ConnectionError("gone")
            self.asked.append(record.key)
            yield record


@pytest.mark.parametrize("at", [str(n) for n in range(0, 30, 3)])
def test_an_interrupted_copy_goes_on_behind_its_last_part(tmp_path: Path, at: str) -> None:
    whole = materialise(Given(some()), tmp_path / "whole")
    folder = tmp_path / "copy"
    first: list[str] = []
    with pytest.raises(ConnectionError):
        materialise(Interrupted(some(), at=at, asked=first), folder)
    with pytest.raises(NotFound):
        open_copy(folder)
    second: list[str] = []
    assert materialise(Interrupted(some(), at="never", asked=second), folder) == whole
    assert list(open_copy(folder)) == list(open_copy(tmp_path / "whole"))
    assert second[0] == str(len(first) // 4 * 4)
    third: list[str] = []
    assert materialise(Interrupted(some(), at="0", asked=third), folder) == whole
    assert third == []


def _copy_and_die(folder: Path, rows: int) -> None:
    def die(read: int, accepted: int) -> None:
        if read >= rows:
            os.kill(os.getpid(), signal.SIGKILL)

    module.PART_ROWS = 4
    materialise(Given(some()), folder, on_rows=die)


def test_killed_again_and_again_it_ends_with_the_same_data(tmp_path: Path) -> None:
    whole = materialise(Given(some()), tmp_path / "whole")
    folder = tmp_path / "copy"
    context = multiprocessing.get_context("spawn")
    for rows in (4, 16):
        process = context.Process(target=_copy_and_die, args=(folder, rows))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
    assert materialise(Given(some()), folder) == whole
    assert list(open_copy(folder)) == list(open_copy(tmp_path / "whole"))


def test_parts_of_a_source_that_changed_are_not_used(tmp_path: Path) -> None:
    for fingerprint in ("other", None):
        folder = tmp_path / str(fingerprint)
        source = Interrupted(some(), at="20", asked=[], fingerprint=fingerprint)
        with pytest.raises(ConnectionError):
            materialise(source, folder)
        changed = tuple(
            replace(record, caption="changed") if isinstance(record, Example) else record
            for record in some()
        )
        now = Given(changed, fingerprint="now" if fingerprint else None)
        materialise(now, folder)
        assert {one.caption for one in open_copy(folder)} == {"changed"}


def test_a_limit_counts_examples(tmp_path: Path) -> None:
    for limit in (1, 4, 5):
        folder = tmp_path / str(limit)
        assert len(materialise(Given(some()), folder, limit=limit)) == limit
        assert keys(folder) == ["0", "1", "2", "4", "6"][:limit]
    asked: list[str] = []
    materialise(Interrupted(some(), at="x", asked=asked), tmp_path / "asked", limit=2)
    assert asked == ["0", "1"]


def test_a_folder_of_another_request_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    first = materialise(Given(some()), folder)
    for source, edits, limit in (
        (Given(some(), name="another"), None, None),
        (Given(some()), {"1": "edited"}, None),
        (Given(some()), None, 3),
    ):
        with pytest.raises(Conflict, match="another request"):
            materialise(source, folder, edits, limit=limit)
    assert open_copy(folder).snapshot == first


def test_two_copies_into_one_folder_at_once_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    with FileLock(folder / ".lock"), pytest.raises(Conflict, match="Another process"):
        materialise(Given(some()), folder)


def test_nothing_to_train_on_names_the_reasons(tmp_path: Path) -> None:
    rejected = (Rejected("1", Reason.DAMAGED), Rejected("2", Reason.DAMAGED))
    with pytest.raises(InvalidInput, match="2 × The picture is truncated or damaged"):
        materialise(Given(rejected), tmp_path / "copy")
    with pytest.raises(InvalidInput, match="it has no rows"):
        materialise(Given(()), tmp_path / "empty")


def test_too_little_space_is_told_before_anything_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    with pytest.raises(InsufficientDisk, match=r"about 5.0 GB.*only 5.5 GB"):
        materialise(Given(some(), size_bytes=5 * 10**9), folder, free=lambda path: 5_500_000_000)
    assert not folder.exists()


def test_a_disk_that_fills_up_keeps_what_was_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copy"
    left = iter([PLENTY, PLENTY, 10])
    with pytest.raises(InsufficientDisk):
        materialise(Given(some()), folder, free=lambda path: next(left))
    assert len(list((folder / "parts").glob("*.jsonl"))) == 2

    def full(self: object, data: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tastemaker.storage.blobs.BlobStore.put", full)
        with pytest.raises(InsufficientDisk, match="what has been copied is kept"):
            materialise(Given(some()), folder, free=lambda path: PLENTY)
    asked: list[str] = []
    materialise(Interrupted(some(), at="x", asked=asked), folder, free=lambda path: PLENTY)
    assert asked[0] == "8"
    assert len(open_copy(folder)) == len(materialise(Given(some()), tmp_path / "whole"))


def test_damage_on_disk_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    materialise(Given(some()), folder)
    copy = open_copy(folder)
    address = copy[0].content.removeprefix("sha256:")
    (folder / "pictures" / "sha256" / address[:2] / address).write_bytes(b"other")
    with pytest.raises(BlobMissing):
        copy[0]
    lines = (folder / "examples.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "examples.jsonl").write_bytes(b"".join(lines[:-1]))
    with pytest.raises(InvalidInput, match="damaged"):
        open_copy(folder)
