"""A trained version as files that plain diffusers loads: a LoRA as it is, or a whole pipeline.

Copies bytes and never loads weights.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tastemaker.diffusion.families import INDEX_FILE
from tastemaker.diffusion.layout import LORA_FILE
from tastemaker.errors import Conflict, InvalidInput, ModelBroken
from tastemaker.models.selection import CARD_FILE
from tastemaker.models.versions import RECORD_FILE, read_version
from tastemaker.storage.sink import Sink

UNET = "unet"
_ROOT_FILES = (INDEX_FILE, CARD_FILE, "vocabulary.json")
_SUFFIXES = (".json", ".txt", ".model", ".safetensors")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Export:
    """A version on its way out. ``lora`` is the file of one that is a LoRA, else ``None``.

    ``members`` are the files of a whole pipeline with their path within it, ``record`` the text of
    the version's own.
    """

    name: str
    lora: Path | None
    members: tuple[tuple[str, Path], ...] = ()
    record: bytes = b""

    @property
    def file_name(self) -> str:
        """A name to save it under."""
        return f"{self.name}.{'zip' if self.lora is None else 'safetensors'}"

    def stream(self) -> Iterator[bytes]:
        """A zip of the whole pipeline, made while it is sent; nothing is compressed."""
        sink = Sink()
        with zipfile.ZipFile(sink, "w") as archive:
            archive.writestr(_member(RECORD_FILE), self.record)
            for name, path in self.members:
                info = _member(name)
                with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
                        yield from sink.drain()
        yield from sink.drain()

    def write(self, out: Path) -> Path:
        """Write it to ``out``: the LoRA's file, or a zip (by its ending), else a new folder.

        Returns what was written.

        Raises:
            Conflict: there is something already. InvalidInput: the folder of ``out`` isn't there.
        """
        out = out / self.file_name if self.lora is not None and out.is_dir() else out
        if out.exists():
            raise Conflict(f"{out} exists already; nothing was written. Choose another name.")
        if not out.resolve().parent.is_dir():
            raise InvalidInput(f"The folder {out.resolve().parent} doesn't exist. Create it first.")
        partial = out.with_name(f".{out.name}.partial")
        try:
            if self.lora is not None:
                shutil.copyfile(self.lora, partial)
            elif out.suffix.lower() == ".zip":
                with partial.open("wb") as file:
                    file.writelines(self.stream())
            else:
                partial.mkdir()
                (partial / RECORD_FILE).write_bytes(self.record)
                for name, path in self.members:
                    (partial / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, partial / name)
            partial.rename(out)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            partial.unlink(missing_ok=True)
        return out


def export_of(name: str, bottom: Path, trained: Sequence[Path]) -> Export:
    """What version ``name`` is exported as: ``trained`` are the versions on the model ``bottom``.

    Raises:
        ModelBroken: the version has no weights.
    """
    folder = trained[-1]
    if (folder / LORA_FILE).is_file():
        return Export(name, folder / LORA_FILE)
    if not (folder / UNET).is_dir():
        raise ModelBroken(f"The version {name} has no weights.")
    members = [(path.name, path) for path in sorted(bottom.iterdir()) if path.name in _ROOT_FILES]
    parts = [part for part in sorted(bottom.iterdir()) if part.is_dir() and part.name != UNET]
    for part in (*parts, folder / UNET):
        members += _component(part)
    text = json.dumps(read_version(folder).public(), indent=2, ensure_ascii=False) + "\n"
    return Export(name, None, tuple(members), text.encode())


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o644 << 16
    return info


def _component(folder: Path) -> list[tuple[str, Path]]:
    """Its files, half precision under the plain name where there is nothing else."""
    files = [path for path in sorted(folder.iterdir()) if path.name.endswith(_SUFFIXES)]
    names = {path.name for path in files}
    found = []
    for path in files:
        name = path.name
        if ".fp16" in name and "-of-" not in name:
            name = name.replace(".fp16", "", 1)
            if name in names:
                continue
        found.append((f"{folder.name}/{name}", path))
    return found
