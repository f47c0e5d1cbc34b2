"""Draws a picture of the gallery again from its record, and says whether it came out the same.

What decides a picture's bits is in its record: the request, the model's fingerprint, the device and
the libraries, and how many rows the U-Net evaluated at once at each step. So on the machine that
drew it the very same comes out, whatever it was drawn beside. Knows no HTTP and no queue.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from tastemaker.diffusion.compiled.switch import Shape
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import pick_device
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.environment import versions
from tastemaker.diffusion.layout import IP_ADAPTERS
from tastemaker.diffusion.loading import load_model
from tastemaker.diffusion.outcomes import EAGER, IP_ADAPTER, Evaluations, Failed, Finished, Outcome
from tastemaker.diffusion.text import PromptEncoder
from tastemaker.diffusion.whole import WholePipeline
from tastemaker.domain import GenerationRequest, ImageRecord, Sampler, Schedule
from tastemaker.drawing import registry_of
from tastemaker.errors import InvalidInput, NotFound
from tastemaker.gallery import Gallery
from tastemaker.settings import Settings
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.pictures import ADOPTED_FORMATS, read_picture
from tastemaker.wiring import open_storage
from tastemaker.worker_wiring import build_warm_up, fingerprints

_MAX_PIXELS = 500_000_000
_COMPILE_SECONDS = 3600.0
_STYLE = "style_"
_NAMES = {
    "device": "device",
    "device_name": "device",
    "dtype": "precision",
    "threads": "number of threads",
    "vae_tile": "size of the tiles in which the picture was decoded",
    "vae_threads": "number of threads that decoded the picture",
}


@dataclass(frozen=True, eq=False)
class Redrawn:
    """What came of it: the new ``image``, how far it is from the stored one, and what may be why.

    ``psnr`` is in dB, infinite for the same pixels, ``None`` for another size. ``reasons`` are
    sentences: what differs from when it was drawn, as far as the record tells.
    """

    record: ImageRecord
    image: Image.Image
    psnr: float | None
    reasons: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether every pixel is the same."""
        return self.psnr == math.inf


def redraw(
    settings: Settings, image_id: int, listen: Callable[[Outcome], None] = lambda outcome: None
) -> Redrawn:
    """Draw picture ``image_id`` again; ``listen`` hears the engine's news.

    Raises:
        NotFound: no such picture, or its model is gone. ModelUnavailable: its model isn't ready.
        InvalidInput: the record doesn't say how it was drawn.
        BlobMissing: the picture, or the one that it started from, is gone.
        GenerationFailed: it can't be drawn here.
    """
    database, blobs = open_storage(settings)
    gallery = Gallery(database, blobs)
    record = gallery.get(image_id)
    request = request_of(record)
    stored = Image.open(BytesIO(gallery.content(image_id)), formats=ADOPTED_FORMATS)
    init_image, mask, style = (_picture(blobs, address) for address in request.pictures)

    models = registry_of(settings, database)
    try:
        folder, trained = models.parts_of(request.model)
    except NotFound as error:
        raise NotFound(
            f"Picture {image_id} was drawn by {request.model}, which isn't here any more. {error}"
        ) from error
    device = pick_device(settings.device)
    threads = record.params.get("threads")
    if device.type == "cpu" and (settings.threads or isinstance(threads, int)):
        torch.set_num_threads(settings.threads or max(1, int(threads or 1)))
    runs = evaluations_of(record.params)
    components = _made_fast(
        load_model(
            folder,
            device,
            trained=trained,
            safety_checker=settings.safety_checker,
            ip_adapters=_ip_adapter_of(settings, record.params),
        ),
        settings,
        request,
        [run for run in runs if run.by != EAGER],
    )
    engine = Engine(
        lambda _: components,
        replay=runs,
        preview_interval=math.inf,
        strict_rows=settings.strict_rows,
        fingerprint=fingerprints(settings, models),
    )
    tile, vae_threads = (_number(record.params, key) for key in ("vae_tile", "vae_threads"))
    ticket = Ticket("redraw", request, (0,), init_image, mask, style, tile, vae_threads)
    finished = _draw(engine, ticket, listen)
    return Redrawn(
        record,
        finished.image,
        psnr(stored.convert("RGB"), finished.image),
        tuple(differences(record, finished, stored.format or "")),
    )


