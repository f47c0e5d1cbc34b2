"""One image among others of a batch: what its steps need, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from tastemaker.diffusion.image_prompts import ImagePrompt
from tastemaker.diffusion.look import UNTIL, Look
from tastemaker.diffusion.outcomes import Evaluations
from tastemaker.diffusion.tables import SamplerTable


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of an image that is redrawn in part: float32 on the device, (channels, h, w).

    Where ``hold`` (1, h, w) exceeds the share of the walk that is done, the sample is put back to
    ``signal * latents + noise * noise`` before each evaluation. So 0 is new from the start, 1 and
    more never changes, and with 0.6 the last four tenths of the walk are free.
    """

    latents: torch.Tensor
    noise: torch.Tensor
    hold: torch.Tensor


@dataclass(eq=False)
class BatchImage:
    """One image on its way. Text states are (tokens, width) on the device; ``latents`` the start.

    ``unconditional`` is ``None`` when there is no guidance. ``generator`` gives the later noise of
    stochastic samplers. ``added`` is what the U-Net wants beside the text, by the name that
    diffusers gives it, (rows, …) with the conditional row first; the images of a batch agree on the
    names, and on the number of text tokens. ``condition`` (c, h, w) are channels that the U-Net
    wants beside the latents. ``look`` is what is taken over of another picture; ``image_prompt`` is
    one that the U-Net sees, and the images of a batch agree on its layers. ``evaluations`` fills
    with how it was drawn.
    """

    table: SamplerTable
    guidance_scale: float
    conditional: torch.Tensor
    unconditional: torch.Tensor | None
    latents: torch.Tensor
    generator: torch.Generator
    added: Mapping[str, torch.Tensor] = field(default_factory=dict)
    known: Known | None = None
    condition: torch.Tensor | None = None
    look: Look | None = None
    image_prompt: ImagePrompt | None = None
    step: int = 0
    evaluations: list[Evaluations] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return 1 if self.unconditional is None else 2

    @property
    def is_done(self) -> bool:
        return self.step >= len(self.table)

    @property
    def takes_over(self) -> bool:
        """Whether the look of another picture is taken over in this step."""
        return self.look is not None and self.step < UNTIL * len(self.table)

    def settled(self, latents: torch.Tensor) -> torch.Tensor:
        """Clean latents (channels, h, w) with what never changes put in."""
        if self.known is None:
            return latents
        return torch.where(self.known.hold >= 1, self.known.latents, latents)

    def moved(self, rows: int, by: str) -> None:
        """Note that it is one step on, by an evaluation of ``rows`` rows at once."""
        self.step += 1
        last = self.evaluations[-1] if self.evaluations else None
        if last is not None and (last.rows, last.by) == (rows, by):
            self.evaluations[-1] = Evaluations(rows, last.count + 1, by)
        else:
            self.evaluations.append(Evaluations(rows, 1, by))
