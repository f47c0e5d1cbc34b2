"""The three sizes of starter, as numbers: architecture, data mix and how long each stage learns.
Knows no torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tastemaker.starter.loop import Schedule
from tastemaker.starter.scenes import SceneMix


@dataclass(frozen=True)
class Preset:
    """All that distinguishes one starter from another.

    Each level of the VAE but one halves the sides. ``adapter`` is the budget of the look adapter,
    for presets that know looks.
    """

    name: str
    resolution: int
    looks: tuple[str, ...]
    mix: SceneMix
    tokens: int
    merges: int
    text_width: int
    text_layers: int
    latent_channels: int
    vae_channels: tuple[int, ...]
    vae_layers: int
    vae_groups: int
    vae_batch: int
    unet_channels: tuple[int, ...]
    unet_layers: int
    unet_heads: int
    unet_batch: int
    cached_latents: int
    lanes: int
    inner: Schedule
    decoder: Schedule
    text: Schedule
    unet: Schedule
    judge: Schedule
    adapter: Schedule | None = None
    vae_mix: SceneMix = field(default_factory=lambda: SceneMix(pairs=0.3, several=0.1, bare=0.08))

    @property
    def latent_size(self) -> int:
        """Side of a latent, in latent pixels."""
        return int(self.resolution // 2 ** (len(self.vae_channels) - 1))


TINY = Preset(
    name="tiny",
    resolution=128,
    looks=("plain",),
    mix=SceneMix(pairs=0.42, several=0.08, bare=0.05, sized=0.12),
    tokens=40,
    merges=1500,
    text_width=128,
    text_layers=3,
    latent_channels=8,
    vae_channels=(16, 16, 32, 64),
    vae_layers=1,
    vae_groups=8,
    vae_batch=16,
    unet_channels=(64, 128, 192),
    unet_layers=1,
    unet_heads=4,
    unet_batch=128,
    cached_latents=40_000,
    lanes=2,
    inner=Schedule(steps=4_500, learning_rate=5e-3, minutes=90, warmup=50, average_decay=0.995),
    decoder=Schedule(steps=1_300, learning_rate=2.5e-3, minutes=60, warmup=30, average_decay=0.99),
    text=Schedule(steps=1_200, learning_rate=3e-3, minutes=30, warmup=50, average_decay=0.99),
    unet=Schedule(steps=2_100, learning_rate=4e-3, minutes=300, warmup=100, average_decay=0.998),
    judge=Schedule(steps=1_000, learning_rate=3e-3, warmup=20, average_decay=0.99),
)

SMALL = Preset(
    name="small",
    resolution=256,
    looks=("plain", "pixel art", "sketch", "sepia", "neon"),
    mix=SceneMix(pairs=0.36, several=0.1, bare=0.04, sized=0.12, cornered=0.08, looks=0.2),
    tokens=48,
    merges=2500,
    text_width=128,
    text_layers=3,
    latent_channels=16,
    vae_channels=(16, 16, 32, 64, 96),
    vae_layers=1,
    vae_groups=8,
    vae_batch=16,
    unet_channels=(64, 128, 256),
    unet_layers=1,
    unet_heads=4,
    unet_batch=128,
    cached_latents=60_000,
    lanes=2,
    inner=Schedule(steps=3_000, learning_rate=5e-3, warmup=50, average_decay=0.995),
    decoder=Schedule(steps=1_000, learning_rate=2.5e-3, warmup=30, average_decay=0.99),
    text=Schedule(steps=3_000, learning_rate=3e-3, warmup=50, average_decay=0.99),
    unet=Schedule(steps=6_000, learning_rate=4e-3, warmup=100, average_decay=0.998),
    judge=Schedule(steps=2_500, learning_rate=3e-3, warmup=20, average_decay=0.99),
    adapter=Schedule(steps=2_000, learning_rate=3e-3, warmup=30, average_decay=0.99),
    vae_mix=SceneMix(pairs=0.3, several=0.1, bare=0.08, cornered=0.05, looks=0.2),
)

FULL = Preset(
    name="full",
    resolution=256,
    looks=("plain", "pixel art", "sketch", "sepia", "neon"),
    mix=SceneMix(pairs=0.3, several=0.1, bare=0.05, sized=0.12, cornered=0.1, looks=0.3, most=5),
    tokens=48,
    merges=4000,
    text_width=256,
    text_layers=3,
    latent_channels=8,
    vae_channels=(32, 32, 64, 128),
    vae_layers=1,
    vae_groups=16,
    vae_batch=32,
    unet_channels=(96, 192, 256),
    unet_layers=1,
    unet_heads=8,
    unet_batch=256,
    cached_latents=200_000,
    lanes=1,
    inner=Schedule(steps=20_000, learning_rate=2e-3, average_decay=0.999),
    decoder=Schedule(steps=20_000, learning_rate=1e-3, average_decay=0.999),
    text=Schedule(steps=20_000, learning_rate=5e-4, average_decay=0.999),
    unet=Schedule(steps=120_000, learning_rate=1e-3, warmup=1000, average_decay=0.9995),
    judge=Schedule(steps=20_000, learning_rate=1e-3, average_decay=0.998),
    adapter=Schedule(steps=6_000, learning_rate=1e-3, warmup=100, average_decay=0.998),
    vae_mix=SceneMix(pairs=0.3, several=0.1, bare=0.08, cornered=0.05, looks=0.2),
)

PRESETS = {preset.name: preset for preset in (TINY, SMALL, FULL)}
