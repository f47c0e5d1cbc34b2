"""What a training would learn from and cost, before it is started."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tastemaker.api.context import services
from tastemaker.api.schemas.retrain import (
    EstimateOut,
    MappingOut,
    PreviewExample,
    PreviewQuery,
    RejectedRows,
    RetrainPreview,
)
from tastemaker.api.training_start import (
    Ratings,
    changes_of,
    dataset_of,
    look,
    options_of,
    ratings,
    refuse_taken_device,
    rows_in_all,
)
from tastemaker.domain import DataSource, JobState
from tastemaker.errors import Conflict, FieldError, InvalidInput, TastemakerError
from tastemaker.models.fetching import free_bytes
from tastemaker.training.data.combined import DATASET_PREFIX, GALLERY_PREFIX
from tastemaker.training.data.sources import DEFAULT_DATASET
from tastemaker.training.estimates import Measurement, in_words, keep, kept, key_of
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.readiness import (
    HELD_OUT_SHARE,
    MOST_HELD_OUT,
    check_disk,
    check_ratings,
)
from tastemaker.training.runs import run_folder
from tastemaker.training.sizes import run_bytes

FRESH_SECONDS = 30
MEASURING = "training"
"""The kind of errand that measures time and memory."""


def preview_out(query: PreviewQuery) -> RetrainPreview:
    """The data, whether a training can start, and what it will cost.

    Raises:
        NotFound, ModelUnavailable: the model. InvalidInput: a wrong value.
    """
    here = services()
    if query.source is DataSource.PICTURES:
        message = "there is a preview of ratings and datasets only; chosen pictures need none"
        raise InvalidInput(f"source: {message}.", (FieldError("source", message),))
    info = here.models.require_trainable(query.base_model)
    model = info.name
    base = here.models.parts_of(model)[0]
    dataset = dataset_of(query.source, query.dataset)
    options = options_of(info, query.source, query.method, changes_of(query))
    known = ratings()
    reason: str | None = None
    parts: list[tuple[str, Mapping[str, Any]]] = []
    try:
        if query.source is not DataSource.DATASET:
            parts.append((GALLERY_PREFIX, _gallery()))
        if dataset is not None:
            parts.append((DATASET_PREFIX, look(dataset)))
        here.trainings.refuse_second()
        refuse_taken_device()
        if query.source is not DataSource.DATASET:
            check_ratings(options.method, known.liked, known.disliked, known.pairs)
    except TastemakerError as error:
        reason = str(error)
    reports = [part["report"] for _, part in parts]
    learned = _learned(query.source, options, known, parts)
    rows = sum(rows_in_all(part) for _, part in parts)
    copied = sum(part.get("size_bytes") or 0 for _, part in parts)
    disk = copied + run_bytes(base, options, rows)
    if reason is None:
        reason = _disk_problem(disk)
    examples = _examples(parts, both=query.source is DataSource.BOTH)
    end = query.cursor + query.limit
    columns = reports[-1]["mapping"] if dataset is not None and len(parts) and reports else None
    return RetrainPreview(
        ready=reason is None,
        reason=reason,
        method=options.method.value,
        liked=known.liked,
        disliked=known.disliked,
        pairs=known.pairs,
        total=sum(report["rows"] for report in reports),
        accepted=sum(report["accepted"] for report in reports),
        duplicates=sum(report["duplicates"] for report in reports),
        rejected=_rejected(reports),
        mapping=MappingOut.model_validate(columns) if columns is not None else None,
        examples=examples[query.cursor : end],
        next_cursor=end if end < len(examples) else None,
        sampled=not all(report["complete"] for report in reports),
        default_dataset=DEFAULT_DATASET,
        options=options.to_dict(),
        estimate=_estimate(model, base, options, options.total_steps(learned), disk),
    )


def _gallery() -> Mapping[str, Any]:
    """The rated pictures as they are now, give or take half a minute."""
    here = services()
    now = {"half_minute": int(time.time() / FRESH_SECONDS), "pairs": here.preferences.count()}
    return here.errands.run("gallery", {**here.gallery.counts(), **now})


def _learned(
    source: DataSource,
    options: TrainingOptions,
    known: Ratings,
    parts: Sequence[tuple[str, Mapping[str, Any]]],
) -> int:
    """About how many pictures will be trained on: some are held out, some methods want likes."""
    preferences = options.method is Method.PREFERENCE
    pictures = 0
    if source is not DataSource.DATASET:
        pictures += known.liked + (known.disliked + known.pairs if preferences else 0)
    for prefix, part in parts:
        if prefix == DATASET_PREFIX and not preferences:
            report = part["report"]
            pictures += rows_in_all(part) * report["accepted"] // max(1, report["rows"])
    return max(1, pictures - min(round(pictures * HELD_OUT_SHARE), MOST_HELD_OUT))


def _disk_problem(needed: int) -> str | None:
    try:
        check_disk(run_folder(services().settings, ""), needed, free_bytes)
    except TastemakerError as error:
        return str(error)
    return None


def _examples(
    parts: Sequence[tuple[str, Mapping[str, Any]]], *, both: bool
) -> list[PreviewExample]:
    found = []
    for prefix, part in parts:
        for example in part["examples"]:
            image_id = int(example["key"]) if prefix == GALLERY_PREFIX else None
            url = f"/api/images/{image_id}/thumbnail" if image_id is not None else None
            found.append(
                PreviewExample(
                    key=prefix + example["key"] if both else example["key"],
                    caption=example["caption"],
                    feedback=example["feedback"],
                    image_id=image_id,
                    thumbnail_url=url,
                    thumbnail=example["thumbnail"],
                )
            )
    return found


def _rejected(reports: Sequence[Mapping[str, Any]]) -> list[RejectedRows]:
    """The rows of each reason, over all parts."""
    found: dict[str, RejectedRows] = {}
    for report in reports:
        for rows in report["rejections"]:
            keys = [row["key"] for row in rows["first"]]
            before = found.get(rows["reason"])
            found[rows["reason"]] = RejectedRows(
                reason=rows["reason"],
                message=rows["title"],
                count=rows["count"] + (before.count if before is not None else 0),
                keys=[*(before.keys if before is not None else ()), *keys],
            )
    return list(found.values())


def _estimate(
    model: str, base: Path, options: TrainingOptions, steps: int, disk: int
) -> EstimateOut:
    """What was measured, or that it is being measured; while something trains, that it can't be."""
    settings = services().settings
    key = key_of(settings, base, options)
    measured = kept(settings, key)
    if measured is not None:
        return _ready(measured, steps, disk)
    try:
        _refuse_while_training()
        found = services().errands.ask(MEASURING, {"model": model, "options": options.to_dict()})
    except TastemakerError as error:
        return _unknown("unavailable", str(error), steps, disk)
    if found is None:
        detail = "Measuring on this machine with a few real steps; it takes up to a minute."
        return _unknown("measuring", detail, steps, disk)
    measured = Measurement(**found)
    keep(settings, key, measured)
    return _ready(measured, steps, disk)


def _refuse_while_training() -> None:
    running = services().trainings.unfinished()
    if running is not None and running.state is JobState.RUNNING:
        raise Conflict("Nothing is measured while a training runs: it would slow both down.")
    refuse_taken_device()


def _ready(measured: Measurement, steps: int, disk: int) -> EstimateOut:
    seconds = measured.seconds_per_step * steps
    numbers = asdict(measured)
    return EstimateOut(
        state="ready",
        seconds=seconds if measured.fits else None,
        seconds_per_step=measured.seconds_per_step if measured.fits else None,
        memory_bytes=numbers["memory_bytes"],
        memory_available_bytes=numbers["memory_available_bytes"],
        disk_bytes=disk,
        steps=steps,
        detail=in_words(measured, seconds, steps),
    )


def _unknown(state: Any, detail: str, steps: int, disk: int) -> EstimateOut:
    return EstimateOut(
        state=state,
        seconds=None,
        seconds_per_step=None,
        memory_bytes=None,
        memory_available_bytes=None,
        disk_bytes=disk,
        steps=steps,
        detail=detail,
    )
