"""Stage four: the U-Net, trained by v-prediction on cached latents and the frozen text encoder's
hidden states.

Two devices make it learn to listen within minutes: attention to the caption's slots at 8×8 and 4×4,
and the pooled caption added to the time embedding, where it scales and shifts every residual block.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from tastemaker.starter.autoencoder import encode
from tastemaker.starter.captions import caption, leaves_background_open
from tastemaker.starter.compose import Composer
from tastemaker.starter.images import save_sheet
from tastemaker.starter.loop import fast_arithmetic, step_generator, train
from tastemaker.starter.presets import Preset
from tastemaker.starter.sampling import sample
from tastemaker.starter.scenes import Scene, sample_scene
from tastemaker.starter.text_encoder import tokenize
from tastemaker.starter.vocabulary import Vocabulary

_SEED = 5
_CHUNK = 100
_DROPPED_CAPTIONS = 0.1
_GAMMA = 5.0
LOOK_PROMPTS = (
    "a puppy in space",
    "a red apple on a blue background",
    "three cats on the grass",
    "a beautiful sunset over mountains",
    "a photo of a lion in the desert",
    "a rocket at night",
    "a penguin in the snow",
    "a sailboat on the sea",
    "a cat to the left of a dog on the grass",
    "a pizza next to a burger on a yellow background",
    "three cats on the grass, pixel art",
    "a unicorn on a pink background",
    "a robot above a car on a white background",
    "a car in the mountains at sunset",
    "a panda on a green background",
    "two red apples on a white background",
    "a starry night",
    "a snowman in winter",
    "a strawberry on a purple background",
    "a ship on the sea, sepia",
    "a frog and a butterfly on the grass",
    "a whale in the ocean",
    "a neon rose",
    "a pencil sketch of a guitar",
)


def build_unet(preset: Preset) -> UNet2DConditionModel:
    """A fresh U-Net; every residual block starts as identity."""
    torch.manual_seed(_SEED)
    levels = len(preset.unet_channels)
    unet = UNet2DConditionModel(
        sample_size=preset.latent_size,
        in_channels=preset.latent_channels,
        out_channels=preset.latent_channels,
        block_out_channels=preset.unet_channels,
        down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * (levels - 1),
        up_block_types=("CrossAttnUpBlock2D",) * (levels - 1) + ("UpBlock2D",),
        layers_per_block=preset.unet_layers,
        cross_attention_dim=preset.text_width,
        attention_head_dim=preset.unet_heads,
        norm_num_groups=16,
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
        resnet_time_scale_shift="scale_shift",
    )
    with torch.no_grad():
        for module in unet.modules():
            if hasattr(module, "conv1") and hasattr(module, "conv2"):
                module.conv2.weight.zero_()
                module.conv2.bias.zero_()
    return unet.to(memory_format=torch.channels_last)


def build_scheduler() -> DPMSolverMultistepScheduler:
    """The noise schedule: like Stable Diffusion's but noisier at the end, or plain backgrounds come
    out grey.
    """
    return DPMSolverMultistepScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.02,
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        steps_offset=1,
        use_karras_sigmas=True,
    )


def chunk_scenes(preset: Preset, vocabulary: Vocabulary, chunk: int) -> list[Scene]:
    """The scenes whose latents are chunk ``chunk`` of the cache; always the same."""
    rng = random.Random(f"{_SEED}-latents-{chunk}")
    return [sample_scene(rng, vocabulary, preset.mix) for _ in range(_CHUNK)]


def cached_scenes(preset: Preset, vocabulary: Vocabulary, count: int) -> list[Scene]:
    """The scenes of the first ``count`` cached latents."""
    chunks = range(count // _CHUNK)
    return [scene for chunk in chunks for scene in chunk_scenes(preset, vocabulary, chunk)]


@torch.no_grad()
def cached_latents(preset: Preset, vae: AutoencoderKL, composer: Composer, work: Path) -> Tensor:
    """Latents of all chunks, float16 ``[cached_latents, channels, side, side]``, unscaled; made
    once, then loaded.
    """
    path = work / "latents.safetensors"
    if not path.is_file():
        chunks = []
        for chunk in range(preset.cached_latents // _CHUNK):
            pictures = composer.render(
                chunk_scenes(preset, composer.vocabulary, chunk), step_generator(_SEED, chunk)
            )
            chunks.append(
                encode(vae, pictures.contiguous(memory_format=torch.channels_last))
                .mode()
                .half()
                .cpu()
            )
        save_file({"latents": torch.cat(chunks).contiguous()}, path)
    return load_file(path)["latents"]


def v_weights(alphas_cumprod: Tensor) -> Tensor:
    """Loss weight per timestep: min(SNR + 1, γ) / (SNR + 1), after Hang et al. 2023 (Min-SNR), for
    v-prediction.
    """
    snr = alphas_cumprod / (1 - alphas_cumprod)
    return (snr + 1).clamp(max=_GAMMA) / (snr + 1)


def timesteps(size: int, count: int, generator: torch.Generator) -> Tensor:
    """Timesteps for a batch, spread evenly: one in five over all noise levels, the others over the
    middle ones, where it is decided what a picture shows."""
    share = (torch.arange(size) + torch.rand(size, generator=generator)) / size
    middle = 0.1 + 0.7 * (share - 0.2) / 0.8
    return (torch.where(share < 0.2, share / 0.2, middle) * count).long().clamp(max=count - 1)


def denoising_loss(
    predict: Callable[[Tensor, Tensor], Tensor],
    clean: Tensor,
    alphas: Tensor,
    generator: torch.Generator,
) -> tuple[Tensor, float]:
    """The weighted loss of ``predict(noisy, times)`` as v-prediction on scaled latents ``clean``
    ``[n, channels, side, side]``, and its mean squared error. ``alphas`` are the cumulated ones.
    """
    noise = torch.randn(clean.shape, generator=generator).to(clean.device)
    times = timesteps(len(clean), len(alphas), generator).to(clean.device)
    signal, spread = (
        alphas[times].sqrt().view(-1, 1, 1, 1),
        (1 - alphas[times]).sqrt().view(-1, 1, 1, 1),
    )
    noisy = (signal * clean + spread * noise).contiguous(memory_format=torch.channels_last)
    output = predict(noisy, times)
    errors = (output - (signal * noise - spread * clean)).square().mean((1, 2, 3))
    return (errors * v_weights(alphas)[times]).mean(), errors.mean().item()


def _prompt(rng: random.Random, scene: Scene, vocabulary: Vocabulary) -> str:
    if rng.random() < _DROPPED_CAPTIONS:
        return ""
    is_open = leaves_background_open(rng, scene)
    return caption(rng, scene, vocabulary, open_background=is_open)


def train_denoiser(
    preset: Preset,
    vocabulary: Vocabulary,
    tokenizer: CLIPTokenizer,
    text_encoder: CLIPTextModel,
    vae: AutoencoderKL,
    latents: Tensor,
    work: Path,
    device: torch.device,
) -> UNet2DConditionModel:
    """Train, or go on training, the U-Net in ``work``; returns it with averaged weights."""
    unet = build_unet(preset).to(device)
    alphas = build_scheduler().alphas_cumprod.to(device)
    scale = float(vae.config.scaling_factor)
    scenes = cached_scenes(preset, vocabulary, len(latents))
    size = preset.unet_batch // preset.lanes

    def loss_at(step: int) -> tuple[Tensor, dict[str, float]]:
        rng, generator = random.Random(f"{_SEED}-{step}"), step_generator(_SEED + 1, step)
        rows = [rng.randrange(len(scenes)) for _ in range(size)]
        texts = [_prompt(rng, scenes[row], vocabulary) for row in rows]
        with torch.no_grad():
            hidden = text_encoder(tokenize(tokenizer, texts, device)).last_hidden_state

        def predict(noisy: Tensor, times: Tensor) -> Tensor:
            with fast_arithmetic(device):
                output: Tensor = unet(noisy, times, hidden).sample
            return output.float()

        clean = latents[rows].to(device).float() * scale
        loss, error = denoising_loss(predict, clean, alphas, generator)
        return loss, {"error": error}

    def look(module: nn.Module, step: int) -> None:
        pictures = sample(
            tokenizer, text_encoder, unet, vae, build_scheduler(), list(LOOK_PROMPTS), seed=0
        )
        save_sheet(pictures, 8, work / "samples" / f"unet-{step:06}.png")

    # Nothing is made from it, so that it may learn more at any time.
    train(
        "unet",
        unet,
        loss_at,
        preset.unet,
        work,
        look,
        look_minutes=8,
        lanes=preset.lanes,
        goes_on=True,
    )
    return unet
