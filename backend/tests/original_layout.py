"""A pipeline in diffusers layout written as one file under the original code's names, for tests.

The names are CompVis' (https://github.com/CompVis/stable-diffusion) and, for OpenCLIP and XL,
Stability's (https://github.com/Stability-AI/generative-models).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from tastemaker.diffusion.layout import read_json

Tensors = dict[str, torch.Tensor]
_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_UNET = {
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}
_VAE = {
    "conv_norm_out": "norm_out",
    "conv_shortcut": "nin_shortcut",
    "mid_block.resnets.0": "mid.block_1",
    "mid_block.attentions.0": "mid.attn_1",
    "mid_block.resnets.1": "mid.block_2",
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}
_OPEN_CLIP = {
    "encoder.layers": "transformer.resblocks",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
    "final_layer_norm": "ln_final",
    "embeddings.token_embedding.weight": "token_embedding.weight",
    "embeddings.position_embedding.weight": "positional_embedding",
}


def write_checkpoint(folder: Path, file: Path, **extra: torch.Tensor) -> Path:
    """Write the pipeline in ``folder`` as one file; ``extra`` are more tensors in it."""
    index = read_json(folder / "model_index.json")
    unet = read_json(folder / "unet" / "config.json")
    tensors: Tensors = {}
    for key, value in _weights(folder / "unet", "diffusion_pytorch_model").items():
        tensors["model.diffusion_model." + _unet_name(key, unet["layers_per_block"])] = value
    levels = len(read_json(folder / "vae" / "config.json")["block_out_channels"])
    for key, value in _weights(folder / "vae", "diffusion_pytorch_model").items():
        # Attention was a convolution once.
        conv = value.dim() == 2 and ".attentions." in key
        shaped = value[..., None, None] if conv else value
        tensors["first_stage_model." + _vae_name(key, levels)] = shaped
    first = _weights(folder / "text_encoder", "model")
    if "text_encoder_2" in index:
        second = _weights(folder / "text_encoder_2", "model")
        tensors |= _clip(first, "conditioner.embedders.0.transformer.")
        tensors |= open_clip(second, "conditioner.embedders.1.model.")
    elif read_json(folder / "text_encoder" / "config.json")["hidden_act"] == "gelu":
        tensors |= open_clip(first, "cond_stage_model.model.")
    else:
        tensors |= _clip(first, "cond_stage_model.transformer.")
    tensors = _upsamplers_placed(tensors)
    plain = {key: value.contiguous().clone() for key, value in {**tensors, **extra}.items()}
    save_file(plain, file, metadata={"format": "pt"})
    return file


def write_configs(folder: Path, target: Path) -> Path:
    """The configs of the pipeline in ``folder`` alone, as `tastemaker.diffusion.originals` has."""
    return Path(
        shutil.copytree(
            folder, target, ignore=shutil.ignore_patterns("*.safetensors", "tokenizer*")
        )
    )


def _weights(folder: Path, stem: str) -> Tensors:
    return load_file(folder / f"{stem}.safetensors")


def _unet_name(key: str, layers: int) -> str:
    key = _replaced(key, _UNET)
    down = re.match(r"down_blocks\.(\d+)\.(resnets|attentions|downsamplers)\.(\d+)\.(.*)", key)
    if down:
        block, kind, layer, rest = int(down[1]), down[2], int(down[3]), down[4]
        if kind == "downsamplers":
            return f"input_blocks.{(block + 1) * (layers + 1)}.0.op.{rest.removeprefix('conv.')}"
        place = 1 + block * (layers + 1) + layer
        return _inner(f"input_blocks.{place}.{int(kind == 'attentions')}.{rest}")
    up = re.match(r"up_blocks\.(\d+)\.(resnets|attentions|upsamplers)\.(\d+)\.(.*)", key)
    if up:
        block, kind, layer, rest = int(up[1]), up[2], int(up[3]), up[4]
        if kind == "upsamplers":
            return f"output_blocks.{block * (layers + 1) + layers}.UP.{rest}"
        place = block * (layers + 1) + layer
        return _inner(f"output_blocks.{place}.{int(kind == 'attentions')}.{rest}")
    return _inner(key)


def _inner(key: str) -> str:
    return re.sub(
        r"(?<=\.)(norm1|conv1|time_emb_proj|norm2|conv2|conv_shortcut)(?=\.\w+$)", _of, key
    )


def _of(match: re.Match[str]) -> str:
    before = match.string[: match.start()]
    resnet = re.search(
        r"(input_blocks\.\d+\.0|output_blocks\.\d+\.0|middle_block\.[02])\.$", before
    )
    return _RESNET[match[0]] if resnet else match[0]


def _vae_name(key: str, levels: int) -> str:
    key = _replaced(key, _VAE)
    key = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", key)
    key = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", key)

    def up(match: re.Match[str]) -> str:
        return f"up.{levels - 1 - int(match[1])}.{match[2]}"

    key = re.sub(r"up_blocks\.(\d+)\.(.*)", up, key)
    return key.replace("upsamplers.0", "upsample").replace("resnets.", "block.")


def _clip(weights: Tensors, prefix: str) -> Tensors:
    return {
        f"{prefix}text_model.{key.removeprefix('text_model.')}": value
        for key, value in weights.items()
    }


def open_clip(weights: Tensors, prefix: str) -> Tensors:
    """OpenCLIP keeps queries, keys and values in one tensor, and projects from the other side."""
    found: Tensors = {}
    width = next(v for k, v in weights.items() if k.endswith("token_embedding.weight")).shape[1]
    projection = weights.get("text_projection.weight")
    found["text_projection"] = torch.eye(width) if projection is None else projection.T
    for key, value in weights.items():
        name = key.removeprefix("text_model.")
        if name == "text_projection.weight" or "k_proj" in name or "v_proj" in name:
            continue
        if "q_proj" in name:
            parts = [
                weights[key.replace("q_proj", part)] for part in ("q_proj", "k_proj", "v_proj")
            ]
            place = _replaced(name.split(".self_attn")[0], _OPEN_CLIP)
            kind = "weight" if name.endswith("weight") else "bias"
            found[f"{place}.attn.in_proj_{kind}"] = torch.cat(parts)
        else:
            found[_replaced(name, _OPEN_CLIP)] = value
    return {prefix + key: value for key, value in found.items()}


def _replaced(key: str, names: Mapping[str, str]) -> str:
    for ours, theirs in names.items():
        key = re.sub(rf"(^|(?<=\.)){re.escape(ours)}(?=\.|$)", theirs, key)
    return key


def _upsamplers_placed(tensors: Tensors) -> Tensors:
    """An upsampler stands after the attention of its block, if there is one."""
    placed: Tensors = {}
    for key, value in tensors.items():
        block = key.split(".UP.")[0]
        if ".UP." in key:
            attended = any(other.startswith(f"{block}.1.") for other in tensors)
            key = key.replace(".UP.", f".{1 + attended}.")
        placed[key] = value
    return placed
