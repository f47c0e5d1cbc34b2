"""Examples become what the U-Net learns from: latents' distributions and caption embeddings.

The VAE and the text encoder are only asked, never changed. Knows no losses and no optimiser.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn

from tastemaker.diffusion.components import Components
from tastemaker.diffusion.text import PromptEncoder
from tastemaker.errors import InvalidInput
from tastemaker.training.cache import TensorCache
from tastemaker.training.pairs import Pair, pair_up


class Captioned(Protocol):
    """What an example must offer; `tastemaker.training.data.examples.Example` does."""

    @property
    def key(self) -> str: ...
    @property
    def picture(self) -> bytes: ...
    @property
    def caption(self) -> str: ...
    @property
    def feedback(self) -> int: ...
    @property
    def content(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One encoded example: where the cache keeps its picture and caption, and its rating."""

    key: str
    picture: str
    caption: str
    feedback: int


@dataclass(frozen=True, slots=True)
class Unusable:
    """An example that the VAE can't encode, and why."""

    key: str
    reason: str


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Encoded examples in a fixed order; ``latent_shape`` is (channels, height, width).

    ``pairs`` are indices of two pictures of one caption, the better one first.
    """

    items: tuple[Item, ...]
    cache: TensorCache
    empty_caption: str
    latent_shape: tuple[int, int, int]
    scaling_factor: float
    shift_factor: float
    pairs: tuple[Pair, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def latents(self, index: int, posterior_noise: Tensor) -> Tensor:
        """A sample of a picture's latents, scaled as the U-Net wants them: float32, on the CPU."""
        item = self.items[index]
        mean, std = self.cache.get(item.picture, "mean"), self.cache.get(item.picture, "std")
        return (mean + std * posterior_noise - self.shift_factor) * self.scaling_factor

    def caption(self, index: int, *, dropped: bool = False) -> Tensor:
        """A caption's embedding (tokens, width), or that of no caption at all."""
        key = self.empty_caption if dropped else self.items[index].caption
        return self.cache.get(key, "states")

    def only(self, indices: Sequence[int]) -> TrainingSet:
        """The same set with some of its items, and the pairs of which both are among them."""
        places = {index: place for place, index in enumerate(indices)}
        return replace(
            self,
            items=tuple(self.items[i] for i in indices),
            pairs=tuple(
                (places[better], places[worse])
                for better, worse in self.pairs
                if better in places and worse in places
            ),
        )

    def paired(self, chosen: Iterable[tuple[str, str]]) -> TrainingSet:
        """The same set with its pairs: ``chosen`` by the items' keys, and as the ratings say."""
        return replace(self, pairs=pair_up(self.items, chosen))

    @property
    def compared(self) -> frozenset[int]:
        """The indices that occur in pairs."""
        return frozenset(index for pair in self.pairs for index in pair)

    @property
    def digest(self) -> str:
        """A hash of everything in it that a run depends on, the order included."""
        digest = hashlib.sha256(repr(self.latent_shape).encode())
        for item in self.items:
            digest.update(f"{item.picture} {item.caption} {item.feedback}\n".encode())
        for better, worse in self.pairs:
            digest.update(f"{better} > {worse}\n".encode())
        return digest.hexdigest()


class ExampleEncoder:
    """Encodes examples with a model's VAE and text encoder, through the cache.

    ``resolution`` is the side in pixels of the square that pictures are fitted to; ``None`` means
    the model's own size. The components should have been loaded in float32.
    """

    def __init__(
        self, components: Components, cache: TensorCache, resolution: int | None = None
    ) -> None:
        self._components = components
        self._cache = cache
        self._prompts = PromptEncoder(components)
        width, height = (resolution, resolution) if resolution else components.default_size
        self._latent_size = components.latent_size(width, height)
        self._size = width, height
        self._vae_id = f"{network_hash(components.vae)}-{width}x{height}"
        self._text_id = network_hash(components.text_encoder)

    def encode(
        self,
        examples: Iterable[Captioned],
        on_progress: Callable[[int], None] = lambda done: None,
    ) -> tuple[TrainingSet, list[Unusable]]:
        """Encode what the cache doesn't have yet; also returns what can't be trained on.

        ``on_progress`` hears how many examples are done.
        """
        items: list[Item] = []
        unusable: list[Unusable] = []
        self._caption("")
        for done, example in enumerate(examples, start=1):
            picture = _key("picture", example.content, self._vae_id)
            if picture in self._cache or self._encode_picture(picture, example.picture):
                caption = self._caption(example.caption)
                items.append(Item(example.key, picture, caption, example.feedback))
            else:
                reason = "The VAE turns the picture into values that are no numbers."
                unusable.append(Unusable(example.key, reason))
            on_progress(done)
        self._cache.flush()
        config = self._components.vae.config
        return TrainingSet(
            items=tuple(items),
            cache=self._cache,
            empty_caption=self._caption(""),
            latent_shape=(self._components.latent_channels, *self._latent_size),
            scaling_factor=float(config.scaling_factor),
            shift_factor=float(config.shift_factor or 0.0),
        ), unusable

    @torch.no_grad()
    def _encode_picture(self, key: str, picture: bytes) -> bool:
        """Cache mean and standard deviation of a picture's latents; ``False`` if not finite."""
        vae = self._components.vae
        if vae.dtype != torch.float32:
            raise InvalidInput("The VAE must be loaded in float32 for training.")
        pixels = to_pixels(picture, *self._size).to(vae.device)
        distribution = vae.encode(pixels[None]).latent_dist
        mean, std = distribution.mean[0], distribution.std[0]
        if not (mean.isfinite().all() and std.isfinite().all()):
            return False
        self._cache.add(key, {"mean": mean, "std": std})
        return True

    def _caption(self, caption: str) -> str:
        key = _key("caption", caption, self._text_id)
        if key not in self._cache:
            self._cache.add(key, {"states": self._prompts.encode(caption).states.clone()})
        return key


def to_pixels(picture: bytes, width: int, height: int) -> Tensor:
    """An encoded picture as float32 (3, height, width) in [-1, 1], upright, cropped to fit."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(picture))).convert("RGB")
    fitted = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    array = np.asarray(fitted, dtype=np.float32) / 127.5 - 1.0
    return torch.from_numpy(array).permute(2, 0, 1).contiguous()


def network_hash(network: Any) -> str:
    """SHA-256 of a network's weights and buffers, in hexadecimal; in float32 they count equal."""
    assert isinstance(network, nn.Module)
    return tensors_hash(network.state_dict())


def tensors_hash(tensors: dict[str, Tensor]) -> str:
    """SHA-256 of named tensors, in hexadecimal; floating-point ones as float32."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        if tensor.is_floating_point():
            tensor = tensor.float()
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
