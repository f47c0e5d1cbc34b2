"""Tiny random pipelines of other families than Stable Diffusion 1 to XL, for tests."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    PixArtAlphaPipeline,
    PixArtTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

from tests.tiny_pipeline import MAX_TOKENS, make_tiny_pipeline

_WIDTH = 16


def make_tiny_sd3(folder: Path, *, seed: int = 4) -> Path:
    """Stable Diffusion 3 without its optional T5: a transformer, flow matching, 16 channels.

    Esser et al. 2024, https://arxiv.org/abs/2403.03206.
    """
    tokenizer = _clip_tokenizer(folder)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        pipeline = StableDiffusion3Pipeline(
            transformer=SD3Transformer2DModel(
                sample_size=16,
                patch_size=2,
                in_channels=16,
                out_channels=16,
                num_layers=1,
                attention_head_dim=8,
                num_attention_heads=2,
                joint_attention_dim=2 * _WIDTH,
                caption_projection_dim=16,
                pooled_projection_dim=2 * _WIDTH,
                pos_embed_max_size=32,
            ),
            scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
            vae=_vae(channels=16),
            text_encoder=_clip(len(tokenizer)),
            tokenizer=tokenizer,
            text_encoder_2=_clip(len(tokenizer)),
            tokenizer_2=tokenizer,
            text_encoder_3=None,
            tokenizer_3=None,
        )
        pipeline.save_pretrained(folder)
    return folder


def make_tiny_pixart(folder: Path, *, seed: int = 5) -> Path:
    """PixArt-alpha: a transformer steered by T5. Chen et al. 2023, https://arxiv.org/abs/2310.00426."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        letters = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
        letters += [(letter, -3.0) for letter in "abcdefghijklmnopqrstuvwxyz"]
        tokenizer = T5Tokenizer(vocab=letters, extra_ids=0)
        t5 = T5Config(
            vocab_size=len(tokenizer),
            d_model=_WIDTH,
            d_kv=8,
            d_ff=2 * _WIDTH,
            num_layers=1,
            num_heads=2,
        )
        pipeline = PixArtAlphaPipeline(
            tokenizer=tokenizer,
            text_encoder=T5EncoderModel(t5),
            vae=_vae(channels=4),
            transformer=PixArtTransformer2DModel(
                sample_size=16,
                patch_size=2,
                in_channels=4,
                out_channels=8,
                num_layers=1,
                attention_head_dim=8,
                num_attention_heads=2,
                cross_attention_dim=16,
                caption_channels=_WIDTH,
                use_additional_conditions=False,
            ),
            scheduler=DPMSolverMultistepScheduler(),
        )
        pipeline.save_pretrained(folder)
    return folder


def _clip_tokenizer(folder: Path) -> CLIPTokenizer:
    source = make_tiny_pipeline(folder.with_name(f"{folder.name}-parts"))
    return CLIPTokenizer.from_pretrained(source / "tokenizer", local_files_only=True)


def _clip(vocabulary: int) -> CLIPTextModelWithProjection:
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=_WIDTH,
        intermediate_size=2 * _WIDTH,
        projection_dim=_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=MAX_TOKENS,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        pad_token_id=vocabulary - 1,
    )
    return CLIPTextModelWithProjection(config).eval()


def _vae(channels: int) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 16),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        norm_num_groups=8,
        latent_channels=channels,
        sample_size=32,
        scaling_factor=0.5,
        shift_factor=0.1,
        use_quant_conv=False,
        use_post_quant_conv=False,
    ).eval()
