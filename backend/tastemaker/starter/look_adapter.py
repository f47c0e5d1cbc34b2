"""An IP-Adapter of the starter's own: it lets a reference picture say in which look and on what
ground to draw, while the text says what.

In the format of Ye et al. 2023 (https://arxiv.org/abs/2308.06721), with a small CLIP vision tower
that learns along; the U-Net and the text encoder stay as they are. A reference never shows the
subject that is drawn, so subjects can't be learned from it; where the text is silent about the
background, the reference has it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate
from transformers import CLIPTextModel, CLIPTokenizer, CLIPVisionConfig
from transformers import CLIPVisionModelWithProjection as CLIPVision
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

from tastemaker.diffusion.attention import use_quick_attention
from tastemaker.diffusion.image_prompts import ImageLayers, ImageRows
from tastemaker.diffusion.ip_adapter import PLAIN_TOKENS, cross_attentions, layer_names
from tastemaker.starter.captions import caption
from tastemaker.starter.compose import Composer
from tastemaker.starter.denoiser import build_scheduler, cached_scenes, denoising_loss
from tastemaker.starter.judge import roughen
from tastemaker.starter.loop import fast_arithmetic, step_generator, train
from tastemaker.starter.presets import Preset
from tastemaker.starter.scenes import Arrangement, Scene
from tastemaker.starter.text_encoder import tokenize
from tastemaker.starter.vocabulary import Vocabulary

SIDE = 128
"""Pixels that the vision tower sees."""
_SEED = 31
_EACH = 40  # references of each look on each background
_PLAIN = 0.25  # share of pictures without a look
_BLIND = 0.1  # share of pictures whose reference isn't shown; they are plain
_OPEN = 0.3  # share of captions that leave the background to the reference
_NAMED = 0.05  # weight of telling looks and backgrounds apart


class LookAdapter(nn.Module):
    """A vision tower, the layer that makes tokens of what it sees, and a key and a value matrix for
    each cross attention of a U-Net.

    Two heads that name the look and the background help the tower to learn; they aren't exported.
    """

    def __init__(self, unet: UNet2DConditionModel, vocabulary: Vocabulary) -> None:
        super().__init__()
        torch.manual_seed(_SEED)
        config = CLIPVisionConfig(
            hidden_size=96,
            intermediate_size=192,
            projection_dim=64,
            num_hidden_layers=3,
            num_attention_heads=4,
            image_size=SIDE,
            patch_size=16,
        )
        width = int(unet.config.cross_attention_dim)
        self.encoder = CLIPVision(config)
        self.proj = nn.Linear(config.projection_dim, PLAIN_TOKENS * width)
        self.norm = nn.LayerNorm(width)
        self.attentions = tuple(cross_attentions(unet))
        matrices = [m for a in self.attentions for m in (a.to_k, a.to_v)]
        self.matrices = nn.ParameterList(nn.Parameter(m.weight.detach().clone()) for m in matrices)
        self.looks = nn.Linear(config.projection_dim, len(vocabulary.looks))
        self.backgrounds = nn.Linear(config.projection_dim, len(vocabulary.backgrounds))

    def embed(self, pictures: Tensor) -> Tensor:
        """What is seen of pictures ``[n, 3, SIDE, SIDE]`` in 0..1: ``[n, 64]``."""
        mean, std = (
            torch.tensor(value, device=pictures.device).view(1, 3, 1, 1)
            for value in (OPENAI_CLIP_MEAN, OPENAI_CLIP_STD)
        )
        embeddings: Tensor = self.encoder((pictures - mean) / std).image_embeds
        return embeddings

    def shown(self, embeddings: Tensor) -> ImageRows:
        """What the U-Net sees of these; zeros stand for no picture."""
        rows = len(embeddings)
        tokens = self.norm(self.proj(embeddings).view(rows, PLAIN_TOKENS, -1))
        pairs = zip(self.matrices[::2], self.matrices[1::2], strict=True)
        layers = ImageLayers("", "", dict(zip(self.attentions, pairs, strict=True)))
        return ImageRows(layers, tokens, torch.ones(rows, 1, 1, device=tokens.device))

    def save(self, folder: Path) -> None:
        """Write it as IP-Adapters are published: weights, and the tower in ``image_encoder``."""
        tensors = {
            "image_proj.proj.weight": self.proj.weight,
            "image_proj.proj.bias": self.proj.bias,
            "image_proj.norm.weight": self.norm.weight,
            "image_proj.norm.bias": self.norm.bias,
        }
        names = layer_names(len(self.attentions))
        for (number, what), matrix in zip(names, self.matrices, strict=True):
            tensors[f"ip_adapter.{number}.{what}.weight"] = matrix
        folder.mkdir(parents=True, exist_ok=True)
        halves = {name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}
        save_file(halves, folder / "look.safetensors")
        kept = {name: tensor.clone() for name, tensor in self.encoder.state_dict().items()}
        self.encoder.half().save_pretrained(folder / "image_encoder")
        self.encoder.float().load_state_dict(kept)


@dataclass(frozen=True)
class References:
    """Pictures of every look on every background, uint8 ``[n, 3, SIDE, SIDE]``, look by look and
    background by background, `_EACH` of each.
    """

    pictures: Tensor
    subjects: list[int]
    vocabulary: Vocabulary

    def pick(self, rng: random.Random, scene: Scene, same_background: bool) -> int:
        """One in the look of ``scene`` that shows none of its subjects."""
        count = len(self.vocabulary.backgrounds)
        while True:
            background = scene.background if same_background else rng.randrange(count)
            found = (scene.look * count + background) * _EACH + rng.randrange(_EACH)
            if self.subjects[found] not in scene.subjects:
                return found

    def named(self, rows: list[int]) -> tuple[Tensor, Tensor]:
        """The look and the background of each."""
        cells = torch.tensor(rows) // _EACH
        count = len(self.vocabulary.backgrounds)
        return cells // count, cells % count


@torch.no_grad()
def references(composer: Composer, work: Path) -> References:
    """The references to learn from; drawn once, then loaded."""
    vocabulary = composer.vocabulary
    rng = random.Random(_SEED)
    scenes = [
        Scene(Arrangement.SINGLE, (rng.randrange(len(vocabulary.subjects)),), background, look=look)
        for look in range(len(vocabulary.looks))
        for background in range(len(vocabulary.backgrounds))
        for _ in range(_EACH)
    ]
    path = work / "references.safetensors"
    if not path.is_file():
        parts = []
        for start in range(0, len(scenes), 200):
            drawn = composer.render(scenes[start : start + 200], step_generator(_SEED, start))
            small = interpolate(drawn, (SIDE, SIDE), mode="bicubic", antialias=True)
            parts.append(((small.clamp(-1, 1) + 1) * 127.5).round().byte().cpu())
        save_file({"pictures": torch.cat(parts)}, path)
    pictures = load_file(path)["pictures"]
    return References(pictures, [scene.subjects[0] for scene in scenes], vocabulary)


def train_look_adapter(
    preset: Preset,
    vocabulary: Vocabulary,
    tokenizer: CLIPTokenizer,
    text_encoder: CLIPTextModel,
    unet: UNet2DConditionModel,
    latents: Tensor,
    scale: float,
    composer: Composer,
    work: Path,
) -> LookAdapter:
    """Train, or go on training, the adapter in ``work``; returns it with averaged weights.

    ``latents`` are those that the U-Net learned from, ``scale`` brings them to unit variance.
    """
    assert preset.adapter is not None
    device = composer.device
    unet.requires_grad_(False).eval()
    use_quick_attention(unet)
    adapter = LookAdapter(unet, vocabulary).to(device)
    alphas = build_scheduler().alphas_cumprod.to(device)
    scenes = cached_scenes(preset, vocabulary, len(latents))
    plain, styled = (
        [row for row, scene in enumerate(scenes) if bool(scene.look) is has_look]
        for has_look in (False, True)
    )
    pool = references(composer, work)
    size = preset.unet_batch // preset.lanes
    blind = round(size * _BLIND)

    def loss_at(step: int) -> tuple[Tensor, dict[str, float]]:
        rng, generator = random.Random(f"{_SEED}-{step}"), step_generator(_SEED + 1, step)
        rows = [rng.choice(plain) for _ in range(blind)]
        rows += [
            rng.choice(plain if rng.random() < _PLAIN else styled) for _ in range(size - blind)
        ]
        texts, chosen = [], []
        for row in rows:
            scene = scenes[row]
            is_open = rng.random() < _OPEN and scene.arrangement is not Arrangement.BARE
            texts.append(caption(rng, replace(scene, look=0), vocabulary, open_background=is_open))
            chosen.append(pool.pick(rng, scene, is_open))
        with torch.no_grad():
            hidden = text_encoder(tokenize(tokenizer, texts, device)).last_hidden_state
        pictures = pool.pictures[chosen].to(device).float() / 127.5 - 1
        embeddings = adapter.embed((roughen(pictures, rng, generator) + 1) / 2)
        looks, backgrounds = (names.to(device) for names in pool.named(chosen))
        named = cross_entropy(adapter.looks(embeddings), looks)
        named = named + cross_entropy(adapter.backgrounds(embeddings), backgrounds)
        right = (adapter.looks(embeddings).argmax(1) == looks).float().mean().item()
        seen = adapter.shown(torch.cat([torch.zeros_like(embeddings[:blind]), embeddings[blind:]]))

        def predict(noisy: Tensor, times: Tensor) -> Tensor:
            with fast_arithmetic(device):
                output: Tensor = unet(noisy, times, hidden, **seen.inputs).sample
            return output.float()

        clean = latents[rows].to(device).float() * scale
        loss, error = denoising_loss(predict, clean, alphas, generator)
        return loss + _NAMED * named, {"error": error, "look": right}

    train("adapter", adapter, loss_at, preset.adapter, work, lanes=preset.lanes, goes_on=True)
    return adapter
