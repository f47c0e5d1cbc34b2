"""Pipelines to measure with: the starter, a tiny random one, and Stable Diffusion v1-4's shapes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from tastemaker.settings import STARTER_WEIGHTS

NAMES = ("starter", "tiny", "v1-4")


@contextmanager
def scratch_folder(kept: Path | None) -> Iterator[Path]:
    """Where random weights and compiled networks go: ``kept``, or gone afterwards."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)


def folder_of(name: str, scratch: Path) -> Path:
    """The folder of a pipeline by one of `NAMES`, or ``name`` itself; made under ``scratch``."""
    if name == "starter":
        return STARTER_WEIGHTS
    if name == "tiny":
        from tests.tiny_pipeline import make_tiny_pipeline

        return make_tiny_pipeline(scratch / "tiny")
    if name == "v1-4":
        return make_v1_4(scratch / "v1-4")
    folder = Path(name)
    if not (folder / "model_index.json").is_file():
        raise SystemExit(f"{folder} holds no pipeline; name a folder, or one of {', '.join(NAMES)}")
    return folder


def make_v1_4(folder: Path) -> Path:
    """Random weights in the architecture of Stable Diffusion v1-4 (float32, 4.2 GB on disk).

    Widths, depths and heads are those of its published configs; the tokenizer is a small one with
    the same 77 tokens. Good for speed, not for pictures.
    """
    from tests.tiny_pipeline import make_tiny_pipeline

    made = folder / "made"
    if made.is_file():
        return folder
    make_tiny_pipeline(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        UNet2DConditionModel(
            sample_size=64,
            block_out_channels=(320, 640, 1280, 1280),
            layers_per_block=2,
            cross_attention_dim=768,
            attention_head_dim=8,
        ).save_pretrained(folder / "unet")
        AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=4,
            sample_size=512,
        ).save_pretrained(folder / "vae")
        old = json.loads((folder / "text_encoder" / "config.json").read_text("utf-8"))
        CLIPTextModel(
            CLIPTextConfig(
                vocab_size=49408,
                hidden_size=768,
                intermediate_size=3072,
                num_hidden_layers=12,
                num_attention_heads=12,
                max_position_embeddings=77,
                bos_token_id=old["bos_token_id"],
                eos_token_id=old["eos_token_id"],
                pad_token_id=old["pad_token_id"],
            )
        ).save_pretrained(folder / "text_encoder")
    settings = folder / "tokenizer" / "tokenizer_config.json"
    tokenizer = json.loads(settings.read_text("utf-8"))
    settings.write_text(json.dumps({**tokenizer, "model_max_length": 77}), encoding="utf-8")
    made.touch()
    return folder
