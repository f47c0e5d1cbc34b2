"""Stages one and two: the VAE that turns pictures into latents an eighth as wide and back.

Full-resolution layers are what a VAE's training costs most, so it grows. First everything but the
outermost level learns on pictures of half the size. The outermost level of the encoder starts, and
stays, as an exact 2×2 mean; the outermost level of the decoder starts as nearest-neighbour
enlargement and then learns sharp outlines, with the encoder fixed. Latents are therefore final
after stage one.

Loss: L1 and squared error, L1 of the picture's gradients (sharp outlines are what a sticker is),
and a small KL term.
"""

from __future__ import annotations

import math
import random
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, interpolate

from tastemaker.starter.compose import Composer
from tastemaker.starter.images import save_sheet
from tastemaker.starter.loop import fast_arithmetic, step_generator, train
from tastemaker.starter.presets import Preset
from tastemaker.starter.scenes import SceneMix, sample_scene

_SEED = 1
_KL_WEIGHT = 3e-4


def build(preset: Preset, scaling_factor: float = 1.0) -> AutoencoderKL:
    """A fresh VAE whose outermost level only halves and doubles; its posterior starts narrow."""
    torch.manual_seed(_SEED)
    vae = AutoencoderKL(
        block_out_channels=preset.vae_channels,
        down_block_types=("DownEncoderBlock2D",) * len(preset.vae_channels),
        up_block_types=("UpDecoderBlock2D",) * len(preset.vae_channels),
        layers_per_block=preset.vae_layers,
        norm_num_groups=preset.vae_groups,
        latent_channels=preset.latent_channels,
        sample_size=preset.resolution,
        mid_block_add_attention=False,
        scaling_factor=scaling_factor,
        force_upcast=False,
    )
    with torch.no_grad():
        for module in vae.modules():
            if hasattr(module, "conv1") and hasattr(
                module, "conv2"
            ):  # every residual block starts as identity
                module.conv2.weight.zero_()
                module.conv2.bias.zero_()
        taps = torch.zeros_like(vae.encoder.conv_in.weight)
        taps[:, :, 1, 1] = vae.encoder.conv_in.weight[:, :, 1, 1] * 3
        vae.encoder.conv_in.weight.copy_(taps)
        _set_taps(vae.encoder.down_blocks[0].downsamplers[0].conv, slice(0, 2), 0.25)
        _set_taps(vae.decoder.up_blocks[-2].upsamplers[0].conv, slice(1, 2), 1.0)
        vae.quant_conv.bias[preset.latent_channels :] = -5.0
    return vae.to(memory_format=torch.channels_last)


def _set_taps(conv: nn.Conv2d, taps: slice, value: float) -> None:
    """Make a square convolution copy each channel through these taps of its kernel."""
    conv.weight.zero_()
    assert conv.bias is not None
    conv.bias.zero_()
    for channel in range(conv.out_channels):
        conv.weight[channel, channel, taps, taps] = value


def encode(vae: AutoencoderKL, pictures: Tensor) -> DiagonalGaussianDistribution:
    """What ``vae.encode(pictures).latent_dist`` gives, at a quarter of the cost: half the size
    first, then inwards.
    """
    encoder = vae.encoder
    hidden = conv2d(
        avg_pool2d(pictures, 2), encoder.conv_in.weight[:, :, 1:2, 1:2], encoder.conv_in.bias
    )
    for block in encoder.down_blocks[1:]:
        hidden = block(hidden)
    hidden = encoder.conv_out(encoder.conv_act(encoder.conv_norm_out(encoder.mid_block(hidden))))
    return DiagonalGaussianDistribution(vae.quant_conv(hidden).float())


