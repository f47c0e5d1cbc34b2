"""A sampler is a table: the numbers of a linear update, one row per evaluation of the U-Net.

Every sampler here does, per evaluation with model output ``m`` on ``input_scale * x``,

    h  = u*x + v*m
    x' = a*x + e*y + b0*h + b1*h1 + b2*h2 + b3*h3 + s*noise

where ``h1..h3`` are the latest remembered ``h`` (a row with ``remember_h`` adds its own) and ``y``
the ``x`` of the latest row with ``remember_x``. The numbers depend only on the schedule, so they
are computed once per request, in float64. ``dx*x + dm*m`` is the current guess of the clean
latents. The oracle is diffusers' schedulers of the same names. Knows no torch and no model weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tastemaker.diffusion.flow import is_flow
from tastemaker.diffusion.multistep import dpmpp_2m, lms, pndm
from tastemaker.diffusion.onestep import ddim, ddpm, euler, euler_ancestral, lcm
from tastemaker.diffusion.tables import FLOW, PREDICTION_TYPES, SamplerTable
from tastemaker.diffusion.twostep import dpmpp_sde, heun
from tastemaker.diffusion.unipc import unipc
from tastemaker.diffusion.walks import Walk
from tastemaker.domain import Sampler, Schedule
from tastemaker.errors import InvalidInput, ModelBroken

_SAMPLERS: dict[Sampler, Callable[[Walk], SamplerTable]] = {
    Sampler.EULER: euler,
    Sampler.EULER_A: euler_ancestral,
    Sampler.HEUN: heun,
    Sampler.LMS: lms,
    Sampler.DDIM: ddim,
    Sampler.DDPM: ddpm,
    Sampler.PNDM: pndm,
    Sampler.DPMPP_2M: partial(dpmpp_2m, stochastic=False),
    Sampler.DPMPP_2M_SDE: partial(dpmpp_2m, stochastic=True),
    Sampler.DPMPP_SDE: dpmpp_sde,
    Sampler.UNIPC: unipc,
    Sampler.LCM: lcm,
}


def sampler_table(
    config: Mapping[str, Any],
    sampler: Sampler,
    schedule: Schedule,
    steps: int,
    strength: float | None = None,
    *,
    is_xl: bool = False,
) -> SamplerTable:
    """Compute the table of ``steps`` steps from a diffusers scheduler config.

    With ``strength`` in (0, 1] the walk starts from an image's latents and keeps the last
    ``floor(steps * strength)`` steps (at least one), like diffusers' image-to-image pipeline.
    ``is_xl`` says that the model is Stable Diffusion XL, which has its own Align Your Steps.

    Raises:
        InvalidInput: more steps than the model was trained with, or for LCM distilled with.
        ModelBroken: a scheduler config with unknown values.
    """
    prediction = FLOW if is_flow(config) else config.get("prediction_type", "epsilon")
    if prediction not in PREDICTION_TYPES:
        raise ModelBroken(
            f"The model predicts {prediction!r}; known are {', '.join(PREDICTION_TYPES)}."
        )
    most = len(config.get("trained_betas") or ()) or int(config.get("num_train_timesteps", 1000))
    if not 1 <= steps <= most:
        raise InvalidInput(f"num_inference_steps is {steps}; this model allows 1 to {most}.")
    if schedule is Schedule.SGM_UNIFORM and prediction != FLOW:
        # Even steps down from the very last timestep are what diffusers calls trailing.
        config, schedule = {**config, "timestep_spacing": "trailing"}, Schedule.NORMAL
    kept = steps if strength is None else max(1, min(int(steps * strength), steps))
    walk = Walk(
        config,
        prediction,
        schedule,
        steps,
        begin=steps - kept,
        from_image=strength is not None,
        is_xl=is_xl,
    )
    return _SAMPLERS[sampler](walk)
