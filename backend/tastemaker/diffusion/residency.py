"""Which models are in memory: the latest few within a budget, so that switching back is quick.

Knows no jobs; the engine says which models are in use and must stay.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import free_memory, is_out_of_memory
from tastemaker.diffusion.ip_adapter import IPAdapters
from tastemaker.diffusion.previews import Previewer
from tastemaker.diffusion.text import PromptEncoder
from tastemaker.diffusion.turns import Verdict
from tastemaker.diffusion.whole import WholePipeline
from tastemaker.errors import OutOfMemory, TastemakerError

log = logging.getLogger(__name__)


class ResidentModel:
    """A loaded model and what goes with it for as long as it is in memory.

    ``whole`` is set when only its own pipeline can draw with it, else ``components``, ``prompts``,
    ``previewer`` and ``ip_adapters`` may be used. ``vae_lock`` is held by whoever uses the VAE,
    which may change its precision for a moment (not on the CPU, where several may use it).
    """

    def __init__(
        self,
        loaded: Components | WholePipeline,
        name: str = "",
        stamp: Hashable = None,
        fingerprint: Callable[[str], str] | None = None,
    ) -> None:
        self.device = loaded.device
        self.name = name
        self.stamp = stamp
        self._weight = bytes_of(loaded)
        self.whole: WholePipeline | None = None
        if isinstance(loaded, WholePipeline):
            self.whole = loaded
        else:
            self.components = loaded
            self.prompts = PromptEncoder(loaded)
            self.previewer = Previewer(loaded)
            self.ip_adapters = IPAdapters(loaded)
        on_cpu = self.device.type == "cpu"
        self.vae_lock: AbstractContextManager[object] = (
            nullcontext() if on_cpu else threading.Lock()
        )
        self._fingerprint = _aside(fingerprint, name)

    @property
    def bytes(self) -> int:
        """What its networks weigh, those included that were loaded since."""
        return self._weight + (0 if self.whole is not None else self.ip_adapters.bytes)

    @property
    def fingerprint(self) -> str:
        """What tells this model's weights from all others; empty when that couldn't be found out.

        It is computed while the first picture is drawn; this waits for it.
        """
        try:
            return self._fingerprint.result()
        except Exception:
            log.warning("the fingerprint of %s could not be taken", self.name, exc_info=True)
            return ""


class Residency:
    """At most ``limit`` models at once, of ``max_bytes`` together; the least recently used goes
    first. A model that is too large for the budget is loaded all the same when it is alone.

    ``stamp`` tells what lies on disk under a name: when that isn't what is in memory, because the
    model was deleted or replaced since, the new one is loaded beside the old, which goes when
    nothing draws with it any more. ``size_of`` guesses a model's bytes before it is loaded;
    ``fingerprint`` computes what is kept as `ResidentModel.fingerprint`.
    """

    def __init__(
        self,
        load: Callable[[str], Components | WholePipeline],
        limit: int,
        stamp: Callable[[str], Hashable] = lambda name: None,
        *,
        max_bytes: int | None = None,
        size_of: Callable[[str], int] = lambda name: 0,
        fingerprint: Callable[[str], str] | None = None,
    ) -> None:
        self._load = load
        self._limit = limit
        self._stamp = stamp
        self._max_bytes = max_bytes
        self._size_of = size_of
        self._fingerprint = fingerprint
        self._sizes: dict[str, int] = {}
        self._models: list[ResidentModel] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The models in memory, the most recently used last."""
        return tuple(dict.fromkeys(model.name for model in self._models))

    @property
    def bytes(self) -> int:
        """What the models in memory weigh together."""
        return sum(model.bytes for model in self._models)

    def has_room_for(self, name: str, in_use: Collection[ResidentModel]) -> bool:
        """Whether ``get`` can succeed without dropping a model that is in use."""
        return self.verdict(name, in_use) is not Verdict.NO_MODEL

    def verdict(self, name: str, in_use: Collection[ResidentModel]) -> Verdict:
        """Whether ``get`` can succeed, and if another model must go for it."""
        if self._find(name) is not None or self._fits(name, self._models):
            return Verdict.FITS
        return Verdict.SWAPS if not in_use or self._fits(name, in_use) else Verdict.NO_MODEL

    def _fits(self, name: str, others: Collection[ResidentModel]) -> bool:
        """Whether a model fits beside ``others``, as far as one can tell before loading it."""
        if len(others) >= self._limit:
            return False
        weight = sum(model.bytes for model in others)
        return self._max_bytes is None or weight + self._guess(name) <= self._max_bytes

    def get(self, name: str, in_use: Collection[ResidentModel] = ()) -> ResidentModel:
        """The model, loaded if it must be.

        Raises:
            ModelBroken, NotFound: whatever the loader says.
            OutOfMemory: the model doesn't fit, even alone beside those in use.
        """
        stamp = self._stamp(name)
        self._keep([m for m in self._models if m.name != name or m.stamp == stamp or m in in_use])
        model = self._find(name)
        if model is None:
            self._make_room(self._limit - 1, self._guess(name), in_use)
            model = ResidentModel(self._loaded(name, in_use), name, stamp, self._fingerprint)
            self._models.append(model)
            self._sizes[name] = model.bytes
            self._make_room(self._limit, 0, {*in_use, model})
        self._models.remove(model)
        self._models.append(model)
        return model

    def drop_idle(self, in_use: Collection[ResidentModel]) -> bool:
        """Drop every model that isn't in use; whether there was one."""
        return self._keep(in_use)

    def _find(self, name: str) -> ResidentModel | None:
        stamp = self._stamp(name)
        return next((m for m in self._models if m.name == name and m.stamp == stamp), None)

    def _guess(self, name: str) -> int:
        """How many bytes a model will have; the last one of that name tells best."""
        if name not in self._sizes:
            try:
                self._sizes[name] = self._size_of(name)
            except TastemakerError:
                # Loading it will say what is wrong.
                return 0
        return self._sizes[name]

    def _loaded(self, name: str, in_use: Collection[ResidentModel]) -> Components | WholePipeline:
        try:
            return self._load(name)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        self.drop_idle(in_use)
        try:
            return self._load(name)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemory(
                f"The model {name} doesn't fit into the device's memory. Close other programs that "
                "use it, choose a smaller model, or set TASTEMAKER_DEVICE=cpu."
            ) from error

    def _make_room(self, count: int, size: int, in_use: Collection[ResidentModel]) -> None:
        """Drop idle models until at most ``count`` are left, with ``size`` bytes to spare."""
        number, weight, stay = len(self._models), self.bytes + size, list(in_use)
        for model in self._models:
            if number <= count and (self._max_bytes is None or weight <= self._max_bytes):
                stay.append(model)
            elif model not in in_use:
                number, weight = number - 1, weight - model.bytes
        self._keep(stay)

    def _keep(self, models: Collection[ResidentModel]) -> bool:
        """Drop all but ``models``; whether there was one to drop."""
        gone = [model for model in self._models if model not in models]
        self._models = [model for model in self._models if model in models]
        devices = {model.device for model in gone}
        # Memory is given back only when nothing holds the networks any more.
        gone.clear()
        for device in devices:
            free_memory(device)
        return bool(devices)


def bytes_of(loaded: Components | WholePipeline) -> int:
    """The weights of all networks of a model together, in bytes."""
    parts = loaded.networks if isinstance(loaded, WholePipeline) else vars(loaded).values()
    return sum(_weight(part) for part in parts)


def _weight(part: Any) -> int:
    network: Any = part if hasattr(part, "parameters") else getattr(part, "model", None)
    if network is None or not hasattr(network, "parameters"):
        return 0
    return sum(tensor.nbytes for tensor in (*network.parameters(), *network.buffers()))


def _aside(fingerprint: Callable[[str], str] | None, name: str) -> Future[str]:
    """Begin to compute a fingerprint on a thread that nobody needs to wait for at exit."""
    future: Future[str] = Future()
    if fingerprint is None:
        future.set_result("")
        return future

    def work() -> None:
        try:
            future.set_result(fingerprint(name))
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=work, name="fingerprint", daemon=True).start()
    return future