def _number(params: Mapping[str, Any], key: str) -> int:
    """What is noted under ``key``; 0 if it isn't a number that makes sense."""
    found = params.get(key)
    return found if isinstance(found, int) and found > 0 else 0


def _ip_adapter_of(settings: Settings, params: Mapping[str, Any]) -> Path | None:
    """The one by which a look was taken over; ``None`` if it was done without."""
    if params.get("style_method") != IP_ADAPTER:
        return None
    return settings.models_dir / IP_ADAPTERS / Path(str(params.get("style_adapter"))).name


def _made_fast(
    components: Components | WholePipeline,
    settings: Settings,
    request: GenerationRequest,
    compiled: Sequence[Evaluations],
) -> Components | WholePipeline:
    """The model with the compiled network that drew the picture, where it can be made here."""
    kinds, rows = {run.by for run in compiled}, {run.rows for run in compiled}
    warm_up = None
    if len(kinds) == 1:
        warm_up = build_warm_up(settings, components.device, kinds.pop(), rows)
    if warm_up is None or isinstance(components, WholePipeline):
        return components
    fast: Components = warm_up.wrap(components)
    negative = request.negative_prompt if request.guidance_scale > 1 else None
    sizes = [(request.width, request.height)]
    if request.hires is not None:
        sizes.append(request.final_size)
    for size in sizes:
        text = PromptEncoder(fast).condition(request.prompt, negative, *size)
        fast.unet.expect(Shape(*fast.latent_size(*size), len(text.conditional)))
    warm_up.join(_COMPILE_SECONDS)
    warm_up.tick()
    warm_up.close()
    return fast


def _draw(engine: Engine, ticket: Ticket, listen: Callable[[Outcome], None]) -> Finished:
    engine.submit(ticket)
    found: Finished | None = None
    while not engine.idle:
        for outcome in engine.step():
            listen(outcome)
            if isinstance(outcome, Failed):
                raise outcome.error
            if isinstance(outcome, Finished):
                found = outcome
    assert found is not None
    return found


def request_of(record: ImageRecord) -> GenerationRequest:
    """The request for one picture that its record amounts to.

    Raises:
        InvalidInput: naming what the record lacks.
    """
    known: dict[str, Any] = {f.name: getattr(record, f.name, None) for f in fields(record)}
    # The size at which it was drawn stands among them where the picture has another.
    known |= dict(record.params)
    if "pipeline" in record.params:
        # It sampled in its own way, which is no choice of the request's.
        known |= {"sampler": Sampler.EULER, "schedule": Schedule.NORMAL}
    wanted = {"num_images": 1, "parent_id": None}
    wanted |= {
        field.name: known[field.name]
        for field in fields(GenerationRequest)
        if field.name not in wanted and known.get(field.name) is not None
    }
    try:
        return GenerationRequest.from_dict(wanted)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"The record of picture {record.id} doesn't say all that it takes to draw it again "
            f"({error}). Pictures that another program drew, or that were imported, may lack it."
        ) from error


def evaluations_of(params: Mapping[str, Any]) -> tuple[Evaluations, ...]:
    """How a picture was evaluated, from its record; empty when that isn't told."""
    try:
        return tuple(
            Evaluations(int(run["rows"]), int(run["count"]), str(run["by"]))
            for run in params.get("evaluations", ())
        )
    except (KeyError, TypeError, ValueError):
        return ()


def _picture(blobs: BlobStore, address: str | None) -> Image.Image | None:
    if address is None:
        return None
    return read_picture(blobs.get(address), max_pixels=_MAX_PIXELS, formats=ADOPTED_FORMATS)


