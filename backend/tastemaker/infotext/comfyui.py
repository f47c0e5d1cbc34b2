"""ComfyUI: the graph of nodes that drew the picture, as JSON under ``prompt``.

There is no list of settings in it: the sampler node has to be found, and its links followed to the
texts, the size and the model. Nodes are known by the names of their inputs rather than by their
own, because extensions bring nodes of their own. Every walk notes where it has been, so that a
graph with a circle in it ends as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tastemaker.infotext.comfyui_workflow import to_graph
from tastemaker.infotext.json_text import parse_object
from tastemaker.infotext.reading import Dialect, Reading

MAX_NODES = 5000
MAX_INPUTS = 50_000
_MOST_PASSES = 20
_MOST_TEXTS = 50
_STEPS, _CFG, _SEED = ("steps",), ("cfg", "cfg_scale"), ("seed", "noise_seed")
_SAMPLER, _SCHEDULE, _DENOISE = ("sampler_name",), ("scheduler",), ("denoise",)
_LATENT = ("latent_image", "latent", "samples", "latents", "pixels", "image")
_TEXTS = (
    "text",
    "text_g",
    "text_l",
    "clip_l",
    "t5xxl",
    "prompt",
    "string",
    "value",
    "text_positive",
)
_PARTS = (
    "text_a",
    "text_b",
    "text_c",
    "string_a",
    "string_b",
    "string1",
    "string2",
    "text1",
    "text2",
)
_MODELS = ("ckpt_name", "unet_name", "model_name", "checkpoint")
_PLAIN = ("value", "int", "float", "number", "seed", "noise_seed", "string", "text")
_SENDS_ON = ("noise", "guider", "sampler", "sigmas")
_OUTPUTS = ("save", "preview", "output")

Node = Mapping[str, Any]


def read(texts: Mapping[str, str]) -> Reading | None:
    """What ComfyUI's graph says; ``None`` if there is none or it has no sampler."""
    nodes = parse_object(texts.get("prompt", ""))
    if nodes is None:
        workflow = parse_object(texts.get("workflow", ""))
        nodes = None if workflow is None else to_graph(workflow)
    if not nodes:
        return None
    graph = Graph(nodes)
    if not graph.nodes:
        return None
    sampler = graph.first_sampler()
    if sampler is None:
        return None
    get = graph.setting
    values = {
        "num_inference_steps": get(sampler, _STEPS),
        "guidance_scale": get(sampler, _CFG),
        "seed": get(sampler, _SEED),
    }
    width, height, from_picture = graph.size(sampler)
    values |= {"width": width, "height": height}
    if from_picture:
        values["strength"] = get(sampler, _DENOISE)
    model, loras = graph.model(sampler)
    others = [node for node in graph.samplers() if node != sampler]
    rest = tuple(
        (f"{graph.kind(node)} (node {node})", "a further sampler, such as a second pass")
        for node in others[:10]
    )
    return Reading(
        Dialect.COMFYUI,
        prompt=graph.text(sampler, "positive"),
        negative_prompt=graph.text(sampler, "negative"),
        values={name: value for name, value in values.items() if value is not None},
        sampler=_string(get(sampler, _SAMPLER)),
        schedule=_string(get(sampler, _SCHEDULE)),
        model=model,
        loras=loras,
        rest=rest,
    )


