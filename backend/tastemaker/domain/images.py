"""The picture: on its way into the gallery, and in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tastemaker.domain.owners import LOCAL_OWNER_ID


@dataclass(frozen=True, slots=True)
class NewImage:
    """A finished picture on its way into the gallery.

    ``content`` and ``thumbnail`` are content addresses of blobs that are already stored.
    ``flagged`` is the safety checker's reason when the picture was blurred, else ``None``.
    ``params`` holds every sampling parameter needed to redraw it.
    """

    prompt: str
    negative_prompt: str
    seed: int
    params: Mapping[str, Any]
    width: int
    height: int
    model: str
    content: str
    thumbnail: str | None = None
    parent_id: int | None = None
    job_id: str | None = None
    batch_index: int = 0
    flagged: str | None = None
    owner_id: int = LOCAL_OWNER_ID


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One picture of the gallery. ``feedback`` is -1, 0 or 1. Times are UTC and aware.

    ``unreadable`` says why the picture can't be shown; ``content`` is then empty, both sizes 0.
    """

    id: int
    prompt: str
    negative_prompt: str
    seed: int | None
    params: Mapping[str, Any]
    feedback: int
    created_at: datetime
    width: int
    height: int
    model: str
    content: str
    thumbnail: str | None = None
    parent_id: int | None = None
    job_id: str | None = None
    batch_index: int = 0
    title: str = ""
    tags: tuple[str, ...] = ()
    flagged: str | None = None
    deleted_at: datetime | None = None
    owner_id: int = LOCAL_OWNER_ID
    unreadable: str | None = None
