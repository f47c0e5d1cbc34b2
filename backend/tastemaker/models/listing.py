"""Every model that is on the disk: folders in diffusers layout, files beside them, versions.

Decides nothing: which of them is active, and what becomes of a download, is the registry's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tastemaker.domain import ModelInfo
from tastemaker.models.describe import EMBEDDED, LOCAL, model_in_folder
from tastemaker.models.fetching import PARTIAL_SUFFIX, read_record
from tastemaker.models.loose import loose_models
from tastemaker.models.manifest import is_pipeline_folder
from tastemaker.models.versions import VERSIONS, listed_versions

STARTER = "starter"
FOLDER_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)


def models_on_disk(
    folder: Path, starter: Path, base: ModelInfo, titles: Mapping[str, str], *, gpu: bool
) -> list[ModelInfo]:
    """The starter, the base model, every other model folder by name, files that were put beside
    them, then trained versions."""
    models = [model_in_folder(STARTER, EMBEDDED, starter, gpu=gpu), base]
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (
            FOLDER_NAME.fullmatch(path.name)
            and not path.name.endswith(PARTIAL_SUFFIX)
            and path.name not in (STARTER, base.name)
            and is_pipeline_folder(path)
        ):
            source = str((read_record(path) or {}).get("repo") or LOCAL)
            models.append(model_in_folder(path.name, source, path, gpu=gpu))
    taken = {model.name for model in models}
    if (folder / VERSIONS).is_dir():
        taken |= {path.name for path in (folder / VERSIONS).iterdir()}
    models += loose_models(folder, models, frozenset(taken), gpu=gpu)
    return models + listed_versions(folder, models, titles)


def file_of(model: ModelInfo) -> Path | None:
    """The file that a model is, if it lies in the models folder as a single one."""
    path = Path(model.path) if model.path is not None and model.source == LOCAL else None
    return path if path is not None and path.is_file() else None
