"""IP-Adapters: weights that let a U-Net draw in the manner of a picture.

Ye et al. 2023, https://arxiv.org/abs/2308.06721. Such a file has what makes tokens of a picture as
CLIP sees it (``image_proj.*``), and keys and values for each cross attention of one kind of U-Net
(``ip_adapter.*``). It doesn't say which kind: its shapes do. Files for faces, which want to see
faces only, are left alone. Knows no requests and no batches.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPImageProcessorPil, CLIPVisionConfig, CLIPVisionModelWithProjection

from tastemaker.diffusion.checkpoints import shapes_of
from tastemaker.diffusion.components import Components, guarded, load_network
from tastemaker.diffusion.device import is_out_of_memory
from tastemaker.diffusion.image_prompts import ImageLayers, ImagePrompt
from tastemaker.diffusion.layout import PICKLES, check_safetensors, read_json
from tastemaker.errors import ModelBroken, OutOfMemory

log = logging.getLogger(__name__)

IMAGE_ENCODER = "image_encoder"
_PROJECTION, _LAYERS = "image_proj.", "ip_adapter."
_PLAIN = frozenset(("proj.weight", "proj.bias", "norm.weight", "norm.bias"))
PLAIN_TOKENS = 4
"""Of the plain kind, by the paper."""

_Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class IPAdapter:
    """A loaded one. ``projection`` makes tokens of what ``encoder``, a CLIP, sees of a picture: of
    its embedding, or, if ``is_plus``, of its last layer but one.
    """

    layers: ImageLayers
    encoder: Any
    projection: Any
    is_plus: bool

    @property
    def bytes(self) -> int:
        """What its weights and the encoder's take in memory."""
        layers = (tensor for pair in self.layers.weights.values() for tensor in pair)
        networks = (*self.encoder.parameters(), *self.projection.parameters())
        return sum(int(tensor.nbytes) for tensor in (*networks, *layers))

    @torch.inference_mode()
    def prompt(self, picture: Image.Image, scale: float) -> ImagePrompt:
        """A picture (RGB, of any size; its middle square counts) for the U-Net to see."""
        side = self.encoder.config.image_size
        prepare = CLIPImageProcessorPil(size=side, crop_size=side)
        pixels = prepare(images=[picture], return_tensors="pt").pixel_values
        pixels = pixels.to(self.encoder.device, self.encoder.dtype)
        if self.is_plus:
            both = torch.cat([pixels, torch.zeros_like(pixels)])
            seen = self.encoder(both, output_hidden_states=True).hidden_states[-2]
        else:
            embedding = self.encoder(pixels).image_embeds
            seen = torch.cat([embedding, torch.zeros_like(embedding)])
        return ImagePrompt(self.layers, self.projection(seen), scale)


class IPAdapters:
    """The IP-Adapter of one loaded model, read when it is first asked for, and again when other
    files lie in the folder."""

    def __init__(self, parts: Components) -> None:
        self._parts = parts
        self._stamp: object = None
        self._adapter: IPAdapter | None = None

    @property
    def bytes(self) -> int:
        """What it takes in memory now."""
        return self._adapter.bytes if self._adapter is not None else 0

    def get(self) -> IPAdapter | None:
        """The one that fits the model; ``None`` if there is none. What is wrong with files is
        logged, for a picture's look can be taken over in another way.

        Raises:
            OutOfMemory: it doesn't fit beside the model.
        """
        places = self._parts.ip_adapters
        stamp = tuple(_stamp(place if place.is_dir() else place.parent) for place in places)
        if stamp != self._stamp:
            found = (self._load(place) for place in places)
            self._adapter = next((adapter for adapter in found if adapter is not None), None)
            self._stamp = stamp
        return self._adapter

    def _load(self, place: Path) -> IPAdapter | None:
        try:
            return load_ip_adapter(self._parts, place)
        except ModelBroken as error:
            log.warning("no IP-Adapter of %s can be used: %s", place, error)
            return None


def load_ip_adapter(parts: Components, place: Path) -> IPAdapter | None:
    """The first file of a folder that fits a model, on its device and in its precision.

    ``place`` is the folder, or the only one of its files to try. It has the encoder in
    ``image_encoder/``, as published. ``None`` if no file fits; the log says why.

    Raises:
        ModelBroken: the encoder or the file is damaged, a pickle or missing.
        OutOfMemory: it doesn't fit beside the model.
    """
    files = _files(place)
    if not files:
        return None
    encoder_folder = files[0].parent / IMAGE_ENCODER
    read_json(encoder_folder / "config.json")
    config = guarded(
        encoder_folder,
        lambda: CLIPVisionConfig.from_pretrained(encoder_folder, local_files_only=True),
    )
    for file in files:
        try:
            check_safetensors(file)
            reason = _misfit(shapes_of(file), parts.unet, config)
        except ModelBroken as error:
            log.warning("the IP-Adapter %s can't be used: %s", file.name, error)
            continue
        if reason is None:
            return _load(parts, file, encoder_folder)
        log.info("the IP-Adapter %s isn't used with %s: %s", file.name, parts.name, reason)
    return None


