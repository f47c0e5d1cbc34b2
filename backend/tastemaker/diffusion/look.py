"""A picture's look as the statistics of its latents, and how another picture takes it over.

Mean and covariance of the channels say which colours, contrasts and small textures a picture is
made of, and nothing of what stands where. The guess of the clean latents is moved to those of the
reference by the map between two normal distributions that changes least (Pitié and Kokaram 2007,
"The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer"). The U-Net
makes a picture of the result in the steps that follow. It costs no evaluation. Knows no samplers
and no batches.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

# Share of the walk after which the U-Net goes on by itself, to mend what the map has torn.
UNTIL = 0.7
# Added to every variance, as a share of the reference's: bounds what is made of almost nothing.
_FLOOR = 1e-2
_LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Look:
    """Of a reference's scaled latents: ``mean`` (c, 1) and ``covariance`` (c, c), float64.

    ``strength`` in (0, 1] says how far towards it.
    """

    mean: torch.Tensor
    covariance: torch.Tensor
    strength: float


def look_of(latents: torch.Tensor, strength: float) -> Look:
    """The look of a picture with these scaled latents (channels, h, w)."""
    return Look(*_statistics(latents), strength)


def restyled(latents: torch.Tensor, look: Look) -> torch.Tensor:
    """Scaled latents (channels, h, w), float32, as far towards ``look`` as its strength says.

    What is no number stays as it is, for others to notice.
    """
    mean, covariance = _statistics(latents)
    if not covariance.isfinite().all():
        return latents
    wanted = look.covariance.diagonal()
    floor = torch.diag((_FLOOR * wanted.mean() + _LEAST).expand_as(wanted))
    there, back = (_power(covariance + floor, half) for half in (0.5, -0.5))
    # A product of two covariances: what is least is, too.
    product = there @ (look.covariance + floor) @ there
    change = back @ _power(product, 0.5, _LEAST**2) @ back
    flat = latents.flatten(1).to(mean)
    moved = change @ (flat - mean) + look.mean
    result = torch.lerp(flat, moved, look.strength).to(latents)
    return result.view_as(latents)


def _statistics(latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean (c, 1) and covariance (c, c) of the channels, in float64 where the device has it."""
    flat = latents.flatten(1)
    flat = flat.double() if flat.device.type != "mps" else flat
    mean = flat.mean(1, keepdim=True)
    centred = flat - mean
    return mean, centred @ centred.T / flat.shape[1]


def _power(matrix: torch.Tensor, exponent: float, least: float = _LEAST) -> torch.Tensor:
    """Power of a symmetric positive matrix; its eigenvalues count as ``least`` at least."""
    values, vectors = torch.linalg.eigh(matrix)
    powers: torch.Tensor = (vectors * values.clamp_min(least) ** exponent) @ vectors.T
    return powers
