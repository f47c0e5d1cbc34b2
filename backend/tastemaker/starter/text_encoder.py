"""Stage three: a CLIP text model that says, at fixed places, what the picture shows. Frozen
afterwards.

Every position from the end of the caption on is a *slot*, ``position mod 8``: the subject in the
centre, on the left, on the right, above, below; the background; the look; and number, size and
place together. The hidden state of a slot is taught to equal one fixed random code for that slot
and its content, so that all ways to say the same thing give nearly the same conditioning, and
different things give codes that are far apart. Positions inside the caption are free. A U-Net
learns from such codes in a tenth of the time that it needs with embeddings learnt jointly.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from tastemaker.starter.captions import caption, leaves_background_open
from tastemaker.starter.loop import train
from tastemaker.starter.presets import Preset
from tastemaker.starter.scenes import PLACES, SIZES, Arrangement, Scene, SceneMix, sample_scene
from tastemaker.starter.tokenizer import END, START
from tastemaker.starter.vocabulary import Vocabulary

SLOTS = 8
_CENTRE, _LEFT, _RIGHT, _ABOVE, _BELOW, _BACKGROUND, _LOOK, _MANNER = range(SLOTS)
_SEED = 4
_BATCH = 128
_EMPTY_SHARE = 0.03


def slot_labels(
    scene: Scene | None, vocabulary: Vocabulary, *, open_background: bool = False
) -> list[int]:
    """What each slot says about a scene, 0 for nothing; None is the empty prompt, whose slots are
    all empty. With ``open_background`` the caption doesn't say what the background is.
    """
    labels = [0] * SLOTS
    if scene is None:
        return labels
    spots = {Arrangement.LEFT_RIGHT: (_LEFT, _RIGHT), Arrangement.ABOVE_BELOW: (_ABOVE, _BELOW)}
    for slot, subject in zip(
        spots.get(scene.arrangement, (_CENTRE,)), scene.subjects, strict=False
    ):
        labels[slot] = 1 + subject
    labels[_BACKGROUND] = 0 if open_background else 1 + scene.background
    labels[_LOOK] = 1 + scene.look
    labels[_MANNER] = 1 + scene.count + 6 * (scene.size + len(SIZES) * scene.place)
    return labels


def codebook(vocabulary: Vocabulary, width: int) -> list[Tensor]:
    """Per slot the codes of its labels, ``[labels, width]``: half says which slot, half what is in
    it.

    The five subject slots share their contents' codes, so that what is learnt about a dog on the
    left helps to draw one on the right.
    """
    generator = torch.Generator().manual_seed(_SEED)

    def codes(count: int) -> Tensor:
        return torch.nn.functional.layer_norm(
            torch.randn(count, width, generator=generator), (width,)
        )

    slots, subjects = codes(SLOTS), codes(1 + len(vocabulary.subjects))
    backgrounds, looks = codes(1 + len(vocabulary.backgrounds)), codes(1 + len(vocabulary.looks))
    manners = codes(1 + 6 * len(SIZES) * len(PLACES))
    contents = [subjects] * 5 + [backgrounds, looks, manners]
    return [0.6 * slots[i] + 0.8 * content for i, content in enumerate(contents)]


def build_text_encoder(preset: Preset, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """A fresh CLIP text model of this preset's size."""
    torch.manual_seed(_SEED)
    ids = {
        name: tokenizer.convert_tokens_to_ids(token)
        for name, token in (("bos", START), ("eos", END))
    }
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=preset.text_width,
        intermediate_size=4 * preset.text_width,
        num_hidden_layers=preset.text_layers,
        num_attention_heads=preset.text_width // 32,
        max_position_embeddings=preset.tokens,
        projection_dim=preset.text_width,
        bos_token_id=ids["bos"],
        eos_token_id=ids["eos"],
        pad_token_id=ids["eos"],
    )
    return CLIPTextModel(config)


def tokenize(tokenizer: CLIPTokenizer, texts: list[str], device: torch.device) -> Tensor:
    """Token numbers, padded and cut to the model's length as the pipelines do, ``[len(texts),
    tokens]``.
    """
    length = tokenizer.model_max_length
    encoded = tokenizer(
        texts, padding="max_length", truncation=True, max_length=length, return_tensors="pt"
    )
    return torch.as_tensor(encoded["input_ids"]).to(device)


def _captioned(rng: random.Random, vocabulary: Vocabulary, mix: SceneMix) -> tuple[str, list[int]]:
    """A caption and what its slots are to say."""
    if rng.random() < _EMPTY_SHARE:
        return "", slot_labels(None, vocabulary)
    scene = sample_scene(rng, vocabulary, mix)
    is_open = leaves_background_open(rng, scene)
    text = caption(rng, scene, vocabulary, open_background=is_open)
    return text, slot_labels(scene, vocabulary, open_background=is_open)


def train_text_encoder(
    preset: Preset,
    vocabulary: Vocabulary,
    tokenizer: CLIPTokenizer,
    work: Path,
    device: torch.device,
) -> CLIPTextModel:
    """Train, or go on training, the text encoder in ``work``; returns it frozen."""
    model = build_text_encoder(preset, tokenizer).to(device)
    codes = [code.to(device) for code in codebook(vocabulary, preset.text_width)]
    end = tokenizer.convert_tokens_to_ids(END)

    def loss_at(step: int) -> tuple[Tensor, dict[str, float]]:
        rng = random.Random(f"{_SEED}-{step}")
        drawn = [
            _captioned(rng, vocabulary, replace(preset.mix, pairs=0.45))
            for _ in range(_BATCH // preset.lanes)
        ]
        tokens = tokenize(tokenizer, [text for text, _ in drawn], device)
        labels = torch.tensor([labels for _, labels in drawn], device=device)
        hidden = model(tokens).last_hidden_state
        return slot_loss(hidden, tokens == end, labels, codes)

    train("text", model, loss_at, preset.text, work, lanes=preset.lanes)
    return model.requires_grad_(False)


def slot_loss(
    hidden: Tensor, ended: Tensor, labels: Tensor, codes: list[Tensor]
) -> tuple[Tensor, dict[str, float]]:
    """Squared distance to the right codes plus cross-entropy among a slot's codes; and the share of
    slots right.

    ``hidden`` is ``[batch, tokens, width]``, ``ended`` marks positions from the end token on,
    ``labels`` is ``[batch, 8]``.
    """
    distance, entropy, right = hidden.new_zeros(()), hidden.new_zeros(()), 0.0
    for slot, code in enumerate(codes):
        states, mask = hidden[:, slot::SLOTS], ended[:, slot::SLOTS]
        wanted = labels[:, slot, None].expand(mask.shape)[mask]
        chosen = states[mask]
        distance = distance + (chosen - code[wanted]).square().mean() / SLOTS
        scores = chosen @ code.T / code.shape[1] ** 0.5
        entropy = entropy + torch.nn.functional.cross_entropy(scores, wanted) / SLOTS
        right += (scores.argmax(1) == wanted).float().mean().item() / SLOTS
    return distance + 0.2 * entropy, {"right": right, "distance": distance.item()}


def read_slots(hidden: Tensor, codes: list[Tensor]) -> Tensor:
    """What the last eight positions say, ``[batch, 8]`` labels, as :func:`slot_labels` does."""
    length = hidden.shape[1]
    found = torch.zeros(len(hidden), SLOTS, dtype=torch.long, device=hidden.device)
    for position in range(length - SLOTS, length):
        code = codes[position % SLOTS]
        found[:, position % SLOTS] = (hidden[:, position] @ code.T).argmax(1)
    return found