def differences(record: ImageRecord, finished: Finished, stored_format: str) -> list[str]:
    """What is not as it was when the picture was drawn, in sentences."""
    then = record.params
    found = [*_of_model(record, finished), *_of_libraries(then.get("versions"))]
    here = {**finished.place, "device": finished.device, "dtype": finished.dtype}
    if then.get("device") == here["device"] or "device" not in then:
        here.pop("device")
    else:
        here.pop("device_name", None)
    for name, value in here.items():
        if not name.startswith(_STYLE) and name in then and then[name] != value:
            found.append(f"The {_NAMES.get(name, name)} was {then[name]}; here it is {value}.")
    found += _of_style(then, finished.place)
    found += _of_evaluations(evaluations_of(then), finished.evaluations)
    if bool(record.flagged) != bool(finished.flagged):
        now, before = ("now", "not then") if finished.flagged else ("then", "not now")
        found.append(f"The safety checker blurred it {now}, but {before}.")
    if stored_format != "PNG":
        found.append(f"It is stored as {stored_format}, which may have changed its pixels.")
    return found


def _of_model(record: ImageRecord, finished: Finished) -> list[str]:
    then = record.params.get("model_hash")
    if not then:
        return [f"The record doesn't say which weights {record.model} had."]
    if finished.model_hash and then != finished.model_hash:
        return [
            f"{record.model} is another version now: its files have the fingerprint "
            f"{_short(finished.model_hash)}, the picture was drawn by {_short(str(then))}."
        ]
    return []


def _of_libraries(then: object) -> list[str]:
    if not isinstance(then, Mapping):
        return ["The record doesn't say which libraries drew it."]
    return [
        f"{name} was {then[name]}; here it is {now}."
        for name, now in versions().items()
        if name in then and then[name] != now
    ]


def _of_style(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Whether the look of a style reference was taken over in another way."""
    ways = [_style_of(one) for one in (then, now)]
    if "style_method" not in then or ways[0] == ways[1]:
        return []
    found = [f"The style reference's look was taken over by {ways[0]}; here by {ways[1]}."]
    if then["style_method"] == IP_ADAPTER:
        found.append(
            f"Put {then.get('style_adapter')} and its image encoder into the folder {IP_ADAPTERS} "
            "of the models folder; the log says why one that is there isn't used."
        )
    return found


def _style_of(place: Mapping[str, Any]) -> str:
    if place.get("style_method") != IP_ADAPTER:
        return "the statistics of its latents"
    fingerprint = _short(str(place.get("style_adapter_hash")))
    return f"the IP-Adapter {place.get('style_adapter')} ({fingerprint})"


def _of_evaluations(then: Sequence[Evaluations], now: Sequence[Evaluations]) -> list[str]:
    if not then:
        return ["The record doesn't say how many rows were evaluated at once."]
    found = []
    if sum(run.count for run in then) != sum(run.count for run in now):
        found.append(
            f"It took {sum(run.count for run in then)} evaluations of the U-Net; now it takes "
            f"{sum(run.count for run in now)}."
        )
    elif [run.rows for run in then] != [run.rows for run in now]:
        found.append("The U-Net evaluated other numbers of rows at once.")
    makers = [sorted({run.by for run in runs}) for runs in (then, now)]
    if makers[0] != makers[1]:
        found.append(f"The U-Net was evaluated by {_and(makers[0])}; here by {_and(makers[1])}.")
    return found


def psnr(a: Image.Image, b: Image.Image) -> float | None:
    """Peak signal-to-noise ratio of two RGB pictures in dB; infinite when equal."""
    if a.size != b.size:
        return None
    difference = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    mean = float(np.square(difference).mean())
    return math.inf if mean == 0 else 10 * math.log10(255**2 / mean)


def _short(fingerprint: str) -> str:
    return fingerprint.removeprefix("sha256:")[:12]


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
