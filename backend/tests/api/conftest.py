"""An API on a real database, gallery, queue and registry, with a pool that draws at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tastemaker.api import create_app
from tastemaker.api.document import DocumentedApp
from tastemaker.api.services import Services
from tastemaker.jobs.batches import BatchQueue
from tastemaker.jobs.events import EventBroker
from tastemaker.jobs.order import QueueOrder
from tastemaker.jobs.training_queue import TrainingQueue
from tastemaker.models.management import Versions
from tastemaker.models.registry import Registry
from tastemaker.preferences import Preferences
from tastemaker.prompting.preparing import open_tools
from tastemaker.settings import load_settings
from tastemaker.storage.pointer import ActiveModel
from tastemaker.storage.titles import ModelTitles
from tastemaker.wiring import build_importer, models_in_use
from tests.api.checked_client import CheckedClient
from tests.api.fake_pool import FakePool
from tests.api.fake_training import FakeErrands, FakeTrainingPool
from tests.models.fakes import write_pipeline
from tests.studio import Studio, open_studio

MakeServices = Callable[..., Services]


@pytest.fixture
def make_services(tmp_path: Path) -> Iterator[MakeServices]:
    """Build services with some settings changed."""
    made: list[Services] = []
    starter = write_pipeline(tmp_path / "starter")
    write_pipeline(tmp_path / "models" / "other")

    def make(**changes: Any) -> Services:
        settings = load_settings(
            data_dir=tmp_path / "data",
            models_dir=tmp_path / "models",
            **{
                "offline": True,
                "device": "cpu",
                "wait_seconds": 20.0,
                "max_upload_mb": 1,
                **changes,
            },
        )
        settings.data_dir.mkdir(exist_ok=True)
        studio = open_studio(settings.data_dir, max_queue=settings.max_queue)
        events = EventBroker()
        titles = ModelTitles(studio.database)
        registry = Registry(
            settings,
            ActiveModel(studio.database),
            lambda event: _publish(events, event),
            titles=titles.all,
            device_is_gpu=lambda: False,
            starter=starter,
        )
        services = Services(
            settings=settings,
            gallery=studio.gallery,
            feedback=studio.feedback,
            preferences=Preferences(studio.database),
            queue=studio.queue,
            order=QueueOrder(studio.database),
            batches=BatchQueue(studio.database, max_waiting=settings.max_batch_jobs),
            prompts=open_tools(studio.database, settings.data_dir),
            events=events,
            models=registry,
            versions=Versions(settings, registry, titles, lambda: models_in_use(studio.queue)),
            blobs=studio.blobs,
            importer=build_importer(settings, studio.database, studio.blobs, registry),
            pool=FakePool(studio.queue, studio.blobs, events),
            trainings=TrainingQueue(studio.database),
            training_pool=FakeTrainingPool(),
            errands=FakeErrands(settings),
        )
        made.append(services)
        return services

    yield make
    for services in made:
        services.events.close()
        services.models.close()


def _publish(events: EventBroker, event: Any) -> None:
    events.publish(event)


@pytest.fixture
def services(make_services: MakeServices) -> Services:
    return make_services()


@pytest.fixture
def pool(services: Services) -> FakePool:
    assert isinstance(services.pool, FakePool)
    return services.pool


@pytest.fixture
def studio(services: Services) -> Studio:
    """The same studio, with helpers that put pictures into it."""
    return open_studio(services.settings.data_dir)


@pytest.fixture
def app(services: Services) -> DocumentedApp:
    return checked_app(services)


@pytest.fixture
def client(app: DocumentedApp) -> FlaskClient:
    return app.test_client()


def checked_app(services: Services, **options: Any) -> DocumentedApp:
    """An application whose test clients hold every answer to the document."""
    app = create_app(services, **options)
    app.test_client_class = CheckedClient
    return app
