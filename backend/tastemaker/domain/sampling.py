"""How pictures are drawn: samplers, schedules, and all that determines the pictures of a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from tastemaker.domain.editing import Box, Extend, Hires, ResizeMode, StyleReference

MAX_SEED = 2**63 - 1
# Latent consistency models are distilled at this many timesteps, and there are no steps between.
MAX_LCM_STEPS = 50


class Sampler(StrEnum):
    """How the denoising differential equation is integrated."""

    EULER = "euler"
    EULER_A = "euler_a"
    HEUN = "heun"
    LMS = "lms"
    DDIM = "ddim"
    DDPM = "ddpm"
    PNDM = "pndm"
    DPMPP_2M = "dpmpp_2m"
    DPMPP_2M_SDE = "dpmpp_2m_sde"
    DPMPP_SDE = "dpmpp_sde"
    UNIPC = "unipc"
    LCM = "lcm"


class Schedule(StrEnum):
    """How the noise levels (sigmas) are spaced over the steps."""

    NORMAL = "normal"
    KARRAS = "karras"
    EXPONENTIAL = "exponential"
    SGM_UNIFORM = "sgm_uniform"
    AYS = "ays"


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Everything that determines the pictures of one job.

    ``template`` is what the prompt was before ``styles`` were put on it and its alternatives were
    chosen; ``prompts`` are the prompts picture by picture where they differ. All three are ``None``
    for a prompt that is drawn as it was written.

    Image ``i`` of the job is drawn with seed ``(seed + i) mod 2**63``, at ``width`` x ``height``
    pixels. What comes out has ``final_width`` x ``final_height`` where that is another size.

    ``init_image`` is the content address (``sha256:<hex>``) of the picture that is started from;
    ``strength`` in (0, 1] says how much of it is redrawn (1 = everything), ``resize_mode`` how it
    gets to the size. Without it all three are ``None``: text to image.

    ``style_reference`` is a picture whose look carries over.

    An edit also has a ``mask`` (the content address of a picture of the same size, white where to
    redraw) or an ``extend``. ``region`` is the part of the extended picture that is drawn, and put
    back where the mask is, with a transition of ``mask_blur`` pixels around it. ``only_masked`` and
    ``padding`` say what ``region`` was made from.
    """

    prompt: str
    model: str
    width: int
    height: int
    num_inference_steps: int
    guidance_scale: float
    seed: int
    sampler: Sampler
    schedule: Schedule
    negative_prompt: str = ""
    template: str | None = None
    styles: tuple[str, ...] | None = None
    prompts: tuple[str, ...] | None = None
    num_images: int = 1
    strength: float | None = None
    init_image: str | None = None
    parent_id: int | None = None
    resize_mode: ResizeMode | None = None
    hires: Hires | None = None
    style_reference: StyleReference | None = None
    mask: str | None = None
    mask_blur: int | None = None
    only_masked: bool | None = None
    padding: int | None = None
    extend: Extend | None = None
    region: Box | None = None
    final_width: int | None = None
    final_height: int | None = None

    @property
    def is_edit(self) -> bool:
        """Whether a part of a picture is redrawn or added, and the rest stays as it is."""
        return self.mask is not None or self.extend is not None

    @property
    def pictures(self) -> tuple[str | None, str | None, str | None]:
        """Content addresses of what it starts from, of its mask and of its style reference."""
        style = self.style_reference
        return self.init_image, self.mask, style.image if style is not None else None

    @property
    def final_size(self) -> tuple[int, int]:
        """Width and height of what comes out."""
        return self.final_width or self.width, self.final_height or self.height

    def seed_of(self, index: int) -> int:
        """The seed of the ``index``-th image of this request, in 0…2^63-1."""
        return (self.seed + index) % (MAX_SEED + 1)

    def prompt_of(self, index: int) -> str:
        """The prompt of the ``index``-th image of this request."""
        return self.prompt if self.prompts is None else self.prompts[index]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary that `from_dict` turns back into an equal request."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`; keys that this version doesn't know are ignored."""
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known["sampler"] = Sampler(known["sampler"])
        known["schedule"] = Schedule(known["schedule"])
        for name in ("styles", "prompts"):
            if known.get(name) is not None:
                known[name] = tuple(known[name])
        for name, build in _PARTS.items():
            if known.get(name) is not None:
                known[name] = build(known[name])
        return cls(**known)


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "resize_mode": ResizeMode,
    "hires": Hires.from_dict,
    "style_reference": lambda data: StyleReference(**data),
    "extend": lambda data: Extend(**data),
    "region": lambda data: Box(**data),
}
