"""Contact sheets: many pictures in one PNG, to look at while training runs."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image
from torch import Tensor


def contact_sheet(pictures: Tensor, columns: int) -> Image.Image:
    """Lay out ``[n, 3, height, width]`` in -1..1 as one picture, row by row."""
    data = (
        ((pictures.float().cpu() + 1) * 127.5)
        .round()
        .clamp(0, 255)
        .to(torch.uint8)
        .permute(0, 2, 3, 1)
    )
    height, width = data.shape[1:3]
    rows = -(-len(data) // columns)
    sheet = Image.new("RGB", (columns * width, rows * height), "white")
    for i, picture in enumerate(data):
        sheet.paste(
            Image.fromarray(picture.numpy()), ((i % columns) * width, (i // columns) * height)
        )
    return sheet


def save_sheet(pictures: Tensor, columns: int, path: Path) -> None:
    """Write a contact sheet as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    contact_sheet(pictures, columns).save(path)
