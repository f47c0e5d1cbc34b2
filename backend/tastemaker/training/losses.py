"""What training minimises: targets from the model's own noise schedule, losses as pure functions.

Errors are per sample, float32 of shape (batch,): the mean over all latent values of the squared
difference between the network's output and its target. Knows no network, no data and no device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tastemaker.diffusion.schedules import noise_schedule
from tastemaker.errors import ModelBroken

REFERENCE_LATENT_VALUES = 16_384
"""Latent values of a 512-pixel Stable Diffusion picture, for which published ``beta`` are meant."""

FLOW = "flow"
_FLOW_SCHEDULERS = ("FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler")
_PREDICTIONS = ("epsilon", "v_prediction", "sample", FLOW)


@dataclass(frozen=True, eq=False)
class NoiseProcess:
    """How clean latents turn into noise, ``x = signal[t] * latents + noise_level[t] * noise``.

    ``signal`` and ``noise_level`` are float32 (num_train_timesteps,); ``prediction`` is what the
    network is asked for: ``epsilon``, ``v_prediction``, ``sample`` or ``flow``.
    """

    signal: Tensor
    noise_level: Tensor
    prediction: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> NoiseProcess:
        """Read a diffusers scheduler config.

        Raises:
            ModelBroken: a noise schedule or prediction type that isn't known.
        """
        count = int(config.get("num_train_timesteps", 1000))
        if config.get("_class_name") in _FLOW_SCHEDULERS:
            # Rectified flow is a straight line from picture to noise (arXiv:2209.03003).
            level = torch.arange(1, count + 1, dtype=torch.float64) / count
            shift = float(config.get("shift", 1.0))
            level = shift * level / (1 + (shift - 1) * level)
            return cls((1 - level).float(), level.float(), FLOW)
        prediction = str(config.get("prediction_type", "epsilon"))
        if prediction not in _PREDICTIONS:
            raise ModelBroken(
                f"The model's scheduler config asks for prediction_type={prediction!r}, which is "
                f"not known. Known are {', '.join(_PREDICTIONS)}."
            )
        share = torch.from_numpy(noise_schedule(config).alphas_cumprod.copy())
        return cls(share.sqrt().float(), (1 - share).sqrt().float(), prediction)

    @property
    def num_train_timesteps(self) -> int:
        return len(self.signal)

    def to(self, device: torch.device) -> NoiseProcess:
        """The same process with its tables on ``device``."""
        return NoiseProcess(self.signal.to(device), self.noise_level.to(device), self.prediction)

    def network_time(self, timesteps: Tensor) -> Tensor:
        """What the network is told about the time: for flow its noise level out of the count."""
        if self.prediction == FLOW:
            return self.noise_level[timesteps] * self.num_train_timesteps
        return timesteps

    def add_noise(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """Latents (batch, channels, height, width) as noisy as ``timesteps`` (batch,) say."""
        signal, level = self._at(timesteps, latents.ndim)
        return signal * latents + level * noise

    def target(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """What the network should answer: eps, v = signal*eps - level*x0, x0, or eps - x0."""
        if self.prediction == "epsilon":
            return noise
        if self.prediction == "sample":
            return latents
        if self.prediction == FLOW:
            return noise - latents
        signal, level = self._at(timesteps, latents.ndim)
        return signal * noise - level * latents

    def snr(self, timesteps: Tensor) -> Tensor:
        """Signal-to-noise ratio, signal² / level²."""
        return (self.signal[timesteps] / self.noise_level[timesteps]).square()

    def min_snr_weights(self, timesteps: Tensor, gamma: float) -> Tensor:
        """Min-SNR weights (arXiv:2303.09556): min(SNR, gamma) on x0, carried over to the target.

        min(SNR, γ)/SNR for eps, min(SNR, γ)/(SNR + 1) for v, min(SNR, γ) for x0. For flow, and
        where ``gamma`` is 0, they are 1.
        """
        snr = self.snr(timesteps)
        if gamma == 0 or self.prediction == FLOW:
            return torch.ones_like(snr)
        if self.prediction == "epsilon":
            return (gamma / snr).clamp(max=1.0)  # also right for an SNR of 0
        capped = snr.clamp(max=gamma)
        return capped / (snr + 1) if self.prediction == "v_prediction" else capped

    def _at(self, timesteps: Tensor, ndim: int) -> tuple[Tensor, Tensor]:
        shape = (-1, *[1] * (ndim - 1))
        return self.signal[timesteps].view(shape), self.noise_level[timesteps].view(shape)


def squared_errors(output: Tensor, target: Tensor) -> Tensor:
    """Mean squared error per sample, float32 (batch,), whatever precision the network ran in."""
    return F.mse_loss(output.float(), target.float(), reduction="none").flatten(1).mean(1)


def scaled_beta(beta: float, latent_values: int) -> float:
    """``beta`` for a model with another number of latent values per picture.

    A log-likelihood ratio is a *sum* over latent values; errors here are means. So that the same
    ``beta`` means the same strength, it goes with their number.
    """
    return beta * latent_values / REFERENCE_LATENT_VALUES


def kto_reference_point(gains: Tensor) -> Tensor:
    """z0 = max(0, mean gain), without gradient: how far the model has moved from its reference.

    ``gains`` (n,) are e_ref - e_theta of every sample of the step.
    """
    return gains.detach().mean().clamp(min=0)


def kto_loss(
    errors: Tensor,
    reference_errors: Tensor,
    labels: Tensor,
    *,
    beta: float,
    reference_point: Tensor,
) -> Tensor:
    """Diffusion-KTO (arXiv:2404.04465) for unpaired ratings, per sample, scaled by 4/beta.

    With d = e_ref - e_theta and y = ±1: (4/β) · (1 - σ(y β (d - z0))). The scale makes the gradient
    at d = z0 that of the plain error, so one learning rate fits every ``beta``. ``labels`` is
    (batch,) of +1 (liked) and -1 (disliked).
    """
    gain = reference_errors - errors
    return (4 / beta) * torch.sigmoid(-labels * beta * (gain - reference_point))


def dpo_loss(
    liked: Tensor,
    liked_reference: Tensor,
    disliked: Tensor,
    disliked_reference: Tensor,
    *,
    beta: float,
) -> Tensor:
    """Diffusion-DPO (arXiv:2311.12908) for pairs of one prompt, per pair, scaled by 4/beta.

    (4/β) · -log σ(β/2 · (d_liked - d_disliked)), d = e_ref - e_theta; the half is that of the
    published code, for which ``beta`` is meant. Both pictures of a pair must have seen the same
    timestep and noise. The scale makes the gradient of each error ±1 where the model still equals
    its reference, as `kto_loss` has it.
    """
    margin = (liked_reference - liked) - (disliked_reference - disliked)
    return (4 / beta) * -F.logsigmoid(beta / 2 * margin)


def preference_loss(
    errors: Tensor,
    reference_errors: Tensor,
    labels: Tensor,
    roles: Tensor,
    samples: Tensor,
    *,
    beta: float,
    reference_point: Tensor,
) -> Tensor:
    """The mean over all pictures of a step, pairs by `dpo_loss` and the others by `kto_loss`.

    ``roles`` and ``samples`` (batch,) are those of `tastemaker.training.batches.Batch`; liked and
    disliked pictures on their own weigh the same together.
    """
    alone = roles == 0
    total = errors.new_zeros(())
    if alone.any():
        each = kto_loss(
            errors[alone],
            reference_errors[alone],
            labels[alone],
            beta=beta,
            reference_point=reference_point,
        )
        total = total + (class_weights(labels[alone]) * each).sum()
    if not alone.all():
        better, worse = (_by_sample(roles == role, samples) for role in (1, -1))
        total = (
            total
            + dpo_loss(
                errors[better],
                reference_errors[better],
                errors[worse],
                reference_errors[worse],
                beta=beta,
            ).sum()
        )
    return total / len(errors)


def _by_sample(chosen: Tensor, samples: Tensor) -> Tensor:
    """The places where ``chosen`` is true, in the order of ``samples``."""
    places = chosen.nonzero().flatten()
    return places[samples[places].argsort()]


def class_weights(labels: Tensor) -> Tensor:
    """λ per sample (batch,): liked and disliked count half each, whatever their number; mean 1.

    With one class only, all weights are 1.
    """
    positive = labels > 0
    liked, disliked = int(positive.sum()), int((~positive).sum())
    if not liked or not disliked:
        return torch.ones_like(labels)
    half = len(labels) / 2
    return torch.where(positive, half / liked, half / disliked).to(labels.dtype)
