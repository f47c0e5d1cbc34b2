"""diffusers' schedulers as oracles for the sampler tables, and a model that both are run with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from diffusers.schedulers import scheduling_lms_discrete

from tastemaker.diffusion.tables import COLUMN, SamplerTable
from tastemaker.domain import Sampler, Schedule

SHAPE = (1, 4, 4, 4)
Model = Callable[[torch.Tensor, float], torch.Tensor]

STABLE_DIFFUSION: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "clip_sample": False,
}


@contextmanager
def _standing_in(name: str, module: ModuleType) -> Iterator[None]:
    """Something to import under ``name``, where the optional library isn't installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = module
    try:
        yield
    finally:
        del sys.modules[name]


# Its only use of the library is the noise, which `path_noise` replaces.
with _standing_in("torchsde", ModuleType("torchsde")):
    from diffusers.schedulers.scheduling_dpmsolver_sde import DPMSolverSDEScheduler


def _simpson(f: Callable[[Any], Any], low: Any, high: Any, **_: Any) -> tuple[float, float]:
    """Exact for the cubics that LMS integrates; stands in for scipy, which isn't installed."""
    a, b = float(low), float(high)
    values = f(a) + 4 * f((a + b) / 2) + f(b)
    return float((b - a) / 6 * values), 0.0


scheduling_lms_discrete.integrate = SimpleNamespace(quad=_simpson)  # type: ignore[attr-defined]
LMSDiscreteScheduler = scheduling_lms_discrete.LMSDiscreteScheduler

ORACLES: dict[Sampler, tuple[Any, dict[str, Any]]] = {
    Sampler.EULER: (EulerDiscreteScheduler, {}),
    Sampler.EULER_A: (EulerAncestralDiscreteScheduler, {}),
    Sampler.HEUN: (HeunDiscreteScheduler, {}),
    Sampler.LMS: (LMSDiscreteScheduler, {}),
    Sampler.DDIM: (DDIMScheduler, {}),
    Sampler.DDPM: (DDPMScheduler, {}),
    Sampler.PNDM: (PNDMScheduler, {}),
    Sampler.DPMPP_2M: (DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    Sampler.DPMPP_2M_SDE: (DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}),
    Sampler.DPMPP_SDE: (DPMSolverSDEScheduler, {}),
    Sampler.UNIPC: (UniPCMultistepScheduler, {}),
    Sampler.LCM: (LCMScheduler, {}),
}
# diffusers lets only these walk Karras' and exponential levels.
RESPACED = (
    Sampler.EULER,
    Sampler.HEUN,
    Sampler.LMS,
    Sampler.DPMPP_2M,
    Sampler.DPMPP_2M_SDE,
    Sampler.DPMPP_SDE,
    Sampler.UNIPC,
)
SCHEDULE_OPTIONS: dict[Schedule, dict[str, Any]] = {
    Schedule.NORMAL: {},
    Schedule.KARRAS: {"use_karras_sigmas": True},
    Schedule.EXPONENTIAL: {"use_exponential_sigmas": True},
    Schedule.SGM_UNIFORM: {"timestep_spacing": "trailing"},
}


def scheduler_of(sampler: Sampler, config: dict[str, Any], schedule: Schedule) -> Any:
    cls, extra = ORACLES[sampler]
    return cls.from_config({**config, **SCHEDULE_OPTIONS[schedule], **extra})


def fake_model(x: torch.Tensor, timestep: float) -> torch.Tensor:
    """Smooth, bounded, and different at every timestep, so that a wrong timestep shows."""
    return torch.tanh(0.7 * x + 0.3 * torch.roll(x, 1, -1) + 0.5 * np.sin(timestep / 77.0))


