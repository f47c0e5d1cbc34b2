"""The recipe from font to weights, stage after stage; each stage resumes from the work folder.

VAE (latents become final) → text encoder (becomes final) → latent cache → U-Net → look adapter; the
decoder's outermost level learns before the U-Net, so that sample sheets can be looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from tastemaker.errors import InvalidInput
from tastemaker.starter import autoencoder, checkpoint, denoiser, glyphs, text_encoder, tokenizer
from tastemaker.starter.compose import Composer
from tastemaker.starter.look_adapter import LookAdapter, train_look_adapter
from tastemaker.starter.presets import Preset
from tastemaker.starter.subjects import all_subjects, common_subjects, familiar_subjects
from tastemaker.starter.vocabulary import Vocabulary, backgrounds

GlyphSource = Callable[[Sequence[str], int], Tensor]
"""Draws the glyphs of these names at this size; tests have one that needs no font."""


@dataclass(frozen=True)
class Starter:
    """The trained parts, ready to sample from or to export."""

    vocabulary: Vocabulary
    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    vae: AutoencoderKL
    unet: UNet2DConditionModel
    adapter: LookAdapter | None = None


def vocabulary_of(preset: Preset) -> Vocabulary:
    """What this preset is to know. The full one asks the font, which must be installed, and the
    ``emoji`` package.
    """
    if preset.name == "full":
        subjects = all_subjects(glyphs.drawable_names())
    else:
        subjects = common_subjects() if preset.name == "small" else familiar_subjects()
    return Vocabulary(subjects, backgrounds(), preset.looks)


def composer_of(
    preset: Preset,
    vocabulary: Vocabulary,
    work: Path,
    device: torch.device,
    source: GlyphSource = glyphs.render_atlas,
) -> Composer:
    """The composer with its atlas, drawn once by ``source`` and kept in the work folder."""
    path = work / "atlas.safetensors"
    if not path.is_file():
        work.mkdir(parents=True, exist_ok=True)
        size = min(preset.resolution, glyphs.LARGEST)
        save_file({"atlas": source([s.name for s in vocabulary.subjects], size)}, path)
    return Composer(vocabulary, load_file(path)["atlas"].to(device), preset.resolution)


def train_starter(
    preset: Preset, work: Path, device: torch.device, source: GlyphSource = glyphs.render_atlas
) -> Starter:
    """Run every stage that is not done yet, in order."""
    _allow_only_this(preset, work)
    vocabulary = vocabulary_of(preset)
    composer = composer_of(preset, vocabulary, work, device, source)
    vae = autoencoder.train_inner(preset, composer, work)
    words = tokenizer.build_tokenizer(preset, vocabulary, work / "tokenizer")
    reader = text_encoder.train_text_encoder(preset, vocabulary, words, work, device)
    latents = denoiser.cached_latents(preset, vae, composer, work)
    autoencoder.train_decoder(preset, vae, composer, work)
    set_scale(vae, latents)
    unet = denoiser.train_denoiser(preset, vocabulary, words, reader, vae, latents, work, device)
    made = Starter(vocabulary, words, reader, vae, unet)
    if preset.adapter is None:
        return made
    scale = float(vae.config.scaling_factor)
    adapter = train_look_adapter(
        preset, vocabulary, words, reader, unet, latents, scale, composer, work
    )
    return replace(made, adapter=adapter)


def load_starter(preset: Preset, work: Path, device: torch.device) -> Starter:
    """What the work folder holds so far, from the moving averages of its latest checkpoints."""
    vocabulary = vocabulary_of(preset)
    vae = autoencoder.build(preset).to(device).eval()
    checkpoint.load_average(work / "inner.safetensors", vae)
    if (work / "decoder.safetensors").is_file():
        checkpoint.load_average(work / "decoder.safetensors", vae.decoder)
    set_scale(vae, load_file(work / "latents.safetensors")["latents"])
    words = tokenizer.build_tokenizer(preset, vocabulary, work / "tokenizer")
    reader = text_encoder.build_text_encoder(preset, words).to(device).eval()
    checkpoint.load_average(work / "text.safetensors", reader)
    unet = denoiser.build_unet(preset).to(device).eval()
    checkpoint.load_average(work / "unet.safetensors", unet)
    adapter = None
    if (work / "adapter.safetensors").is_file():
        adapter = LookAdapter(unet, vocabulary).to(device).eval()
        checkpoint.load_average(work / "adapter.safetensors", adapter)
    return Starter(vocabulary, words, reader, vae, unet, adapter)


def set_scale(vae: AutoencoderKL, latents: Tensor) -> None:
    """Let the VAE's config say what brings these latents to unit variance."""
    vae.register_to_config(scaling_factor=round(1 / float(latents[:4000].float().std()), 5))


def with_minutes(preset: Preset, minutes: float) -> Preset:
    """The preset with all stages bounded to ``minutes`` together, in the proportions 20 : 10 : 10 :
    50 : 10; without an adapter the U-Net gets its share.
    """
    share = {"inner": 0.2, "text": 0.1, "decoder": 0.1, "unet": 0.5, "adapter": 0.1}
    if preset.adapter is None:
        share["unet"] += share.pop("adapter")
    bounded = {
        name: replace(getattr(preset, name), minutes=minutes * part) for name, part in share.items()
    }
    return replace(preset, **bounded)


def _allow_only_this(preset: Preset, work: Path) -> None:
    """Refuse a work folder that was begun with another preset."""
    name = work / "preset.txt"
    if name.is_file() and name.read_text().strip() != preset.name:
        raise InvalidInput(
            f"{work} holds a run of the preset {name.read_text().strip()}: choose another --work"
        )
    work.mkdir(parents=True, exist_ok=True)
    name.write_text(preset.name + "\n")


def stage_progress(work: Path) -> dict[str, checkpoint.Progress]:
    """How far each stage in the work folder is."""
    found = {}
    for stage in ("inner", "text", "decoder", "unet", "adapter", "judge"):
        path = work / f"{stage}.safetensors"
        if path.is_file():
            with safe_open(path, framework="pt") as file:
                found[stage] = checkpoint.Progress(**json.loads(file.metadata()["progress"]))
    return found
