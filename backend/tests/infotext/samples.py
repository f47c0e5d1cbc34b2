"""Pictures as other programs write them, built from their documented formats."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

A1111 = """a castle on a hill, "golden hour" <lora:oldStone:0.8>
two lines, (sharp:1.2)
Negative prompt: blurry, ugly
text
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 12345, Size: 512x768, \
Model hash: abc123def4, Model: dreamshaper_8, Denoising strength: 0.4, Clip skip: 2, \
Lora hashes: "oldStone: deadbeef, other: 1234", Version: v1.10.1"""

INVOKE = {
    "generation_mode": "txt2img",
    "positive_prompt": "a brass robot in a garden",
    "negative_prompt": "rust",
    "width": 640,
    "height": 512,
    "seed": 4012,
    "rand_device": "cpu",
    "cfg_scale": 7.5,
    "steps": 30,
    "scheduler": "euler_k",
    "clip_skip": 1,
    "model": {"key": "1", "hash": "blake3:00", "name": "dreamshaper-8", "base": "sd-1"},
    "loras": [{"model": {"name": "brass", "base": "sd-1"}, "weight": 0.75}],
    "app_version": "5.6.0",
}
INVOKE_OLD = {
    "model": "stable diffusion",
    "model_weights": "stable-diffusion-1.5",
    "app_version": "2.3.0",
    "image": {
        "prompt": [{"prompt": "a quiet lake [boats, people]", "weight": 1.0}],
        "steps": 50,
        "cfg_scale": 7.5,
        "sampler": "k_euler_a",
        "seed": 99,
        "width": 512,
        "height": 512,
    },
}
SWARM = {
    "sui_image_params": {
        "prompt": "a photo of a cat",
        "negativeprompt": "dog",
        "model": "OfficialStableDiffusion/sd_xl_base_1.0",
        "seed": 1,
        "steps": 20,
        "cfgscale": 7.0,
        "width": 1024,
        "height": 768,
        "sampler": "euler_ancestral",
        "scheduler": "karras",
        "loras": ["fluffy"],
        "loraweights": ["0.6"],
        "refinercontrolpercentage": 0.2,
        "swarm_version": "0.9.5.0",
    },
    "sui_extra_data": {"date": "2025-01-25", "generation_time": "4.84 sec"},
}
FOOOCUS = {
    "adm_guidance": "(1.5, 0.8, 0.3)",
    "base_model": "juggernautXL_v8Rundiffusion",
    "base_model_hash": "aeb7e9e689",
    "full_prompt": ["an astronaut, cinematic", "an astronaut"],
    "guidance_scale": 4.0,
    "loras": [["sd_xl_offset", 0.1, "4852686128"]],
    "metadata_scheme": "fooocus",
    "negative_prompt": "low quality",
    "performance": "Speed",
    "prompt": "an astronaut",
    "resolution": "(1152, 896)",
    "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras",
    "seed": "4242",
    "sharpness": 2,
    "steps": 30,
    "styles": "['Fooocus V2']",
    "version": "Fooocus v2.5.5",
}
COMFY = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 777,
            "steps": 25,
            "cfg": 8.0,
            "sampler_name": "dpmpp_2m",
            "scheduler": "karras",
            "denoise": 1.0,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15/v1-5.safetensors"}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {
            "lora_name": "ink.safetensors",
            "strength_model": 0.7,
            "strength_clip": 0.7,
            "model": ["4", 0],
            "clip": ["4", 1],
        },
    },
    "5": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 768, "height": 512, "batch_size": 1},
    },
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a paper boat", "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "plastic", "clip": ["10", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["8", 0]}},
}


def png(size: tuple[int, int] = (16, 8), **texts: str) -> bytes:
    """A PNG with text chunks."""
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key.replace("__", "-"), text)
    out = BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def with_exif(kind: str, tags: dict[int, Any], comment: bytes | None = None) -> bytes:
    """A JPEG or WebP with tags in its main directory and a user comment in the Exif directory."""
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    if comment is not None:
        exif.get_ifd(0x8769)[0x9286] = comment
    out = BytesIO()
    Image.new("RGB", (16, 8), (30, 90, 160)).save(out, kind, exif=exif)
    return out.getvalue()


def comment(text: str) -> bytes:
    """A user comment as A1111 writes it."""
    return b"UNICODE\x00" + text.encode("utf-16-be")


def comfy_png(graph: dict[str, Any], **more: str) -> bytes:
    """A picture that ComfyUI saved."""
    return png(prompt=json.dumps(graph), **more)
