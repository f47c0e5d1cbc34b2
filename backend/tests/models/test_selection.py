"""Which files of a repository are taken."""

from __future__ import annotations

from typing import Any

import pytest

from tastemaker.errors import ModelBroken
from tastemaker.models.selection import RepoFile, plan_files

INDEX: dict[str, Any] = {
    "_class_name": "StableDiffusionPipeline",
    "requires_safety_checker": True,
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
    "feature_extractor": ["transformers", "CLIPImageProcessor"],
    "image_encoder": [None, None],
    "scheduler": ["diffusers", "PNDMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
SMALL = [
    "model_index.json",
    "feature_extractor/preprocessor_config.json",
    "safety_checker/config.json",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "tokenizer/merges.txt",
    "tokenizer/special_tokens_map.json",
    "tokenizer/tokenizer_config.json",
    "tokenizer/vocab.json",
    "unet/config.json",
    "vae/config.json",
]
PLAIN = [
    "safety_checker/model.safetensors",
    "text_encoder/model.safetensors",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
]
HALF = [name.replace(".safetensors", ".fp16.safetensors") for name in PLAIN]
CLUTTER = [
    ".gitattributes",
    "README.md",
    "sd-v1-4.ckpt",
    "v1-5-pruned-emaonly.safetensors",
    "pipeline.py",
    "unet/diffusion_pytorch_model.bin",
    "unet/diffusion_pytorch_model.non_ema.safetensors",
    "unet/diffusion_flax_model.msgpack",
    "unet/model.onnx",
    "vae_decoder/model.onnx",
    "text_encoder/pytorch_model.bin",
    "text_encoder/flax_model.msgpack",
    "image_encoder/model.safetensors",
    "unet/old/diffusion_pytorch_model.safetensors",
    "tokenizer/run.py",
]


def taken(names: list[str], *, prefer_fp16: bool = False, **index: Any) -> dict[str, str]:
    """Target → source of the planned files."""
    files = [RepoFile(name, 1, sha256="0" * 64) for name in names]
    plan = plan_files(files, {**INDEX, **index}, prefer_fp16=prefer_fp16)
    return {planned.target: planned.file.path for planned in plan}


def test_everything_needed_and_nothing_else() -> None:
    wanted = {name: name for name in SMALL + PLAIN}
    assert taken(SMALL + PLAIN + HALF + CLUTTER) == wanted


def test_half_precision_is_stored_under_the_plain_name() -> None:
    wanted = {name: name for name in SMALL} | dict(zip(PLAIN, HALF, strict=True))
    assert taken(SMALL + PLAIN + HALF + CLUTTER, prefer_fp16=True) == wanted
    assert taken(SMALL + HALF) == wanted, "there is nothing else"


def test_half_precision_only_when_every_network_has_it() -> None:
    wanted = {name: name for name in SMALL + PLAIN}
    assert taken(SMALL + PLAIN + HALF[1:], prefer_fp16=True) == wanted


def test_shards_come_with_their_index() -> None:
    stem = "unet/diffusion_pytorch_model"
    shards = [f"{stem}-0000{i}-of-00002.safetensors" for i in (1, 2)]
    index = f"{stem}.safetensors.index.json"
    others = [name for name in PLAIN if not name.startswith("unet")]
    fp16 = [f"{stem}.fp16-00001-of-00001.safetensors", f"{stem}.safetensors.index.fp16.json"]
    plan = taken([*SMALL, *others, *shards, index, *fp16])
    assert {t for t in plan if t.startswith("unet/")} == {"unet/config.json", index, *shards}


def test_pickles_are_refused_by_name() -> None:
    names = [n for n in SMALL + PLAIN if n != "text_encoder/model.safetensors"]
    with pytest.raises(ModelBroken, match=r"'text_encoder' .* pickle \(pytorch_model\.bin\)"):
        taken([*names, "text_encoder/pytorch_model.bin"])
    with pytest.raises(ModelBroken, match=r"'text_encoder' .* none at all"):
        taken(names)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("unet/config.json", "diffusers layout"),
        ("scheduler/scheduler_config.json", "'scheduler'"),
        ("feature_extractor/preprocessor_config.json", "'feature_extractor'"),
    ],
)
def test_a_missing_part_is_named(missing: str, said: str) -> None:
    with pytest.raises(ModelBroken, match=said):
        taken([name for name in SMALL + PLAIN if name != missing])


def test_other_families_are_refused_before_gigabytes_are_fetched() -> None:
    with pytest.raises(ModelBroken, match="prompt alone"):
        taken(SMALL + PLAIN, _class_name="StableVideoDiffusionPipeline", unet=[None, None])
    with pytest.raises(ModelBroken, match="unet"):
        taken(SMALL + PLAIN, unet=[None, None])
