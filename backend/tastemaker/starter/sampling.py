"""Draws pictures with diffusers' own schedulers, in batches: for sheets and evaluation."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from tastemaker.starter.text_encoder import tokenize


@torch.no_grad()
def sample(
    tokenizer: CLIPTokenizer,
    text_encoder: CLIPTextModel,
    unet: UNet2DConditionModel,
    vae: AutoencoderKL,
    scheduler: Any,
    prompts: list[str],
    seed: int,
    steps: int = 20,
    guidance_scale: float = 5.0,
) -> Tensor:
    """One picture per prompt, ``[len(prompts), 3, height, width]`` in -1..1. Prompt i starts from
    seed + i.
    """
    device = unet.device
    hidden = text_encoder(tokenize(tokenizer, ["", *prompts], device)).last_hidden_state
    hidden = torch.cat([hidden[:1].expand(len(prompts), -1, -1), hidden[1:]])
    side, channels = int(unet.config.sample_size), int(unet.config.in_channels)
    starts = [
        torch.randn(channels, side, side, generator=torch.Generator().manual_seed(seed + i))
        for i in range(len(prompts))
    ]
    scheduler.set_timesteps(steps, device=device)
    latents = torch.stack(starts).to(device) * scheduler.init_noise_sigma
    for time in scheduler.timesteps:
        both = scheduler.scale_model_input(torch.cat([latents, latents]), time)
        empty, wanted = unet(both.to(unet.dtype), time, hidden).sample.float().chunk(2)
        guided = empty + guidance_scale * (wanted - empty)
        latents = scheduler.step(guided, time, latents).prev_sample
    pictures: Tensor = vae.decode(latents / vae.config.scaling_factor).sample
    return pictures.clamp(-1, 1)
