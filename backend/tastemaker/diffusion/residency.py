"""Which models are in memory: the latest few, so that switching back is quick.

Knows no jobs; the engine says which models are in use and must stay.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import free_memory, is_out_of_memory
from tastemaker.diffusion.previews import Previewer
from tastemaker.diffusion.text import PromptEncoder
from tastemaker.errors import OutOfMemory


class ResidentModel:
    """A loaded model and what goes with it for as long as it is in memory."""

    def __init__(self, components: Components, stamp: Hashable = None) -> None:
        self.components = components
        self.stamp = stamp
        self.prompts = PromptEncoder(components)
        self.previewer = Previewer(components)


class Residency:
    """At most ``limit`` models at once; the least recently used one goes first.

    ``stamp`` tells what lies on disk under a name: when that isn't what is in memory, because the
    model was deleted or replaced since, it is loaded again.
    """

    def __init__(
        self,
        load: Callable[[str], Components],
        limit: int,
        stamp: Callable[[str], Hashable] = lambda name: None,
    ) -> None:
        self._load = load
        self._limit = limit
        self._stamp = stamp
        self._models: OrderedDict[str, ResidentModel] = OrderedDict()

    @property
    def names(self) -> tuple[str, ...]:
        """The models in memory, the most recently used last."""
        return tuple(self._models)

    def has_room_for(self, name: str, in_use: Collection[str]) -> bool:
        """Whether ``get`` can succeed without dropping a model that is in use."""
        return name in self._models or len(set(in_use) & set(self._models)) < self._limit

    def get(self, name: str, in_use: Collection[str] = ()) -> ResidentModel:
        """The model, loaded if it must be.

        Raises:
            ModelBroken, NotFound: whatever the loader says.
            OutOfMemory: the model doesn't fit, even alone beside those in use.
        """
        stamp = self._stamp(name)
        if name in self._models and self._models[name].stamp != stamp and name not in in_use:
            free_memory(self._models.pop(name).components.device)
        if name not in self._models:
            self._drop(len(self._models) - self._limit + 1, in_use)
            self._models[name] = ResidentModel(self._loaded(name, in_use), stamp)
        self._models.move_to_end(name)
        return self._models[name]

    def _loaded(self, name: str, in_use: Collection[str]) -> Components:
        try:
            return self._load(name)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        self._drop(len(self._models), in_use)
        try:
            return self._load(name)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemory(
                f"The model {name} doesn't fit into the device's memory. Close other programs that "
                "use it, choose a smaller model, or set TASTEMAKER_DEVICE=cpu."
            ) from error

    def _drop(self, count: int, in_use: Collection[str]) -> None:
        idle = [name for name in self._models if name not in in_use][: max(0, count)]
        devices = [self._models.pop(name).components.device for name in idle]
        for device in set(devices):
            free_memory(device)
