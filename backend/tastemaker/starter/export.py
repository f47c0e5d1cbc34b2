"""Writes a trained starter as a standard diffusers folder, in float16 safetensors of at most 13 MB
each.

Beside ``model_index.json`` lie ``tastemaker.json`` (title, notice, defaults, examples),
``vocabulary.json`` (what it can draw, and the words for it) and, if it knows looks, ``ip-adapter``
(how it takes them from a picture).
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from transformers.utils import logging as transformers_logging

from tastemaker.diffusion.layout import IP_ADAPTERS
from tastemaker.starter.captions import TEMPLATES
from tastemaker.starter.denoiser import build_scheduler
from tastemaker.starter.recipe import Starter
from tastemaker.starter.vocabulary import LOOKS, Vocabulary

_SHARD = "13MB"
NOTICE = (
    "A small model made for this studio: it draws emoji-style stickers of {count} familiar "
    "subjects on plain colours and little worlds, at {size}×{size} pixels, and knows nothing else."
)


@dataclass(frozen=True)
class Presentation:
    """What a studio shows of the model: how to sample it by default, prompts that it draws well,
    and how it is retrained best (as in `tastemaker.domain.TrainingDefaults`).
    """

    example_prompts: tuple[str, ...]
    num_inference_steps: int = 20
    guidance_scale: float = 3.0
    sampler: str = "dpmpp_2m"
    schedule: str = "karras"
    title: str = "Starter"
    preset: str = ""
    training: dict[str, Any] = field(default_factory=dict)


def export_starter(starter: Starter, presentation: Presentation, out: Path) -> None:
    """Write the pipeline and its two JSON files to ``out``, replacing what was there only once all
    is written.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        fresh = Path(scratch) / "weights"
        _save_pipeline(starter, fresh)
        if starter.adapter is not None:
            starter.adapter.save(fresh / IP_ADAPTERS)
            _scrub(fresh / IP_ADAPTERS)
        _write(fresh / "tastemaker.json", describe(starter, presentation))
        _write(fresh / "vocabulary.json", describe_vocabulary(starter.vocabulary))
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        if out.exists():
            out.replace(Path(scratch) / "previous")
        fresh.replace(out)


def describe(starter: Starter, presentation: Presentation) -> dict[str, Any]:
    """The content of ``tastemaker.json``."""
    size = int(starter.vae.config.sample_size)
    return {
        "title": presentation.title,
        "notice": NOTICE.format(count=len(starter.vocabulary.subjects), size=size),
        "defaults": {
            "width": size,
            "height": size,
            "num_inference_steps": presentation.num_inference_steps,
            "guidance_scale": presentation.guidance_scale,
            "sampler": presentation.sampler,
            "schedule": presentation.schedule,
        },
        "example_prompts": list(presentation.example_prompts),
        "vocabulary": "vocabulary.json",
        "preset": presentation.preset,
        "training": presentation.training,
    }


def describe_vocabulary(vocabulary: Vocabulary) -> dict[str, Any]:
    """The content of ``vocabulary.json``."""
    return {
        "subjects": [
            {"name": s.words[0], "keywords": list(s.words[1:])} for s in vocabulary.subjects
        ],
        "backgrounds": [
            {"name": b.name, "phrases": list(b.phrases)}
            for b in vocabulary.backgrounds
            if not b.is_world
        ],
        "worlds": [
            {"name": b.name, "phrases": list(b.phrases)}
            for b in vocabulary.backgrounds
            if b.is_world
        ],
        "looks": [
            {"name": look, "phrases": list(LOOKS[look])}
            for look in vocabulary.looks
            if look != "plain"
        ],
        "templates": list(TEMPLATES),
    }


def _save_pipeline(starter: Starter, folder: Path) -> None:
    transformers_logging.disable_progress_bar()
    pipeline = StableDiffusionPipeline(
        vae=starter.vae,
        text_encoder=starter.text_encoder,
        tokenizer=starter.tokenizer,
        unet=starter.unet,
        scheduler=build_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    index = {key: value for key, value in pipeline.config.items() if not key.startswith("_name")}
    for part in ("vae", "text_encoder", "unet"):
        module = getattr(pipeline, part)
        kept = {name: tensor.clone() for name, tensor in module.state_dict().items()}
        module.to(torch.float16).save_pretrained(
            folder / part, max_shard_size=_SHARD, safe_serialization=True
        )
        module.float().load_state_dict(kept)  # rounding must not reach weights that train on
    pipeline.tokenizer.save_pretrained(folder / "tokenizer")
    pipeline.scheduler.save_pretrained(folder / "scheduler")
    _write(folder / "model_index.json", {"_class_name": "StableDiffusionPipeline"} | index)
    _scrub(folder)


def _scrub(folder: Path) -> None:
    """Make configs independent of the machine that trained, and let whoever loads choose the dtype.

    transformers would otherwise load the text encoder alone in the dtype that it was saved in.
    """
    for path in folder.rglob("*config.json"):
        content = json.loads(path.read_text())
        content.pop("_name_or_path", None)
        if "dtype" in content:
            content["dtype"] = "float32"
        _write(path, content)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
