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

from collections.abc import Mapping
from typing import Any

from tastemaker.diffusion.multistep import dpmpp, pndm
from tastemaker.diffusion.onestep import ddim, euler
from tastemaker.diffusion.tables import PREDICTION_TYPES, SamplerTable, Walk
from tastemaker.domain import Sampler, Schedule
from tastemaker.errors import ModelBroken


def sampler_table(
    config: Mapping[str, Any],
    sampler: Sampler,
    schedule: Schedule,
    steps: int,
    strength: float | None = None,
) -> SamplerTable:
    """Compute the table of ``steps`` steps from a diffusers scheduler config.

    With ``strength`` in (0, 1] the walk starts from an image's latents and keeps the last
    ``floor(steps * strength)`` steps (at least one), like diffusers' image-to-image pipeline.

    Raises:
        InvalidInput: more steps than the model was trained with.
        ModelBroken: a scheduler config with unknown values.
    """
    prediction = config.get("prediction_type", "epsilon")
    if prediction not in PREDICTION_TYPES:
        raise ModelBroken(
            f"The model predicts {prediction!r}; known are {', '.join(PREDICTION_TYPES)}."
        )
    kept = steps if strength is None else max(1, min(int(steps * strength), steps))
    walk = Walk(
        config,
        prediction,
        karras=schedule is Schedule.KARRAS,
        steps=steps,
        begin=steps - kept,
        from_image=strength is not None,
    )
    match sampler:
        case Sampler.EULER:
            return euler(walk, ancestral=False)
        case Sampler.EULER_A:
            return euler(walk, ancestral=True)
        case Sampler.DDIM:
            return ddim(walk)
        case Sampler.PNDM:
            return pndm(walk)
        case Sampler.DPMPP_2M:
            return dpmpp(walk, stochastic=False)
        case Sampler.DPMPP_2M_SDE:
            return dpmpp(walk, stochastic=True)
