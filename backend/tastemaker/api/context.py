"""What one application holds, and how request handlers reach it. No global state."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Flask, current_app

from tastemaker.api.limits import MAX_DECODING, MAX_LARGE_BODIES, MAX_STREAMS, MAX_WAITING, Slots

if TYPE_CHECKING:
    from tastemaker.api.services import Services

_KEY = "tastemaker"


@dataclass(frozen=True, slots=True)
class Context:
    """The services and the places that requests may hold."""

    services: Services
    streams: Slots = field(default_factory=lambda: Slots(MAX_STREAMS))
    waiting: Slots = field(default_factory=lambda: Slots(MAX_WAITING))
    large_bodies: Slots = field(default_factory=lambda: Slots(MAX_LARGE_BODIES))
    decoding: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_DECODING))


def attach(app: Flask, context: Context) -> None:
    """Give ``app`` its context."""
    app.extensions[_KEY] = context


def context() -> Context:
    """The context of the application that answers the current request."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Context)
    return found


def services() -> Services:
    """The services of the application that answers the current request."""
    return context().services
