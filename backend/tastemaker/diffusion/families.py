"""Which family a pipeline folder belongs to, and so who draws with it; told from its JSON alone.

The batching engine draws with Stable Diffusion's architectures. Whatever else diffusers can load
that makes a picture of a prompt is drawn by its own pipeline, one picture at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tastemaker.diffusion.layout import check_tokenizer, find_weights, read_json
from tastemaker.errors import ModelBroken

INDEX_FILE = "model_index.json"
CONFIG_FILE = "config.json"
STABLE_DIFFUSION = "StableDiffusionPipeline"
XL = "StableDiffusionXLPipeline"
_BATCHED = {
    STABLE_DIFFUSION: {
        "unet": "UNet2DConditionModel",
        "vae": "AutoencoderKL",
        "text_encoder": "CLIPTextModel",
    },
    XL: {
        "unet": "UNet2DConditionModel",
        "vae": "AutoencoderKL",
        "text_encoder": "CLIPTextModel",
        "text_encoder_2": "CLIPTextModelWithProjection",
    },
}
_GENERATIONS = {768: "Stable Diffusion 1.x", 1024: "Stable Diffusion 2.x"}
_WEIGHTLESS = ("tokenizer", "scheduler", "feature_extractor", "image_processor", "processor")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Classes that need more than a prompt, or don't make a picture, by what their names say.
_OTHER_PURPOSES = re.compile(
    "Img2Img|Image2Image|Inpaint|Upscal|Depth|Pix2Pix|Control|Adapter|Prior|Decoder|Video|Audio"
    "|Music|Kontext|Variation|Edit|Fill|Redux|ImageTo|ImgTo"
)
_SPOKEN = {
    "StableDiffusion3Pipeline": "Stable Diffusion 3",
    "PixArtAlphaPipeline": "PixArt-alpha",
    "PixArtSigmaPipeline": "PixArt-sigma",
}


@dataclass(frozen=True, slots=True)
class Family:
    """What kind of pipeline it is.

    ``title`` is for people, ``pipeline`` the class of diffusers. ``batched`` models are drawn by
    the batching engine with samplers of ours, the others by their own pipeline. ``parts`` are the
    components' class names.
    """

    title: str
    pipeline: str
    batched: bool
    parts: Mapping[str, str]

    @property
    def trainable(self) -> bool:
        """Whether training knows how to steer its U-Net: by a prompt alone."""
        return self.batched and self.pipeline == STABLE_DIFFUSION

    @property
    def networks(self) -> tuple[str, ...]:
        """Names of the components that have weights."""
        return tuple(name for name in self.parts if has_weights(name))


def has_weights(component: str) -> bool:
    """Whether a pipeline component of that name is a network (and not a tokenizer or the like)."""
    return not component.startswith(_WEIGHTLESS)


def family_of(index: Mapping[str, Any]) -> Family:
    """The family that a ``model_index.json`` names.

    Raises:
        ModelBroken: code of its own, a hostile name, or nothing that draws from a prompt.
    """
    name = index.get("_class_name", STABLE_DIFFUSION)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ModelBroken(
            f"{INDEX_FILE} names {str(name)[:100]!r} as its pipeline. Pipelines that bring code of "
            "their own are refused; only those that are part of diffusers can be used."
        )
    parts = _parts(index)
    if "unet" in parts and name.startswith("StableDiffusion"):
        name = XL if "text_encoder_2" in parts else STABLE_DIFFUSION
    if name in _BATCHED:
        _check_stable_diffusion(name, parts)
        title = "Stable Diffusion XL" if name == XL else "Stable Diffusion"
        return Family(title, name, True, parts)
    if not name.endswith("Pipeline") or _OTHER_PURPOSES.search(name):
        raise ModelBroken(
            f"This model is a {name}, which doesn't make a picture from a prompt alone. Choose a "
            "text-to-image model."
        )
    return Family(_SPOKEN.get(name, name.removesuffix("Pipeline")), name, False, parts)


def generation(family: Family, unet: Mapping[str, Any]) -> str:
    """The family for people, with the generation of Stable Diffusion told from its U-Net."""
    if family.pipeline != STABLE_DIFFUSION:
        return family.title
    width = unet.get("cross_attention_dim")
    return _GENERATIONS.get(width if isinstance(width, int) else 0, family.title)


def check_parts(folder: Path, family: Family) -> None:
    """See that every component's files are there and whole, and that none is a pickle.

    Raises:
        ModelBroken: naming the file.
    """
    _refuse_code(folder)
    for name, kind in family.parts.items():
        if name.startswith("tokenizer"):
            check_tokenizer(folder / name)
        elif has_weights(name):
            read_json(folder / name / CONFIG_FILE)
            find_weights(folder / name, stem_of(family, name, kind))
        elif not any((folder / name).glob("*.json")):
            raise ModelBroken(
                f"The model has no configuration in {folder / name}. Delete the model's folder and "
                "download it again."
            )


def _refuse_code(folder: Path) -> None:
    """Libraries would run programs that lie beside the weights, or that a config names."""
    program = next(folder.rglob("*.py"), None)
    if program is not None:
        raise ModelBroken(
            f"The model holds {program.relative_to(folder)}, a program of its own. Models are not "
            "allowed to run programs; use one that works with diffusers alone."
        )
    for config in folder.glob("*/*.json"):
        if config.name.endswith("config.json") and "auto_map" in read_json(config):
            raise ModelBroken(
                f"The model's {config.relative_to(folder)} names a program to run (auto_map). "
                "Models are not allowed to; use one that works with diffusers alone."
            )


def stem_of(family: Family, component: str, kind: str) -> str:
    """How a component's weights files begin: transformers and diffusers call them differently."""
    theirs = component.startswith(("text_encoder", "safety_checker", "image_encoder", "mllm"))
    return "model" if theirs else "diffusion_pytorch_model"


