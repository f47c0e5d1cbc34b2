"""The blob store keeps bytes under their hash, durably, and lets no path from outside in."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tastemaker.errors import BlobMissing
from tastemaker.storage.blobs import BlobStore, is_address


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "deep" / "blobs")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_put_can_be_got(blobs: BlobStore) -> None:
    address = blobs.put(b"pixels")
    assert address == f"sha256:{hashlib.sha256(b'pixels').hexdigest()}"
    assert blobs.get(address) == b"pixels"
    assert blobs.exists(address)
    assert blobs.size(address) == 6
    assert list(blobs.addresses()) == [address]


def test_putting_twice_keeps_one_file(blobs: BlobStore, tmp_path: Path) -> None:
    assert blobs.put(b"pixels") == blobs.put(b"pixels")
    assert len(files(tmp_path)) == 1


def test_parallel_puts_of_the_same_bytes_agree(blobs: BlobStore, tmp_path: Path) -> None:
    data = bytes(200_000)
    threads = [threading.Thread(target=blobs.put, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(tmp_path)) == 1
    assert blobs.get(f"sha256:{hashlib.sha256(data).hexdigest()}") == data


@pytest.mark.parametrize(
    "address",
    [
        "../../etc/passwd",
        "sha256:../../etc/passwd",
        "sha256:" + "A" * 64,
        "sha256:" + "a" * 63,
        "sha256:" + "a" * 64 + "\n",
        "sha256:" + "a" * 64 + "/../x",
        "sha256:" + "٣" * 64,
        "",
    ],
)
def test_only_addresses_reach_the_disk(blobs: BlobStore, address: str) -> None:
    calls: list[Callable[[str], object]] = [blobs.get, blobs.size, blobs.modified]
    for call in calls:
        with pytest.raises(BlobMissing, match="not the address"):
            call(address)
    assert not blobs.exists(address)
    assert not is_address(address)
    blobs.delete(address)


def test_missing_and_damaged_content_is_named(blobs: BlobStore, tmp_path: Path) -> None:
    address = blobs.put(b"pixels")
    files(tmp_path)[0].write_bytes(b"pixelz")
    with pytest.raises(BlobMissing, match="damaged"):
        blobs.get(address)
    blobs.delete(address)
    for call in (blobs.get, blobs.size, blobs.modified):
        with pytest.raises(BlobMissing, match="missing from the data folder"):
            call(address)


def test_a_file_is_synced_before_it_gets_its_name(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        steps.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")  # noqa: PTH112
        fsync(handle)

    def note_rename(path: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_rename)
    blobs.put(b"pixels")
    assert steps == ["file", "rename", "folder"]


def test_putting_again_mends_a_cut_file(blobs: BlobStore, tmp_path: Path) -> None:
    address = blobs.put(b"pixels")
    files(tmp_path)[0].write_bytes(b"pix")
    blobs.put(b"pixels")
    assert blobs.get(address) == b"pixels"


def test_a_failed_write_leaves_nothing(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        blobs.put(b"pixels")
    assert files(tmp_path) == []


def test_sweep_deletes_what_is_unknown_and_old(blobs: BlobStore, tmp_path: Path) -> None:
    kept, gone, fresh = blobs.put(b"kept"), blobs.put(b"gone"), blobs.put(b"fresh")
    unfinished = tmp_path / "deep" / "blobs" / "x.unfinished"
    unfinished.write_bytes(b"half")
    for path in files(tmp_path):
        if not path.name.endswith(fresh.removeprefix("sha256:")):
            os.utime(path, (1, 1))
    assert blobs.sweep({kept}) == 2
    assert set(blobs.addresses()) == {kept, fresh}
    assert not unfinished.exists()
    assert blobs.sweep({kept}, grace_seconds=-1) == 1
    assert not blobs.exists(gone)


def test_putting_again_protects_from_the_sweep(blobs: BlobStore, tmp_path: Path) -> None:
    address = blobs.put(b"pixels")
    os.utime(files(tmp_path)[0], (1, 1))
    blobs.put(b"pixels")
    assert blobs.sweep(set()) == 0
    assert blobs.exists(address)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_can_read(blobs: BlobStore) -> None:
    address = blobs.put(b"pixels")
    assert blobs.get(address) == b"pixels"
    pid = os.fork()
    if pid == 0:
        os._exit(0 if blobs.get(address) == b"pixels" else 1)
    assert os.waitpid(pid, 0)[1] == 0
