"""Models in words and fields: `ModelInfo` of a folder or of a download, and the reasons for people.

Decides nothing: which folders there are and which model is active is the registry's.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from tastemaker.domain import DownloadProgress, Event, ModelInfo, ModelState
from tastemaker.errors import ModelBroken, ModelUnavailable
from tastemaker.models.download import Source, Status
from tastemaker.models.fetching import Position
from tastemaker.models.manifest import read_manifest
from tastemaker.models.progress import progress_in_words

EMBEDDED = "embedded"
LOCAL = "local"
_SLOW_ON_CPU = (
    "This machine has no GPU, so one picture would take minutes with this model; the starter stays"
    " active until you choose otherwise."
)
_OWN_PIPELINE = (
    "Its own pipeline draws, one picture at a time and with its own sampler: the choices of sampler"
    " and schedule don't apply, and it makes no variations of pictures."
)
_LARGE_BYTES = 500_000_000
_OFFLINE = "The studio runs offline, so this model isn't downloaded."


def model_in_folder(name: str, source: str, folder: Path, *, gpu: bool) -> ModelInfo:
    """A model whose folder is there: ready, or failed with what is wrong with it."""
    try:
        manifest = read_manifest(folder)
    except ModelBroken as error:
        return ModelInfo(
            name, title_of(name), source, ModelState.FAILED, error=_broken(source, error)
        )
    own = _OWN_PIPELINE if manifest.own_sampler else None
    ours = source in (EMBEDDED, LOCAL)
    slow = slow_notice(manifest.size_bytes if ours else _LARGE_BYTES, gpu=gpu)
    return ModelInfo(
        name=name,
        title=manifest.title or title_of(name),
        source=source,
        state=ModelState.READY,
        path=str(folder),
        defaults=manifest.defaults,
        size_multiple=manifest.size_multiple,
        max_size=manifest.max_size,
        notice=" ".join(filter(None, (manifest.notice, own, slow))) or None,
        example_prompts=manifest.example_prompts,
        family=manifest.family,
        own_sampler=manifest.own_sampler,
        trainable=manifest.trainable,
        size_bytes=manifest.size_bytes,
        has_safety_checker=manifest.has_safety_checker,
        training=manifest.training,
        vocabulary=manifest.vocabulary,
    )


def slow_notice(size_bytes: int, *, gpu: bool) -> str | None:
    """What to expect of a model of that size on a machine with or without a GPU."""
    return _SLOW_ON_CPU if size_bytes >= _LARGE_BYTES and not gpu else None


def _broken(source: str, error: ModelBroken) -> str:
    if source != EMBEDDED:
        return str(error)
    return f"The model that comes with Tastemaker is damaged; install Tastemaker again. {error}"


def absent_model(
    source: Source, status: Status, *, on_disk: Position | None, offline: bool, gpu: bool
) -> ModelInfo:
    """A model without a folder yet: on its way, waiting, or failed with the reason."""
    progress = status.progress
    if on_disk is not None and (progress is None or progress.total_bytes is None):
        progress = DownloadProgress(on_disk.downloaded_bytes, on_disk.total_bytes)
    error = None
    if status.error is not None:
        again = (
            "It is tried again by itself now and then, or at once when you start the download."
            if status.retrying
            else "Start the download to try again."
        )
        error = f"{status.error} The starter serves on. {again}"
    notices = ([] if gpu else [_SLOW_ON_CPU]) + ([_OFFLINE] if offline else [])
    return ModelInfo(
        name=source.name,
        title=title_of(source.name),
        source=source.repo_id,
        # Only a folder makes a model ready; the thread that says so was faster than this look.
        state=ModelState.DOWNLOADING if status.state is ModelState.READY else status.state,
        notice=" ".join(notices) or None,
        progress=progress,
        error=error,
        size_bytes=progress.total_bytes if progress else None,
    )


def unavailable(model: ModelInfo) -> ModelUnavailable:
    """Why a model that isn't ready can't draw, and in how many seconds to ask again."""
    progress = model.progress
    if model.state is ModelState.DOWNLOADING and progress is not None:
        wait = 30 if progress.eta_seconds is None else round(progress.eta_seconds)
        return ModelUnavailable(
            f"{model.title} is downloading: {progress_in_words(progress)}. The starter draws"
            " meanwhile.",
            retry_after=min(600, max(5, wait)),
        )
    if model.state in (ModelState.FAILED, ModelState.REFUSED):
        return ModelUnavailable(f"{model.title} can't be used: {model.error}", retry_after=60)
    return ModelUnavailable(
        f"{model.title} is not downloaded. Start its download, or draw with the starter.",
        retry_after=60,
    )


def model_event(model: ModelInfo) -> Event:
    """What the browser hears when a model changes: all that pages show of it."""
    data = asdict(model)
    del data["path"], data["training"], data["vocabulary"]
    return Event("model", data)


def title_of(name: str) -> str:
    """``stable-diffusion-v1-4`` → ``Stable Diffusion v1-4``."""
    words = re.sub(r"_|(?<!\d)-|-(?!\d)", " ", name).split()
    return " ".join(w if re.match(r"v?\d|.*[A-Z]", w) else w.capitalize() for w in words)
