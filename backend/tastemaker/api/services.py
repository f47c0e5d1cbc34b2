"""What the API needs to do its work, as the wiring hands it over. Knows not how it is made."""

from __future__ import annotations

from dataclasses import dataclass

from tastemaker.exchange.importing import Importer
from tastemaker.feedback import Feedback
from tastemaker.gallery import Gallery
from tastemaker.jobs.batches import BatchQueue
from tastemaker.jobs.errands import Errands
from tastemaker.jobs.events import EventBroker
from tastemaker.jobs.order import QueueOrder
from tastemaker.jobs.pool import WorkerPool
from tastemaker.jobs.queue import JobQueue
from tastemaker.jobs.training_pool import TrainingPool
from tastemaker.jobs.training_queue import TrainingQueue
from tastemaker.models.management import Versions
from tastemaker.models.registry import Registry
from tastemaker.preferences import Preferences
from tastemaker.prompting.preparing import PromptTools
from tastemaker.settings import Settings
from tastemaker.storage.blobs import BlobStore


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request handler may use. One instance serves the whole process."""

    settings: Settings
    gallery: Gallery
    feedback: Feedback
    preferences: Preferences
    queue: JobQueue
    order: QueueOrder
    batches: BatchQueue
    prompts: PromptTools
    events: EventBroker
    models: Registry
    versions: Versions
    blobs: BlobStore
    importer: Importer
    pool: WorkerPool
    trainings: TrainingQueue
    training_pool: TrainingPool
    errands: Errands