def decode_half(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """Pictures of half the size: the decoder without its outermost level."""
    decoder = vae.decoder
    hidden = decoder.mid_block(decoder.conv_in(vae.post_quant_conv(latents)))
    for block in decoder.up_blocks[:-2]:
        hidden = block(hidden)
    for resnet in decoder.up_blocks[-2].resnets:
        hidden = resnet(hidden, None)
    return torch.as_tensor(decoder.conv_out(decoder.conv_act(decoder.conv_norm_out(hidden))))


def batch(composer: Composer, mix: SceneMix, size: int, seed: int, step: int) -> Tensor:
    """The pictures of one training step, ``[size, 3, resolution, resolution]`` in -1..1."""
    rng = random.Random(f"{seed}-{step}")
    scenes = [sample_scene(rng, composer.vocabulary, mix) for _ in range(size)]
    pictures = composer.render(scenes, step_generator(seed, step))
    return pictures.contiguous(memory_format=torch.channels_last)


def reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 + 2·L2 + half the L1 of horizontal and vertical differences."""
    error = output - target
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + 2 * error.square().mean() + 0.5 * edges


def psnr(output: Tensor, target: Tensor) -> float:
    """Peak signal-to-noise ratio in dB of pictures in -1..1."""
    return 10 * math.log10(4 / max(1e-12, (output - target).square().mean().item()))


def _noisy(posterior: DiagonalGaussianDistribution, step: int) -> Tensor:
    noise = torch.randn(posterior.mean.shape, generator=step_generator(_SEED + 1, step))
    noisy: Tensor = posterior.mean + posterior.std * noise.to(posterior.mean.device)
    return noisy


def train_inner(preset: Preset, composer: Composer, work: Path) -> AutoencoderKL:
    """Stage one, all but the outermost level, at half size. Afterwards the encoder is final."""
    vae = build(preset).to(composer.device)

    def loss_at(step: int) -> tuple[Tensor, dict[str, float]]:
        pictures = batch(composer, preset.vae_mix, preset.vae_batch // preset.lanes, _SEED, step)
        target = avg_pool2d(pictures, 2)
        with fast_arithmetic(composer.device):
            posterior = encode(vae, pictures)
            output = decode_half(vae, _noisy(posterior, step)).float()
        variance = posterior.logvar.exp()
        divergence = 0.5 * (posterior.mean.square() + variance - 1 - posterior.logvar).mean()
        loss = reconstruction_loss(output, target) + _KL_WEIGHT * divergence
        return loss, {"psnr": psnr(output.detach(), target), "kl": divergence.item()}

    def look(module: nn.Module, step: int) -> None:
        pictures, latents = _sample(vae, composer, preset)
        output = interpolate(decode_half(vae, latents), scale_factor=2.0, mode="nearest")
        save_sheet(_interleave(pictures, output), 8, work / "samples" / f"inner-{step:06}.png")

    train("inner", vae, loss_at, preset.inner, work, look, look_minutes=3, lanes=preset.lanes)
    return vae


def train_decoder(
    preset: Preset, vae: AutoencoderKL, composer: Composer, work: Path
) -> AutoencoderKL:
    """Stage two: the decoder at full size, on the latents of the fixed encoder."""
    vae.requires_grad_(False)
    vae.decoder.requires_grad_(True)

    def loss_at(step: int) -> tuple[Tensor, dict[str, float]]:
        pictures = batch(
            composer, preset.vae_mix, preset.vae_batch // preset.lanes, _SEED + 2, step
        )
        with torch.no_grad():
            latents = vae.post_quant_conv(_noisy(encode(vae, pictures), step))
        with fast_arithmetic(composer.device):
            output = vae.decoder(latents).float()
        return reconstruction_loss(output, pictures), {"psnr": psnr(output.detach(), pictures)}

    def look(module: nn.Module, step: int) -> None:
        pictures, latents = _sample(vae, composer, preset)
        sheet = _interleave(pictures, vae.decode(latents).sample)
        save_sheet(sheet, 8, work / "samples" / f"decoder-{step:06}.png")

    train(
        "decoder",
        vae.decoder,
        loss_at,
        preset.decoder,
        work,
        look,
        look_minutes=3,
        lanes=preset.lanes,
    )
    return vae.eval().requires_grad_(False)


@torch.no_grad()
def _sample(vae: AutoencoderKL, composer: Composer, preset: Preset) -> tuple[Tensor, Tensor]:
    pictures = batch(composer, preset.vae_mix, 16, _SEED + 7, 0)
    return pictures, encode(vae, pictures).mode()


def _interleave(pictures: Tensor, output: Tensor) -> Tensor:
    """Each row of eight pictures above its reconstructions."""
    return torch.cat([pictures[:8], output[:8], pictures[8:], output[8:]])
