"""The U-Net in training: which of its weights learn, their moving average, and the model before.

Knows no data, no losses and no files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from diffusers.training_utils import EMAModel
from peft import LoraConfig
from torch import Tensor, nn

from tastemaker.errors import InvalidInput
from tastemaker.training.options import TrainingOptions
from tastemaker.training.sizes import ADAPTED_LAYERS

ADAPTER = "taste"


class Trainee:
    """A U-Net of diffusers whose own weights (full) or whose new adapter (else) will be trained.

    ``unet`` is changed in place: an adapter starts as no change at all, so that before the first
    step the network answers as it did. Everything that doesn't learn is without gradient.
    """

    def __init__(self, unet: Any, options: TrainingOptions) -> None:
        if unet.dtype != torch.float32:
            raise InvalidInput("The U-Net must be loaded in float32 for training.")
        self.unet = unet
        self.uses_adapter = options.uses_adapter
        unet.requires_grad_(not self.uses_adapter)
        if self.uses_adapter:
            self._add_adapter(options)
        if options.gradient_checkpointing:
            unet.enable_gradient_checkpointing()
        self.parameters: dict[str, nn.Parameter] = {
            name: parameter
            for name, parameter in unet.named_parameters()
            if parameter.requires_grad
        }
        self._average = (
            EMAModel(self.parameters.values(), decay=options.ema_decay)
            if options.ema_decay
            else None
        )

    def _add_adapter(self, options: TrainingOptions) -> None:
        config = LoraConfig(
            r=options.lora_rank,
            lora_alpha=options.lora_rank,
            init_lora_weights="gaussian",
            target_modules=list(ADAPTED_LAYERS),
        )
        with torch.random.fork_rng():
            torch.manual_seed(options.seed)
            self.unet.add_adapter(config, adapter_name=ADAPTER)

    @contextmanager
    def reference(self) -> Iterator[None]:
        """The network as it was before training (adapter off), for the length of the block."""
        if not self.uses_adapter:
            raise ValueError("a fully trained network keeps no copy of what it was")
        self.unet.disable_adapters()
        try:
            yield
        finally:
            self.unet.enable_adapters()

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """The network with its averaged weights, if it has any, and in eval mode."""
        if self._average is not None:
            self._average.store(self.parameters.values())
            self._average.copy_to(self.parameters.values())
        self.unet.eval()
        try:
            yield
        finally:
            self.unet.train()
            if self._average is not None:
                self._average.restore(self.parameters.values())

    def follow(self) -> None:
        """Let the average take in the weights of a step just made."""
        if self._average is not None:
            self._average.step(self.parameters.values())

    def weights(self) -> dict[str, Tensor]:
        """What learns, by name; the tensors themselves, not copies."""
        return {name: parameter.detach() for name, parameter in self.parameters.items()}

    def average(self) -> dict[str, Tensor]:
        """The moving average of `weights`, by name; empty without one."""
        if self._average is None:
            return {}
        return dict(zip(self.parameters, self._average.shadow_params, strict=True))

    @torch.no_grad()
    def load(self, weights: Mapping[str, Tensor], average: Mapping[str, Tensor], step: int) -> None:
        """Put back what `weights` and `average` gave after ``step`` steps."""
        for name, parameter in self.parameters.items():
            parameter.copy_(weights[name])
        if self._average is not None:
            for name, shadow in self.average().items():
                shadow.copy_(average[name])
            self._average.optimization_step = step
