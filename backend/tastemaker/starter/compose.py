"""Turns scenes into pixels, a batch at a time, on whatever device the glyph atlas lies.

A subject is pasted with ``grid_sample`` from the atlas or, drawn small, from its half-size copy.
Randomness is the given CPU generator's alone: same seed, same pictures.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, avg_pool2d, grid_sample, interpolate

from tastemaker.starter.scenes import Arrangement, Scene
from tastemaker.starter.vocabulary import Vocabulary
from tastemaker.starter.worlds import PAINTERS

_SLOTS = {
    1: ((0.5, 0.5),),
    2: ((0.27, 0.5), (0.73, 0.5)),
    3: ((0.5, 0.27), (0.26, 0.72), (0.74, 0.72)),
    4: ((0.27, 0.27), (0.73, 0.27), (0.27, 0.73), (0.73, 0.73)),
    5: ((0.22, 0.24), (0.78, 0.24), (0.5, 0.5), (0.22, 0.76), (0.78, 0.76)),
}
_CORNERS = ((0.5, 0.5), (0.26, 0.26), (0.74, 0.26), (0.26, 0.74), (0.74, 0.74))
_SINGLE_SIZES = ((0.58, 0.74), (0.84, 0.94), (0.3, 0.38))
_SEVERAL_SIZES = {2: (0.4, 0.46), 3: (0.38, 0.44), 4: (0.37, 0.43), 5: (0.3, 0.35)}
_MOST = 5


class Composer:
    """Renders scenes of one vocabulary at one resolution.

    ``atlas`` is float32 ``[subjects, 4, side, side]``, premultiplied, as
    :func:`glyphs.render_atlas` makes it.
    """

    def __init__(self, vocabulary: Vocabulary, atlas: Tensor, resolution: int) -> None:
        self.vocabulary, self.resolution, self.device = vocabulary, resolution, atlas.device
        self._levels = (atlas, avg_pool2d(atlas, 2))
        # Drawn smaller than the half-size copy, a glyph is taken from that, or it would alias.
        self._half = atlas.shape[-1] / 2 / resolution

    def at(self, resolution: int) -> Composer:
        """The same scenes at another resolution."""
        return Composer(self.vocabulary, self._levels[0], resolution)

    def render(self, scenes: list[Scene], generator: torch.Generator) -> Tensor:
        """Pictures of these scenes, float32 ``[n, 3, resolution, resolution]`` in -1..1."""
        pictures = self._backgrounds(scenes, generator)
        places = [self._place(scene, generator) for scene in scenes]
        for layer in range(max((len(p) for p in places), default=0)):
            rows = [row for row, p in enumerate(places) if len(p) > layer]
            pictures = self._paste(pictures, rows, [places[row][layer] for row in rows])
        looks = torch.tensor([scene.look for scene in scenes], device=self.device)
        for look in range(1, len(self.vocabulary.looks)):
            chosen = looks == look
            if bool(chosen.any()):
                pictures[chosen] = apply_look(self.vocabulary.looks[look], pictures[chosen])
        return pictures * 2 - 1

    def _backgrounds(self, scenes: list[Scene], generator: torch.Generator) -> Tensor:
        pictures = torch.empty(len(scenes), 3, self.resolution, self.resolution, device=self.device)
        for index in sorted({scene.background for scene in scenes}):
            rows = [row for row, scene in enumerate(scenes) if scene.background == index]
            background = self.vocabulary.backgrounds[index]
            if background.rgb is None:
                paint = PAINTERS[background.name]
                pictures[rows] = paint(len(rows), self.resolution, generator, self.device)
            else:
                shade = (torch.rand(len(rows), 3, 1, 1, generator=generator) - 0.5) * 0.03
                colour = torch.tensor(background.rgb).view(1, 3, 1, 1) / 255 + shade
                pictures[rows] = (
                    colour.clamp(0, 1)
                    .to(self.device)
                    .expand(-1, -1, self.resolution, self.resolution)
                )
        return pictures

    def _place(
        self, scene: Scene, generator: torch.Generator
    ) -> list[tuple[int, float, float, float]]:
        """Where the scene's glyphs go: (subject, x, y, scale), all but the first in fractions of
        the picture.
        """

        def between(low: float, high: float) -> float:
            return low + (high - low) * float(torch.rand((), generator=generator))

        if scene.arrangement is Arrangement.BARE:
            return []
        if scene.arrangement is Arrangement.SINGLE:
            x, y = _CORNERS[scene.place]
            scale = between(*_SINGLE_SIZES[scene.size])
            room = min(0.06, max(0.0, 0.5 - scale / 2 - 0.02)) if scene.place == 0 else 0.03
            return [(scene.subjects[0], x + between(-room, room), y + between(-room, room), scale)]
        if scene.arrangement is Arrangement.SEVERAL:
            spots, subjects = _SLOTS[scene.count], scene.subjects * scene.count
            scale = between(*_SEVERAL_SIZES[scene.count])
        else:
            spots, subjects = _SLOTS[2], scene.subjects
            if scene.arrangement is Arrangement.ABOVE_BELOW:
                spots = tuple((y, x) for x, y in spots)
            scale = between(0.42, 0.48)
        return [
            (s, x + between(-0.02, 0.02), y + between(-0.03, 0.03), scale)
            for s, (x, y) in zip(subjects, spots, strict=True)
        ]

    def _paste(
        self, pictures: Tensor, rows: list[int], places: list[tuple[int, float, float, float]]
    ) -> Tensor:
        for level, atlas in enumerate(self._levels):
            chosen = [
                i
                for i, (_, _, _, scale) in enumerate(places)
                if (scale < self._half) == bool(level)
            ]
            if not chosen:
                continue
            theta = torch.zeros(len(chosen), 2, 3)
            for i, (_, x, y, scale) in enumerate(places[c] for c in chosen):
                theta[i] = torch.tensor(
                    [[1 / scale, 0, (1 - 2 * x) / scale], [0, 1 / scale, (1 - 2 * y) / scale]]
                )
            shape = [len(chosen), 4, self.resolution, self.resolution]
            grid = affine_grid(theta.to(self.device), shape, align_corners=False)
            glyphs = atlas[[places[c][0] for c in chosen]]
            layer = grid_sample(glyphs, grid, mode="bilinear", align_corners=False)
            at = [rows[c] for c in chosen]
            pictures[at] = layer[:, :3] + pictures[at] * (1 - layer[:, 3:])
        return pictures


def apply_look(look: str, pictures: Tensor) -> Tensor:
    """Redraw pictures ``[n, 3, size, size]`` in 0..1 in one of :data:`vocabulary.LOOKS`."""
    size = pictures.shape[-1]
    gray = (pictures * pictures.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(
        1, keepdim=True
    )
    if look == "pixel art":
        coarse = (interpolate(pictures, (32, 32), mode="area") * 7).round() / 7
        return interpolate(coarse, (size, size), mode="nearest")
    if look == "sepia":
        tone = torch.cat([gray * 1.07 + 0.05, gray * 0.84 + 0.03, gray * 0.62], dim=1)
        return tone.clamp(0, 1)
    if look not in ("sketch", "neon"):
        return pictures
    step = max(1, size // 128)
    edges = (gray - gray.roll(step, -1)).abs() + (gray - gray.roll(step, -2)).abs()
    edges = avg_pool2d((edges * 3).clamp(0, 1), 2 * step + 1, 1, step)
    if look == "sketch":
        return (1 - 1.4 * edges - 0.12 * (1 - gray)).clamp(0, 1).expand(-1, 3, -1, -1)
    glow = pictures / pictures.amax(1, keepdim=True).clamp_min(0.05)
    return (pictures * 0.15 + glow * (edges * 2.2).clamp(0, 1)).clamp(0, 1)
