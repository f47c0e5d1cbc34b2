"""Holds what a picture says to what can be drawn here, and says what had to be left out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from tastemaker.domain import MAX_SEED, Schedule
from tastemaker.infotext.a1111 import without_loras
from tastemaker.infotext.names import find_sampler, find_schedule
from tastemaker.infotext.reading import Dialect, Reading, Recovered, Unmapped, shown

MAX_STEPS = 150
MAX_GUIDANCE = 50.0
MAX_SIDE = 16384
MAX_UNMAPPED = 40
_ROUND = re.compile(r"[+-]?\d{1,25}(\.\d{0,20})?([eE][+-]?\d{1,3})?")

FindModel = Callable[[str], str | None]


def recover(reading: Reading, size: tuple[int, int], find_model: FindModel) -> Recovered:
    """The settings that can be used here, with everything else in ``unmapped``.

    ``size`` is the picture's own, for a picture that doesn't say with which it was drawn.
    ``find_model`` gives the name of the model that another program calls so, if it is here.
    """
    missing: list[Unmapped] = []
    numbers = _Numbers(reading.values, missing)
    width, height = (numbers.whole(name, 1, MAX_SIDE) for name in ("width", "height"))
    if width is None or height is None:
        width, height = size
    steps = numbers.whole("num_inference_steps", 1, MAX_STEPS)
    guidance = numbers.real("guidance_scale", 0, MAX_GUIDANCE)
    seed = numbers.whole("seed", 0, MAX_SEED)
    strength = numbers.real("strength", 0, 1)
    sampler, schedule = _sampling(reading, missing)
    model = _model(reading, find_model, missing)
    prompt = reading.prompt if reading.record is not None else without_loras(reading.prompt)
    missing += [
        Unmapped("LoRA", f"{shown(name)} ({shown(weight)})", "LoRAs of other programs aren't used")
        for name, weight in reading.loras
    ]
    missing += [
        Unmapped(shown(name), shown(value), "there is no such setting here")
        for name, value in reading.rest
    ]
    if len(missing) > MAX_UNMAPPED:
        more = f"{len(missing) - MAX_UNMAPPED + 1} further settings"
        missing[MAX_UNMAPPED - 1 :] = [Unmapped("…", more, "there are no such settings here")]
    return Recovered(
        dialect=reading.dialect,
        prompt=prompt,
        negative_prompt=reading.negative_prompt,
        width=width,
        height=height,
        num_inference_steps=steps,
        guidance_scale=guidance,
        seed=seed,
        strength=strength or None,
        sampler=sampler,
        schedule=schedule,
        model=model,
        model_text=reading.model or "",
        unmapped=tuple(missing),
    )


def _sampling(reading: Reading, missing: list[Unmapped]) -> tuple[Any, Schedule | None]:
    if reading.sampler is None:
        return None, None
    sampler, within = find_sampler(reading.sampler)
    if sampler is None:
        reason = "there is no such sampler here; the model's own is used"
        missing.append(Unmapped("Sampler", shown(reading.sampler), reason))
    named = reading.schedule or within
    if named is None:
        # Every program spaces the noise evenly in time unless it says something else.
        plain = reading.dialect is not Dialect.TASTEMAKER and sampler is not None
        return sampler, Schedule.NORMAL if plain else None
    schedule = find_schedule(named, reading.sampler)
    if schedule is None:
        reason = "there is no such schedule here; the model's own is used"
        missing.append(Unmapped("Schedule", shown(named), reason))
    return sampler, schedule


def _model(reading: Reading, find_model: FindModel, missing: list[Unmapped]) -> str | None:
    if reading.model is None:
        return None
    found = find_model(reading.model)
    if found is None:
        reason = "this model isn't here; the one that is chosen draws"
        missing.append(Unmapped("Model", shown(reading.model), reason))
    return found


class _Numbers:
    """Reads numbers that may be written as text, noting what is none or out of range."""

    def __init__(self, values: Any, missing: list[Unmapped]) -> None:
        self._values = values
        self._missing = missing

    def real(self, name: str, low: float, high: float) -> float | None:
        value = self._values.get(name)
        if value is None:
            return None
        number = _number(value)
        if number is None or not low <= number <= high:
            self._refuse(name, value, f"isn't a number from {low:g} to {high:g}")
            return None
        return float(number)

    def whole(self, name: str, low: int, high: int) -> int | None:
        value = self._values.get(name)
        if value is None or (name == "seed" and _number(value) == -1):
            return None
        number = _number(value)
        if number is None or number != int(number) or not low <= number <= high:
            self._refuse(name, value, f"isn't a whole number from {low} to {high}")
            return None
        return int(number)

    def _refuse(self, name: str, value: object, why: str) -> None:
        title = name.replace("_", " ").replace("num inference ", "").capitalize()
        self._missing.append(Unmapped(title, shown(value), why))


def _number(value: object) -> int | float | None:
    """The number, exact if it is whole."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = value.strip() if isinstance(value, str) else ""
    if _ROUND.fullmatch(text) is None:
        return None
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    found = float(text)
    return found if math.isfinite(found) else None
