"""A Stable Diffusion checkpoint in a single file, loaded without asking any hub.

Such a file holds weights under the names of the original code, but neither configs nor a tokenizer;
those come from `tastemaker.diffusion.originals`.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers.utils import logging as diffusers_logging
from safetensors import SafetensorError, safe_open
from transformers.utils import logging as transformers_logging

from tastemaker.diffusion.adapters import merge_lora
from tastemaker.diffusion.attention import use_quick_attention
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.device import is_out_of_memory, pick_dtype, prepare_processor
from tastemaker.diffusion.layout import check_safetensors, read_json
from tastemaker.diffusion.originals import FOLDER, clip_tokenizer
from tastemaker.diffusion.originals.keys import Architecture, architecture_of, channels_of
from tastemaker.errors import ModelBroken

log = logging.getLogger(__name__)

_V_MARK, _ZERO_SNR_MARK = "v_pred", "ztsnr"
# Below this a U-Net's answer to a constant is a velocity; AUTOMATIC1111's web UI tells so, too.
_V_BELOW = -1.0


def load_checkpoint(
    file: Path,
    device: torch.device,
    *,
    loras: Sequence[Path] = (),
    configs: Path = FOLDER,
    tokenizer: Any = None,
) -> Components:
    """A checkpoint as a model for the batching engine, in the precision of `load_components`.

    ``loras`` are LoRA files to merge into it. ``configs`` has a folder of configs for each
    architecture, ``tokenizer`` is what both text encoders read with; by default those that the
    published models were trained with.

    Raises:
        ModelBroken: damaged, a pickle, no checkpoint of Stable Diffusion 1.x, 2.x or XL, or of
            other sizes than the published models.
    """
    check_safetensors(file)
    shapes = shapes_of(file)
    kind = architecture_of(shapes, file.name)
    folder = configs / kind
    xl = kind is Architecture.XL
    unet_config = read_json(folder / "unet" / "config.json")
    dtype = pick_dtype(device, upcast_attention=bool(unet_config.get("upcast_attention")))
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    prepare_processor()
    first = tokenizer or clip_tokenizer()
    second = tokenizer or (clip_tokenizer("!") if xl else None)
    if kind is Architecture.SD2 and tokenizer is None:
        first = clip_tokenizer("!")
    with _configs_for(folder, channels_of(shapes)) as fitting:
        pipeline = _pipeline(file, fitting, xl, dtype, first, second)
    unet, vae = pipeline.unet, pipeline.vae
    encoders = [pipeline.text_encoder, *([pipeline.text_encoder_2] if xl else [])]
    for network in (unet, vae, *encoders):
        _check_whole(network, file)
        network.eval().requires_grad_(False)
    for lora in loras:
        merge_lora(unet, lora, encoders)
    use_quick_attention(unet)
    use_quick_attention(vae)
    half = device.type == "cuda" and not xl
    vae = vae.to(torch.float16 if half else torch.float32)
    config = read_json(folder / "scheduler" / "scheduler_config.json")
    return Components(
        name=file.stem,
        tokenizer=first,
        text_encoder=encoders[0].to(device),
        unet=unet.to(device, memory_format=torch.channels_last),
        vae=vae.to(device, memory_format=torch.channels_last),
        scheduler_config=_scheduler(config, shapes, kind, unet),
        device=device,
        dtype=dtype,
        tokenizer_2=second if xl else None,
        text_encoder_2=encoders[1].to(device) if xl else None,
        force_zeros_for_empty_prompt=xl,
    )


@contextmanager
def _configs_for(folder: Path, channels: int) -> Iterator[Path]:
    """The configs of an architecture, for a U-Net that takes so many channels."""
    config = read_json(folder / "unet" / "config.json")
    if config.get("in_channels", 4) == channels:
        yield folder
        return
    with tempfile.TemporaryDirectory() as name:
        changed = Path(name) / folder.name
        shutil.copytree(folder, changed)
        text = json.dumps({**config, "in_channels": channels})
        (changed / "unet" / "config.json").write_text(text, encoding="utf-8")
        yield changed


def shapes_of(file: Path) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of a safetensors file. Raises `ModelBroken`."""
    try:
        with safe_open(file, "pt") as content:
            return {key: tuple(content.get_slice(key).get_shape()) for key in content.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelBroken(f"The checkpoint {file.name} can't be read: {error}") from error


def _check_whole(network: Any, file: Path) -> None:
    """Weights that a file lacks stay without values, and nobody else says so."""
    missing = [name for name, tensor in network.named_parameters() if tensor.is_meta]
    if missing:
        raise ModelBroken(
            f"The checkpoint {file.name} lacks {len(missing)} tensors of its "
            f"{type(network).__name__} ({missing[0]} …). Download it again."
        )


def _pipeline(
    file: Path, folder: Path, xl: bool, dtype: torch.dtype, tokenizer: Any, tokenizer_2: Any
) -> Any:
    # Takes a second to import, and only checkpoints need them.
    from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

    kind = StableDiffusionXLPipeline if xl else StableDiffusionPipeline
    others = {"tokenizer_2": tokenizer_2} if xl else {"safety_checker": None}
    try:
        return kind.from_single_file(
            str(file),
            config=str(folder),
            local_files_only=True,
            dtype=dtype,
            tokenizer=tokenizer,
            **others,
        )
    except Exception as error:
        if is_out_of_memory(error):
            raise
        log.warning("loading %s failed", file, exc_info=True)
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelBroken(
            f"The checkpoint {file.name} can't be loaded as {kind.__name__}: {reason[0]}"
        ) from error


def _scheduler(
    config: Mapping[str, Any],
    shapes: Mapping[str, tuple[int, ...]],
    kind: Architecture,
    unet: Any,
) -> Mapping[str, Any]:
    """The architecture's, with what this checkpoint predicts: no file says that plainly."""
    found = dict(config)
    if _V_MARK in shapes:
        found["prediction_type"] = "v_prediction"
    elif kind is Architecture.SD2:
        found["prediction_type"] = "v_prediction" if predicts_velocity(unet) else "epsilon"
    if _ZERO_SNR_MARK in shapes:
        found["rescale_betas_zero_snr"] = True
    return found


@torch.inference_mode()
def predicts_velocity(unet: Any) -> bool:
    """Whether a U-Net predicts v rather than noise, told by its answer to a constant picture.

    At the last timestep a picture is all noise: predicted noise resembles it, and velocity doesn't.
    """
    latents = torch.full((1, unet.config.in_channels, 8, 8), 0.5, dtype=unet.dtype)
    text = torch.full((1, 2, unet.config.cross_attention_dim), 0.5, dtype=unet.dtype)
    answer = unet(latents, 999, text).sample
    return bool((answer - 0.5).float().mean() < _V_BELOW)
