"""Each loss against the same thing written out in plain PyTorch, values and gradients."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import DDPMScheduler, FlowMatchEulerDiscreteScheduler
from diffusers.training_utils import compute_snr
from torch import Tensor

from tastemaker.errors import ModelBroken
from tastemaker.training.losses import (
    NoiseProcess,
    class_weights,
    dpo_loss,
    kto_loss,
    kto_reference_point,
    preference_loss,
    scaled_beta,
    squared_errors,
)

CONFIG = {
    "num_train_timesteps": 1000,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "beta_end": 0.012,
}
TIMES = torch.tensor([0, 1, 250, 500, 998, 999])


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def process(prediction: str = "epsilon", **changes: Any) -> NoiseProcess:
    return NoiseProcess.from_config({**CONFIG, "prediction_type": prediction, **changes})


@pytest.mark.parametrize("changes", [{}, {"beta_schedule": "linear"}, {"beta_end": 0.02}], ids=str)
def test_noise_and_targets_are_those_of_diffusers(changes: dict[str, Any]) -> None:
    theirs = DDPMScheduler(**{**CONFIG, **changes})
    latents, noise = numbers(6, 4, 8, 8), numbers(6, 4, 8, 8, seed=1)
    ours = process("v_prediction", **changes)
    noisy = theirs.add_noise(latents, noise, TIMES)
    torch.testing.assert_close(ours.add_noise(latents, noise, TIMES), noisy, atol=1e-5, rtol=1e-4)
    velocity = theirs.get_velocity(latents, noise, TIMES)
    torch.testing.assert_close(ours.target(latents, noise, TIMES), velocity, atol=1e-5, rtol=1e-4)
    assert process("epsilon").target(latents, noise, TIMES) is noise
    assert process("sample").target(latents, noise, TIMES) is latents


@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_flow(shift: float) -> None:
    theirs = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=shift)
    ours = NoiseProcess.from_config({**theirs.config, "_class_name": type(theirs).__name__})
    latents, noise = numbers(6, 4, 8, 8), numbers(6, 4, 8, 8, seed=1)
    sigmas = theirs.sigmas.flip(0)[TIMES].view(-1, 1, 1, 1)
    expected = (1 - sigmas) * latents + sigmas * noise
    torch.testing.assert_close(ours.add_noise(latents, noise, TIMES), expected)
    torch.testing.assert_close(ours.target(latents, noise, TIMES), noise - latents)
    torch.testing.assert_close(ours.network_time(TIMES), theirs.timesteps.flip(0)[TIMES])
    assert ours.min_snr_weights(TIMES, 5.0).eq(1).all()


def test_min_snr_weights() -> None:
    snr = compute_snr(DDPMScheduler(**CONFIG), TIMES)
    capped = torch.minimum(snr, torch.full_like(snr, 5.0))
    for prediction, expected in (
        ("epsilon", capped / snr),
        ("v_prediction", capped / (snr + 1)),
        ("sample", capped),
    ):
        ours = process(prediction).min_snr_weights(TIMES, 5.0)
        torch.testing.assert_close(ours, expected, rtol=1e-3, atol=0)
        assert process(prediction).min_snr_weights(TIMES, 0.0).eq(1).all()


def test_no_signal_at_all_is_no_nan() -> None:
    last = torch.tensor([999])
    for prediction, expected in (("epsilon", 1.0), ("v_prediction", 0.0)):
        ours = process(prediction, rescale_betas_zero_snr=True)
        assert ours.signal[999] == 0
        assert ours.min_snr_weights(last, 5.0).item() == expected


def test_unknown_prediction_is_named() -> None:
    with pytest.raises(ModelBroken, match="'magic'"):
        process("magic")


def test_squared_errors_in_half_precision_are_summed_in_float32() -> None:
    output, target = numbers(3, 4, 64, 64).half(), numbers(3, 4, 64, 64, seed=1).half()
    expected = torch.stack(
        [((o.double() - t.double()) ** 2).mean() for o, t in zip(output, target, strict=True)]
    )
    got = squared_errors(output, target)
    assert got.dtype == torch.float32
    torch.testing.assert_close(got.double(), expected, rtol=1e-5, atol=0)


def test_kto_against_the_formula_written_out() -> None:
    """L = mean of 1 - sigmoid(y beta (d - z0)), with an error that depends on a parameter."""
    labels = torch.tensor([1.0, 1.0, -1.0, -1.0, 1.0])
    reference, beta = numbers(5).abs(), 40.0
    ours, theirs = (torch.tensor([0.3, 0.7, 0.2, 0.9, 0.4], requires_grad=True) for _ in range(2))
    point = kto_reference_point(reference - ours)
    kto_loss(ours, reference, labels, beta=beta, reference_point=point).mean().backward()

    d = reference - theirs
    z0 = max(0.0, float(d.detach().mean()))
    rows = []
    for i in range(5):
        y = float(labels[i])
        rows.append(1 - 1 / (1 + torch.exp(-y * beta * (d[i] - z0))))
    expected = 4 / beta * sum(rows) / 5
    expected.backward()
    assert not point.requires_grad
    got = kto_loss(ours, reference, labels, beta=beta, reference_point=point).mean()
    torch.testing.assert_close(got, expected)
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_kto_starts_with_the_gradient_of_the_plain_error() -> None:
    """At d = z0, a liked picture's error is pulled down and a disliked one's up, both by 1."""
    errors = torch.full((2,), 0.5, requires_grad=True)
    labels = torch.tensor([1.0, -1.0])
    for beta in (1.0, 2000.0):
        loss = kto_loss(
            errors, errors.detach(), labels, beta=beta, reference_point=torch.tensor(0.0)
        )
        (gradient,) = torch.autograd.grad(loss.sum(), errors)
        torch.testing.assert_close(gradient, torch.tensor([1.0, -1.0]))


def test_reference_point_is_never_negative() -> None:
    assert kto_reference_point(torch.tensor([-3.0, 1.0])).item() == 0.0
    assert kto_reference_point(torch.tensor([3.0, 1.0])).item() == 2.0


def test_dpo_against_the_formula_written_out() -> None:
    liked, disliked = (torch.tensor([0.3, 0.7], requires_grad=True) for _ in range(2))
    liked_reference, disliked_reference = torch.tensor([0.4, 0.6]), torch.tensor([0.2, 0.9])
    beta = 10.0
    got = dpo_loss(liked, liked_reference, disliked, disliked_reference, beta=beta)
    theirs = (liked - liked_reference) - (disliked - disliked_reference)
    expected = torch.log(1 + torch.exp(beta / 2 * theirs)) * 4 / beta
    torch.testing.assert_close(got, expected)
    got.sum().backward()
    assert liked.grad is not None
    assert disliked.grad is not None
    slope = 2 / (1 + torch.exp(-beta / 2 * theirs.detach()))
    torch.testing.assert_close(liked.grad, slope)
    torch.testing.assert_close(disliked.grad, -slope)


def test_pairs_and_single_pictures_in_one_step() -> None:
    """Each by its own loss, wherever the two of a pair lie; every picture counts the same."""
    errors, reference = numbers(6).abs(), numbers(6, seed=1).abs()
    labels = torch.tensor([1.0, 0.0, -1.0, 1.0, 0.0, 1.0])
    roles = torch.tensor([0, -1, 0, 1, 1, -1])
    samples = torch.tensor([3, 7, 0, 1, 7, 1])
    point = torch.tensor(0.1)
    got = preference_loss(
        errors, reference, labels, roles, samples, beta=20.0, reference_point=point
    )
    pairs = torch.tensor([[3, 5], [4, 1]]).T
    dpo = dpo_loss(
        errors[pairs[0]], reference[pairs[0]], errors[pairs[1]], reference[pairs[1]], beta=20.0
    )
    kto = kto_loss(
        errors[[0, 2]],
        reference[[0, 2]],
        labels[[0, 2]],
        beta=20.0,
        reference_point=point,
    )
    torch.testing.assert_close(got, (dpo.sum() + kto.sum()) / 6)
    swapped = torch.randperm(6, generator=torch.Generator().manual_seed(4))
    moved = [x[swapped] for x in (errors, reference, labels, roles, samples)]
    again = preference_loss(*moved, beta=20.0, reference_point=point)
    torch.testing.assert_close(again, got)
    only = preference_loss(
        errors[3:], reference[3:], labels[3:], torch.zeros(3), samples[3:], beta=20.0,
        reference_point=point,
    )  # fmt: skip
    assert only.isfinite()


def test_losses_pass_gradcheck() -> None:
    errors = numbers(4).abs().double().requires_grad_()
    other = numbers(4, seed=1).abs().double().requires_grad_()
    labels = torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
    fixed = numbers(4, seed=2).abs().double()
    point = torch.tensor(0.1, dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda e: kto_loss(e, fixed, labels, beta=3.0, reference_point=point), (errors,)
    )
    assert torch.autograd.gradcheck(
        lambda a, b: dpo_loss(a, fixed, b, fixed + 0.1, beta=3.0), (errors, other)
    )


def test_beta_follows_the_number_of_latent_values() -> None:
    assert scaled_beta(2000, 4 * 64 * 64) == 2000
    assert scaled_beta(2000, 4 * 32 * 32) == 500


def test_both_kinds_of_rating_weigh_the_same() -> None:
    labels = torch.tensor([1.0, 1.0, 1.0, -1.0])
    weights = class_weights(labels)
    assert weights.mean().item() == pytest.approx(1)
    assert weights[:3].sum().item() == pytest.approx(weights[3].item())
    assert class_weights(torch.ones(3)).eq(1).all()
