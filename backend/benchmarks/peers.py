"""The other side: diffusers' own pipeline, eager or compiled by torch, one call per request."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import diffusers
import torch
from PIL import Image

from benchmarks.ours import Arrival, Served
from tastemaker.diffusion.components import Components
from tastemaker.domain import GenerationRequest, Sampler, Schedule

SCHEDULERS: dict[Sampler, tuple[str, dict[str, Any]]] = {
    Sampler.EULER: ("EulerDiscreteScheduler", {}),
    Sampler.EULER_A: ("EulerAncestralDiscreteScheduler", {}),
    # Clipping is meant for pixels; a pipeline whose own scheduler is another one doesn't say so.
    Sampler.DDIM: ("DDIMScheduler", {"clip_sample": False}),
    Sampler.PNDM: ("PNDMScheduler", {"skip_prk_steps": True}),
    Sampler.DPMPP_2M: ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    Sampler.DPMPP_2M_SDE: ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
}


class Diffusers:
    """`StableDiffusionPipeline` on ``components``' device in their precision.

    ``compiled``: its U-Net by ``torch.compile`` for fixed shapes, on the CPU with frozen weights,
    on CUDA with graphs.
    """

    def __init__(self, folder: Path, components: Components, *, compiled: bool = False) -> None:
        self._pipe: Any = diffusers.StableDiffusionPipeline.from_pretrained(
            folder, local_files_only=True, torch_dtype=components.dtype, safety_checker=None
        ).to(components.device)
        self._pipe.set_progress_bar_config(disable=True)
        self._config = self._pipe.scheduler.config
        if compiled:
            self._compile(components.device)

    def _compile(self, device: torch.device) -> None:
        import torch._inductor.config as inductor

        if device.type == "cpu":
            inductor.freezing = True
        mode = "max-autotune" if device.type == "cuda" else None
        self._pipe.unet.to(memory_format=torch.channels_last)
        self._pipe.unet = torch.compile(self._pipe.unet, mode=mode, dynamic=False)

    @property
    def unet(self) -> Any:
        return self._pipe.unet

    def draw(self, request: GenerationRequest) -> list[Image.Image]:
        """All images of a request as one static batch."""
        name, extra = SCHEDULERS[request.sampler]
        extra = {**extra, "use_karras_sigmas": request.schedule is Schedule.KARRAS}
        self._pipe.scheduler = getattr(diffusers, name).from_config(self._config, **extra)
        found: list[Image.Image] = self._pipe(
            request.prompt,
            negative_prompt=request.negative_prompt,
            width=request.width,
            height=request.height,
            num_inference_steps=request.num_inference_steps,
            guidance_scale=request.guidance_scale,
            num_images_per_prompt=request.num_images,
            generator=[
                torch.Generator().manual_seed(request.seed_of(i)) for i in range(request.num_images)
            ],
        ).images
        return found

    def serve(self, arrivals: Sequence[Arrival]) -> Served:
        """Requests in the order of their arrival, one after the other."""
        images: list[list[Image.Image]] = [[] for _ in arrivals]
        latencies = [0.0] * len(arrivals)
        start = time.perf_counter()
        for number in sorted(range(len(arrivals)), key=lambda i: arrivals[i].at):
            arrival = arrivals[number]
            time.sleep(max(0.0, arrival.at - (time.perf_counter() - start)))
            images[number] = self.draw(arrival.request)
            latencies[number] = time.perf_counter() - start - arrival.at
        seconds = time.perf_counter() - start
        return Served([image for some in images for image in some], latencies, seconds)
