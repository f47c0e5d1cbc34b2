"""Puts the application together: resources, errors, security, metrics, web page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from tastemaker.api import (
    batches,
    bodies,
    docs,
    edits,
    errors,
    events,
    exchange,
    feedback,
    files,
    generate,
    grids,
    health,
    images,
    infotext,
    jobs,
    metrics,
    models,
    preferences,
    prompts,
    queue,
    retrain,
    security,
    styles,
    variations,
    versions,
    webpage,
)
from tastemaker.api.context import Context, attach
from tastemaker.api.document import DocumentedApp
from tastemaker.api.services import Services

_RESOURCES = (
    generate.resource,
    variations.resource,
    edits.resource,
    batches.resource,
    grids.resource,
    prompts.resource,
    styles.resource,
    images.resource,
    files.resource,
    exchange.resource,
    infotext.resource,
    feedback.resource,
    jobs.resource,
    queue.resource,
    events.resource,
    models.resource,
    versions.resource,
    preferences.resource,
    retrain.resource,
    health.resource,
)


def create_app(services: Services, *, frontend: Path | None = None) -> DocumentedApp:
    """The WSGI application around ``services``; several may live in one process.

    ``frontend`` is the folder of the built web page, ``None`` when it isn't built.
    """
    app = describe()
    app.spec_json = document()
    here = Context(services)
    attach(app, here)
    security.register(app, services.settings)
    bodies.register(app, services.settings)
    metrics.register(app, here)
    docs.register(app)
    webpage.register(app, frontend)
    return app


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; the same for every application, so it is made once."""
    found: dict[str, Any] = describe().api_doc
    return found


def describe() -> DocumentedApp:
    """The application with its routes and its OpenAPI document only: nothing to serve them with."""
    app = DocumentedApp(
        "tastemaker.api", static_folder=None, validation_error_callback=errors.of_validation
    )
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    errors.register(app)
    for resource in _RESOURCES:
        app.register_api(resource)
    return app
