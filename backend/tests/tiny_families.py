"""Tiny random pipelines of Stable Diffusion's later generations, for tests: the true architecture,
scaled down. Built on `tests.tiny_pipeline`, whose folder layout and conventions they share.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from tests.tiny_pipeline import (
    DEFAULT_SIZE,
    MAX_TOKENS,
    TEXT_WIDTH,
    VAE_SCALE_FACTOR,
    make_tiny_pipeline,
)

PROJECTION = 8
SECOND_WIDTH = 24
TIME_WIDTH = 4


def make_tiny_sd2(folder: Path, *, seed: int = 2) -> Path:
    """Stable Diffusion 2.x: v-prediction, linear projections, GELU text encoder, ``!`` as padding.

    https://huggingface.co/stabilityai/stable-diffusion-2-1 has these settings in its configs.
    """
    make_tiny_pipeline(folder, seed=seed, prediction_type="v_prediction")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        _text_encoder(folder, CLIPTextModel, "gelu").save_pretrained(folder / "text_encoder")
        unet = _unet(use_linear_projection=True, attention_head_dim=[2, 4], upcast_attention=True)
        unet.save_pretrained(folder / "unet")
    _change(folder / "tokenizer" / "tokenizer_config.json", pad_token="!")
    return folder


def make_tiny_xl(folder: Path, *, seed: int = 3, **index: Any) -> Path:
    """Stable Diffusion XL: two text encoders, pooled text and size as conditions, deeper
    transformers further down. ``index`` changes ``model_index.json``.

    Podell et al. 2023, https://arxiv.org/abs/2307.01952.
    """
    make_tiny_pipeline(folder, seed=seed)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        _text_encoder(folder, CLIPTextModel, "quick_gelu", layers=2).save_pretrained(
            folder / "text_encoder"
        )
        second = _text_encoder(
            folder, CLIPTextModelWithProjection, "gelu", layers=3, width=SECOND_WIDTH
        )
        second.save_pretrained(folder / "text_encoder_2")
        unet = _unet(
            block_out_channels=(16, 32, 32),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=TEXT_WIDTH + SECOND_WIDTH,
            attention_head_dim=[2, 4, 4],
            transformer_layers_per_block=[1, 1, 2],
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=TIME_WIDTH,
            projection_class_embeddings_input_dim=6 * TIME_WIDTH + PROJECTION,
        )
        unet.save_pretrained(folder / "unet")
    tokenizer_2 = folder / "tokenizer_2"
    tokenizer_2.mkdir()
    for file in (folder / "tokenizer").iterdir():
        (tokenizer_2 / file.name).write_bytes(file.read_bytes())
    _change(tokenizer_2 / "tokenizer_config.json", pad_token="!")
    plan = {
        "_class_name": "StableDiffusionXLPipeline",
        "force_zeros_for_empty_prompt": True,
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
        "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "requires_safety_checker": None,
        "safety_checker": None,
    }
    _change(folder / "model_index.json", **plan | index)
    return folder


def _change(path: Path, **values: Any) -> None:
    content = {**json.loads(path.read_text()), **values}
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}, indent=2))


def _text_encoder(
    folder: Path, kind: Any, activation: str, layers: int = 1, width: int = TEXT_WIDTH
) -> Any:
    vocabulary = len(json.loads((folder / "tokenizer" / "vocab.json").read_text()))
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=PROJECTION,
        num_hidden_layers=layers,
        num_attention_heads=2,
        hidden_act=activation,
        max_position_embeddings=MAX_TOKENS,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        pad_token_id=vocabulary - 1,
    )
    model = kind(config).eval()
    for name, parameter in model.named_parameters():
        if "embedding" in name or "projection" in name:
            parameter.normal_()
    return model


def _unet(**options: Any) -> UNet2DConditionModel:
    size = DEFAULT_SIZE // VAE_SCALE_FACTOR
    plain: dict[str, Any] = {
        "sample_size": size,
        "in_channels": 4,
        "out_channels": 4,
        "block_out_channels": (16, 32),
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "cross_attention_dim": TEXT_WIDTH,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
    }
    unet = UNet2DConditionModel(**plain | options).eval()
    latents = torch.randn(2, 4, size, size)
    text = torch.randn(2, MAX_TOKENS, unet.config.cross_attention_dim)
    added = {
        "text_embeds": torch.randn(2, PROJECTION),
        "time_ids": torch.tensor([[size, size, 0, 0, size, size]] * 2),
    }
    output = unet(latents, torch.tensor([500, 100]), text, added_cond_kwargs=added).sample
    for parameter in unet.conv_out.parameters():
        parameter.mul_(1.0 / output.std())
    return unet
