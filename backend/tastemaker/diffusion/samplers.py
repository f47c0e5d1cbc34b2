"""A sampler is a table: the numbers of a linear update, one row per evaluation of the U-Net.

Every sampler here does, per evaluation with model output ``m`` on ``input_scale * x``,

    h  = u*x + v*m
    x' = a*x + e*y + b0*h + b1*h1 + b2*h2 + b3*h3 + s*noise

where ``h1..h3`` are the latest remembered ``h`` (a row with ``remember_h`` adds its own) and ``y`` the
``x`` of the latest row with ``remember_x``. The numbers depend only on the schedule, so they are computed
once per request, in float64. ``denoised = dx*x + dm*m`` is the current guess of the clean latents. The
oracle is diffusers' schedulers of the same names. Knows no torch and no model weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tastemaker.diffusion.schedules import (
    Floats,
    karras_sigmas,
    noise_schedule,
    spaced_timesteps,
)
from tastemaker.domain import Sampler, Schedule
from tastemaker.errors import ModelBroken

COLUMNS = (
    "timestep", "input_scale", "u", "v", "a", "e", "b0", "b1", "b2", "b3", "s", "dx", "dm",
    "remember_h", "remember_x",
)  # fmt: skip
COLUMN = {name: i for i, name in enumerate(COLUMNS)}
PREDICTION_TYPES = ("epsilon", "v_prediction", "sample")
# Below this many steps DPM++ ends with a first-order step, as diffusers does.
_FEW_STEPS = 15


@dataclass(frozen=True, eq=False)
class SamplerTable:
    """One request's way from noise to latents.

    ``rows`` is float64 of shape (evaluations, `COLUMNS`). The start is
    ``noise_scale * noise + image_scale * latents`` (``image_scale`` is 0 without an initial image).
    """

    rows: Floats
    noise_scale: float
    image_scale: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_stochastic(self) -> bool:
        """Whether any row adds fresh noise."""
        return bool(self.rows[:, COLUMN["s"]].any())


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
    request = _Request(
        config,
        prediction,
        karras=schedule is Schedule.KARRAS,
        steps=steps,
        begin=steps - kept,
        from_image=strength is not None,
    )
    match sampler:
        case Sampler.EULER:
            return _euler(request, ancestral=False)
        case Sampler.EULER_A:
            return _euler(request, ancestral=True)
        case Sampler.DDIM:
            return _ddim(request)
        case Sampler.PNDM:
            return _pndm(request)
        case Sampler.DPMPP_2M:
            return _dpmpp(request, stochastic=False)
        case Sampler.DPMPP_2M_SDE:
            return _dpmpp(request, stochastic=True)


@dataclass(frozen=True)
class _Request:
    config: Mapping[str, Any]
    prediction: str
    karras: bool
    steps: int
    begin: int
    from_image: bool


@dataclass(frozen=True)
class _Split:
    """Clean latents ``x0 = x0_x*x + x0_m*m`` and noise ``eps = eps_x*x + eps_m*m``."""

    x0_x: Floats
    x0_m: Floats
    eps_x: Floats
    eps_m: Floats


def _split(prediction: str, signal: Floats, noise: Floats) -> _Split:
    """Split ``x = signal*x0 + noise*eps`` by what the model predicts."""
    zero, one = np.zeros_like(signal), np.ones_like(signal)
    if prediction == "epsilon":
        return _Split(1 / signal, -noise / signal, zero, one)
    if prediction == "v_prediction":
        return _Split(signal, -noise, noise, signal)
    return _Split(zero, one, 1 / noise, -signal / noise)


def _rows(count: int, **columns: Floats | float) -> Floats:
    rows = np.zeros((count, len(COLUMNS)))
    rows[:, COLUMN["input_scale"]] = 1.0
    for name, values in columns.items():
        rows[:, COLUMN[name]] = values
    return rows


def _euler(request: _Request, *, ancestral: bool) -> SamplerTable:
    """Euler and Euler ancestral, on ``x = x0 + sigma*eps`` (arXiv:2206.00364, k-diffusion).

    diffusers offers Karras only for plain Euler; Euler ancestral walks the same noise levels here.
    """
    config = request.config
    model = noise_schedule(config, zero_snr="floor")
    timesteps = spaced_timesteps(
        config, request.steps, model.num_train_timesteps, default_spacing="linspace"
    )
    sigmas = model.sigma_at(timesteps)
    if request.karras:
        sigmas = karras_sigmas(float(sigmas[0]), float(sigmas[-1]), request.steps)
        timesteps = model.timestep_of(sigmas)
    smallest = not ancestral and config.get("final_sigmas_type", "zero") == "sigma_min"
    last = model.sigmas[0] if smallest else 0.0
    spacing = config.get("timestep_spacing", "linspace")
    highest = float(sigmas.max())
    start = highest if spacing in ("linspace", "trailing") else float(np.hypot(highest, 1.0))

    here = sigmas[request.begin :]
    there = np.append(here[1:], last)
    up = np.zeros_like(here)
    down = there
    if ancestral:
        up = there * np.sqrt(here**2 - there**2) / here
        down = np.sqrt(there**2 - up**2)
    norm = np.hypot(here, 1.0)
    parts = _split(request.prediction, 1 / norm, here / norm)
    denoised_x = parts.x0_x / norm
    rows = _rows(
        len(here),
        timestep=timesteps[request.begin :],
        input_scale=1 / norm,
        u=(1 - denoised_x) / here,
        v=-parts.x0_m / here,
        a=1.0,
        b0=down - here,
        s=up,
        dx=denoised_x,
        dm=parts.x0_m,
    )
    if request.from_image:
        return SamplerTable(rows, float(here[0]), 1.0)
    return SamplerTable(rows, start)


def _ddim(request: _Request) -> SamplerTable:
    """DDIM with eta 0 (arXiv:2010.02502, equation 12).

    Predicted latents are never clipped: a range of [-1, 1] is meant for pixels. diffusers has no
    Karras for DDIM; here its noise levels run between those of the first and the last step, and the
    timesteps told to the U-Net are fractional.
    """
    config = request.config
    model = noise_schedule(config)
    final = 1.0 if config.get("set_alpha_to_one", True) else float(model.alphas_cumprod[0])
    if request.karras:
        timesteps, share = _karras_shares(request)
        after = np.append(share[1:], final)
    else:
        timesteps = _whole_timesteps(request, model.num_train_timesteps)
        share = model.share_at(timesteps)
        before = timesteps - model.num_train_timesteps // request.steps
        after = np.where(before >= 0, model.share_at(before), final)
    timesteps, share, after = (v[request.begin :] for v in (timesteps, share, after))
    parts = _split(request.prediction, np.sqrt(share), np.sqrt(1 - share))
    signal, noise = np.sqrt(after), np.sqrt(1 - after)
    rows = _rows(
        len(share),
        timestep=timesteps,
        v=1.0,
        a=signal * parts.x0_x + noise * parts.eps_x,
        b0=signal * parts.x0_m + noise * parts.eps_m,
        dx=parts.x0_x,
        dm=parts.x0_m,
    )
    return _from_shares(request, rows, share)


def _pndm(request: _Request) -> SamplerTable:
    """PNDM in its linear multistep form (arXiv:2202.09778; Stable Diffusion's ``skip_prk_steps``).

    The second level is evaluated twice, so a walk has one evaluation more than steps. Started in
    the middle (image to image), the cut is made after that repetition, exactly as in diffusers.
    diffusers has no Karras for PNDM; the Adams-Bashforth weights ask for evenly spaced steps, which
    Karras' are in ``sigma^(1/7)``, so the same weights serve.
    """
    config = request.config
    model = noise_schedule(config, zero_snr="ignore")
    final = 1.0 if config.get("set_alpha_to_one", False) else float(model.alphas_cumprod[0])
    order = np.arange(request.steps)
    if request.steps > 1:
        order = np.insert(order, 2, 1)
    if request.karras:
        timesteps, grid = _karras_shares(request)
        share, after = grid[order], np.append(grid[1:], final)[order]
        before = grid[np.maximum(order - 1, 0)]
        timesteps = timesteps[order]
    else:
        timesteps = _whole_timesteps(request, model.num_train_timesteps)[order]
        stride = model.num_train_timesteps // request.steps
        share = model.share_at(timesteps)
        after = np.where(timesteps >= stride, model.share_at(timesteps - stride), final)
        before = model.share_at(timesteps + stride)
    timesteps, share, after, before = (
        values[request.begin :] for values in (timesteps, share, after, before)
    )
    count = len(share)
    source, target = share.copy(), after.copy()
    if count > 1:
        source[1], target[1] = before[1], share[1]
    combined, sample = _pndm_transfer(request.prediction, source, target)
    weights = _adams_bashforth(count)
    parts = _split(request.prediction, np.sqrt(share), np.sqrt(1 - share))
    rows = _rows(count, timestep=timesteps, v=1.0, a=sample, dx=parts.x0_x, dm=parts.x0_m)
    if request.prediction == "sample":
        rows[:, COLUMN["u"]], rows[:, COLUMN["v"]] = parts.eps_x, parts.eps_m
    rows[:, COLUMN["b0"] : COLUMN["b3"] + 1] = combined[:, None] * weights
    rows[:, COLUMN["remember_h"]] = 1.0
    rows[0, COLUMN["remember_x"]] = 1.0
    if count > 1:
        rows[1, COLUMN["e"]], rows[1, COLUMN["a"]] = sample[1], 0.0
        rows[1, COLUMN["remember_h"]] = 0.0
    return _from_shares(request, rows, share)


def _pndm_transfer(prediction: str, source: Floats, target: Floats) -> tuple[Floats, Floats]:
    """Equation 9 of the PNDM paper: weights of the combined model outputs and of the sample."""
    sample = np.sqrt(target / source)
    divisor = source * np.sqrt(1 - target) + np.sqrt(source * (1 - source) * target)
    weight = -(target - source) / divisor
    if prediction == "v_prediction":
        sample = sample + weight * np.sqrt(1 - source)
        weight = weight * np.sqrt(source)
    return weight, sample


def _adams_bashforth(count: int) -> Floats:
    """Weights of the current and the three remembered outputs, growing in order from the start."""
    weights = np.tile(np.array([55.0, -59.0, 37.0, -9.0]) / 24, (count, 1))
    growing = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [1.5, -0.5, 0, 0], [23, -16, 5, 0]])
    growing[3] /= 12
    head = min(count, len(growing))
    weights[:head] = growing[:head]
    return weights


def _dpmpp(request: _Request, *, stochastic: bool) -> SamplerTable:
    """DPM-Solver++ (2M), midpoint, and its SDE form (arXiv:2211.01095)."""
    config = request.config
    model = noise_schedule(config, zero_snr="floor")
    if request.karras:
        sigmas = karras_sigmas(float(model.sigmas[-1]), float(model.sigmas[0]), request.steps)
        timesteps = model.timestep_of(sigmas)
        if config.get("beta_schedule", "linear") != "squaredcos_cap_v2":
            timesteps = timesteps.round()
    else:
        timesteps = _dpmpp_timesteps(config, request.steps, model.sigmas)
        sigmas = model.sigma_at(timesteps)
    ends_clean = config.get("final_sigmas_type", "zero") == "zero"
    sigmas = np.append(sigmas, 0.0 if ends_clean else model.sigmas[0])[request.begin :]
    timesteps = timesteps[request.begin :]
    count = len(timesteps)

    signal = 1 / np.hypot(sigmas, 1.0)
    noise = sigmas * signal
    # exp(-h), where h is the step in log signal-to-noise ratio; 0 when the step ends without noise.
    decay = sigmas[1:] / sigmas[:-1]
    with np.errstate(divide="ignore"):
        step = -np.log(decay)
    a, gain, fresh = noise[1:] / noise[:-1], signal[1:] * (1 - decay), np.zeros(count)
    if stochastic:
        a = a * decay
        gain = signal[1:] * (1 - decay**2)
        fresh = noise[1:] * np.sqrt(1 - decay**2)
    second = np.zeros(count)
    np.divide(0.5 * step[1:], step[:-1], out=second[1:], where=step[:-1] > 0)
    few = config.get("lower_order_final", True) and request.steps < _FEW_STEPS
    if ends_clean or few or config.get("euler_at_final", False):
        second[-1] = 0.0
    parts = _split(request.prediction, signal[:-1], noise[:-1])
    rows = _rows(
        count,
        timestep=timesteps,
        u=parts.x0_x,
        v=parts.x0_m,
        a=a,
        b0=gain * (1 + second),
        b1=-gain * second,
        s=fresh,
        dx=parts.x0_x,
        dm=parts.x0_m,
        remember_h=1.0,
    )
    return _from_shares(request, rows, signal[:-1] ** 2)


def _dpmpp_timesteps(config: Mapping[str, Any], steps: int, sigmas: Floats) -> Floats:
    """DPM-Solver's own reading of the spacings: one level more than steps, the last left out."""
    floor = config.get("lambda_min_clipped", -np.inf)
    usable = len(sigmas) - int(np.searchsorted(-np.log(sigmas[::-1]), floor))
    spacing = config.get("timestep_spacing", "linspace")
    checked = spaced_timesteps(config, steps, usable, default_spacing="linspace")
    if spacing == "linspace":
        return np.asarray(np.linspace(0, usable - 1, steps + 1).round()[::-1][:-1])
    if spacing == "leading":
        rising = np.arange(steps + 1) * float(usable // (steps + 1))
        return np.asarray(rising[::-1][:-1] + int(config.get("steps_offset", 0)))
    return checked


def _whole_timesteps(request: _Request, train_timesteps: int) -> Floats:
    return spaced_timesteps(
        request.config, request.steps, train_timesteps, default_spacing="leading"
    ).round()


def _karras_shares(request: _Request) -> tuple[Floats, Floats]:
    """Fractional timesteps and signal shares of Karras' levels between the first and last step."""
    model = noise_schedule(request.config, zero_snr="floor")
    ends = model.sigma_at(_whole_timesteps(request, model.num_train_timesteps))
    sigmas = karras_sigmas(float(ends[0]), float(ends[-1]), request.steps)
    return model.timestep_of(sigmas), np.asarray(1 / (1 + sigmas**2))


def _from_shares(request: _Request, rows: Floats, share: Floats) -> SamplerTable:
    """The start of samplers on ``x = sqrt(share)*x0 + sqrt(1-share)*eps``: unit noise or an image."""
    if request.from_image:
        return SamplerTable(rows, float(np.sqrt(1 - share[0])), float(np.sqrt(share[0])))
    return SamplerTable(rows, 1.0)
