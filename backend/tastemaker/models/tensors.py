"""Headers of safetensors files that may come from anywhere: every number in them is checked.

Reads weights only to see whether they are numbers, without torch. The format:
https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from tastemaker.errors import InvalidInput

MAX_HEADER_BYTES = 10_000_000
_CHUNK = 1 << 20
_MAX_DIMENSIONS = 8
_FIRST_LETTER = 0x20
_SIZES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1,
    "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
    "U32": 4, "I32": 4, "F32": 4,
    "U64": 8, "I64": 8, "F64": 8,
}  # fmt: skip
# As whole numbers, with the bits of the exponent: all set means infinity or no number at all.
_EXPONENTS = {
    "F16": ("<u2", 0x7C00),
    "BF16": ("<u2", 0x7F80),
    "F32": ("<u4", 0x7F80_0000),
    "F64": ("<u8", 0x7FF0_0000_0000_0000),
}
FLOATS = frozenset(_EXPONENTS)


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """One tensor: its element type as the format names it, its shape, its bytes in the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


def read_header(file: BinaryIO, size: int, name: str) -> dict[str, TensorEntry]:
    """The tensors of a file of ``size`` bytes, by name; ``name`` is what people call the file.

    Raises:
        InvalidInput: it is no complete and consistent safetensors file; says why.
    """
    file.seek(0)
    start = file.read(8)
    refuse_pickle(start, name)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
        raise _bad(name, "it doesn't begin with a header")
    try:
        header = json.loads(file.read(length), object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise _bad(name, f"its header can't be read: {error}") from error
    if not isinstance(header, dict):
        raise _bad(name, "its header is no object")
    header.pop("__metadata__", None)
    entries = {
        key: _entry(value, 8 + length, f"{name}: {key[:100]}") for key, value in header.items()
    }
    end = 8 + length
    for entry in sorted(entries.values(), key=lambda entry: (entry.start, entry.end)):
        if entry.start != end:
            raise _bad(name, "its tensors overlap or leave gaps")
        end = entry.end
    if end != size:
        raise _bad(name, f"it has {size} bytes, but its header promises {end}")
    return entries


def refuse_pickle(start: bytes, name: str) -> None:
    """Raise `InvalidInput` when a file's first 8 bytes are those of a pickle.

    The length with which a safetensors file begins may begin with a pickle's first two bytes, too.
    Then a small third byte tells it: in a pickle that is the first instruction, a letter or more.
    """
    marked = len(start) >= 2 and start[0] == 0x80 and 1 <= start[1] <= 5
    if marked and not (len(start) == 8 and start[2] < _FIRST_LETTER and not any(start[3:])):
        raise pickle_refused(name)


def pickle_refused(name: str) -> InvalidInput:
    """Why a pickle isn't taken, whatever it is called."""
    return InvalidInput(
        f"{name} is a pickle, which can run any program when it is opened, so it is refused. Use a "
        "copy with safetensors weights."
    )


def check_numbers(file: BinaryIO, entries: Mapping[str, TensorEntry], name: str) -> None:
    """Raise `InvalidInput` unless every value is a finite floating-point number; reads all."""
    # Only needed here, and the web process does without it otherwise.
    import numpy as np

    for key, entry in entries.items():
        if entry.dtype not in FLOATS:
            raise _bad(name, f"{key[:100]} holds {entry.dtype} values, which can't be weights")
        kind, bits = _EXPONENTS[entry.dtype]
        for chunk in chunks(file, entry):
            values = np.frombuffer(chunk, dtype=kind)
            if ((values & bits) == bits).any():
                raise _bad(name, f"{key[:100]} holds values that are no numbers (NaN or infinity)")


def chunks(file: BinaryIO, entry: TensorEntry) -> Iterator[bytes]:
    """A tensor's bytes, a megabyte at a time."""
    file.seek(entry.start)
    left = entry.end - entry.start
    while left:
        chunk = file.read(min(_CHUNK, left))
        if not chunk:
            raise EOFError("the file ended early")
        left -= len(chunk)
        yield chunk


def _entry(value: Any, base: int, name: str) -> TensorEntry:
    try:
        dtype, shape, (first, last) = value["dtype"], value["shape"], value["data_offsets"]
    except (TypeError, KeyError, ValueError) as error:
        raise _bad(name, "it lacks a type, a shape or its place") from error
    if not isinstance(dtype, str) or dtype not in _SIZES:
        raise _bad(name, f"its type {str(dtype)[:20]!r} is unknown")
    if not isinstance(shape, list) or len(shape) > _MAX_DIMENSIONS:
        raise _bad(name, "its shape is no list of a few numbers")
    numbers = [*shape, first, last]
    if any(type(number) is not int or not 0 <= number < 1 << 48 for number in numbers):
        raise _bad(name, "its shape or its place is impossible")
    if last - first != math.prod(shape) * _SIZES[dtype]:
        raise _bad(name, "its shape and its size disagree")
    return TensorEntry(dtype, tuple(shape), base + first, base + last)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _bad(name: str, why: str) -> InvalidInput:
    return InvalidInput(f"{name} is no safetensors file that can be used: {why}.")
