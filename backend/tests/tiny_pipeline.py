"""A tiny random Stable-Diffusion pipeline on disk, for tests: same classes and layout, no meaning.

Knows nothing about the studio. The folder looks like one downloaded from the hub: ``vocab.json``
and ``merges.txt`` for the tokenizer, safetensors for the weights. Layers that end a network are
rescaled so that noise predictions have unit spread and decoded pictures have contrast: comparisons
mean something.
"""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from torch import nn
from transformers import CLIPConfig, CLIPTextConfig, CLIPTextModel

MAX_TOKENS = 16
TEXT_WIDTH = 16
DEFAULT_SIZE = 32
SIZE_MULTIPLE = 8
VAE_SCALE_FACTOR = 4
_SOT, _EOT = "<|startoftext|>", "<|endoftext|>"


def make_tiny_pipeline(
    folder: Path,
    *,
    seed: int = 0,
    prediction_type: str = "epsilon",
    latent_channels: int = 4,
    inpainting: bool = False,
    with_safety_checker: bool = False,
    flags_everything: bool = True,
) -> Path:
    """Write a random pipeline into ``folder`` (made if needed) and return it. Takes about 0.2 s.

    Pictures are 32x32 by default and may have any multiple of 8 pixels per side; a prompt holds
    16 tokens. Equal arguments write equal weights; another ``seed`` is another model.
    The U-Net of an ``inpainting`` one sees a mask and the masked picture, too.
    ``with_safety_checker`` adds a checker that flags every picture, or none if ``flags_everything``
    is false.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        vocabulary = _write_tokenizer(folder / "tokenizer")
        _text_encoder(vocabulary).save_pretrained(folder / "text_encoder")
        _unet(latent_channels, inpainting).save_pretrained(folder / "unet")
        _vae(latent_channels).save_pretrained(folder / "vae")
        if with_safety_checker:
            _write_safety_checker(folder, flags_everything)
    _write_scheduler(folder / "scheduler", prediction_type)
    index: dict[str, Any] = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.42.1",
        "requires_safety_checker": with_safety_checker,
        "feature_extractor": [None, None],
        "safety_checker": [None, None],
        "image_encoder": [None, None],
        "scheduler": ["diffusers", "PNDMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    if with_safety_checker:
        index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
        index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    _write_json(folder / "model_index.json", index)
    return folder


def _write_json(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=2), encoding="utf-8")


def _write_tokenizer(folder: Path) -> int:
    """Letters, digits and punctuation, with and without end of word, and a few merges."""
    characters = string.ascii_lowercase + string.digits + string.punctuation
    tokens = [*characters, *(f"{c}</w>" for c in characters)]
    merges = ["a p", "ap p", "app l", "appl e</w>", "r e", "re d</w>", "c a", "ca t</w>", "t h"]
    tokens += [m.replace(" ", "") for m in merges]
    tokens += [_SOT, _EOT]
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "vocab.json", {token: i for i, token in enumerate(tokens)})
    (folder / "merges.txt").write_text(
        "#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8"
    )
    config = {
        "tokenizer_class": "CLIPTokenizer",
        "model_max_length": MAX_TOKENS,
        "bos_token": _SOT,
        "eos_token": _EOT,
        "unk_token": _EOT,
        "pad_token": _EOT,
    }
    _write_json(folder / "tokenizer_config.json", config)
    return len(tokens)


def _text_encoder(vocabulary: int) -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=MAX_TOKENS,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        pad_token_id=vocabulary - 1,
    )
    model = CLIPTextModel(config).eval()
    for name, parameter in model.named_parameters():
        if "embedding" in name:
            parameter.normal_()
    return model


def _unet(latent_channels: int, inpainting: bool) -> UNet2DConditionModel:
    size = DEFAULT_SIZE // VAE_SCALE_FACTOR
    channels = 2 * latent_channels + 1 if inpainting else latent_channels
    unet = UNet2DConditionModel(
        sample_size=size,
        in_channels=channels,
        out_channels=latent_channels,
        block_out_channels=(16, 32),
        layers_per_block=1,
        norm_num_groups=8,
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=2,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    ).eval()
    latents = torch.randn(2, channels, size, size)
    text = torch.randn(2, MAX_TOKENS, TEXT_WIDTH)
    output = unet(latents, torch.tensor([500, 100]), text).sample
    _rescale(unet.conv_out, 1.0 / output.std())
    return unet


def _vae(latent_channels: int) -> AutoencoderKL:
    vae = AutoencoderKL(
        block_out_channels=(8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
        norm_num_groups=8,
        latent_channels=latent_channels,
        sample_size=DEFAULT_SIZE,
        scaling_factor=0.5,
    ).eval()
    picture = torch.rand(2, 3, DEFAULT_SIZE, DEFAULT_SIZE) * 2 - 1
    _rescale(vae.quant_conv, 1.0 / vae.encode(picture).latent_dist.mean.std())
    decoded = vae.decode(torch.randn(2, latent_channels, 8, 8)).sample
    _rescale(vae.decoder.conv_out, 0.4 / decoded.std())
    return vae


def _rescale(layer: nn.Module, factor: torch.Tensor) -> None:
    for parameter in layer.parameters():
        parameter.mul_(factor)


def _write_scheduler(folder: Path, prediction_type: str) -> None:
    config = {
        "_class_name": "PNDMScheduler",
        "_diffusers_version": "0.42.1",
        "num_train_timesteps": 1000,
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "prediction_type": prediction_type,
        "skip_prk_steps": True,
        "set_alpha_to_one": False,
        "steps_offset": 1,
        "timestep_spacing": "leading",
        "clip_sample": False,
        "trained_betas": None,
    }
    _write_json(folder / "scheduler_config.json", config)


def _write_safety_checker(folder: Path, flags_everything: bool) -> None:
    tower = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    vision = {**tower, "image_size": 32, "patch_size": 16}
    config = CLIPConfig(text_config=tower, vision_config=vision, projection_dim=8)
    checker = StableDiffusionSafetyChecker(config).eval()
    checker.concept_embeds.normal_()
    checker.special_care_embeds.normal_()
    # A cosine is never below -2 nor above 2, whatever the picture.
    checker.concept_embeds_weights.fill_(-2.0 if flags_everything else 2.0)
    checker.special_care_embeds_weights.fill_(2.0)
    checker.save_pretrained(folder / "safety_checker")
    extractor = {
        "image_processor_type": "CLIPImageProcessor",
        "do_resize": True,
        "size": {"shortest_edge": 32},
        "do_center_crop": True,
        "crop_size": {"height": 32, "width": 32},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "do_convert_rgb": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "resample": 3,
    }
    _write_json(folder / "feature_extractor" / "preprocessor_config.json", extractor)