def noise(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def run_table(table: SamplerTable, model: Model, seed: int, image: torch.Tensor | None) -> Any:
    """The documented recurrence, written as plainly as the docstring, in float64."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(SHAPE, generator=generator).double() * table.noise_scale
    if image is not None:
        x = x + image.double() * table.image_scale
    history = [torch.zeros_like(x)] * 3
    y = torch.zeros_like(x)
    for row in table.rows:
        c = {name: float(row[i]) for name, i in COLUMN.items()}
        m = model(x * c["input_scale"], c["timestep"])
        h = c["u"] * x + c["v"] * m
        new = c["a"] * x + c["e"] * y + c["b0"] * h
        new = new + sum(c[f"b{i + 1}"] * history[i] for i in range(3))
        if table.is_stochastic:
            new = new + c["s"] * torch.randn(SHAPE, generator=generator).double()
        if c["remember_h"]:
            history = [h, *history[:2]]
        if c["remember_x"]:
            y = x
        x = new
    return x


def path_noise(
    generator: torch.Generator, shape: tuple[int, ...] = SHAPE
) -> Callable[[Any, Any], torch.Tensor]:
    """The noise of DPM++ SDE from fresh draws: one Brownian path over sigma per step.

    A step asks twice, first for its first half and then for the whole, which holds that half.
    """
    half: list[tuple[torch.Tensor, torch.Tensor]] = []

    def draw(sigma: torch.Tensor, sigma_next: torch.Tensor) -> torch.Tensor:
        fresh = torch.randn(shape, generator=generator)
        if not half:
            half.append(((sigma - sigma_next).sqrt() * fresh, sigma_next))
            return fresh
        moved, middle = half.pop()
        rest = (middle - sigma_next).sqrt() * fresh
        return (moved + rest) / (sigma - sigma_next).sqrt()

    return draw


def run_oracle(
    scheduler: Any, model: Model, seed: int, steps: int, strength: float | None, image: Any
) -> torch.Tensor:
    """What diffusers' pipelines do around a scheduler."""
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(SHAPE, generator=generator)
    if isinstance(scheduler, HeunDiscreteScheduler | DPMSolverSDEScheduler):
        # Their second evaluations divide what float32 leaves by small numbers.
        start = start.double()
    has_sigmas = hasattr(scheduler, "sigmas") and hasattr(scheduler, "betas")
    if has_sigmas and not scheduler.config.get("rescale_betas_zero_snr"):
        # In float32 a small sigma is known to four digits, and a timestep may round otherwise.
        scheduler.alphas_cumprod = torch.cumprod(1 - scheduler.betas.double(), 0)
    scheduler.set_timesteps(steps)
    begin = 0 if strength is None else max(steps - min(int(steps * strength), steps), 0)
    if isinstance(scheduler, LMSDiscreteScheduler):
        # Started in the middle it would take the weights of slopes that it hasn't seen.
        scheduler.sigmas, scheduler.timesteps = (
            scheduler.sigmas[begin:],
            scheduler.timesteps[begin:],
        )
        begin = 0
    if isinstance(scheduler, PNDMScheduler) and begin:
        # Its pipelines would cut behind the repetition of the second level and miss one.
        scheduler.timesteps, begin = repeated_from(scheduler, begin), 0
    if isinstance(scheduler, DPMSolverSDEScheduler):
        scheduler.noise_sampler = path_noise(generator)
    if scheduler.config.get("use_exponential_sigmas") and hasattr(scheduler, "lambda_t"):
        scheduler.timesteps = _nearest_timesteps(scheduler)
    order = getattr(scheduler, "order", 1)
    timesteps = scheduler.timesteps[begin * order :]
    if strength is None:
        x = start * getattr(scheduler, "init_noise_sigma", 1.0)
    else:
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(begin * order)
        x = add_noise(scheduler, image, start, timesteps)
    takes_generator = not isinstance(
        scheduler,
        PNDMScheduler
        | DDIMScheduler
        | HeunDiscreteScheduler
        | LMSDiscreteScheduler
        | UniPCMultistepScheduler
        | DPMSolverSDEScheduler,
    ) and not type(scheduler).__name__.startswith("FlowMatchHeun")
    extra = {"generator": generator} if takes_generator else {}
    for t in timesteps:
        scaled = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
        m = model(scaled.double(), float(t)).to(x.dtype)
        x = scheduler.step(m, t, x, **extra).prev_sample
    return x


def repeated_from(scheduler: Any, begin: int) -> torch.Tensor:
    """PNDM's timesteps from the given step on, the second of them twice."""
    timesteps = torch.from_numpy(scheduler._timesteps[::-1].astype(np.int64))[begin:]
    return torch.cat([timesteps[:2], timesteps[1:]])


def _nearest_timesteps(scheduler: Any) -> torch.Tensor:
    """What DPM-Solver and UniPC would tell the model if they rounded as they do for Karras."""
    shares = scheduler.alphas_cumprod.numpy().astype(np.float64)
    logs = np.log(((1 - shares) / shares) ** 0.5)
    exact = [scheduler._sigma_to_t(s, logs) for s in scheduler.sigmas[:-1].double().numpy()]
    return torch.tensor(np.array(exact).round(), dtype=torch.int64)


def add_noise(scheduler: Any, image: Any, start: torch.Tensor, timesteps: Any) -> torch.Tensor:
    if hasattr(scheduler, "scale_noise"):
        noisy: torch.Tensor = scheduler.scale_noise(image, timesteps[:1], start)
    else:
        noisy = scheduler.add_noise(image, start, timesteps[:1])
    return noisy


def assert_same(table: SamplerTable, scheduler: Any, steps: int, strength: float | None) -> None:
    """Both walk from the same noise (and image) with the same model to the same latents."""
    image = None if strength is None else noise(99)
    expected = run_oracle(scheduler, fake_model, 5, steps, strength, image)
    actual = run_table(table, fake_model, 5, image)
    assert torch.isfinite(expected).all()
    torch.testing.assert_close(actual.float(), expected.float(), rtol=0, atol=1e-4)
