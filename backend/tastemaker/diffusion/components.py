"""The parts of a Stable-Diffusion-family pipeline, loaded from a local folder in diffusers layout.

One loader for every model. Nothing assumes 4 latent channels, 512 pixels, 77 tokens or epsilon
prediction: all of it is read from the model's own configs. Never goes to the network, never opens
a pickle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, ModelMixin, UNet2DConditionModel
from diffusers.utils import logging as diffusers_logging
from transformers import (
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging as transformers_logging

from tastemaker.diffusion.adapters import LORA_FILE, merge_lora
from tastemaker.diffusion.attention import use_quick_attention
from tastemaker.diffusion.device import pick_dtype, prepare_processor
from tastemaker.diffusion.families import XL, check_unet, family_of, is_inpainting
from tastemaker.diffusion.layout import check_tokenizer, find_weights, read_index, read_json
from tastemaker.diffusion.safety import SafetyChecker, load_safety_checker
from tastemaker.diffusion.windows import window_length
from tastemaker.errors import InvalidInput, ModelBroken, TastemakerError

log = logging.getLogger(__name__)

_TOKENIZERS = {
    "CLIPTokenizer": CLIPTokenizer,
    "CLIPTokenizerFast": CLIPTokenizer,
    "PreTrainedTokenizerFast": PreTrainedTokenizerFast,
}


@dataclass(frozen=True, eq=False)
class Components:
    """A loaded model. The networks are in eval mode, without gradients, on ``device``.

    ``dtype`` is the U-Net's; the VAE has its own. Stable Diffusion XL has a second text encoder and
    tokenizer, and some of its models want zeros where there is no negative prompt. ``ip_adapters``
    are the folders where an IP-Adapter for the U-Net may lie, or one in particular.
    """

    name: str
    tokenizer: Any
    text_encoder: Any
    unet: Any
    vae: Any
    scheduler_config: Mapping[str, Any]
    device: torch.device
    dtype: torch.dtype
    safety_checker: SafetyChecker | None = None
    tokenizer_2: Any = None
    text_encoder_2: Any = None
    force_zeros_for_empty_prompt: bool = False
    ip_adapters: tuple[Path, ...] = ()

    @property
    def latent_channels(self) -> int:
        return int(self.vae.config.latent_channels)

    @property
    def is_inpainting(self) -> bool:
        """Whether the U-Net sees a mask and a masked picture beside the latents."""
        return is_inpainting(int(self.unet.config.in_channels), self.latent_channels)

    @property
    def vae_scale_factor(self) -> int:
        """Pixels per latent pixel, along one side."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    @property
    def size_multiple(self) -> int:
        """Width and height in pixels must be multiples of this: the U-Net halves latents evenly."""
        return self.vae_scale_factor * int(2 ** (len(self.unet.config.block_out_channels) - 1))

    @property
    def prediction_type(self) -> str:
        return str(self.scheduler_config.get("prediction_type", "epsilon"))

    @property
    def max_tokens(self) -> int:
        """Tokens of one window of the first text encoder, start and end included."""
        return window_length(self.tokenizer, self.text_encoder)

    @property
    def default_size(self) -> tuple[int, int]:
        """Width and height in pixels that the U-Net was made for."""
        size = self.unet.config.sample_size
        height, width = (size, size) if isinstance(size, int) else size
        return int(width) * self.vae_scale_factor, int(height) * self.vae_scale_factor

    def latent_size(self, width: int, height: int) -> tuple[int, int]:
        """Latent (height, width) of an image of ``width`` and ``height`` pixels.

        Raises:
            InvalidInput: naming the nearest sizes that this model can draw.
        """
        multiple = self.size_multiple
        for name, value in (("width", width), ("height", height)):
            if value < multiple or value % multiple:
                below = max(value // multiple, 1) * multiple
                near = [below] if value < multiple else [below, below + multiple]
                raise InvalidInput(
                    f"{name} is {value}, but this model draws only multiples of {multiple} pixels; "
                    f"the nearest: {' or '.join(map(str, near))}."
                )
        return height // self.vae_scale_factor, width // self.vae_scale_factor


def load_components(
    path: Path,
    device: torch.device,
    *,
    safety_checker: bool = True,
    trained: Sequence[Path] = (),
    full_precision: bool = False,
) -> Components:
    """Load a pipeline folder onto ``device``; float32 on CPU and MPS, half precision on CUDA.

    ``safety_checker=False`` leaves out the model's own safety checker if it ships one. ``trained``
    are folders whose weights replace the U-Net's (``unet/``) or are added to it (a LoRA file), one
    after the other; a LoRA file by itself may change the text encoders, too. ``full_precision``
    asks for float32 everywhere, as training needs it.

    Raises:
        ModelBroken: naming the file that is missing, damaged, a pickle or of an unknown kind.
    """
    index = read_index(path)
    plan = read_json(path / "model_index.json")
    family = family_of(plan)
    if not family.batched:
        raise ModelBroken(
            f"The model in {path} is a {family.title}, which only its own pipeline can draw with."
        )
    xl = family.pipeline == XL
    unet_config = read_json(path / "unet" / "config.json")
    check_unet(path, unet_config, read_json(path / "vae" / "config.json"), xl)
    scheduler_config = read_json(path / "scheduler" / "scheduler_config.json")
    dtype = pick_dtype(device, upcast_attention=bool(unet_config.get("upcast_attention")))
    if full_precision:
        dtype = torch.float32

    prepare_processor()
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    tokenizer = _tokenizer(path / "tokenizer", index)
    tokenizer_2 = _tokenizer(path / "tokenizer_2", index) if xl else None
    unet = _trained_unet(path / "unet", trained, dtype)
    vae = load_network(AutoencoderKL, path / "vae", _vae_dtype(path, device, xl, full_precision))
    use_quick_attention(unet)
    use_quick_attention(vae)
    text_encoder = load_network(CLIPTextModel, path / "text_encoder", dtype)
    _check_vocabulary(path, tokenizer, text_encoder)
    text_encoder_2 = None
    if xl:
        text_encoder_2 = load_network(CLIPTextModelWithProjection, path / "text_encoder_2", dtype)
        _check_vocabulary(path, tokenizer_2, text_encoder_2)
        _check_added(path, unet, text_encoder_2)
    for lora in (file for file in trained if file.is_file()):
        merge_lora(unet, lora, [text_encoder, *([text_encoder_2] if xl else [])])
    checker = None
    if safety_checker and "safety_checker" in index:
        checker = guarded(path / "safety_checker", lambda: load_safety_checker(path, device, dtype))
    return Components(
        name=path.name,
        tokenizer=tokenizer,
        text_encoder=text_encoder.to(device),
        unet=unet.to(device, memory_format=torch.channels_last),
        vae=vae.to(device, memory_format=torch.channels_last),
        scheduler_config=scheduler_config,
        device=device,
        dtype=dtype,
        safety_checker=checker,
        tokenizer_2=tokenizer_2,
        text_encoder_2=text_encoder_2.to(device) if text_encoder_2 is not None else None,
        force_zeros_for_empty_prompt=xl and bool(plan.get("force_zeros_for_empty_prompt", True)),
    )


def _tokenizer(folder: Path, index: Mapping[str, tuple[str, str]]) -> Any:
    kind = _TOKENIZERS.get(index.get(folder.name, ("", ""))[1])
    if kind is None:
        raise ModelBroken(f"The model in {folder.parent} has a {folder.name} of an unknown kind.")
    check_tokenizer(folder)
    return guarded(folder, lambda: kind.from_pretrained(folder, local_files_only=True))


def _vae_dtype(path: Path, device: torch.device, xl: bool, full_precision: bool) -> torch.dtype:
    """Decoding needs float16's precision, not bfloat16's range; what overflows is redone in
    float32. The VAE of Stable Diffusion XL always overflows unless its config says otherwise."""
    if device.type != "cuda" or full_precision:
        return torch.float32
    config = read_json(path / "vae" / "config.json")
    return torch.float32 if xl and config.get("force_upcast", True) else torch.float16


def _check_added(path: Path, unet: Any, text_encoder_2: Any) -> None:
    """Six numbers of the size, each as a sinusoid, and the summary make the U-Net's extra input."""
    config = unet.config
    given = 6 * config.addition_time_embed_dim + text_encoder_2.config.projection_dim
    if config.projection_class_embeddings_input_dim != given:
        raise ModelBroken(
            f"The U-Net in {path} expects {config.projection_class_embeddings_input_dim} numbers "
            f"beside the prompt but gets {given}: it doesn't belong to this text encoder, or it is "
            "a refiner, which can't draw from text."
        )


def _trained_unet(base: Path, trained: Sequence[Path], dtype: torch.dtype) -> Any:
    """The U-Net in ``base``, changed by the folders of ``trained``."""
    loras: list[Path] = []
    for folder in (folder for folder in trained if not folder.is_file()):
        if (folder / "unet").is_dir():
            base, loras = folder / "unet", []
        else:
            loras.append(folder / LORA_FILE)
    unet = load_network(UNet2DConditionModel, base, dtype)
    for lora in loras:
        merge_lora(unet, lora)
    return unet


def load_network(cls: Any, folder: Path, dtype: torch.dtype) -> Any:
    """A network's weights, complete, in ``dtype`` on the CPU.

    Raises:
        ModelBroken: naming what is missing, damaged or a pickle.
    """
    stem = "diffusion_pytorch_model" if issubclass(cls, ModelMixin) else "model"
    variant = find_weights(folder, stem)
    network, info = guarded(
        folder,
        lambda: cls.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            variant=variant,
            torch_dtype=dtype,
            output_loading_info=True,
        ),
    )
    missing = sorted([*info["missing_keys"], *(str(k) for k in info["mismatched_keys"])])
    if missing:
        raise ModelBroken(
            f"The weights in {folder} lack {len(missing)} tensors ({missing[0]} …) that its config "
            "asks for. Download the model again."
        )
    return network.eval().requires_grad_(False)


def guarded(folder: Path, load: Callable[[], Any]) -> Any:
    """Run a library's loader; whatever it dislikes about the files becomes `ModelBroken`."""
    try:
        return load()
    except (TastemakerError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        log.warning("loading %s failed", folder, exc_info=True)
        raise ModelBroken(
            f"The model's {folder.name} in {folder.parent} can't be loaded: {reason[0]}"
        ) from error


def _check_vocabulary(path: Path, tokenizer: Any, text_encoder: Any) -> None:
    size, rows = len(tokenizer), int(text_encoder.config.vocab_size)
    if size > rows:
        raise ModelBroken(
            f"The tokenizer in {path} knows {size} tokens but the text encoder only {rows}: they "
            "don't belong together. Download the model again."
        )
