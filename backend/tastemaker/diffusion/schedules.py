"""The noise levels a model was trained with, and how a sampler walks down through them.

Pure float64 numpy over a scheduler config: no torch, no files, nothing about samplers' formulas.
Notation: ``alphas_cumprod`` is the share of signal variance at a timestep, and
``sigma = sqrt((1 - alphas_cumprod) / alphas_cumprod)`` the noise level relative to the signal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tastemaker.errors import InvalidInput, ModelBroken

Floats = NDArray[np.float64]

KARRAS_RHO = 7.0
# research.nvidia.com/labs/toronto-ai/AlignYourSteps/howto.html
ALIGNED_TIMESTEPS = (999, 850, 736, 645, 545, 455, 343, 233, 124, 24, 0)
ALIGNED_TIMESTEPS_XL = (999, 845, 730, 587, 443, 310, 193, 116, 53, 13, 0)
# Stands for a signal share of zero where a formula divides by it: float16's smallest number.
TINY_SIGNAL = 2.0**-24


@dataclass(frozen=True, eq=False)
class NoiseSchedule:
    """Signal share per training timestep, falling from 0 to ``num_train_timesteps - 1``."""

    alphas_cumprod: Floats

    @property
    def num_train_timesteps(self) -> int:
        return len(self.alphas_cumprod)

    @property
    def sigmas(self) -> Floats:
        """Noise level per training timestep, rising."""
        share = self.alphas_cumprod
        result: Floats = np.sqrt((1 - share) / share)
        return result

    def share_at(self, timesteps: NDArray[Any]) -> Floats:
        """Signal share at whole timesteps; beyond the trained range, that of its end."""
        index = np.clip(np.asarray(timesteps, dtype=np.int64), 0, self.num_train_timesteps - 1)
        result: Floats = self.alphas_cumprod[index]
        return result

    def sigma_at(self, timesteps: Floats) -> Floats:
        """Noise level at possibly fractional timesteps, interpolated linearly."""
        result: Floats = np.interp(timesteps, np.arange(self.num_train_timesteps), self.sigmas)
        return result

    def timestep_of(self, sigmas: Floats) -> Floats:
        """The possibly fractional timestep whose noise level is sigma (linear in log sigma)."""
        logs = np.log(self.sigmas)
        wanted = np.log(np.maximum(sigmas, 1e-10))
        result: Floats = np.interp(wanted, logs, np.arange(self.num_train_timesteps, dtype=float))
        return result


def noise_schedule(config: Mapping[str, Any], *, zero_snr: str = "keep") -> NoiseSchedule:
    """Build the noise schedule of a diffusers scheduler config.

    ``zero_snr`` says what becomes of ``rescale_betas_zero_snr`` (arXiv:2305.08891): ``keep`` a last
    share of exactly 0, ``floor`` it at `TINY_SIGNAL`, or ``ignore`` the setting.

    Raises:
        ModelBroken: an unknown ``beta_schedule``.
    """
    betas = _betas(config)
    if config.get("rescale_betas_zero_snr", False) and zero_snr != "ignore":
        betas = _rescale_to_zero_snr(betas)
        shares = np.cumprod(1 - betas, dtype=np.float64)
        shares[-1] = TINY_SIGNAL if zero_snr == "floor" else 0.0
        return NoiseSchedule(shares)
    shares = np.cumprod(1 - betas, dtype=np.float64)
    return NoiseSchedule(shares)


def _betas(config: Mapping[str, Any]) -> Floats:
    trained = config.get("trained_betas")
    if trained is not None:
        return np.asarray(trained, dtype=np.float64)
    count = int(config.get("num_train_timesteps", 1000))
    start, end = float(config.get("beta_start", 0.0001)), float(config.get("beta_end", 0.02))
    kind = config.get("beta_schedule", "linear")
    if kind == "linear":
        return np.linspace(start, end, count)
    if kind == "scaled_linear":
        return np.asarray(np.linspace(start**0.5, end**0.5, count) ** 2)
    if kind == "squaredcos_cap_v2":
        edges = np.cos((np.arange(count + 1) / count + 0.008) / 1.008 * np.pi / 2) ** 2
        return np.asarray(np.minimum(1 - edges[1:] / edges[:-1], 0.999), dtype=np.float64)
    raise ModelBroken(
        f"The model's scheduler config asks for beta_schedule={kind!r}, which is not known. "
        "Known are linear, scaled_linear and squaredcos_cap_v2."
    )


def _rescale_to_zero_snr(betas: Floats) -> Floats:
    """Shift and stretch the signal so that the last timestep is pure noise."""
    signal = np.sqrt(np.cumprod(1 - betas))
    first, last = signal[0], signal[-1]
    shares = ((signal - last) * first / (first - last)) ** 2
    alphas = np.concatenate([shares[:1], shares[1:] / shares[:-1]])
    return np.asarray(1 - alphas)


def spaced_timesteps(
    config: Mapping[str, Any], steps: int, train_timesteps: int, *, default_spacing: str
) -> Floats:
    """Falling timesteps by the config's ``timestep_spacing`` (Table 2 of arXiv:2305.08891).

    ``linspace`` gives fractional timesteps; who needs whole ones rounds.

    Raises:
        InvalidInput: more steps than the model was trained with.
        ModelBroken: an unknown spacing.
    """
    if not 1 <= steps <= train_timesteps:
        raise InvalidInput(
            f"num_inference_steps is {steps}; this model allows 1 to {train_timesteps}."
        )
    spacing = config.get("timestep_spacing", default_spacing)
    if spacing == "linspace":
        return np.linspace(0, train_timesteps - 1, steps)[::-1]
    if spacing == "leading":
        rising = np.arange(steps) * float(train_timesteps // steps)
        room = train_timesteps - 1 - rising[-1]
        return np.asarray(rising[::-1] + min(int(config.get("steps_offset", 0)), room))
    if spacing == "trailing":
        falling = np.arange(train_timesteps, 0, -train_timesteps / steps)[:steps]
        return np.asarray(falling.round() - 1)
    raise ModelBroken(
        f"The model's scheduler config asks for timestep_spacing={spacing!r}, which is not known. "
        "Known are linspace, leading and trailing."
    )


def karras_sigmas(sigma_max: float, sigma_min: float, steps: int) -> Floats:
    """Noise levels evenly spaced in ``sigma^(1/7)`` (arXiv:2206.00364, equation 5), falling."""
    ramp = np.linspace(0, 1, steps)
    high, low = sigma_max ** (1 / KARRAS_RHO), sigma_min ** (1 / KARRAS_RHO)
    return np.asarray((high + ramp * (low - high)) ** KARRAS_RHO)


def exponential_sigmas(sigma_max: float, sigma_min: float, steps: int) -> Floats:
    """Noise levels evenly spaced in ``log(sigma)``, falling."""
    return np.asarray(np.exp(np.linspace(np.log(sigma_max), np.log(sigma_min), steps)))


def aligned_sigmas(model: NoiseSchedule, steps: int, *, is_xl: bool) -> Floats:
    """Noise levels of Align Your Steps (arXiv:2404.14507), falling, the last one left out.

    The published ten steps are given as training timesteps; any other number is interpolated
    linearly in ``log(sigma)``, as the authors advise. They were found for Stable Diffusion 1.5 and
    XL; another model gets the levels that its own noise schedule has at those timesteps.
    """
    published = ALIGNED_TIMESTEPS_XL if is_xl else ALIGNED_TIMESTEPS
    last = model.num_train_timesteps - 1
    logs = np.log(model.sigma_at(np.array(published) * (last / published[0])))
    places = np.linspace(0, len(published) - 1, steps + 1)
    return np.asarray(np.exp(np.interp(places, np.arange(len(published)), logs))[:-1])
