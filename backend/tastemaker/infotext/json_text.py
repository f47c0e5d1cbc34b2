"""Reading JSON that nobody vouches for: anything may be in it, and none of it may hurt."""

from __future__ import annotations

import json
import math
from typing import Any


def parse(text: str) -> Any:
    """The value, or ``None`` for what is no JSON or nested too deeply. NaN becomes ``None``."""
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def parse_object(text: str) -> dict[str, Any] | None:
    """The JSON object, or ``None`` for anything else."""
    if text.lstrip()[:1] != "{":
        return None
    found = parse(text)
    return found if isinstance(found, dict) else None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None
