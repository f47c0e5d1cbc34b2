"""Paints the little worlds behind the subjects: sky, night, sea, grass, desert, snow, space,
sunset, mountains.

Every painter takes ``(count, size, generator, device)`` and returns float32 ``[count, 3, size,
size]`` in 0..1. Random numbers come from the CPU generator, so that a seed gives the same picture
on every device.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import interpolate

Painter = Callable[[int, int, torch.Generator, torch.device], Tensor]


class _Brush:
    """Coordinates and random shapes for one batch. y grows downwards; both run over 0..1."""

    def __init__(
        self, count: int, size: int, generator: torch.Generator, device: torch.device
    ) -> None:
        self.count, self.size, self.generator, self.device = count, size, generator, device
        line = (torch.arange(size, device=device) + 0.5) / size
        self.x = line.view(1, 1, 1, size)
        self.y = line.view(1, 1, size, 1)

    def uniform(self, low: float, high: float) -> Tensor:
        """One random number per picture, ``[count, 1, 1, 1]``."""
        drawn = torch.rand(self.count, 1, 1, 1, generator=self.generator)
        return (low + (high - low) * drawn).to(self.device)

    def noise(self, rows: int, columns: int) -> Tensor:
        """Smooth noise in 0..1, ``[count, 1, size, size]``, with about that many bumps."""
        grid = torch.rand(self.count, 1, rows, columns, generator=self.generator).to(self.device)
        return interpolate(grid, (self.size, self.size), mode="bicubic", align_corners=True).clamp(
            0, 1
        )

    def below(self, horizon: Tensor) -> Tensor:
        """A mask in 0..1 of what lies below a height given per column or per picture, one pixel
        soft.
        """
        return ((self.y - horizon) * self.size + 0.5).clamp(0, 1)

    def disc(self, x: Tensor, y: Tensor, radius: Tensor) -> Tensor:
        """A soft-edged disc, ``[count, 1, size, size]``."""
        distance = ((self.x - x) ** 2 + (self.y - y) ** 2).sqrt()
        return ((radius - distance) * self.size + 0.5).clamp(0, 1)

    def ridge(self, base: float, height: float, peaks: int) -> Tensor:
        """A jagged skyline: height of the ground per column, ``[count, 1, 1, size]``."""
        corners = torch.rand(self.count, 1, 2 * peaks + 1, generator=self.generator)
        corners[..., 1::2] = 0.55 + 0.45 * corners[..., 1::2]
        corners[..., 0::2] *= 0.25
        line = interpolate(corners.to(self.device), self.size, mode="linear", align_corners=True)
        return base - height * line[:, :, None]

    def stars(self, share: float) -> Tensor:
        """Sparse bright dots, ``[count, 1, size, size]`` in 0..1, on a grid two pixels coarse at
        128.
        """
        cells = self.size // max(1, self.size // 64)
        drawn = torch.rand(self.count, 1, cells, cells, generator=self.generator).to(self.device)
        bright = ((drawn - (1 - share)) / share).clamp(0, 1).sqrt() * (drawn > 1 - share)
        return interpolate(bright, (self.size, self.size), mode="nearest")

    def fade(self, colours: Sequence[tuple[int, int, int]]) -> Tensor:
        """A vertical gradient through these colours from top to bottom, ``[1, 3, size, 1]``."""
        stops = torch.tensor(colours, dtype=torch.float32, device=self.device).T[None] / 255
        return interpolate(stops, self.size, mode="linear", align_corners=True)[..., None]


def _rgb(*colour: int) -> Tensor:
    return torch.tensor(colour, dtype=torch.float32).view(1, 3, 1, 1) / 255


def _over(below: Tensor, colour: Tensor, mask: Tensor) -> Tensor:
    return below + (colour.to(below.device) - below) * mask


def _clouds(b: _Brush, picture: Tensor, lowest: float = 1.0) -> Tensor:
    wisps = ((b.noise(7, 5) - 0.58) * 5).clamp(0, 1) * ((lowest - b.y) * 6).clamp(0, 1)
    return _over(picture, _rgb(255, 255, 255), 0.9 * wisps)


def sky(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    return _clouds(
        b, b.fade([(86, 168, 240), (150, 208, 250), (204, 232, 252)]).expand(count, 3, size, size)
    )


def night(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    picture = b.fade([(14, 20, 62), (26, 40, 104), (60, 72, 144)]).expand(count, 3, size, size)
    picture = _over(picture, _rgb(255, 250, 220), b.stars(0.010))
    hills = b.below(0.86 - 0.1 * b.noise(2, 4)[:, :, :1])
    return _over(picture, _rgb(10, 16, 34), hills)


def sea(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    horizon = b.uniform(0.36, 0.46)
    sky_part = b.fade([(150, 212, 248), (214, 238, 252)])
    water = b.fade([(58, 160, 206), (28, 110, 178), (14, 70, 140)])
    picture = _over(sky_part.expand(count, 3, size, size), water, b.below(horizon))
    crests = torch.sin(
        b.y * 75 + 2.2 * torch.sin(b.x * 14 + b.uniform(0, 6.28)) + b.uniform(0, 6.28)
    )
    return _over(
        picture,
        _rgb(150, 220, 240),
        ((crests - 0.72) * 2.2).clamp(0, 0.55) * b.below(horizon + 0.03),
    )


def grass(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    picture = b.fade([(120, 196, 246), (206, 234, 250), (206, 234, 250)]).expand(
        count, 3, size, size
    )
    meadow = b.fade([(150, 214, 90), (120, 198, 74), (74, 160, 54)])
    picture = _over(picture, meadow, b.below(0.52 - 0.12 * b.noise(2, 3)[:, :, :1]))
    return _over(
        picture,
        _rgb(70, 150, 50),
        b.below(b.uniform(0.62, 0.7)) * ((b.noise(10, 14) - 0.6) * 4).clamp(0, 0.6),
    )


def desert(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    picture = b.fade([(250, 214, 150), (254, 236, 196), (254, 236, 196)]).expand(
        count, 3, size, size
    )
    for height, colour in ((0.50, (236, 190, 118)), (0.62, (222, 168, 92)), (0.78, (204, 144, 70))):
        dune = height + 0.05 * torch.sin(b.x * b.uniform(4, 7) + b.uniform(0, 6.28))
        picture = _over(picture, _rgb(*colour), b.below(dune))
    return picture


def snow(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    picture = b.fade([(150, 178, 206), (190, 210, 228), (206, 222, 236)]).expand(
        count, 3, size, size
    )
    ground = b.fade([(244, 249, 253), (244, 249, 253), (222, 234, 246)])
    picture = _over(picture, ground, b.below(0.66 - 0.1 * b.noise(2, 3)[:, :, :1]))
    return _over(picture, _rgb(255, 255, 255), b.stars(0.014))


def space(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    picture = _rgb(10, 6, 24).to(device).expand(count, 3, size, size)
    picture = _over(picture, _rgb(150, 40, 160), ((b.noise(4, 4) - 0.5) * 2).clamp(0, 0.75))
    picture = _over(picture, _rgb(40, 90, 190), ((b.noise(4, 4) - 0.55) * 2).clamp(0, 0.65))
    return _over(picture, _rgb(255, 255, 255), b.stars(0.012))


def _evening(b: _Brush) -> Tensor:
    colours = [(70, 44, 120), (176, 70, 130), (246, 120, 84), (254, 190, 92)]
    picture = b.fade(colours + [(254, 206, 120)] * 3).expand(b.count, 3, b.size, b.size)
    x, y, radius = b.uniform(0.25, 0.75), b.uniform(0.46, 0.52), b.uniform(0.1, 0.13)
    picture = _over(picture, _rgb(255, 214, 120), 0.5 * b.disc(x, y, radius * 1.5))
    return _over(picture, _rgb(255, 244, 180), b.disc(x, y, radius))


def sunset(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    water = b.fade([(236, 120, 90), (236, 120, 90), (150, 62, 112), (66, 34, 90)])
    picture = _over(_evening(b), water, b.below(b.uniform(0.56, 0.62)))
    crests = torch.sin(b.y * 70 + 1.8 * torch.sin(b.x * 12 + b.uniform(0, 6.28)))
    return _over(
        picture,
        _rgb(255, 200, 130),
        ((crests - 0.75) * 2).clamp(0, 0.5) * b.below(torch.full_like(b.y[:, :, :1], 0.64)),
    )


def mountains(count: int, size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    b = _Brush(count, size, generator, device)
    picture = b.fade([(110, 184, 240), (190, 224, 248), (230, 242, 250)]).expand(
        count, 3, size, size
    )
    ridge = b.ridge(0.68, 0.46, 3)
    picture = _over(picture, _rgb(104, 116, 142), b.below(ridge))
    caps = b.below(ridge) * (1 - b.below(0.34 + 0.06 * b.noise(2, 24)[:, :, :1]))
    picture = _over(picture, _rgb(250, 252, 255), caps)
    return _over(picture, _rgb(92, 150, 84), b.below(0.74 - 0.06 * b.noise(2, 4)[:, :, :1]))


def sunset_over_mountains(
    count: int, size: int, generator: torch.Generator, device: torch.device
) -> Tensor:
    b = _Brush(count, size, generator, device)
    picture = _over(_evening(b), _rgb(128, 60, 112), b.below(b.ridge(0.74, 0.3, 3)))
    return _over(picture, _rgb(58, 30, 78), b.below(b.ridge(0.92, 0.26, 4)))


PAINTERS: dict[str, Painter] = {
    "sky": sky,
    "night": night,
    "sea": sea,
    "grass": grass,
    "desert": desert,
    "snow": snow,
    "space": space,
    "sunset": sunset,
    "mountains": mountains,
    "sunset over mountains": sunset_over_mountains,
}
