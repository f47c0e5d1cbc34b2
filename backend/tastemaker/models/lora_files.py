"""Whether a LoRA's tensors fit a U-Net, told from names and shapes alone.

Knows how peft, diffusers and kohya's trainers name them; reads no values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tastemaker.errors import InvalidInput
from tastemaker.models.original_names import diffusers_name, layers_of
from tastemaker.models.tensors import TensorEntry

Shapes = Mapping[str, tuple[int, ...]]

_UNET = "unet."
_KOHYA = "lora_unet_"
_PARTS = re.compile(
    r"(?P<layer>.+)\.(?:(?P<down>lora_A|lora\.down|lora_down)|(?P<up>lora_B|lora\.up|lora_up))"
    r"\.weight|(?P<scaled>.+)\.alpha"
)
_OTHER_KINDS = ("hada_", "lokr_", "lora_mid", "dora_scale", "lora_magnitude", "oft_", "diff")
_MARKS = ("lora_", ".lora.", "hada_", "lokr_")
_LISTENS = re.compile(r"attn2[._]to_k[._](lora_A|lora[._]down|lora_down)")
_TEXT_ENCODERS = ("text_encoder", "lora_te", "te1", "te2")


@dataclass(slots=True)
class _Layer:
    down: tuple[int, ...] | None = None
    up: tuple[int, ...] | None = None
    names: list[str] = field(default_factory=list)


def check_lora(
    entries: Mapping[str, TensorEntry], unet: Shapes, name: str, *, with_text: bool = False
) -> int:
    """Check that the tensors are a LoRA for the U-Net whose weights have the shapes ``unet``.

    Returns how many layers it changes. ``name`` is what people call the file. ``with_text`` lets
    layers of text encoders pass unseen.

    Raises:
        InvalidInput: another kind of file, or one for another network; says which tensor.
    """
    weights = {key.removesuffix(".weight"): shape for key, shape in unet.items()}
    flat = {_KOHYA + key.replace(".", "_"): key for key in weights}
    blocks = layers_of(unet)
    texts = 0
    layers: dict[str, _Layer] = {}
    for key, entry in entries.items():
        if with_text and key.startswith(_TEXT_ENCODERS):
            texts += 1
            continue
        match = _PARTS.fullmatch(key)
        given = match and (match["layer"] or match["scaled"])
        if not match or not given or not given.startswith((_UNET, _KOHYA)):
            raise _unknown(key, name)
        target = flat.get(given) or flat.get(_renamed(given, blocks), given.removeprefix(_UNET))
        if target not in weights:
            raise InvalidInput(
                f"{name} doesn't fit this model: it changes {given[:200]}, which the model's "
                "U-Net doesn't have. Choose the base model that it was trained for."
            )
        layer = layers.setdefault(target, _Layer())
        if match["scaled"]:
            _check_alpha(entry, key, name)
        elif match["down"]:
            layer.down = entry.shape
        else:
            layer.up = entry.shape
    for target, layer in layers.items():
        _check_layer(layer, weights[target], target, name)
    if not layers and not texts:
        raise InvalidInput(f"{name} holds no tensors at all.")
    return len(layers)


def is_lora(entries: Collection[str]) -> bool:
    """Whether tensors of these names claim to be a LoRA, or something of that sort."""
    return any(mark in key for key in entries for mark in _MARKS)


def text_width(entries: Mapping[str, TensorEntry]) -> int | None:
    """The width of the text that a LoRA's cross attention listens to; ``None`` if it has none."""
    for key, entry in entries.items():
        if _LISTENS.search(key) and len(entry.shape) > 1:
            return entry.shape[1]
    return None


def _renamed(given: str, blocks: int) -> str:
    """A flat name of the original code as diffusers' flat name."""
    return _KOHYA + diffusers_name(given.removeprefix(_KOHYA), blocks)


def _check_layer(layer: _Layer, weight: tuple[int, ...], target: str, name: str) -> None:
    """Up (out, rank) times down (rank, in) must make a weight of the same shape."""
    if layer.down is None or layer.up is None:
        raise InvalidInput(f"{name} is incomplete: of {target} it has only one of two halves.")
    rank = layer.down[0] if layer.down else 0
    kernel = (1,) * (len(weight) - 2)
    fits = (
        len(weight) >= 2
        and rank >= 1
        and layer.down == (rank, *weight[1:])
        and layer.up == (weight[0], rank, *kernel)
    )
    if not fits:
        raise InvalidInput(
            f"{name} doesn't fit this model: for {target}, which is {list(weight)}, it has "
            f"{list(layer.up)} times {list(layer.down)}. Choose the base model that it was "
            "trained for."
        )


def _check_alpha(entry: TensorEntry, key: str, name: str) -> None:
    if entry.shape not in ((), (1,)):
        raise InvalidInput(f"{name} is damaged: {key[:200]} should be one number.")


def _unknown(key: str, name: str) -> InvalidInput:
    if key.startswith(_TEXT_ENCODERS):
        return InvalidInput(
            f"{name} changes the text encoder, too ({key[:200]}); only a LoRA of the U-Net alone "
            "can be used. Look for a version of it without text encoder layers."
        )
    if any(part in key for part in _OTHER_KINDS):
        return InvalidInput(
            f"{name} is of another kind than LoRA ({key[:200]}), which can't be used."
        )
    return InvalidInput(
        f"{name} is no LoRA of a U-Net: it holds {key[:200]!r}. Its tensors should be named like "
        "unet.….lora_A.weight or lora_unet_….lora_down.weight."
    )
