"""The one exception tree. Messages are written for people: what was wrong and what to do.

Knows no HTTP: `tastemaker.api.errors` maps these classes to problem+json.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong value: the field's name as the caller wrote it, and what is allowed."""

    field: str
    message: str


class TastemakerError(Exception):
    """Base of everything that this package raises on purpose. ``str(error)`` is the detail."""


class SettingsError(TastemakerError):
    """A setting has a value that isn't allowed; the message names it and what is."""


class InvalidInput(TastemakerError):
    """The request can be read but asks for something impossible."""

    def __init__(self, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.errors = errors


class UnreadableImage(InvalidInput):
    """Bytes that claim to be a picture but are truncated, or of too many pixels."""


class UnsupportedImage(TastemakerError):
    """Bytes that are no picture of a format we read."""


class PayloadTooLarge(TastemakerError):
    """More bytes than the operator allows."""


class NotFound(TastemakerError):
    """No image, job or model of that name."""


class Conflict(TastemakerError):
    """The thing exists but is in a state that doesn't allow this."""


class Busy(TastemakerError):
    """Come back in ``retry_after`` seconds."""

    def __init__(self, detail: str, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class QueueFull(Busy):
    """The queue holds as many jobs as the operator allows."""


class ModelUnavailable(Busy):
    """The model can't draw (yet); the message says whether it is downloading, failed or absent."""


class ModelBroken(TastemakerError):
    """A model folder can't be used: files missing, a pickle, an architecture we don't know."""


class HubUnreachable(TastemakerError):
    """The model hub can't be reached or refuses; what exists locally serves on."""


class InsufficientDisk(TastemakerError):
    """Too little free space for what was asked; nothing was written."""


class GenerationFailed(TastemakerError):
    """A picture could not be drawn; other requests are unaffected."""


class OutOfMemory(GenerationFailed):
    """The device has too little memory for this request."""


class NumericalFailure(GenerationFailed):
    """The model produced NaN or infinity."""


class TrainingFailed(TastemakerError):
    """A training run can't go on; its checkpoints are kept."""


class BlobMissing(TastemakerError):
    """The blob store has no content under that address."""


class DatabaseIncompatible(TastemakerError):
    """The database file is not one of ours, or newer than this program."""
