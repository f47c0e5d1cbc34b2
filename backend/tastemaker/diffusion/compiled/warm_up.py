"""Makes twins of U-Nets in the background and hands them over between steps.

Whoever loads a model lets `WarmUp.wrap` put a `SwitchingUnet` into it. Each new shape is then built
on one thread, one after the other; the drawing thread collects what is ready with ``tick``. Nothing
here ever makes a picture wait. Knows no compilers.

The thread ends when there is nothing to build. Building lets torch start helper threads that belong
to it, and as long as they are there, OpenMP counts more threads than processors: then the drawing
thread and its helpers go to sleep at each operator's end instead of spinning, and decoding takes
half as long again.
"""

from __future__ import annotations

import logging
import queue
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from tastemaker.diffusion.compiled.plan import Inputs
from tastemaker.diffusion.compiled.switch import Shape, SwitchingUnet, Twin
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.whole import WholePipeline

LoadedT = TypeVar("LoadedT", Components, WholePipeline)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WarmUpStatus:
    """What is being built: of which ``model``, ``stage`` in a word, ``since`` when (UTC)."""

    model: str
    stage: str
    since: datetime

    def to_dict(self) -> dict[str, str]:
        return {"model": self.model, "stage": self.stage, "since": self.since.isoformat()}


@dataclass(frozen=True, eq=False)
class Subject:
    """A U-Net to make faster: what it takes, and of which model it is."""

    model: str
    unet: Any
    inputs: Inputs


class Builder(Protocol):
    """Makes twins; called on the background thread, one at a time."""

    def prepare(self, unet: Any) -> None:
        """Change a U-Net that was loaded just now so that it is faster by itself."""

    def build(
        self, subject: Subject, shape: Shape, report: Callable[[str], None]
    ) -> Callable[[], Twin] | None:
        """Prepare a twin; what is returned makes it, quickly, on the drawing thread.

        ``report`` takes a word on what it is at. ``None``: there is no twin for this one here.
        """

    def close(self) -> None:
        """Stop what is going on; may be called from any thread."""


@dataclass(frozen=True, eq=False)
class _Wish:
    model: str
    unet: weakref.ref[SwitchingUnet]
    inputs: Inputs
    shape: Shape


class WarmUp:
    """Builds with ``builder`` whatever the wrapped models are asked to draw."""

    def __init__(self, builder: Builder, clock: Callable[[], datetime] | None = None) -> None:
        self._builder = builder
        self._clock = clock or (lambda: datetime.now(UTC))
        self._wishes: queue.Queue[_Wish] = queue.Queue()
        self._ready: queue.Queue[tuple[_Wish, Callable[[], Twin]]] = queue.Queue()
        self._status: WarmUpStatus | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._working = False

    def wrap(self, components: LoadedT, model: str = "") -> LoadedT:
        """The same model with a U-Net that gets faster; its own size is built at once.

        ``model`` is what to call it. One that only its own pipeline can draw with stays as it is.
        """
        if isinstance(components, WholePipeline):
            return components
        inputs = inputs_of(components)
        self._builder.prepare(components.unet)

        def on_new_shape(unet: SwitchingUnet, shape: Shape) -> None:
            self._wish(_Wish(model or components.name, weakref.ref(unet), inputs, shape))

        unet = SwitchingUnet(components.unet, on_new_shape)
        height, width = components.latent_size(*components.default_size)
        unet.expect(Shape(height, width, components.max_tokens))
        return replace(components, unet=unet)

    def tick(self) -> WarmUpStatus | None:
        """Hand over what is ready; says what is being built. Call on the drawing thread."""
        while True:
            try:
                wish, make = self._ready.get_nowait()
            except queue.Empty:
                return self._status
            unet = wish.unet()
            if unet is None:
                continue
            try:
                unet.adopt(wish.shape, make())
            except Exception:
                log.warning("a compiled U-Net of %s can't be used", wish.model, exc_info=True)
            else:
                log.info("%s is drawn faster from now on (%s)", wish.model, wish.shape.name)

    def join(self, timeout: float) -> bool:
        """Wait until everything asked for so far is ready for `tick`; whether it is."""
        done = threading.Event()

        def wait() -> None:
            self._wishes.join()
            done.set()

        threading.Thread(target=wait, daemon=True).start()
        return done.wait(timeout)

    def close(self) -> None:
        """Stop; twins that are in use stay in use."""
        self._closed.set()
        self._builder.close()

    def _wish(self, wish: _Wish) -> None:
        with self._lock:
            self._wishes.put(wish)
            if not self._working:
                self._working = True
                threading.Thread(target=self._work, name="warm-up", daemon=True).start()

    def _next(self) -> _Wish | None:
        """What to build next; ``None`` ends the thread, and the next wish starts another one."""
        with self._lock:
            try:
                return self._wishes.get_nowait()
            except queue.Empty:
                self._working = False
                return None

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            try:
                if not self._closed.is_set():
                    self._build(wish)
            except Exception:
                log.warning("a U-Net could not be compiled; torch goes on", exc_info=True)
            finally:
                self._status = None
                self._wishes.task_done()

    def _build(self, wish: _Wish) -> None:
        unet = wish.unet()
        if unet is None:
            return
        since = self._clock()

        def report(stage: str) -> None:
            self._status = WarmUpStatus(wish.model, stage, since)

        report("starting")
        subject = Subject(wish.model, unet.torch_unet, wish.inputs)
        del unet
        make = self._builder.build(subject, wish.shape, report)
        if make is not None:
            self._ready.put((wish, make))


def inputs_of(components: Components) -> Inputs:
    """What a model's U-Net takes, from the configs of its parts."""
    config = components.unet.config
    width = config.encoder_hid_dim or config.cross_attention_dim
    if not isinstance(width, int):
        width = width[0]
    added: dict[str, tuple[int, ...]] = {}
    if config.addition_embed_type == "text_time":
        pooled = int(components.text_encoder_2.config.projection_dim)
        time_width = int(config.projection_class_embeddings_input_dim) - pooled
        added["text_embeds"] = (pooled,)
        added["time_ids"] = (time_width // int(config.addition_time_embed_dim),)
    return Inputs(int(config.in_channels), int(width), added)
