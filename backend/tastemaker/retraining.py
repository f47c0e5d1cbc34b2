"""Retraining without a server: finds the model and the data, prepares a run, and runs it.

What was decided at the start lies in the run's ``run.json``, so a run can be resumed by its name
alone. Knows no HTTP and no terminal.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout

from tastemaker.diffusion.adapters import LORA_FILE
from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.device import pick_device
from tastemaker.domain import GenerationRequest, ModelInfo
from tastemaker.drawing import open_registry
from tastemaker.errors import Conflict, InvalidInput, NotFound
from tastemaker.gallery import Gallery
from tastemaker.models.fetching import free_bytes
from tastemaker.models.versions import VERSIONS, is_version_folder, read_version
from tastemaker.settings import Settings
from tastemaker.training.data.disk import DiskCopy, open_copy
from tastemaker.training.data.materialise import materialise
from tastemaker.training.data.sources import SourceKind, open_source, parse_source
from tastemaker.training.files import new_file, write_json
from tastemaker.training.network import adapted_values
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.readiness import check_disk, check_ratings, choose_method, disk_bytes
from tastemaker.training.retrain import Assignment, Observer, Retrained, retrain
from tastemaker.wiring import open_storage

RUNS = "training"
REPLAY_PICTURES = 16
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run was started with: ``run.json``. ``parent`` is a model or a version."""

    name: str
    source: str
    parent: str
    options: Mapping[str, Any]


