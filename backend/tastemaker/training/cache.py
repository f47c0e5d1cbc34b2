"""What the frozen networks say about pictures and captions, computed once and kept on disk.

Entries lie in safetensors shards, each written atomically: an encoding that was interrupted goes on
where it stopped. Tensors are read from the disk when asked for. Knows no examples and no networks.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from tastemaker.training.files import new_file, remove_partials

log = logging.getLogger(__name__)

SHARD_ENTRIES = 256


class TensorCache:
    """Named groups of tensors in ``folder``. One process writes; entries are never changed.

    An entry can be read once `flush` has written it.
    """

    def __init__(self, folder: Path, shard_entries: int = SHARD_ENTRIES) -> None:
        self._folder = folder
        self._shard_entries = shard_entries
        self._pending: dict[str, Mapping[str, Tensor]] = {}
        self._shard_of: dict[str, Path] = {}
        self._open: dict[Path, Any] = {}
        folder.mkdir(parents=True, exist_ok=True)
        remove_partials(folder)
        for path in sorted(folder.glob("*.safetensors")):
            self._index(path)

    def __contains__(self, key: str) -> bool:
        return key in self._shard_of or key in self._pending

    def add(self, key: str, tensors: Mapping[str, Tensor]) -> None:
        """Keep a group of tensors under ``key`` (no dots); a key that is there is left as it is."""
        if key in self:
            return
        self._pending[key] = tensors
        if len(self._pending) >= self._shard_entries:
            self.flush()

    def flush(self) -> None:
        """Write what was added since the last shard."""
        if not self._pending:
            return
        flat = {
            f"{key}.{name}": tensor.detach().cpu().contiguous()
            for key, group in self._pending.items()
            for name, tensor in group.items()
        }
        used = [int(path.stem) for path in self._folder.glob("*.safetensors")]
        path = self._folder / f"{max(used, default=0) + 1:06}.safetensors"
        with new_file(path) as partial:
            save_file(flat, partial)
        self._pending.clear()
        self._index(path)

    def get(self, key: str, name: str) -> Tensor:
        """One tensor of a group, on the CPU.

        Raises:
            KeyError: it was never added, or not written yet.
        """
        tensor: Tensor = self._file(self._shard_of[key]).get_tensor(f"{key}.{name}")
        return tensor

    def _file(self, path: Path) -> Any:
        if path not in self._open:
            self._open[path] = safe_open(path, framework="pt")
        return self._open[path]

    def _index(self, path: Path) -> None:
        try:
            names = list(self._file(path).keys())
        except (OSError, SafetensorError) as error:
            # Renaming after fsync rules this out, failing disks don't; its entries are made again.
            log.warning("The cache file %s is damaged (%s); it is deleted.", path, error)
            path.unlink()
            return
        for name in names:
            self._shard_of[name.split(".")[0]] = path
