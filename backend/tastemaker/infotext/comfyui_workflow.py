"""ComfyUI's drawn workflow as the graph that its server runs, for pictures that carry only that.

A node of a workflow lists its settings by position; which position is which setting is known here
for the nodes that matter. Others keep their links, so that ways lead through them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SEEDED = "control_after_generate"
_WIDGETS: dict[str, tuple[str, ...]] = {
    "KSampler": ("seed", _SEEDED, "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        *("add_noise", "noise_seed", _SEEDED, "steps", "cfg", "sampler_name", "scheduler"),
        *("start_at_step", "end_at_step", "return_with_leftover_noise"),
    ),
    "SamplerCustom": ("add_noise", "noise_seed", _SEEDED, "cfg"),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "KarrasScheduler": ("steps", "sigma_max", "sigma_min", "rho"),
    "RandomNoise": ("noise_seed", _SEEDED),
    "CFGGuider": ("cfg",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": (
        *("width", "height", "crop_w", "crop_h", "target_width", "target_height"),
        *("text_g", "text_l"),
    ),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "CheckpointLoader": ("config_name", "ckpt_name"),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "PrimitiveNode": ("value",),
}


def to_graph(workflow: Mapping[str, Any]) -> dict[str, Any]:
    """Nodes by id, each with ``class_type`` and ``inputs``; a link is ``[node id, output]``."""
    nodes, links = workflow.get("nodes"), workflow.get("links")
    if not isinstance(nodes, list):
        return {}
    sources: dict[Any, list[Any]] = {}
    for link in links if isinstance(links, list) else ():
        if isinstance(link, list) and len(link) >= 5 and isinstance(link[0], int):
            sources[link[0]] = [str(link[1]), link[2]]
    graph: dict[str, Any] = {}
    for node in nodes:
        # Modes 2 and 4: switched off, bypassed.
        if not isinstance(node, dict) or node.get("mode") in (2, 4):
            continue
        kind = str(node.get("type", ""))
        inputs: dict[str, Any] = _settings(kind, node.get("widgets_values"))
        listed = node.get("inputs")
        for place in listed if isinstance(listed, list) else ():
            link = place.get("link") if isinstance(place, dict) else None
            if isinstance(link, int) and link in sources:
                inputs[str(place.get("name"))] = sources[link]
        graph[str(node.get("id"))] = {"class_type": kind, "inputs": inputs}
    return graph


def _settings(kind: str, values: object) -> dict[str, Any]:
    if isinstance(values, dict):
        return {key: value for key, value in values.items() if not isinstance(value, list)}
    if not isinstance(values, list):
        return {}
    names = _WIDGETS.get(kind, ())
    if _SEEDED in names and len(values) < len(names):
        names = tuple(name for name in names if name != _SEEDED)  # very old workflows
    return {
        name: value
        for name, value in zip(names, values, strict=False)
        if not isinstance(value, list)
    }
