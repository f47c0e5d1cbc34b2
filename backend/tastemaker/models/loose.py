"""Files put into the models folder by hand: checkpoints, LoRA files, and what is refused.

Reads the headers of safetensors files; never opens a pickle, loads no weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from tastemaker.diffusion.families import INDEX_FILE, Family, family_of
from tastemaker.diffusion.layout import IP_ADAPTERS, read_json
from tastemaker.diffusion.originals import FOLDER
from tastemaker.diffusion.originals.keys import Architecture, architecture_of, channels_of
from tastemaker.domain import GenerationDefaults, ModelInfo, ModelState, Sampler, Schedule
from tastemaker.errors import InvalidInput, ModelBroken
from tastemaker.models.describe import LOCAL, slow_notice, title_of
from tastemaker.models.lora_files import check_lora, is_lora, text_width
from tastemaker.models.networks import shapes_of
from tastemaker.models.original_names import unet_shapes
from tastemaker.models.recommended import fit, recommended
from tastemaker.models.tensors import TensorEntry, pickle_refused, read_header

PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
_WEIGHTS = ".safetensors"
_TRAINED_FOR = {
    768: "Stable Diffusion 1.x",
    1024: "Stable Diffusion 2.x",
    2048: "Stable Diffusion XL",
}
_CHECKPOINT = "A checkpoint in a single file. It can't be retrained; only models in folders can."
_IP_ADAPTER = "ip_adapter."
_ELSEWHERE = (
    "{} is an IP-Adapter, which takes over the look of a picture and isn't a model of its own. Put "
    f"it into the folder {IP_ADAPTERS} of the models folder, with its image encoder."
)
_MAYBE_COPYING = "If it is still being copied, wait until that is done."


@dataclass(frozen=True, slots=True)
class _File:
    """A file at one moment: another time or size is another file."""

    path: Path
    modified: int
    size: int


def loose_models(
    folder: Path, models: Sequence[ModelInfo], taken: frozenset[str], *, gpu: bool
) -> list[ModelInfo]:
    """The files of ``folder`` as models, checkpoints before the LoRA files that may rest on them.

    ``models`` are those that a LoRA may be put on, by preference; ``taken`` names that are in use.
    """
    used = {name.lower() for name in taken}
    checkpoints: list[ModelInfo] = []
    loras: list[tuple[str, _File]] = []
    refused: list[ModelInfo] = []
    for file in _files(folder):
        name = _name_of(file.path, used)
        used.add(name.lower())
        if file.path.suffix.lower() in PICKLES:
            refused.append(_failed(name, file, str(pickle_refused(file.path.name)), refused=True))
            continue
        try:
            if any(key.startswith(_IP_ADAPTER) for key in _entries(file)):
                refused.append(_failed(name, file, _ELSEWHERE.format(file.path.name)))
            elif is_lora(_entries(file)):
                loras.append((name, file))
            else:
                checkpoints.append(_checkpoint(name, file, gpu=gpu))
        except ModelBroken as error:
            refused.append(_failed(name, file, str(error)))
        except (InvalidInput, OSError) as error:
            refused.append(_failed(name, file, f"{error} {_MAYBE_COPYING}"))
    bases = [*models, *checkpoints]
    return [*checkpoints, *(_lora(name, file, bases) for name, file in loras), *refused]


def _files(folder: Path) -> Iterator[_File]:
    """In the order of their names; what vanishes meanwhile is left out."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() not in (*PICKLES, _WEIGHTS):
            continue
        try:
            stat = path.stat()
        except OSError:
            continue
        if path.is_file():
            yield _File(path, stat.st_mtime_ns, stat.st_size)


def _name_of(path: Path, used: set[str]) -> str:
    """A name for addresses, made from the file's; with its ending where that is needed."""
    for text in (path.stem, path.name):
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-_.") or "file"
        if name.lower() not in used:
            return name
    number = next(n for n in range(2, len(used) + 3) if f"{name}-{n}".lower() not in used)
    return f"{name}-{number}"