def _files(place: Path) -> Sequence[Path]:
    """Those that may be IP-Adapters, the general ones before those made for faces."""
    paths = place.iterdir() if place.is_dir() else [place]
    files = [path for path in paths if path.is_file() and path.name[0] != "."]
    for file in files:
        if file.suffix.lower() in PICKLES:
            log.warning(
                "%s is a pickle, which can run any program when it is opened, so it is refused. "
                "Use a copy with safetensors weights.",
                file,
            )
    found = [file for file in files if file.suffix.lower() == ".safetensors"]
    return sorted(found, key=lambda file: ("face" in file.name.lower(), file.name))


def _misfit(shapes: _Shapes, unet: Any, encoder: Any) -> str | None:
    """Why a file with tensors of these shapes is none for this U-Net and this CLIP."""
    projection = _part(shapes, _PROJECTION)
    layers = _part(shapes, _LAYERS)
    if projection.keys() == _PLAIN:
        gives, takes = _sizes(projection["proj.weight"])
        gives, wanted = gives / PLAIN_TOKENS, encoder.projection_dim
    elif _is_plus(projection):
        gives, _ = _sizes(projection["proj_out.weight"])
        takes, wanted = _sizes(projection["proj_in.weight"])[1], encoder.hidden_size
    else:
        return "it is of another kind than IP-Adapter and IP-Adapter Plus"
    attentions = cross_attentions(unet)
    theirs = [
        layers.get(f"{number}.{what}.weight") for number, what in layer_names(len(attentions))
    ]
    ours = [tuple(a.to_k.weight.shape) for a in attentions for _ in range(2)]
    if theirs != ours or len(layers) != len(ours) or gives != unet.config.cross_attention_dim:
        return "it is for another kind of U-Net"
    if any(not _is_simple(attention) for attention in attentions):
        return "the U-Net has cross attentions of an unusual kind"
    if takes != wanted:
        return f"it is for an image encoder that gives {takes} numbers, and this one gives {wanted}"
    return None


def _sizes(shape: tuple[int, ...]) -> tuple[float, float]:
    """What a linear layer gives and takes."""
    return (shape[0], shape[1]) if len(shape) == 2 else (0, 0)


def _is_plus(projection: Mapping[str, Any]) -> bool:
    return {"latents", "proj_in.weight", "proj_out.weight"} <= projection.keys()


def _part(tensors: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def cross_attentions(unet: Any) -> list[Any]:
    """The U-Net's cross attentions, in the order in which IP-Adapters count them."""
    names = [name.removesuffix(".processor") for name in unet.attn_processors]
    return [unet.get_submodule(name) for name in names if name.endswith(".attn2")]


def layer_names(count: int) -> list[tuple[int, str]]:
    """How the weights of so many cross attentions are called: self attentions count, too."""
    return [(2 * i + 1, what) for i in range(count) for what in ("to_k_ip", "to_v_ip")]


def _is_simple(attention: Any) -> bool:
    """Whether it is nothing but projections and a product."""
    extras = ("norm_cross", "norm_q", "norm_k", "group_norm", "spatial_norm")
    return (
        all(getattr(attention, name, None) is None for name in extras)
        and not attention.residual_connection
        and attention.rescale_output_factor == 1
    )


def _load(parts: Components, file: Path, encoder_folder: Path) -> IPAdapter:
    """A file that fits, and the encoder."""

    def there(network: Any) -> Any:
        return network.eval().requires_grad_(False).to(parts.device, parts.dtype)

    try:
        # What is loaded here is used by compilers and others that know no inference mode.
        with torch.inference_mode(False):
            tensors = guarded(file, lambda: load_file(file))
            _check_numbers(tensors, file)
            weights = _part(tensors, _PROJECTION)
            projection = guarded(
                file,
                lambda: parts.unet._convert_ip_adapter_image_proj_to_diffusers(
                    weights, low_cpu_mem_usage=False
                ),
            )
            encoder = load_network(CLIPVisionModelWithProjection, encoder_folder, parts.dtype)
            return IPAdapter(
                _layers(parts, file, _part(tensors, _LAYERS)),
                there(encoder),
                there(projection),
                _is_plus(weights),
            )
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemory(
            f"The IP-Adapter {file.name} and its image encoder don't fit into the device's memory "
            f"beside {parts.name}. Close other programs that use it, or take the file out of "
            f"{file.parent}: then a picture's look is taken over without it."
        ) from error


def _layers(parts: Components, file: Path, tensors: Mapping[str, torch.Tensor]) -> ImageLayers:
    attentions = cross_attentions(parts.unet)
    found = [
        tensors[f"{number}.{what}.weight"].to(parts.device, parts.dtype)
        for number, what in layer_names(len(attentions))
    ]
    pairs = zip(found[::2], found[1::2], strict=True)
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return ImageLayers(file.name, f"sha256:{digest}", dict(zip(attentions, pairs, strict=True)))


def _check_numbers(tensors: Mapping[str, torch.Tensor], file: Path) -> None:
    bad = [name for name, tensor in tensors.items() if not tensor.isfinite().all()]
    if bad:
        raise ModelBroken(f"{file} holds values that are no numbers ({bad[0]}). Download it again.")


def _stamp(folder: Path) -> object:
    """Differs when other files lie in the folder, or the same ones were changed."""
    found = []
    for place in (folder, folder / IMAGE_ENCODER):
        try:
            stats = [(path.name, path.stat()) for path in sorted(place.iterdir())]
        except OSError:
            continue
        found += [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]
    return tuple(found)
