"""Prompts of any length and weight, as the U-Net is steered by them."""

from __future__ import annotations

import pytest
import torch

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.cuts import MOST_WINDOWS
from tastemaker.diffusion.engine import Engine
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.outcomes import Finished
from tastemaker.diffusion.text import CACHED_PROMPTS, Conditioning, PromptEncoder
from tastemaker.diffusion.windows import weighted
from tests.diffusion.conftest import psnr, request
from tests.diffusion.engines import drain, finished, ticket

WINDOW = 16
LONG = " ".join("q" * 30)


@pytest.fixture
def encoder(tiny: Components) -> PromptEncoder:
    return PromptEncoder(tiny)


def condition(encoder: PromptEncoder, prompt: str, negative: str | None = None) -> Conditioning:
    return encoder.condition(prompt, negative, 32, 32)


def test_prompt_embeddings_have_the_models_shape(encoder: PromptEncoder) -> None:
    embedding = encoder.encode("a red apple")
    assert embedding.states.shape == (16, 16)
    assert embedding.dropped_tokens == 0
    assert encoder.encode("a red apple") is embedding
    assert not torch.equal(encoder.encode("cat").states, embedding.states)


def test_one_window_cuts_and_counts(encoder: PromptEncoder) -> None:
    """What training sees: one window, and brackets are words."""
    assert encoder.encode(LONG).dropped_tokens == 30 + 2 - WINDOW
    same_start = encoder.encode(" ".join("q" * 14))
    torch.testing.assert_close(encoder.encode(LONG).states, same_start.states)
    assert not torch.equal(encoder.encode("(cat)").states, encoder.encode("cat").states)


def test_prompt_cache_is_bounded(encoder: PromptEncoder) -> None:
    first = encoder.encode("0")
    for number in range(CACHED_PROMPTS):
        encoder.encode(str(number + 1))
    assert encoder.encode("0") is not first


@pytest.mark.parametrize(
    "prompt", ["", "a red apple", "A red: apple", " ".join("q" * 14), "it's 10:30!"]
)
def test_plain_prompts_are_what_they_always_were(encoder: PromptEncoder, prompt: str) -> None:
    text = condition(encoder, prompt, "cat")
    assert torch.equal(text.conditional, encoder.encode(prompt).states)
    assert text.unconditional is not None
    assert torch.equal(text.unconditional, encoder.encode("cat").states)
    assert text.dropped_tokens == 0
    assert not text.added


@pytest.mark.parametrize("prompt", ["(a red apple:1)", r"[(a red apple)]", "((a red:0.5):2) apple"])
def test_weights_of_one_change_nothing(encoder: PromptEncoder, prompt: str) -> None:
    plain = encoder.encode("a red apple").states
    torch.testing.assert_close(condition(encoder, prompt).conditional, plain)


def test_escaped_brackets_are_words(encoder: PromptEncoder) -> None:
    assert torch.equal(condition(encoder, r"\(cat\)").conditional, encoder.encode("(cat)").states)


def test_long_prompts_become_windows(encoder: PromptEncoder) -> None:
    """Each window is encoded as if it stood alone, with a start and an end of its own."""
    text = condition(encoder, LONG, "cat")
    assert text.conditional.shape == (3 * WINDOW, 16)
    assert text.dropped_tokens == 0
    for index, words in enumerate((14, 14, 2)):
        alone = encoder.encode(" ".join("q" * words)).states
        part = text.conditional[index * WINDOW : (index + 1) * WINDOW]
        torch.testing.assert_close(part, alone)
    # The shorter side is filled up with windows of nothing.
    assert text.unconditional is not None
    empty = encoder.encode("").states
    expected = torch.cat([encoder.encode("cat").states, empty, empty])
    torch.testing.assert_close(text.unconditional, expected)
    longer = condition(encoder, "cat", LONG)
    assert longer.unconditional is not None
    torch.testing.assert_close(longer.conditional, expected)
    torch.testing.assert_close(longer.unconditional, text.conditional)


def test_windows_end_after_a_comma(encoder: PromptEncoder) -> None:
    prompt = " ".join([*"q" * 9, ",", *"q" * 10])
    text = condition(encoder, prompt)
    assert text.conditional.shape == (2 * WINDOW, 16)
    first, second = encoder.encode(" ".join([*"q" * 9, ","])), encoder.encode(" ".join("q" * 10))
    torch.testing.assert_close(text.conditional[:WINDOW], first.states)
    torch.testing.assert_close(text.conditional[WINDOW:], second.states)


def test_there_is_an_end_to_windows(encoder: PromptEncoder) -> None:
    words = MOST_WINDOWS * (WINDOW - 2) + 5
    text = condition(encoder, " ".join("q" * words))
    assert len(text.conditional) == MOST_WINDOWS * WINDOW
    assert text.dropped_tokens == 5


def test_weights_scale_states_and_keep_their_mean() -> None:
    """With a mean that means something, and with one that is nothing but rounding."""
    source = torch.Generator().manual_seed(0)
    states = torch.randn(8, 4, generator=source) + 0.5
    weights = torch.tensor([1.0, 1.0, 1.5, 1.5, 1.0, 1.0, 0.5, 1.0])
    scaled = states * weights[:, None]
    result = weighted(states, weights)
    assert result.mean().item() == pytest.approx(states.mean().item(), rel=1e-5)
    torch.testing.assert_close(result, scaled * (states.mean() / scaled.mean()))
    centred = states - states.mean(-1, keepdim=True)
    torch.testing.assert_close(weighted(centred, weights), centred * weights[:, None])
    # Nothing flips the sign of everything.
    assert torch.equal(weighted(states, -weights), -scaled)


def test_a_weight_moves_its_words_only(encoder: PromptEncoder) -> None:
    plain = encoder.encode("a red apple").states
    heavy = condition(encoder, "a (red:1.5) apple").conditional
    ratio = heavy / plain
    # start, a, red, apple, end
    torch.testing.assert_close(ratio[2], 1.5 * ratio[1], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ratio[3], ratio[1], rtol=1e-4, atol=1e-4)


def test_pictures_follow_weights_and_late_words(tiny: Components) -> None:
    pictures = {
        prompt: generate(tiny, request(prompt=prompt))[0].image
        for prompt in ("a red apple", "a (red:4) apple", LONG, LONG + " cat")
    }
    assert psnr(pictures["a red apple"], pictures["a (red:4) apple"]) < 45
    assert psnr(pictures[LONG], pictures[LONG + " cat"]) < 50


def test_company_of_other_lengths_changes_nothing(tiny: Components) -> None:
    """Prompts of one, two and three windows in one engine, each as if it were alone."""
    wanted = [
        request(prompt=prompt, negative_prompt=negative, num_inference_steps=3, seed=seed)
        for seed, (prompt, negative) in enumerate(
            [("cat", ""), (LONG, "red"), ("(cat:1.3)", LONG), ("red", ""), (LONG, "")]
        )
    ]
    engine = Engine(lambda _: tiny, preview_interval=float("inf"))
    for number, one in enumerate(wanted):
        engine.submit(ticket(str(number), one))
    outcomes = drain(engine)
    for number, one in enumerate(wanted):
        (mine,) = finished(outcomes, str(number))
        assert isinstance(mine, Finished)
        assert psnr(mine.image, generate(tiny, one)[0].image) >= 50