def check_unet(folder: Path, unet: Mapping[str, Any], vae: Mapping[str, Any], xl: bool) -> None:
    """Raise `ModelBroken` when a U-Net of Stable Diffusion wants more than the prompt."""
    # "text" is made from the prompt itself, "text_time" from the prompt and the size.
    added, wanted = unet.get("addition_embed_type"), ("text_time",) if xl else (None, "text")
    if added not in wanted or unet.get("class_embed_type") is not None:
        raise ModelBroken(
            f"The U-Net in {folder} wants conditions beside the prompt that its kind of model "
            "doesn't have. Its configuration is wrong, or it is not for drawing from text."
        )
    channels, latents = unet.get("in_channels", 4), vae.get("latent_channels", 4)
    if channels != latents and not is_inpainting(channels, latents):
        raise ModelBroken(
            f"The U-Net in {folder} takes {channels} channels but the VAE makes {latents}: a model "
            "for depth or for editing by instructions can't draw from text."
        )


def is_inpainting(channels: int, latents: int) -> bool:
    """Whether a U-Net of so many channels sees a mask and a masked picture beside the latents."""
    return channels == 2 * latents + 1


def _parts(index: Mapping[str, Any]) -> dict[str, str]:
    """Component → class name; absent (null) components left out."""
    found: dict[str, str] = {}
    for name, value in index.items():
        if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], str):
            continue
        if not _NAME.fullmatch(name):
            raise ModelBroken(f"{INDEX_FILE} names a component {name!r}, which is no folder name.")
        found[name] = value[1]
    return found


def _check_stable_diffusion(name: str, parts: Mapping[str, str]) -> None:
    for part, wanted in _BATCHED[name].items():
        if parts.get(part) != wanted:
            raise ModelBroken(
                f"The model has {parts.get(part, 'nothing')} as its {part}; a {name} needs "
                f"{wanted}. Its {INDEX_FILE} is wrong, or it is not for drawing from text alone."
            )
