"""What all images of a job start from: nothing, a picture, or a picture of which a part is redrawn.

Computed once per job, without chance. Knows no steps and no batches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.editing import Grid, Mask, Part, part_of
from tastemaker.diffusion.fitting import resized
from tastemaker.diffusion.image_prompts import ImagePrompt
from tastemaker.diffusion.ip_adapter import IPAdapter
from tastemaker.diffusion.latents import encode_image
from tastemaker.diffusion.look import Look, look_of
from tastemaker.domain import GenerationRequest, ResizeMode
from tastemaker.errors import InvalidInput

# How much of the walk the first added latent pixel beside the picture waits, and how many of them
# wait less and less.
_LONGEST_WAIT, _WAITING = 0.7, 7


@dataclass(frozen=True, eq=False)
class Start:
    """``latents`` (channels, h, w) are those of the picture, ``None`` when it is text to image.

    ``strength`` is that of the walk, ``None`` when it begins with pure noise. ``hold`` (1, h, w) is
    that of `Known`, of edits by models that aren't made for them. ``condition`` (c, h, w) is what
    models for inpainting see beside the latents: the mask, and the picture without what it covers.
    All are float32 on the CPU. Of the request's style reference there is ``image_prompt``, on the
    model's device, if the model has an IP-Adapter, else ``look``.
    """

    strength: float | None = None
    latents: torch.Tensor | None = None
    hold: torch.Tensor | None = None
    condition: torch.Tensor | None = None
    look: Look | None = None
    image_prompt: ImagePrompt | None = None


def start_of(
    parts: Components,
    request: GenerationRequest,
    source: Image.Image | None,
    mask: Image.Image | None,
    style: Image.Image | None = None,
    adapter: IPAdapter | None = None,
) -> Start:
    """What the images of a request start from.

    ``style`` is the picture of its style reference; ``adapter`` shows it to the U-Net if it can.

    Raises:
        InvalidInput: an edit of nothing, or a mask or region that doesn't belong to the picture.
    """
    start = _start(parts, request, source, mask)
    if request.style_reference is None:
        return start
    if style is None:
        raise InvalidInput("The picture of the style reference is missing.")
    strength = request.style_reference.strength
    if adapter is not None:
        return replace(start, image_prompt=adapter.prompt(style, strength))
    latents = encode_image(parts, resized(style, request.width, request.height, ResizeMode.CROP))
    return replace(start, look=look_of(latents, strength))


def _start(
    parts: Components,
    request: GenerationRequest,
    source: Image.Image | None,
    mask: Image.Image | None,
) -> Start:
    size = (request.width, request.height)
    if source is None and request.is_edit:
        raise InvalidInput("There is no picture to edit.")
    if source is None:
        return Start(condition=blank_condition(parts, *size))
    strength = 1.0 if request.strength is None else request.strength
    if not request.is_edit:
        mode = request.resize_mode or ResizeMode.CROP
        latents = encode_image(parts, resized(source, *size, mode)).cpu()
        return Start(strength, latents, condition=blank_condition(parts, *size))
    return _start_of_edit(parts, part_of(request, source, mask, grid_of(parts)), strength)


def _start_of_edit(parts: Components, part: Part, strength: float) -> Start:
    """What is added begins with noise, what is masked as far from it as ``strength`` says.

    Beside the picture what is added is held, for the first part of the walk, to the edge's pixels
    drawn out, and the longer the nearer: so it grows out of the picture. Free from the start it
    would be a picture of its own, with things cut off at the seam.
    """
    latents = encode_image(parts, part.picture).cpu()
    new, added = (_in_latents(parts, where) for where in (part.new, part.added))
    mixed = bool(added.any()) or strength == 1
    # A model made for inpainting goes by the mask that it sees, and better without our help.
    if parts.is_inpainting:
        hold = torch.zeros_like(new) if strength < 1 and mixed else None
    else:
        hold = torch.where(added > 0, _waits(added), 1 - new)
    if hold is not None and strength < 1 and mixed:
        hold = torch.where((new > 0) & (added == 0), torch.tensor(1 - strength), hold)
    return Start(None if mixed else strength, latents, hold, _condition(parts, part, new))


def grid_of(parts: Components) -> Grid:
    """What a model can draw, for edits in pixels."""
    return Grid(parts.size_multiple, parts.vae_scale_factor)


def _waits(added: torch.Tensor) -> torch.Tensor:
    """`Known.hold` for what is added: it falls with the distance from the picture."""
    waits = torch.zeros_like(added)
    reached = 1 - added
    for distance in range(_WAITING):
        grown = torch.nn.functional.max_pool2d(reached, 3, stride=1, padding=1)
        waits[grown > reached] = _LONGEST_WAIT * (1 - distance / _WAITING)
        reached = grown
    return waits


def _condition(parts: Components, part: Part, new: torch.Tensor) -> torch.Tensor | None:
    """The mask, and the latents of the picture with grey in its place."""
    if not parts.is_inpainting:
        return None
    return torch.cat([new, encode_image(parts, part.picture, grey=part.new).cpu()])


def blank_condition(parts: Components, width: int, height: int) -> torch.Tensor | None:
    """What a model for inpainting sees when all is to be drawn; ``None`` for any other."""
    if not parts.is_inpainting:
        return None
    everything = np.ones((height, width), dtype=bool)
    grey = encode_image(parts, Image.new("RGB", (width, height)), grey=everything).cpu()
    return torch.cat([torch.ones_like(grey[:1]), grey])


def _in_latents(parts: Components, where: Mask) -> torch.Tensor:
    """(1, h, w): 1 for each latent pixel of which any pixel is set, else 0."""
    factor = parts.vae_scale_factor
    tensor = torch.from_numpy(where.astype(np.float32))[None]
    return torch.nn.functional.max_pool2d(tensor, factor)
