"""What has to be looked at before a training starts, in a process that may load what it needs.

Each errand takes settings and JSON-ready arguments and gives a JSON-ready answer.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from PIL import Image

from tastemaker.errors import TastemakerError
from tastemaker.jobs.errands import LocalErrands
from tastemaker.processes import ERRAND
from tastemaker.settings import Settings
from tastemaker.training.data.combined import GALLERY
from tastemaker.training.data.preview import as_dict, preview
from tastemaker.training.data.sources import open_source, parse_source
from tastemaker.training.estimates import Measurement, in_words, keep, kept, key_of
from tastemaker.training.options import TrainingOptions
from tastemaker.training.runs import RunPlan

THUMBNAIL_SIDE = 96
SHOWN = 200
GALLERY_ROWS = 1000


def look_at_dataset(settings: Settings, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The first rows of the dataset ``dataset``: counts, reasons, examples with thumbnails.

    ``size_bytes`` is what a copy of it takes, ``None`` when unknown.

    Raises:
        HubUnreachable, InvalidInput, NotFound: as `open_source`.
    """
    spec = parse_source(arguments["dataset"], allow_paths=arguments["allow_paths"])
    source = open_source(spec, settings)
    found = preview(source, shown=SHOWN)
    return {**as_dict(found, thumbnail), "size_bytes": source.size_bytes}


def look_at_gallery(settings: Settings, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The first rated pictures of the gallery, as `look_at_dataset`; without thumbnails.

    ``arguments`` only tell one state of the gallery from another.
    """
    from tastemaker.gallery import Gallery
    from tastemaker.wiring import open_storage

    gallery = Gallery(*open_storage(settings))
    source = open_source(parse_source(GALLERY), settings, gallery=gallery)
    return as_dict(preview(source, limit=GALLERY_ROWS, shown=SHOWN))


def measure_training(settings: Settings, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A dry run on the model ``model`` with the options ``options``: a `Measurement`."""
    import torch

    from tastemaker.diffusion.components import load_components
    from tastemaker.diffusion.device import pick_device
    from tastemaker.drawing import open_registry
    from tastemaker.training.estimate import measure

    if settings.threads:
        torch.set_num_threads(settings.threads)
    base, trained = open_registry(settings).parts_of(arguments["model"])
    device = pick_device(settings.device)
    components = load_components(
        base, device, safety_checker=False, trained=trained, full_precision=True
    )
    return asdict(measure(components, TrainingOptions.from_dict(arguments["options"])))


def estimate(settings: Settings, plan: RunPlan, pictures: int) -> str:
    """About how long a run will take and how much memory it needs, for people.

    Measured by a dry run in a process of its own, unless an equal one was measured before.
    """
    from tastemaker.drawing import open_registry

    options = TrainingOptions.from_dict(plan.options)
    key = key_of(settings, open_registry(settings).parts_of(plan.parent)[0], options)
    measured = kept(settings, key)
    if measured is None:
        setup = {"settings": json.loads(settings.model_dump_json())}
        # Begun anew: nothing that holds memory may stay behind beside the training.
        errands = LocalErrands(ERRAND, setup)
        try:
            asked = {"model": plan.parent, "options": options.to_dict()}
            measured = Measurement(**errands.run("training", asked))
        except TastemakerError as error:
            return f"Time and memory could not be measured: {error}"
        finally:
            errands.stop()
        keep(settings, key, measured)
    steps = options.total_steps(pictures)
    return in_words(measured, measured.seconds_per_step * steps, steps)


def thumbnail(picture: bytes) -> str:
    """A small version of an encoded picture as a data URI."""
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=70, method=0)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()


ERRANDS: dict[str, Callable[[Settings, Mapping[str, Any]], dict[str, Any]]] = {
    "dataset": look_at_dataset,
    "gallery": look_at_gallery,
    "training": measure_training,
}
