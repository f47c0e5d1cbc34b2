"""Taking in a version made elsewhere: everything about it is checked before it is there.

Works on a scratch folder that becomes the version in one step. Never opens a pickle, never loads
weights, and imports no torch.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from tastemaker.diffusion.families import CONFIG_FILE
from tastemaker.diffusion.layout import LORA_FILE
from tastemaker.errors import Conflict, FieldError, InvalidInput, PayloadTooLarge
from tastemaker.models.archives import ZIP_START, extract_pipeline
from tastemaker.models.lora_files import check_lora
from tastemaker.models.networks import (
    config_of,
    difference,
    same_weights,
    shapes_of,
    tensors_of,
    weight_files,
)
from tastemaker.models.tensors import check_numbers, pickle_refused, read_header, refuse_pickle
from tastemaker.models.versions import IMPORTED, RECORD_FILE, VersionRecord

SCRATCH = ".importing-"
UNET = "unet"
MAX_NAME = 64
_PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
_SCHEDULER = "scheduler/scheduler_config.json"
_CHUNK = 1 << 20
_READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class Base:
    """What an import goes on: its name, its pipeline's folder, and that of its U-Net."""

    name: str
    folder: Path
    unet: Path


def fetch(
    file: BinaryIO,
    file_name: str,
    scratch: Path,
    base: Base,
    limit: int,
    check_room: Callable[[int], None],
) -> None:
    """Put the weights of an uploaded LoRA or zip into ``scratch``, checked against ``base``.

    ``limit`` bounds the bytes unpacked; ``check_room`` is asked whether so many fit.

    Raises:
        InvalidInput: another kind of file, a damaged one, or one that doesn't fit; says why.
        PayloadTooLarge: more bytes than ``limit``. Whatever ``check_room`` raises.
    """
    shown = Path(file_name).name or "The file"
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if Path(shown).suffix.lower() in _PICKLES:
        raise pickle_refused(shown)
    refuse_pickle(start, shown)
    if size > limit:
        raise PayloadTooLarge(f"{shown} has {size:,} bytes, but at most {limit:,} are allowed.")
    if start.startswith(ZIP_START):
        given = scratch / "given"
        extract_pipeline(file, given, shown, limit, check_room)
        take_folder(given, shown, scratch, base)
        shutil.rmtree(given)
        return
    entries = read_header(file, size, shown)
    check_lora(entries, shapes_of(base.unet), shown)
    check_numbers(file, entries, shown)
    check_room(size)
    file.seek(0)
    with (scratch / LORA_FILE).open("xb") as target:
        shutil.copyfileobj(file, target, _CHUNK)


def take_folder(given: Path, shown: str, scratch: Path, base: Base) -> None:
    """Copy the U-Net of a pipeline's or version's folder to ``scratch``, checked against ``base``.

    A text encoder and a VAE that come along must be the base's: a version changes the U-Net alone.

    Raises:
        InvalidInput: what doesn't fit, and why.
    """
    lora = given / LORA_FILE
    if lora.is_file() and not (given / UNET).is_dir():
        with lora.open("rb") as file:
            fetch(file, shown, scratch, base, lora.stat().st_size, lambda size: None)
        return
    what = f"{shown}/{UNET}"
    config = config_of(given / UNET / CONFIG_FILE, what)
    key = difference(config, config_of(base.unet / CONFIG_FILE, base.name))
    if key is not None:
        raise InvalidInput(
            f"{what} is of another architecture than {base.name} ({key} differs). Choose the base "
            "model that it was trained from."
        )
    tensors = tensors_of(given / UNET, what)
    expected = shapes_of(base.unet)
    shapes = {name: entry.shape for name, (_, entry) in tensors.items()}
    wrong = sorted(name for name in {*shapes, *expected} if shapes.get(name) != expected.get(name))
    if wrong:
        raise InvalidInput(
            f"{what} doesn't fit {base.name}: {len(wrong)} tensors are missing, unknown or of "
            f"another shape, such as {wrong[0][:200]}. Choose the base model that it was trained "
            "from."
        )
    _check_rest(given, shown, base)
    for path in {path for path, _ in tensors.values()}:
        mine = {name: entry for name, (where, entry) in tensors.items() if where == path}
        with path.open("rb") as file:
            check_numbers(file, mine, f"{what}/{path.name}")
    target = scratch / UNET
    target.mkdir()
    # The base's own config, since nothing else of the given one was looked at.
    shutil.copyfile(base.unet / CONFIG_FILE, target / CONFIG_FILE)
    for name, path in weight_files(given / UNET, what).items():
        shutil.copyfile(path, target / name)


