"""Builds what draws and connects it: the engine, what makes its models faster, the worker process.

The model libraries are imported inside the functions: whoever only names one of them stays small.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Collection
from typing import Any

from tastemaker.diffusion.layout import IP_ADAPTERS
from tastemaker.domain import Event
from tastemaker.jobs.queue import JobQueue
from tastemaker.jobs.worker_process import Pipe
from tastemaker.models.fingerprint import Fingerprints
from tastemaker.models.registry import Registry
from tastemaker.settings import Settings
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.pointer import ActiveModel

log = logging.getLogger(__name__)


def run_worker(pipe: Pipe) -> None:
    """The worker process: told its settings through the pipe, works until the pipe ends."""
    setup = pipe.read_setup()
    settings = Settings.model_validate(setup["settings"])
    logging.basicConfig(level=settings.log_level, format="worker: %(message)s")

    # Only this process may load the model libraries: the web process stays small and never
    # touches the device.
    from tastemaker.diffusion.device import pick_device
    from tastemaker.jobs.worker import Worker

    device = pick_device(settings.device)
    warm_up = build_warm_up(settings, device)
    database = Database(settings.database_url)
    blobs = BlobStore(settings.data_dir / "blobs")

    def emit(event: Event) -> None:
        if event.type == "status":
            event = Event("status", {**event.data, "device": str(device)})
        pipe.emit(event)

    worker = Worker(
        setup["token"],
        JobQueue(database, max_queue=settings.max_queue),
        blobs,
        build_engine(settings, Registry(settings, ActiveModel(database)), device, warm_up),
        pipe.commands,
        emit,
        max_pixels=settings.max_upload_pixels,
        warm_up=warm_up,
    )
    # The libraries' objects stay: looking through all of them for garbage stops the process for a
    # quarter of a second.
    gc.collect()
    gc.freeze()
    worker.run(preload=setup.get("preload"), watched=setup.get("watched", True))


def build_engine(settings: Settings, models: Registry, device: Any, warm_up: Any = None) -> Any:
    """The engine on ``device``, loading models and versions of them from where they lie.

    ``warm_up`` makes them faster while they draw.
    """
    import torch

    from tastemaker.diffusion.buckets import most_rows
    from tastemaker.diffusion.device import total_memory
    from tastemaker.diffusion.engine import Engine
    from tastemaker.diffusion.limits import RowLimits
    from tastemaker.diffusion.loading import load_model

    if settings.threads:
        torch.set_num_threads(settings.threads)

    def load(name: str) -> Any:
        folder, trained = models.parts_of(name)
        checker = settings.safety_checker
        parts = load_model(
            folder,
            device,
            trained=trained,
            safety_checker=checker,
            ip_adapters=settings.models_dir / IP_ADAPTERS,
        )
        return parts if warm_up is None else warm_up.wrap(parts, name)

    if settings.strict_rows:
        log.info(
            "strict mode: every evaluation has %d rows, where a guided picture alone needs 2",
            settings.strict_rows,
        )
    budget = settings.model_memory_mb * 1024**2 or total_memory(device) // 2
    return Engine(
        load,
        max_rows=most_rows(settings.max_batch_rows, device.type),
        strict_rows=settings.strict_rows,
        max_bytes=budget,
        limits=RowLimits(settings.data_dir / "memory-limits.json"),
        stamp=models.stamp_of,
        size_of=lambda name: models.get(models.bottom_of(name)).size_bytes or 0,
        fingerprint=fingerprints(settings, models),
    )


def build_warm_up(
    settings: Settings, device: Any, kind: str | None = None, rows: Collection[int] = ()
) -> Any:
    """Who compiles U-Nets for ``device`` in the background; ``None`` where nobody does.

    ``kind`` asks for that kind of network, whatever the settings say, to draw a picture again that
    was evaluated with so many ``rows`` at once.
    """
    from tastemaker.diffusion.buckets import BUCKETS, bucket_size, most_rows
    from tastemaker.diffusion.compiled.builders import builder_for
    from tastemaker.diffusion.compiled.warm_up import WarmUp

    if kind is None and (settings.compile == "off" or settings.strict_rows):
        return None
    if settings.threads:
        import torch

        torch.set_num_threads(settings.threads)
    most = bucket_size(most_rows(settings.max_batch_rows, device.type))
    sizes = {size for size in BUCKETS if size <= most} | set(rows)
    builder = builder_for(
        device,
        settings.data_dir / "compiled",
        max_bytes=settings.compiled_mb * 1024**2,
        sizes=sorted(sizes),
        precision=settings.compile_precision,
        kind=kind,
    )
    return None if builder is None else WarmUp(builder)


def fingerprints(settings: Settings, models: Registry) -> Callable[[str], str]:
    """What computes a model's fingerprint from its files, by name."""
    known = Fingerprints(settings.data_dir / "fingerprints.json")

    def of(name: str) -> str:
        folder, trained = models.parts_of(name)
        return known.of(folder, *trained)

    return of
