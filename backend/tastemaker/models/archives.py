"""Zip archives that may come from anywhere: the few files of a pipeline that are wanted, safely.

Nothing is written outside of the target folder, and never more than was allowed.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tastemaker.errors import InvalidInput, PayloadTooLarge
from tastemaker.models.tensors import pickle_refused

ZIP_START = b"PK\x03\x04"
_MAX_MEMBERS = 5_000
_MAX_JSON_BYTES = 20_000_000
_CHUNK = 1 << 20
_MARKS = ("model_index.json", "version.json", "unet/config.json")
_WANTED = (".json", ".safetensors")
_PARTS = ("unet", "text_encoder", "vae", "scheduler")


def extract_pipeline(
    file: BinaryIO, target: Path, name: str, limit: int, check_room: Callable[[int], None]
) -> None:
    """Unpack the configs and safetensors of a pipeline into the folder ``target``.

    The pipeline may lie in a folder within the archive. ``limit`` bounds the bytes unpacked;
    ``check_room`` is asked first whether so many fit. ``name`` is what people call the file.

    Raises:
        InvalidInput: no zip, a damaged or hostile one, a pickle, or no pipeline in it.
        PayloadTooLarge: more bytes than ``limit``. Whatever ``check_room`` raises.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _refuse_hostile(members, name)
            chosen = _chosen(members, name)
            total = sum(member.file_size for member in chosen.values())
            if total > limit:
                raise PayloadTooLarge(
                    f"{name} unpacks to {total:,} bytes, but at most {limit:,} are allowed."
                )
            check_room(total)
            for path, member in chosen.items():
                _unpack(archive, member, target / path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError) as error:
        raise InvalidInput(f"{name} is no zip archive that can be read: {error}.") from error
    except (RuntimeError, UnicodeError, ValueError, OverflowError) as error:
        # zipfile says so of archives with a password, and of ones that make no sense.
        raise InvalidInput(f"{name} can't be unpacked: {error}.") from error
    except Exception as error:
        # What the decompressors raise has no common type.
        if type(error).__module__ in ("zlib", "_lzma", "lzma", "_bz2"):
            raise InvalidInput(f"{name} is damaged: {error}.") from error
        raise


def _refuse_hostile(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > _MAX_MEMBERS:
        raise InvalidInput(f"{name} holds {len(members):,} files; a model has a few dozen.")
    seen: set[str] = set()
    for member in members:
        path = member.orig_filename
        parts = path.rstrip("/").split("/")
        outside = (
            "\\" in path
            or "\0" in path
            or ":" in parts[0]
            or any(part in ("", ".", "..") for part in parts)
            or PurePosixPath(path).is_absolute()
        )
        if outside:
            raise InvalidInput(
                f"{name} holds a file named {path[:200]!r}, which points outside of the folder "
                "where it would be unpacked, so it is refused."
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise InvalidInput(
                f"{name} holds a link ({path[:200]!r}), which could point anywhere, so it is "
                "refused. Pack the files themselves."
            )
        if path in seen:
            raise InvalidInput(f"{name} holds {path[:200]!r} twice, so it is refused.")
        seen.add(path)
        if path.rsplit("/", 1)[-1] == "data.pkl":
            raise pickle_refused(name)


def _chosen(members: list[zipfile.ZipInfo], name: str) -> dict[str, zipfile.ZipInfo]:
    """Path within the pipeline → member, of what is worth unpacking."""
    root = _root([member.filename for member in members], name)
    chosen = {}
    for member in members:
        path = member.filename.removeprefix(root)
        folder, _, file = path.rpartition("/")
        if member.is_dir() or not member.filename.startswith(root) or not file.endswith(_WANTED):
            continue
        if folder in _PARTS or path in _MARKS:
            if file.endswith(".json") and member.file_size > _MAX_JSON_BYTES:
                raise InvalidInput(f"{name} holds {path}, which is too large to be a config.")
            chosen[path] = member
    return chosen


def _root(names: list[str], name: str) -> str:
    """The folder within the archive that holds the pipeline: ``""``, or with a slash at its end."""
    for mark in _MARKS:
        roots = [n.removesuffix(mark) for n in names if n == mark or n.endswith(f"/{mark}")]
        if roots:
            return min(roots, key=len)
    raise InvalidInput(
        f"{name} holds no model: there is neither a model_index.json nor a unet/config.json in it. "
        "A LoRA is imported as its .safetensors file, unpacked."
    )


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Reading stops at the size that the archive promises, and checks the sum at its end.
    with archive.open(member) as source, path.open("xb") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
