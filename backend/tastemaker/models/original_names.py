"""Names of a U-Net's layers in the original code, turned into those of diffusers.

Checkpoints in a single file use them, and so do the LoRA files of trainers that began with them.
Works on names with dots and on flat ones, in which kohya's trainers write ``_`` for every dot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tastemaker.diffusion.originals.keys import UNET

Shapes = Mapping[str, tuple[int, ...]]

_BLOCK = re.compile(
    r"(?P<kind>input_blocks|output_blocks|middle_block)(?P<dot>[._])(?P<place>\d+)"
    r"(?:(?P=dot)(?P<part>\d+))?(?P=dot)(?P<rest>.+)"
)
_RESNET = {
    "in_layers.0": "norm1",
    "in_layers.2": "conv1",
    "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2",
    "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}
_ENDS = {
    "time_embed.0": "time_embedding.linear_1",
    "time_embed.2": "time_embedding.linear_2",
    "label_emb.0.0": "add_embedding.linear_1",
    "label_emb.0.2": "add_embedding.linear_2",
    "input_blocks.0.0": "conv_in",
    "out.0": "conv_norm_out",
    "out.2": "conv_out",
}
_MIDDLE = ("resnets.0", "attentions.0", "resnets.1")


def diffusers_name(name: str, layers: int) -> str:
    """The layer's name in diffusers; a name that isn't of the original code stays.

    ``layers`` is how many residual blocks a level has on the way down.
    """
    for dot in (".", "_"):
        for theirs, ours in _ENDS.items():
            start = theirs.replace(".", dot)
            if name == start or name.startswith(start + "."):
                return ours.replace(".", dot) + name.removeprefix(start)
    match = _BLOCK.fullmatch(name)
    if match is None:
        return name
    place, dot, rest = int(match["place"]), match["dot"], match["rest"]
    if match["kind"] == "middle_block":
        if match["part"] is not None or place >= len(_MIDDLE):
            return name
        block, inner = f"mid_block.{_MIDDLE[place]}", _MIDDLE[place].startswith("resnets")
    else:
        if match["part"] is None:
            return name
        found = _way(match["kind"] == "input_blocks", place, int(match["part"]), rest, layers)
        block, rest, inner = found
    if inner:
        rest = _resnet(rest, dot)
    return block.replace(".", dot) + dot + rest


def unet_shapes(checkpoint: Shapes) -> dict[str, tuple[int, ...]]:
    """The shapes of a checkpoint's U-Net, by diffusers' names."""
    unet = {key.removeprefix(UNET): s for key, s in checkpoint.items() if key.startswith(UNET)}
    layers = layers_of(unet)
    return {diffusers_name(key, layers): shape for key, shape in unet.items()}


def layers_of(unet: Shapes) -> int:
    """Residual blocks per level on the way down, of a U-Net in either naming; 2 if untold."""
    ops = [re.match(r"input_blocks\.(\d+)\.0\.op\.", key) for key in unet]
    downs = [int(match[1]) for match in ops if match]
    if downs:
        return max(1, min(downs) - 1)
    first = [re.match(r"down_blocks\.0\.resnets\.(\d+)\.", key) for key in unet]
    return max((int(match[1]) + 1 for match in first if match), default=2)


def _way(down: bool, place: int, part: int, rest: str, layers: int) -> tuple[str, str, bool]:
    """Block, what is left of the name, and whether it is of a residual block."""
    level, layer = divmod(place - 1 if down else place, layers + 1)
    side = "down" if down else "up"
    if down and layer == layers:
        return f"down_blocks.{level}.downsamplers.0", rest.replace("op", "conv", 1), False
    if not down and (rest.startswith("conv.") or rest == "conv"):
        return f"up_blocks.{level}.upsamplers.0", rest, False
    kind = "attentions" if part else "resnets"
    return f"{side}_blocks.{level}.{kind}.{layer}", rest, not part


def _resnet(rest: str, dot: str) -> str:
    for theirs, ours in _RESNET.items():
        start = theirs.replace(".", dot)
        if rest == start or rest.startswith((start + ".", start + dot)):
            return ours + rest.removeprefix(start)
    return rest