def start(
    settings: Settings,
    source: str,
    observer: Observer,
    *,
    name: str | None = None,
    model: str | None = None,
    method: Method | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Retrained:
    """Begin a run on ``source`` (as `parse_source` reads it) and see it through.

    ``model`` is trained on, the active one by default. Without ``method`` the number of ratings
    decides. ``changes`` are settings of `TrainingOptions`.

    Raises:
        TastemakerError: whatever stands in the way, before anything is trained.
    """
    with only_run(settings):
        parent = model or open_registry(settings).active().name
        name = _free_name(settings, parent) if name is None else _checked_name(settings, name)
        folder = run_folder(settings, name)
        examples = _copied(settings, source, folder, observer)
        options = _options(source, examples, method, changes or {})
        plan = RunPlan(name, source, parent, options.to_dict())
        with new_file(folder / "run.json") as scratch:
            write_json(scratch, asdict(plan))
        return _run(settings, plan, examples, observer)


def resume(settings: Settings, name: str, observer: Observer) -> Retrained:
    """Go on with a run that was stopped or killed.

    Raises:
        NotFound: there is no such run. TastemakerError: whatever stands in the way.
    """
    with only_run(settings):
        folder = run_folder(settings, name)
        try:
            plan = RunPlan(**json.loads((folder / "run.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            known = ", ".join(unfinished(settings)) or "none"
            raise NotFound(
                f"There is no run {name!r} that could go on. Unfinished runs: {known}."
            ) from error
        return _run(settings, plan, open_copy(folder / "data"), observer)


def unfinished(settings: Settings) -> list[str]:
    """Names of runs that never became a version."""
    runs = settings.data_dir / RUNS
    names = sorted(path.parent.name for path in runs.glob("*/run.json"))
    return [name for name in names if not is_version_folder(version_folder(settings, name))]


def run_folder(settings: Settings, name: str) -> Path:
    """Where a run keeps what it needs to go on."""
    return settings.data_dir / RUNS / name


def version_folder(settings: Settings, name: str) -> Path:
    """Where the version of that name is, or will be."""
    return settings.models_dir / VERSIONS / name


@contextmanager
def only_run(settings: Settings) -> Iterator[None]:
    """Hold the device for training; a second run on it would only slow down both.

    Raises:
        Conflict: another process is training on it.
    """
    device = str(pick_device(settings.device)).replace(":", "-")
    folder = settings.data_dir / RUNS
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / f".{device}.lock", timeout=0):
            yield
    except Timeout as error:
        raise Conflict(
            f"Another run is training on the device {device} already. Wait until it has ended, or "
            "stop it; it can be resumed later."
        ) from error


def _copied(settings: Settings, source: str, folder: Path, observer: Observer) -> DiskCopy:
    """The source's good examples, copied so that the run can't change under its feet."""
    spec = parse_source(source)
    gallery = Gallery(*open_storage(settings)) if spec.kind is SourceKind.GALLERY else None
    opened = open_source(spec, settings, gallery=gallery)
    if spec.kind is SourceKind.GALLERY and not any(True for _ in opened.records()):
        check_ratings(Method.LORA, 0, 0)
    materialise(
        opened,
        folder / "data",
        on_rows=lambda rows, accepted: observer.on_chapter("reading", accepted, rows),
    )
    return open_copy(folder / "data")


def _options(
    source: str, examples: DiskCopy, method: Method | None, changes: Mapping[str, Any]
) -> TrainingOptions:
    """Settings that fit the data.

    Raises:
        InvalidInput: too few ratings, or a wrong setting.
    """
    ratings = Counter(entry.feedback for entry in examples.snapshot.entries)
    rated = parse_source(source).kind is SourceKind.GALLERY or method is Method.PREFERENCE
    if method is None:
        method = choose_method(ratings[1], ratings[-1]) if rated else Method.LORA
    if rated:
        check_ratings(method, ratings[1], ratings[-1])
    return TrainingOptions.for_method(method, **changes)


def _run(settings: Settings, plan: RunPlan, examples: DiskCopy, observer: Observer) -> Retrained:
    folder = run_folder(settings, plan.name)
    options = TrainingOptions.from_dict(plan.options)
    info, base, folders = _parent(settings, plan.parent)
    device = pick_device(settings.device)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    components = load_components(
        base, device, safety_checker=False, trained=folders, full_precision=True
    )
    _check_room(folder, options, components, len(examples))
    prompts = _prompts(info, examples)
    on_lora = bool(folders) and options.uses_adapter and (folders[-1] / LORA_FILE).is_file()
    work = Assignment(
        name=plan.name,
        base=read_version(folders[-1]).base if on_lora else plan.parent,
        parent=plan.parent,
        options=options,
        request=_request(info),
        examples=examples,
        prompts=prompts,
        replay_prompts=tuple(prompts[i % len(prompts)] for i in range(REPLAY_PICTURES)),
        data={
            "source": examples.snapshot.source,
            "hash": examples.snapshot.hash,
            "pictures": len(examples),
        },
        parent_lora=folders[-1] / LORA_FILE if on_lora else None,
    )
    return retrain(work, components, folder, version_folder(settings, plan.name), observer)


def _parent(settings: Settings, name: str) -> tuple[ModelInfo, Path, Sequence[Path]]:
    """The model at the bottom, its folder, and the versions on it."""
    registry = open_registry(settings)
    return registry.require_ready(name), *registry.parts_of(name)


def _check_room(
    folder: Path, options: TrainingOptions, components: Components, pictures: int
) -> None:
    unet = components.unet
    whole = sum(parameter.numel() for parameter in unet.parameters())
    learning = adapted_values(unet, options.lora_rank) if options.uses_adapter else whole
    width, height = (options.resolution,) * 2 if options.resolution else components.default_size
    values = components.latent_channels * (width * height) // components.vae_scale_factor**2
    check_disk(folder, disk_bytes(options, learning, pictures, values), free_bytes)


def _prompts(info: ModelInfo, examples: DiskCopy) -> tuple[str, ...]:
    """What to draw for comparison: the model's own examples, else the first captions."""
    found = list(dict.fromkeys(info.example_prompts))[:REPLAY_PICTURES]
    for example in examples[:REPLAY_PICTURES]:
        if len(found) < REPLAY_PICTURES and example.caption not in found:
            found.append(example.caption)
    return tuple(found)


def _request(info: ModelInfo) -> GenerationRequest:
    defaults = info.defaults
    if defaults is None:
        raise InvalidInput(f"The model {info.name} doesn't say how it draws.")
    return GenerationRequest(prompt="", model=info.name, seed=0, **asdict(defaults))


def _free_name(settings: Settings, parent: str) -> str:
    """``<parent without its number>-<next number>``."""
    stem = re.sub(r"-taste-\d+$", "", parent) + "-taste"
    number = 1
    while _taken(settings, f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def _checked_name(settings: Settings, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name for a version. Use 1 to 64 letters, digits, dots, dashes and "
            "underscores, beginning with a letter or digit."
        )
    if _taken(settings, name):
        raise Conflict(
            f"There is a model, version or unfinished run named {name} already. Choose another "
            "name, or resume the run."
        )
    return name


def _taken(settings: Settings, name: str) -> bool:
    names = {model.name for model in open_registry(settings).list()}
    folders = (run_folder(settings, name) / "run.json", version_folder(settings, name))
    return name in names or any(path.exists() for path in folders)
