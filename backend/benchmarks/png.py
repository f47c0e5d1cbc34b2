"""Writing a picture as PNG, against Pillow: milliseconds and bytes.

    python -m benchmarks.png                   pictures of the starter, 256 × 256
    python -m benchmarks.png photo.jpg …       your own pictures

Pillow tries all five filters for every row. *Pillow, runs* lets zlib look for runs only
(``Z_RLE``), which is quicker. Sides are interleaved; a ratio above 1 means that Pillow takes
longer. That all of them give back the same pixels is checked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from benchmarks.engine import PROMPTS, one_request
from benchmarks.ours import Arrival, serve
from benchmarks.pipelines import folder_of
from benchmarks.timing import interleaved, timed
from tastemaker.diffusion.components import load_components
from tastemaker.diffusion.device import pick_device
from tastemaker.storage.png import encode_png

OURS = "ours"
STEPS = 12
PILLOWS_CHOICE = -1


def drawn() -> list[Image.Image]:
    """Pictures as the starter draws them."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = folder_of("starter", Path(scratch))
        components = load_components(folder, pick_device("cpu"), safety_checker=False)
        one = one_request(components, STEPS)
        asked = [replace(one, prompt=prompt, seed=seed) for seed, prompt in enumerate(PROMPTS * 2)]
        return serve(components, [Arrival(request) for request in asked]).images


def by_pillow(image: Image.Image, strategy: int) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", compress_type=strategy)
    return out.getvalue()


SIDES: dict[str, Callable[[Image.Image], bytes]] = {
    OURS: lambda image: encode_png(image, {}),
    "Pillow": lambda image: by_pillow(image, PILLOWS_CHOICE),
    "Pillow, runs": lambda image: by_pillow(image, zlib.Z_RLE),
}


def measure(pictures: Sequence[Image.Image], repeats: int) -> list[str]:
    """Lines to print. Raises `AssertionError` when a side changes pixels."""
    sizes = dict.fromkeys(SIDES, 0)
    for name, encode in SIDES.items():
        for picture in pictures:
            data = encode(picture)
            assert Image.open(BytesIO(data)).tobytes() == picture.tobytes(), name
            sizes[name] += len(data)

    def all_by(encode: Callable[[Image.Image], bytes]) -> Callable[[], float]:
        return timed(lambda: [encode(picture) for picture in pictures])

    times = interleaved({name: all_by(encode) for name, encode in SIDES.items()}, repeats)
    lines = [f"  {'side':14} {'ms/picture':>11} {'ratio':>6} {'KiB/picture':>12} {'ratio':>6}"]
    for name, found in times.items():
        each, size = found.median / len(pictures) * 1e3, sizes[name] / len(pictures) / 1024
        lines.append(
            f"  {name:14} {each:11.2f} {found.median / times[OURS].median:6.2f} {size:12.1f} "
            f"{sizes[name] / sizes[OURS]:6.2f}"
        )
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pictures", nargs="*", type=Path, help="instead of the starter's")
    parser.add_argument("--repeats", type=int, default=25, help="runs of each side; at least 3")
    options = parser.parse_args()
    given = [Image.open(path).convert("RGB") for path in options.pictures]
    pictures = given or drawn()
    lines = measure(pictures, options.repeats)
    print(f"{len(pictures)} pictures, the first {pictures[0].width} × {pictures[0].height}")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