@lru_cache(maxsize=256)
def _entries(file: _File) -> Mapping[str, TensorEntry]:
    with file.path.open("rb") as opened:
        return read_header(opened, file.size, file.path.name)


def _shapes(file: _File) -> dict[str, tuple[int, ...]]:
    return {name: entry.shape for name, entry in _entries(file).items()}


def _checkpoint(name: str, file: _File, *, gpu: bool) -> ModelInfo:
    shapes = _shapes(file)
    architecture = architecture_of(shapes, file.path.name)
    inpainting = ", for inpainting" if channels_of(shapes) > 4 else ""
    suits = recommended(FOLDER / architecture, _family(architecture))
    largest = max(suits.width, suits.height)
    return ModelInfo(
        name=name,
        title=title_of(file.path.stem),
        source=LOCAL,
        state=ModelState.READY,
        path=str(file.path),
        defaults=GenerationDefaults(
            width=suits.width,
            height=suits.height,
            num_inference_steps=suits.num_inference_steps,
            guidance_scale=suits.guidance_scale,
            sampler=Sampler.DPMPP_2M,
            schedule=Schedule.KARRAS,
        ),
        size_multiple=suits.multiple,
        max_size=fit(2 * largest, suits.multiple),
        notice=" ".join(filter(None, (_CHECKPOINT, slow_notice(file.size, gpu=gpu)))),
        family=architecture.family + inpainting,
        trainable=False,
        size_bytes=file.size,
    )


def _family(architecture: Architecture) -> Family:
    return family_of(read_json(FOLDER / architecture / INDEX_FILE))


def _lora(name: str, file: _File, bases: Sequence[ModelInfo]) -> ModelInfo:
    """A LoRA on the first model that it fits, or why it can't be used."""
    entries = _entries(file)
    reasons: list[str] = []
    for base in bases:
        if base.state is not ModelState.READY or base.own_sampler or base.path is None:
            continue
        try:
            _check_on(file, _moment(Path(base.path)))
        except InvalidInput as error:
            reasons.append(str(error))
        except (ModelBroken, OSError):
            continue
        else:
            return replace(
                base,
                name=name,
                title=title_of(file.path.stem),
                source=LOCAL,
                active=False,
                path=str(file.path),
                base=base.name,
                notice=f"A LoRA file on {base.title}. To put it on another model, import it there.",
                trainable=False,
                example_prompts=(),
                size_bytes=file.size,
            )
    wanted = _TRAINED_FOR.get(text_width(entries) or 0)
    if wanted is None and reasons:
        return _failed(name, file, reasons[0])
    what = f"a model of {wanted}" if wanted else "the model that it was trained for"
    return _failed(
        name,
        file,
        f"{file.path.name} is a LoRA file, which changes another model, but none that is installed "
        f"fits it. Put {what} into the models folder.",
    )


def _moment(base: Path) -> _File:
    """A model at one moment: a checkpoint, or a folder by its U-Net's newest file."""
    if base.is_file():
        stat = base.stat()
        return _File(base, stat.st_mtime_ns, stat.st_size)
    stats = [path.stat() for path in (base / "unet").iterdir()]
    newest = max((stat.st_mtime_ns for stat in stats), default=0)
    return _File(base, newest, sum(stat.st_size for stat in stats))


@lru_cache(maxsize=256)
def _check_on(lora: _File, base: _File) -> None:
    """Raise `InvalidInput` unless the LoRA fits the model."""
    check_lora(_entries(lora), _unet(base), lora.path.name, with_text=True)


@lru_cache(maxsize=16)
def _unet(base: _File) -> Mapping[str, tuple[int, ...]]:
    if base.path.is_file():
        return unet_shapes(_shapes(base))
    return shapes_of(base.path / "unet")


def _failed(name: str, file: _File, error: str, *, refused: bool = False) -> ModelInfo:
    state = ModelState.REFUSED if refused else ModelState.FAILED
    return ModelInfo(
        name,
        title_of(file.path.name),
        LOCAL,
        state,
        error=error,
        trainable=False,
        size_bytes=file.size,
    )