class Graph:
    """Nodes by id; a link is a list of the other node's id and the number of its output."""

    def __init__(self, nodes: Mapping[str, Any]) -> None:
        """What has more than `MAX_NODES` or `MAX_INPUTS` is no workflow: then there are none."""
        self.nodes: dict[str, Node] = {}
        if len(nodes) <= MAX_NODES:
            self.nodes = {
                key: node
                for key, node in nodes.items()
                if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
            }
        if sum(len(node["inputs"]) for node in self.nodes.values()) > MAX_INPUTS:
            self.nodes = {}

    def kind(self, key: str) -> str:
        """The node's class, as ComfyUI calls it."""
        return str(self.nodes[key].get("class_type", ""))[:80]

    def link(self, value: object) -> tuple[str, Any] | None:
        """Where a link leads: the other node and its output; ``None`` for a plain value."""
        if isinstance(value, list) and len(value) == 2 and str(value[0]) in self.nodes:
            return str(value[0]), value[1]
        return None

    def samplers(self) -> list[str]:
        """Nodes that denoise: they have steps and a sampler, or are handed both by others."""
        return [key for key in self.nodes if self._is_sampler(key)]

    def first_sampler(self) -> str | None:
        """The sampler that began the picture: the first of those that lead to what was saved."""
        found = self.samplers()
        if not found:
            return None
        saved = [key for key in self.nodes if self.kind(key).lower().startswith(_OUTPUTS)]
        every = set(found)
        key = next((key for key in self.upstream(saved) if key in every), found[0])
        seen = {key}
        for _ in range(_MOST_PASSES):
            ways = self.upstream(self._links(key, _LATENT))
            before = next((other for other in ways if other in every and other not in seen), None)
            if before is None:
                break
            key = before
            seen.add(key)
        return key

    def setting(self, key: str, names: tuple[str, ...]) -> Any:
        """A value of the node, of a node that a link names for it, or of its parts."""
        ways = deque([key])
        seen: set[str] = set()
        while ways:
            here = ways.popleft()
            if here in seen:
                continue
            seen.add(here)
            inputs = self.nodes[here]["inputs"]
            for name in names:
                if name in inputs:
                    found = self._plain(inputs[name], (*names, *_PLAIN))
                    if found is not None:
                        return found
            ways += self._links(here, _SENDS_ON)
        return None

    def text(self, key: str, side: str) -> str:
        """The prompt that reaches the sampler as ``positive`` or ``negative``."""
        start = self._input(key, side)
        if start is None and side == "positive":
            start = self._input(key, "conditioning")  # guiders without a negative prompt
        found: list[str] = []
        ways = deque([] if start is None else [start])
        seen: set[str] = set()
        while ways and len(found) < _MOST_TEXTS:
            here, output = ways.popleft()
            if here in seen or "zeroout" in self.kind(here).lower():
                continue
            seen.add(here)
            inputs = self.nodes[here]["inputs"]
            said = self._texts(here)
            if said:
                found += [text for text in said if text not in found]
                continue
            both = self.link(inputs.get("positive")), self.link(inputs.get("negative"))
            if all(both):
                # Such a node hands on both: its outputs are in the same order.
                ways.append(both[1] if output == 1 else both[0])  # type: ignore[arg-type]
                continue
            ways += [link for value in inputs.values() if (link := self.link(value)) is not None]
        return ", ".join(found)

    def size(self, key: str) -> tuple[Any, Any, bool]:
        """Width and height of the empty latents, and whether it began from a picture instead."""
        for here in self.upstream(self._links(key, _LATENT)):
            inputs = self.nodes[here]["inputs"]
            goes_on = self._links(here, _LATENT)
            if "width" in inputs and "height" in inputs and not goes_on:
                width, height = (
                    self._plain(inputs[name], (name, *_PLAIN)) for name in ("width", "height")
                )
                return width, height, False
            if "loadimage" in self.kind(here).lower():
                return None, None, True
        return None, None, False

    def model(self, key: str) -> tuple[str | None, tuple[tuple[str, Any], ...]]:
        """The checkpoint, and the LoRAs on the way to it."""
        loras: list[tuple[str, Any]] = []
        start = self._input(key, "model")
        for here in self.upstream([] if start is None else [start[0]], through=("model", "clip")):
            inputs = self.nodes[here]["inputs"]
            name = _string(inputs.get("lora_name"))
            if name is not None:
                loras.append((name, inputs.get("strength_model", 1)))
            for value in inputs.values():
                if isinstance(value, dict) and value.get("on") and _string(value.get("lora")):
                    loras.append((str(value["lora"]), value.get("strength", 1)))
            for kind in _MODELS:
                found = self._plain(inputs.get(kind), (kind, *_PLAIN))
                if isinstance(found, str):
                    return found, tuple(loras)
        return None, tuple(loras)

    def upstream(
        self, keys: Iterable[str], through: tuple[str, ...] | None = None
    ) -> Iterator[str]:
        """These nodes and all that lead to them, the nearest first, each once."""
        ways, seen = deque(keys), set[str]()
        while ways:
            here = ways.popleft()
            if here in seen or here not in self.nodes:
                continue
            seen.add(here)
            yield here
            for name, value in self.nodes[here]["inputs"].items():
                link = self.link(value)
                if link is not None and (through is None or name in through):
                    ways.append(link[0])

    def _is_sampler(self, key: str) -> bool:
        inputs = self.nodes[key]["inputs"]
        if "sampler_name" in inputs and "steps" in inputs:
            return True
        return self.link(inputs.get("sampler")) is not None and "sigmas" in inputs

    def _input(self, key: str, name: str) -> tuple[str, Any] | None:
        """Where the sampler's input of that name leads, also by way of its guider."""
        ways, seen = deque([key]), set[str]()
        while ways:
            here = ways.popleft()
            if here in seen:
                continue
            seen.add(here)
            found = self.link(self.nodes[here]["inputs"].get(name))
            if found is not None:
                return found
            ways += self._links(here, _SENDS_ON)
        return None

    def _links(self, key: str, names: tuple[str, ...]) -> list[str]:
        inputs = self.nodes[key]["inputs"]
        return [link[0] for name in names if (link := self.link(inputs.get(name))) is not None]

    def _plain(self, value: object, names: tuple[str, ...]) -> Any:
        """The value itself, or what the node at the other end of a link holds."""
        return next(self._values(value, names), None)

    def _values(self, value: object, names: tuple[str, ...]) -> Iterator[Any]:
        ways, seen = deque([value]), set[str]()
        while ways:
            here = ways.popleft()
            link = self.link(here)
            if link is None:
                if isinstance(here, str | int | float) and not isinstance(here, bool):
                    yield here
                continue
            if link[0] in seen:
                continue
            seen.add(link[0])
            inputs = self.nodes[link[0]]["inputs"]
            ways += [inputs[name] for name in names if name in inputs]

    def _texts(self, key: str) -> list[str]:
        """The words of a node that encodes text, joined from parts where they are."""
        inputs = self.nodes[key]["inputs"]
        found: list[str] = []
        for name in _TEXTS:
            if name in inputs:
                said = self._values(inputs[name], (*_TEXTS, *_PARTS))
                found += [text.strip() for text in said if isinstance(text, str) and text.strip()]
        return list(dict.fromkeys(found))


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
