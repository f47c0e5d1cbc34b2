"""Builds every object once and connects them: the services of the web process.

Only this module and `worker_wiring` know which class stands behind which role.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from threading import Thread

from filelock import FileLock, Timeout

from tastemaker.api.services import Services
from tastemaker.domain import Event, JobState, is_training
from tastemaker.errors import SettingsError
from tastemaker.exchange.exporting import Exporter
from tastemaker.exchange.importing import Importer
from tastemaker.feedback import Feedback
from tastemaker.gallery import Gallery
from tastemaker.jobs.batches import BatchQueue
from tastemaker.jobs.errands import LocalErrands
from tastemaker.jobs.events import EventBroker
from tastemaker.jobs.local_pool import LocalWorkerPool
from tastemaker.jobs.order import QueueOrder
from tastemaker.jobs.queue import JobQueue
from tastemaker.jobs.training_pool import LocalTrainingPool
from tastemaker.jobs.training_queue import TrainingQueue
from tastemaker.models.aliases import model_called
from tastemaker.models.device import probably_has_gpu
from tastemaker.models.management import Versions
from tastemaker.models.registry import Registry
from tastemaker.preferences import Preferences
from tastemaker.processes import ERRAND, TRAINING, WORKER, start_method
from tastemaker.prompting.preparing import open_tools
from tastemaker.settings import PROJECT_ROOT, Settings
from tastemaker.storage.blobs import BlobStore
from tastemaker.storage.database import Database
from tastemaker.storage.pointer import ActiveModel
from tastemaker.storage.titles import ModelTitles
from tastemaker.training.runs import device_is_free

log = logging.getLogger(__name__)

LOCK_SECONDS = 10.0
MOST_UNFINISHED = 200_000


def frontend_folder() -> Path | None:
    """The built web page, if it was built."""
    folder = PROJECT_ROOT / "frontend" / "dist"
    return folder if (folder / "index.html").is_file() else None


def open_storage(settings: Settings) -> tuple[Database, BlobStore]:
    """Open the database and the blob store, bringing an older database up to date.

    Raises:
        DatabaseIncompatible: the file is no database, or newer than this program.
        SettingsError: the data folder can't be written.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        settings.models_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{error.filename} can't be created ({error.strerror}). Choose folders that can be "
            "written with TASTEMAKER_DATA_DIR and TASTEMAKER_MODELS_DIR."
        ) from error
    blobs = BlobStore(settings.data_dir / "blobs")
    database = Database(settings.database_url)
    database.upgrade(blobs)
    return database, blobs


def claim_data_folder(settings: Settings) -> FileLock:
    """Make sure that only one server works on a data folder; held until the process ends.

    Raises:
        SettingsError: another server has it.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data_dir / ".server.lock")
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise SettingsError(
            f"Another Tastemaker server is using {settings.data_dir}. Stop it, or start this one "
            "with another TASTEMAKER_DATA_DIR."
        ) from error
    return lock


def build_services(settings: Settings) -> Services:
    """Everything that the web process needs. Nothing is started yet; see `start_services`."""
    database, blobs = open_storage(settings)
    events = EventBroker()
    queue = JobQueue(database, max_queue=settings.max_queue)

    def on_model_event(event: Event) -> None:
        events.publish(event)
        if event.data["active"] and event.data["name"] not in pool.status().loaded_models:
            pool.preload(event.data["name"])

    def device_is_gpu() -> bool:
        """What the worker says, since only it may look; a guess until it has."""
        device = pool.status().device
        return probably_has_gpu(settings.device) if device is None else device != "cpu"

    setup = {"settings": json.loads(settings.model_dump_json())}
    start = start_method(settings.device)
    pool = LocalWorkerPool(WORKER, setup, queue, events, start)
    trainings = TrainingQueue(database)
    training_pool = LocalTrainingPool(
        TRAINING,
        setup,
        trainings,
        events,
        start,
        device_is_free=lambda: device_is_free(settings, pool.status().device),
        on_event=on_model_event,
    )
    titles = ModelTitles(database)
    models = Registry(
        settings,
        ActiveModel(database),
        on_event=on_model_event,
        titles=titles.all,
        device_is_gpu=device_is_gpu,
    )
    return Services(
        settings=settings,
        gallery=Gallery(database, blobs),
        feedback=Feedback(database),
        preferences=Preferences(database),
        queue=queue,
        order=QueueOrder(database),
        batches=BatchQueue(database, max_waiting=settings.max_batch_jobs),
        prompts=open_tools(database, settings.data_dir),
        events=events,
        models=models,
        versions=Versions(settings, models, titles, lambda: models_in_use(queue)),
        blobs=blobs,
        importer=build_importer(settings, database, blobs, models),
        pool=pool,
        trainings=trainings,
        training_pool=training_pool,
        errands=LocalErrands(ERRAND, setup, start),
    )


def models_in_use(queue: JobQueue) -> dict[str, str]:
    """By model name, which unfinished job needs it, or is about to make it."""
    unfinished = queue.list(states=(JobState.QUEUED, JobState.RUNNING), limit=MOST_UNFINISHED)
    found: dict[str, str] = {}
    for job in unfinished:
        if is_training(job):
            found |= dict.fromkeys((job.request.model, job.request.name), "a training")
        else:
            found.setdefault(job.request.model, "pictures that are being drawn")
    return found


def open_models(settings: Settings) -> tuple[Registry, Versions]:
    """The models and versions as the server sees them, without a server."""
    database, _ = open_storage(settings)
    titles = ModelTitles(database)
    registry = Registry(settings, ActiveModel(database), titles=titles.all)
    queue = JobQueue(database, max_queue=settings.max_queue)
    return registry, Versions(settings, registry, titles, lambda: models_in_use(queue))


def open_exchange(settings: Settings) -> tuple[Importer, Exporter]:
    """What takes pictures in and gives them out, without a server."""
    database, blobs = open_storage(settings)
    registry = Registry(settings, ActiveModel(database), titles=ModelTitles(database).all)
    return build_importer(settings, database, blobs, registry), Exporter(Gallery(database, blobs))


def build_importer(
    settings: Settings, database: Database, blobs: BlobStore, registry: Registry
) -> Importer:
    """What takes pictures in, within the bounds for uploads."""
    return Importer(
        database,
        blobs,
        max_bytes=settings.max_upload_mb * 1024 * 1024,
        max_pixels=settings.max_upload_pixels,
        find_model=lambda name: model_called(name, registry.list()),
    )


def start_services(services: Services) -> None:
    """Start the worker and, the first time, the base model's download."""
    services.versions.sweep()
    services.pool.preload(services.models.active().name)
    services.pool.start()
    services.training_pool.start()
    services.models.begin_first_download()


def stop_services(services: Services) -> None:
    """End what `start_services` began; safe to call twice."""
    services.events.close()
    services.models.close()
    services.errands.stop()
    # Both may want a moment; waiting for one after the other would take too long.
    ends = [Thread(target=pool.stop) for pool in (services.pool, services.training_pool)]
    for end in ends:
        end.start()
    for end in ends:
        end.join()
