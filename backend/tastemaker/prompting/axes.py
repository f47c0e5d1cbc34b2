"""The values of a grid's axis: written singly or as ranges, and what they do to a request.

Ranges are written as in A1111's X/Y/Z plot: ``1-5`` counts up by one, ``10-30 (+5)`` and
``10-30:5`` by five, ``1-10 [4]`` are four values evenly spaced.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from tastemaker.errors import FieldError, InvalidInput

MAX_VALUES = 50
WHOLE = frozenset({"num_inference_steps", "seed", "width", "height"})
NUMBERS = WHOLE | {"guidance_scale"}
REPLACED = "prompt"
"""The parameter whose first value is looked for in the prompt and replaced by each of them."""

_NUMBER = r"(-?\d{1,19}(?:\.\d{1,9})?)"
_RANGE = re.compile(
    rf"\s*{_NUMBER}\s*-\s*{_NUMBER}\s*"
    rf"(?:\(\s*\+?{_NUMBER}\s*\)|:\s*{_NUMBER}|\[\s*(\d{{1,4}})\s*\])?\s*"
)


def expand(field: str, parameter: str, values: Sequence[str]) -> tuple[str, ...]:
    """The single values that ``values`` mean, as text, in order.

    Raises:
        InvalidInput: none, too many, two equal ones, or a range that never ends.
    """
    found: list[str] = []
    for value in values:
        match = _RANGE.fullmatch(value) if parameter in NUMBERS else None
        found += [value.strip()] if match is None else _steps(field, parameter, match)
        if len(found) > MAX_VALUES:
            raise wrong(field, f"has more than {MAX_VALUES} values")
    # Nothing may be put in a replaced word's place, and be a negative prompt.
    if not found or (parameter not in (REPLACED, "negative_prompt") and "" in found):
        raise wrong(field, "needs at least one value, and none that is empty")
    if len(set(found)) < len(found):
        twice = next(value for place, value in enumerate(found) if value in found[:place])
        raise wrong(field, f"has {twice[:60]!r} twice")
    return tuple(found)


def _steps(field: str, parameter: str, match: re.Match[str]) -> list[str]:
    first, last = float(match[1]), float(match[2])
    if match[5]:
        count = int(match[5])
        if not 2 <= count <= MAX_VALUES:
            raise wrong(field, f"a range may have 2 to {MAX_VALUES} values, not {count}")
        numbers = [first + (last - first) * place / (count - 1) for place in range(count)]
    else:
        step = abs(float(match[3] or match[4] or 1))
        if step == 0 or abs(last - first) / step >= MAX_VALUES:
            raise wrong(field, f"the range {match[0].strip()} has more than {MAX_VALUES} values")
        count = math.floor(abs(last - first) / step + 1e-9) + 1
        numbers = [first + math.copysign(step, last - first) * place for place in range(count)]
    if parameter in WHOLE:
        if float(match[1]).is_integer() and abs(first) >= 2**53:
            raise wrong(field, "a range can't have numbers of more than 15 digits; write them out")
        return [str(round(number)) for number in numbers]
    return [f"{number:.6g}" for number in numbers]


def replaced(field: str, prompt: str, wanted: str, value: str) -> str:
    """``prompt`` with ``value`` in the place of ``wanted``.

    Raises:
        InvalidInput: ``wanted`` isn't in it.
    """
    if not wanted or wanted not in prompt:
        raise wrong(field, f"the first value, {wanted[:60]!r}, must be words of the prompt")
    return prompt.replace(wanted, value)


def wrong(field: str, message: str) -> InvalidInput:
    """An error about one axis."""
    return InvalidInput(f"{field}: {message}.", (FieldError(field, message),))