def _check_rest(given: Path, shown: str, base: Base) -> None:
    for part in ("text_encoder", "vae"):
        if not (given / part).is_dir():
            continue
        theirs = tensors_of(given / part, f"{shown}/{part}")
        if not same_weights(theirs, tensors_of(base.folder / part, part)):
            raise InvalidInput(
                f"{shown} has another {part} than {base.name}, but a version changes the U-Net "
                "alone. Put its folder into the models folder to use it as a model of its own."
            )
    if (given / _SCHEDULER).is_file():
        theirs_asked, ours_asked = (
            config_of(folder / _SCHEDULER, name).get("prediction_type", "epsilon")
            for folder, name in ((given, shown), (base.folder, base.name))
        )
        if theirs_asked != ours_asked:
            raise InvalidInput(
                f"{shown} predicts {theirs_asked} and {base.name} {ours_asked}: they don't fit."
            )


@contextmanager
def scratch_folder(versions: Path, name: str) -> Iterator[Path]:
    """A folder to fill that becomes the version ``name`` in one step when the block ends well.

    Raises:
        Conflict: meanwhile there is one of that name.
    """
    versions.mkdir(parents=True, exist_ok=True)
    scratch = versions / f"{SCRATCH}{os.getpid()}-{name}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        yield scratch
        for path in (*scratch.rglob("*"), scratch):
            _sync(path)
        try:
            scratch.rename(versions / name)
        except OSError as error:
            raise taken(name) from error
        _sync(versions)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_record(scratch: Path, name: str, base: str, file_name: str) -> VersionRecord:
    """Say in the version itself that it was imported, and that nothing else is known of it."""
    record = VersionRecord(
        name=name,
        base=base,
        parent=base,
        options={"method": IMPORTED},
        data={"source": Path(file_name).name},
        metrics={},
        steps=0,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        weights={
            path.relative_to(scratch).as_posix(): _sha256(path)
            for path in sorted(scratch.rglob("*.safetensors"))
        },
    )
    text = json.dumps(asdict(record), indent=2, ensure_ascii=False) + "\n"
    (scratch / RECORD_FILE).write_text(text, encoding="utf-8")
    for path in scratch.rglob("*"):
        if path.is_file():
            path.chmod(_READ_ONLY)
    return record


def name_from(file_name: str) -> str:
    """A version's name made from a file's."""
    stem = re.sub(r"\.(safetensors|zip)$", "", Path(file_name).name, flags=re.IGNORECASE)
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-_.")
    return plain[: MAX_NAME - 4].rstrip("-_.") or "imported"


def taken(name: str) -> Conflict:
    """Why a name can't be used again."""
    return Conflict(
        f"There is a model, a version or an unfinished training named {name} already. Choose "
        "another name."
    )


def checked_name(name: str) -> str:
    """``name`` if a version may be called so. Raises `InvalidInput`."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name) or len(name) > MAX_NAME:
        message = (
            f"must have 1 to {MAX_NAME} letters, digits, dots, dashes and underscores, and begin "
            "with a letter or digit"
        )
        raise InvalidInput(f"name: {message}.", (FieldError("name", message),))
    return name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
