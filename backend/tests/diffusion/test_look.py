"""Taking over a look: the statistics arrive, the picture stays, nonsense does no harm."""

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tastemaker.diffusion.look import look_of, restyled


def picture(seed: int, channels: int = 4, mean: float = 0.0, spread: float = 1.0) -> torch.Tensor:
    """Latents whose channels depend on each other."""
    generator = torch.Generator().manual_seed(seed)
    mix = torch.randn(channels, channels, generator=generator)
    flat = mix @ torch.randn(channels, 16 * 12, generator=generator)
    return (mean + spread * flat).view(channels, 16, 12)


def statistics(latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    flat = latents.flatten(1).double()
    return flat.mean(1), torch.atleast_2d(torch.cov(flat, correction=0))


@given(st.integers(0, 999), st.sampled_from([1, 4, 16]), st.floats(-3, 3), st.floats(0.2, 5))
@example(838, 1, 0.0, 0.25)
@settings(max_examples=40, deadline=None)
def test_the_statistics_of_the_reference_arrive(
    seed: int, channels: int, mean: float, spread: float
) -> None:
    reference = picture(seed, channels, mean, spread)
    generator = torch.Generator().manual_seed(seed)
    latents = torch.randn(reference.shape, generator=generator) * reference.std()
    drawn = restyled(latents, look_of(reference, 1.0))
    (mean_is, covariance_is), (mean_wanted, covariance_wanted) = map(statistics, (drawn, reference))
    scale = covariance_wanted.diagonal().mean()
    assert torch.allclose(mean_is, mean_wanted, atol=1e-3 * float(scale.sqrt()) + 1e-5)
    # The floor under the variances keeps it from being exact.
    assert (covariance_is - covariance_wanted).abs().max() < 0.1 * scale


def test_a_picture_that_has_the_look_keeps_all_of_itself() -> None:
    reference = picture(3)
    assert torch.allclose(restyled(reference, look_of(reference, 1.0)), reference, atol=1e-4)


def test_what_stands_where_stays() -> None:
    latents = torch.zeros(4, 8, 8)
    latents[:, 2:5, 3:6] = 1.0
    drawn = restyled(latents, look_of(picture(5), 1.0))
    inside = drawn[:, 2:5, 3:6].flatten(1)
    outside = drawn[latents.sum(0).expand(4, 8, 8) == 0].view(4, -1)
    assert torch.allclose(inside, inside[:, :1].expand_as(inside), atol=1e-5)
    assert torch.allclose(outside, outside[:, :1].expand_as(outside), atol=1e-5)
    assert (inside[:, 0] - outside[:, 0]).abs().max() > 0.1


def test_strength_says_how_far() -> None:
    latents, reference = picture(7), picture(8, mean=2.0)
    whole = restyled(latents, look_of(reference, 1.0))
    half = restyled(latents, look_of(reference, 0.5))
    assert torch.allclose(half, (latents + whole) / 2, atol=1e-5)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_no_numbers_are_left_for_others_to_notice(wrong: float) -> None:
    latents = picture(9)
    latents[1, 2, 3] = wrong
    assert torch.equal(restyled(latents, look_of(picture(10), 1.0)).isfinite(), latents.isfinite())


def test_a_reference_of_one_colour_is_a_look_too() -> None:
    drawn = restyled(picture(11), look_of(torch.full((4, 8, 8), 0.5), 1.0))
    assert drawn.isfinite().all()
    assert torch.allclose(drawn, torch.full_like(drawn, 0.5), atol=1e-3)
