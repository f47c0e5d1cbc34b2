"""Retraining without a server: finds the model and the data, prepares a run, and runs it.

What was decided at the start lies in the run's ``run.json``, so a run can be resumed by its name
alone. Knows no HTTP and no terminal.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from filelock import Timeout

from tastemaker.diffusion.adapters import LORA_FILE
from tastemaker.diffusion.components import load_components
from tastemaker.diffusion.device import pick_device
from tastemaker.domain import GenerationRequest, ModelInfo
from tastemaker.drawing import open_registry
from tastemaker.errors import Conflict, InvalidInput, NotFound
from tastemaker.gallery import Gallery
from tastemaker.models.fetching import free_bytes
from tastemaker.models.versions import IMPORTED, read_version
from tastemaker.settings import Settings
from tastemaker.training.data.combined import is_both, learns_ratings, open_text, reads_gallery
from tastemaker.training.data.disk import REJECTED, REPORT, DiskCopy, open_copy
from tastemaker.training.data.materialise import materialise
from tastemaker.training.data.sources import Source
from tastemaker.training.defaults import method_for, options_for, recommended_method
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.progress import Observer
from tastemaker.training.readiness import check_disk, check_ratings
from tastemaker.training.retrain import (
    Assignment,
    Interrupted,
    Retrained,
    interruptible,
    not_begun,
    retrain,
)
from tastemaker.training.runs import (
    RunPlan,
    checked_name,
    device_lock,
    free_name,
    is_tidied,
    read_plan,
    run_folder,
    tidy,
    unfinished,
    version_folder,
    write_plan,
)
from tastemaker.training.sizes import run_bytes
from tastemaker.training.status import News, Reporter
from tastemaker.wiring import open_storage

__all__ = ["only_run", "resume", "start", "tidy", "unfinished", "version_folder"]

REPLAY_PICTURES = 16
LOCK_SECONDS = 0.5


class DeviceTaken(Conflict):
    """Another process trains on the device at the moment."""


OnNews = Callable[[News], None]


def start(
    settings: Settings,
    source: str,
    observer: Observer,
    *,
    name: str | None = None,
    model: str | None = None,
    method: Method | None = None,
    changes: Mapping[str, Any] | None = None,
    captions: Mapping[str, str | None] | None = None,
    style: str | None = None,
    on_news: OnNews = lambda news: None,
    on_plan: Callable[[RunPlan, int], None] = lambda plan, pictures: None,
) -> Retrained:
    """Begin a run on ``source`` (as `open_text` reads it) and see it through.

    ``model`` is trained on, the active one by default. Without ``method`` the model and the number
    of ratings decide. ``changes`` are settings of `TrainingOptions`, ``captions`` edits by the
    example's key, ``style`` words put behind the captions of chosen pictures. ``on_news`` hears how
    far it is, as it is kept in the run's folder, ``on_plan`` what will be done and with how many
    pictures, before it is.

    Raises:
        TastemakerError: whatever stands in the way, before anything is trained.
    """
    with only_run(settings):
        registry = open_registry(settings)
        info = registry.require_trainable(model)
        parent = info.name
        models = [info.name for info in registry.list()]
        if name is None:
            name = free_name(settings, parent, models)
        else:
            name = checked_name(settings, name, models)
        folder = run_folder(settings, name)
        reporter = Reporter(folder, observer, on_news)
        try:
            examples = _copied(settings, source, folder, reporter.observer(), captions or {}, style)
        except Interrupted as reason:
            return Retrained(not_begun(reason.stop), None)
        options = _options(info, source, examples, method, changes or {})
        plan = RunPlan(name, source, parent, options.to_dict(), style)
        write_plan(folder, plan)
        on_plan(plan, len(examples))
        return _run(settings, plan, examples, observer, on_news)


def resume(
    settings: Settings, name: str, observer: Observer, on_news: OnNews = lambda news: None
) -> Retrained:
    """Go on with a run that was stopped or killed.

    Raises:
        NotFound: there is no such run. TastemakerError: whatever stands in the way.
    """
    with only_run(settings):
        folder = run_folder(settings, name)
        plan = read_plan(folder)
        if plan is None:
            known = ", ".join(unfinished(settings)) or "none"
            raise NotFound(f"There is no run {name!r} that could go on. Unfinished runs: {known}.")
        if is_tidied(settings, name):
            raise Conflict(f"The run {name} has ended; its version is there.")
        return _run(settings, plan, open_copy(folder / "data"), observer, on_news)


@contextmanager
def only_run(settings: Settings) -> Iterator[None]:
    """Hold the device for training; a second run on it would only slow down both.

    Raises:
        DeviceTaken: another process, of a terminal or of the server, is training on it.
    """
    device = str(pick_device(settings.device))
    try:
        with device_lock(settings, device).acquire(timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise DeviceTaken(
            f"Another run is training on the device {device} already, in the studio or in a "
            "terminal. Wait until it has ended, or stop it; it can be resumed later."
        ) from error


def _copied(
    settings: Settings,
    source: str,
    folder: Path,
    observer: Observer,
    captions: Mapping[str, str | None],
    style: str | None,
) -> DiskCopy:
    """The source's good examples, copied so that the run can't change under its feet."""
    gallery = Gallery(*open_storage(settings)) if reads_gallery(source) else None
    opened = open_text(source, settings, gallery, style=style)
    ratings_alone = learns_ratings(source) and not is_both(source)
    if ratings_alone and not any(True for _ in opened.records()):
        check_ratings(Method.LORA, 0, 0)
    try:
        _materialised(opened, folder / "data", captions, observer)
    except Conflict:
        # Left by another start that came to nothing; what other run there is has the lock.
        shutil.rmtree(folder / "data", ignore_errors=True)
        _materialised(opened, folder / "data", captions, observer)
    found = json.loads((folder / "data" / REPORT).read_bytes())
    if found["rejected"]:
        reasons = "; ".join(f"{x['count']} × {x['title']}" for x in found["rejections"])
        observer.on_note(
            f"{found['rejected']:,} of {found['rows']:,} rows can't be trained on: {reasons} Each "
            f"is named in {folder / 'data' / REJECTED}."
        )
    return open_copy(folder / "data")


def _materialised(
    source: Source, folder: Path, captions: Mapping[str, str | None], observer: Observer
) -> None:
    def on_rows(rows: int, accepted: int) -> None:
        interruptible(observer, "reading", rows)(accepted)

    materialise(source, folder, captions, on_rows=on_rows)


def _options(
    model: ModelInfo,
    source: str,
    examples: DiskCopy,
    method: Method | None,
    changes: Mapping[str, Any],
) -> TrainingOptions:
    """Settings that fit the model and the data.

    Raises:
        InvalidInput: too few ratings, or a wrong setting.
    """
    ratings = Counter(entry.feedback for entry in examples.snapshot.entries)
    pairs = len(examples.snapshot.pairs)
    rated = learns_ratings(source) or method is Method.PREFERENCE
    if method is None and rated:
        method = method_for(model, ratings[1], ratings[-1], pairs)
    elif method is None:
        chosen = reads_gallery(source)
        method = Method.LORA if chosen else recommended_method(model) or Method.LORA
    if rated:
        check_ratings(method, ratings[1], ratings[-1], pairs)
    return options_for(model, method, changes)


def _run(
    settings: Settings,
    plan: RunPlan,
    examples: DiskCopy,
    observer: Observer,
    on_news: OnNews,
) -> Retrained:
    folder = run_folder(settings, plan.name)
    options = TrainingOptions.from_dict(plan.options)
    reporter = Reporter(folder, observer, on_news, window=options.window)
    info, base, folders = _parent(settings, plan.parent)
    check_disk(folder, run_bytes(base, options, len(examples)), free_bytes)
    device = pick_device(settings.device)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    components = load_components(
        base, device, safety_checker=False, trained=folders, full_precision=True
    )
    prompts = _prompts(info, examples)
    # A LoRA made elsewhere may be scaled or named in its own way: a new one goes on top of it.
    on_lora = (
        bool(folders)
        and options.uses_adapter
        and (folders[-1] / LORA_FILE).is_file()
        and read_version(folders[-1]).method != IMPORTED
    )
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
            **({"style": plan.style} if plan.style else {}),
        },
        parent_lora=folders[-1] / LORA_FILE if on_lora else None,
        with_unrated=is_both(plan.source),
        pairs=examples.snapshot.pairs,
    )
    target = version_folder(settings, plan.name)
    done = retrain(work, components, folder, target, reporter.observer())
    if done.version is not None:
        reporter.finish()
    return done


def _parent(settings: Settings, name: str) -> tuple[ModelInfo, Path, Sequence[Path]]:
    """The model at the bottom, its folder, and the versions on it."""
    registry = open_registry(settings)
    return registry.require_ready(name), *registry.parts_of(name)


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
