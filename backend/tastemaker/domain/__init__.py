"""The nouns of the studio as frozen dataclasses: what every room passes to the next.

Knows no HTTP, no database, no torch and does no I/O. Names are those of the field
(diffusers' argument names) and are the same in the database, the API and the browser.
"""

from tastemaker.domain.editing import Box, Extend, Hires, ResizeMode, StyleReference, Upscaler
from tastemaker.domain.images import ImageRecord, NewImage
from tastemaker.domain.jobs import (
    AnyJob,
    DrawingJob,
    Event,
    Job,
    JobKind,
    JobState,
    RequestT,
    TrainingJob,
    is_drawing,
    is_training,
)
from tastemaker.domain.models import DownloadProgress, GenerationDefaults, ModelInfo, ModelState
from tastemaker.domain.owners import LOCAL_OWNER_ID
from tastemaker.domain.retraining import (
    TRAINING_METHODS,
    DataSource,
    TrainingDefaults,
    TrainingRequest,
)
from tastemaker.domain.sampling import MAX_LCM_STEPS, MAX_SEED, GenerationRequest, Sampler, Schedule

__all__ = [
    "LOCAL_OWNER_ID",
    "MAX_LCM_STEPS",
    "MAX_SEED",
    "TRAINING_METHODS",
    "AnyJob",
    "Box",
    "DataSource",
    "DownloadProgress",
    "DrawingJob",
    "Event",
    "Extend",
    "GenerationDefaults",
    "GenerationRequest",
    "Hires",
    "ImageRecord",
    "Job",
    "JobKind",
    "JobState",
    "ModelInfo",
    "ModelState",
    "NewImage",
    "RequestT",
    "ResizeMode",
    "Sampler",
    "Schedule",
    "StyleReference",
    "TrainingDefaults",
    "TrainingJob",
    "TrainingRequest",
    "Upscaler",
    "is_drawing",
    "is_training",
]
