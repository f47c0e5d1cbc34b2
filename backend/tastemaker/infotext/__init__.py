"""Settings that travel with the picture: written for other programs, and read from theirs.

One file per dialect; `carriers` and `embedding` know the file formats, `names` what others call
samplers, `mapping` what can be drawn here. Knows Pillow, no rows, no HTTP and no torch.
"""

from __future__ import annotations

from tastemaker.infotext import a1111, comfyui, fooocus, invokeai, record, swarmui
from tastemaker.infotext.carriers import Carried
from tastemaker.infotext.reading import Reading

# Ours first. The others by what tells them apart: JSON before text, and a graph last, because
# nodes that save pictures often write one of the other dialects beside it.
_READERS = (
    record.read,
    swarmui.read,
    fooocus.read,
    a1111.read,
    invokeai.read,
    comfyui.read,
)


def read(carried: Carried) -> Reading | None:
    """What the texts of a picture say, in the first dialect that is found."""
    return next((found for read in _READERS if (found := read(carried.texts)) is not None), None)
