"""What must be right before a training is accepted, so that what fails late fails at once."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tastemaker.api.context import services
from tastemaker.api.schemas.retrain import LEAST_CHOSEN, MOST_CHOSEN, RetrainRequest
from tastemaker.domain import DataSource, ModelInfo, TrainingRequest
from tastemaker.errors import Conflict, FieldError, InvalidInput
from tastemaker.models.fetching import free_bytes
from tastemaker.settings import Settings
from tastemaker.training.data.sources import DEFAULT_DATASET, SourceKind, parse_source
from tastemaker.training.defaults import method_for, options_for, recommended_method
from tastemaker.training.options import Method, TrainingOptions
from tastemaker.training.readiness import check_disk, check_ratings
from tastemaker.training.runs import (
    checked_name,
    device_is_free,
    free_name,
    run_folder,
)
from tastemaker.training.sizes import run_bytes

LEARNS_RATINGS = (DataSource.FEEDBACK, DataSource.BOTH)
# Without a number of steps, a number of epochs alone says how long a training takes.
_NO_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Ratings:
    """What there is in the gallery to learn a taste from."""

    liked: int
    disliked: int
    pairs: int


def ratings() -> Ratings:
    """The ratings of the gallery as it is now."""
    counts = services().gallery.counts()
    return Ratings(counts["liked"], counts["disliked"], services().preferences.count())


def checked(body: RetrainRequest) -> TrainingRequest:
    """The request with nothing left open, if such a training can begin now.

    Raises:
        Conflict: something trains already. InvalidInput: too few ratings or a wrong value.
        NotFound, ModelUnavailable: the model. HubUnreachable: the dataset. InsufficientDisk.
    """
    here = services()
    here.trainings.refuse_second()
    refuse_taken_device()
    info = here.models.require_trainable(body.base_model)
    model = info.name
    dataset = dataset_of(body.source, body.dataset)
    chosen = chosen_pictures(body)
    options = options_of(info, body.source, body.method, changes_of(body))
    pictures, copied = len(chosen), 0
    if body.source in LEARNS_RATINGS:
        known = ratings()
        check_ratings(options.method, known.liked, known.disliked, known.pairs)
        pictures += known.liked + known.disliked
    if dataset is not None:
        found = look(dataset)
        pictures += rows_in_all(found)
        copied += found.get("size_bytes") or 0
    names = [info.name for info in here.models.list()]
    if body.name is None:
        name = free_name(here.settings, model, names)
    else:
        name = checked_name(here.settings, body.name, names)
    folder = run_folder(here.settings, name)
    needed = copied + run_bytes(here.models.parts_of(model)[0], options, pictures)
    check_disk(folder, needed, free_bytes)
    return TrainingRequest(
        name=name,
        model=model,
        source=body.source,
        dataset=dataset,
        image_ids=chosen,
        style=body.style,
        method=body.method,
        changes=changes_of(body),
        captions=body.captions,
        activate=body.activate,
    )


def refuse_taken_device() -> None:
    """Raises `Conflict` while a run of a terminal trains on the device."""
    here = services()
    if not device_is_free(here.settings, here.pool.status().device):
        raise Conflict(
            "A training in a terminal (`tastemaker train`) is using the device. Wait until it has "
            "ended, or stop it there with Ctrl-C: it saves and can be resumed."
        )


def dataset_of(source: DataSource, dataset: str | None) -> str | None:
    """The dataset to read, if any. Raises `InvalidInput`."""
    if source in (DataSource.FEEDBACK, DataSource.PICTURES):
        if dataset is not None:
            message = "goes with the source dataset or both only"
            raise InvalidInput(f"dataset {message}.", (FieldError("dataset", message),))
        return None
    chosen = dataset or DEFAULT_DATASET
    allow_paths = listens_on_loopback(services().settings)
    try:
        kind = parse_source(chosen, allow_paths=allow_paths).kind
    except InvalidInput as error:
        raise InvalidInput(str(error), (FieldError("dataset", str(error)),)) from error
    if kind is SourceKind.GALLERY or chosen.startswith("gallery+"):
        message = "is a hub dataset (owner/name) or a path; for the gallery choose source feedback"
        raise InvalidInput(f"dataset {message}.", (FieldError("dataset", message),))
    return chosen


def chosen_pictures(body: RetrainRequest) -> tuple[int, ...]:
    """The pictures whose look is learned; none without the source pictures.

    Raises:
        InvalidInput: too few or too many, ones that don't exist, or with another source.
    """
    if body.source is not DataSource.PICTURES:
        given = [name for name in ("image_ids", "style") if getattr(body, name) is not None]
        if given:
            message = "goes with the source pictures only"
            errors = tuple(FieldError(name, message) for name in given)
            raise InvalidInput(f"{' and '.join(given)}: {message}.", errors)
        return ()
    wanted = tuple(dict.fromkeys(body.image_ids or ()))
    if not LEAST_CHOSEN <= len(wanted) <= MOST_CHOSEN:
        message = (
            f"choose {LEAST_CHOSEN} to {MOST_CHOSEN} pictures that share a look, not {len(wanted)}"
        )
        raise InvalidInput(f"image_ids: {message}.", (FieldError("image_ids", message),))
    found = {image.id for image in services().gallery.get_many(wanted) if not image.deleted_at}
    missing = [str(image_id) for image_id in wanted if image_id not in found]
    if missing:
        message = f"these aren't in the gallery: {', '.join(missing[:20])}"
        raise InvalidInput(f"image_ids: {message}.", (FieldError("image_ids", message),))
    return wanted


def look(dataset: str) -> Mapping[str, Any]:
    """What the first rows of a dataset hold. Raises as `tastemaker.looking.look_at_dataset`."""
    allow_paths = listens_on_loopback(services().settings)
    found = services().errands.run("dataset", {"dataset": dataset, "allow_paths": allow_paths})
    report = found["report"]
    if report["complete"] and not report["accepted"]:
        reasons = "; ".join(f"{x['count']} × {x['title']}" for x in report["rejections"])
        message = f"{dataset} holds nothing to train on: {reasons or 'it has no rows'}"
        raise InvalidInput(message, (FieldError("dataset", message),))
    return found


def rows_in_all(found: Mapping[str, Any]) -> int:
    """How many rows a dataset has: counted, or reckoned from its size and its first rows."""
    report = found["report"]
    rows, size, looked_at = report["rows"], found.get("size_bytes"), found.get("picture_bytes")
    if report["complete"] or not size or not looked_at:
        return int(rows)
    reckoned: int = round(rows * size / looked_at)
    return max(int(rows), reckoned)


def options_of(
    model: ModelInfo, source: DataSource, method: str, changes: dict[str, object]
) -> TrainingOptions:
    """All settings in force. Raises `InvalidInput`, and `ModelBroken` for a wrong card."""
    if source not in LEARNS_RATINGS and method == Method.PREFERENCE:
        kind = "chosen pictures have" if source is DataSource.PICTURES else "a dataset has"
        message = f"preference needs ratings, and {kind} none: choose lora or full"
        raise InvalidInput(f"method {message}.", (FieldError("method", message),))
    if method != "auto":
        return options_for(model, Method(method), changes)
    if source is DataSource.PICTURES:
        return options_for(model, Method.LORA, changes)
    if source is DataSource.DATASET:
        return options_for(model, recommended_method(model) or Method.LORA, changes)
    known = ratings()
    chosen = method_for(model, known.liked, known.disliked, known.pairs)
    return options_for(model, chosen, changes)


def changes_of(body: object) -> dict[str, object]:
    """The settings that a request or a query names, as `TrainingOptions` calls them."""
    names = {"num_epochs": "max_epochs"}
    found: dict[str, object] = {}
    for field in ("num_epochs", "max_steps", "learning_rate", "batch_size", "lora_rank", "seed"):
        value = getattr(body, field, None)
        if value is not None:
            found[names.get(field, field)] = value
    if "max_epochs" in found and "max_steps" not in found:
        found["max_steps"] = _NO_LIMIT
    return found


def listens_on_loopback(settings: Settings) -> bool:
    """Whether only this machine can reach the server: not over a network, nor through a proxy."""
    if settings.allowed_hosts:
        return False
    if settings.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        return False
