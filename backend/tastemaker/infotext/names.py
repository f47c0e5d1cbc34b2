"""What other programs call samplers and schedules, and what they are called here.

A name of ours that this version doesn't have is simply not found, so the table may be ahead of it.
"""

from __future__ import annotations

import re

from tastemaker.domain import Sampler, Schedule

# Our name (the first that exists counts), A1111's label, and how others write it: ComfyUI, SwarmUI
# and Fooocus use k-diffusion's function names, InvokeAI and diffusers have their own.
_SAMPLERS: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (("euler",), "Euler", ("k_euler",)),
    (
        ("euler_a",),
        "Euler a",
        ("euler ancestral", "euler_ancestral", "k_euler_a", "k_euler_ancestral"),
    ),
    (("ddim",), "DDIM", ()),
    (("ddpm",), "DDPM", ()),
    (("pndm", "plms"), "PLMS", ("pndm",)),
    (("lms",), "LMS", ("k_lms",)),
    (("heun",), "Heun", ("k_heun",)),
    (("dpm2", "dpm_2", "kdpm2"), "DPM2", ("dpm_2", "kdpm_2", "k_dpm_2")),
    (
        ("dpm2_a", "dpm_2_a", "kdpm2_a"),
        "DPM2 a",
        ("dpm_2_ancestral", "kdpm_2_a", "k_dpm_2_a", "dpm_2_a"),
    ),
    (("dpmpp_2m",), "DPM++ 2M", ("k_dpmpp_2m",)),
    (("dpmpp_2m_sde",), "DPM++ 2M SDE", ("dpmpp_2m_sde_gpu", "k_dpmpp_2m_sde")),
    (("dpmpp_2m_sde_heun",), "DPM++ 2M SDE Heun", ("dpmpp_2m_sde_heun_gpu",)),
    (("dpmpp_sde",), "DPM++ SDE", ("dpmpp_sde_gpu", "k_dpmpp_sde")),
    (
        ("dpmpp_2s_a", "dpmpp_2s"),
        "DPM++ 2S a",
        ("dpmpp_2s_ancestral", "dpmpp_2s", "k_dpmpp_2s_a"),
    ),
    (("dpmpp_3m",), "DPM++ 3M", ()),
    (("dpmpp_3m_sde",), "DPM++ 3M SDE", ("dpmpp_3m_sde_gpu", "k_dpmpp_3m_sde")),
    (("dpm_fast",), "DPM fast", ()),
    (("dpm_adaptive",), "DPM adaptive", ()),
    (("unipc", "uni_pc"), "UniPC", ("uni_pc", "uni_pc_bh2", "unipc bh2")),
    (("deis",), "DEIS", ()),
    (("ipndm",), "IPNDM", ()),
    (("ipndm_v",), "IPNDM_V", ()),
    (("lcm",), "LCM", ()),
    (("tcd",), "TCD", ()),
    (("restart",), "Restart", ()),
)

_SCHEDULES: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (("normal",), "Normal", ("uniform", "linear", "discrete")),
    (("karras",), "Karras", ()),
    (("exponential",), "Exponential", ()),
    (("polyexponential",), "Polyexponential", ()),
    (("sgm_uniform",), "SGM Uniform", ("sgmuniform", "sgm uniform")),
    (("simple",), "Simple", ()),
    (("beta",), "Beta", ()),
    (("ddim", "ddim_uniform"), "DDIM", ("ddim_uniform",)),
    (("align_your_steps", "ays"), "Align Your Steps", ("ays",)),
    (("kl_optimal",), "KL Optimal", ()),
    (("turbo",), "Turbo", ()),
)

# What A1111's "Automatic" means: its own choice by sampler, else k-diffusion's usual spacing.
_AUTOMATIC_KARRAS = frozenset(
    {"dpm2", "dpm2 a", "dpm++ 2m", "dpm++ 2m sde", "dpm++ 2m sde heun", "dpm++ sde", "dpm++ 2s a"}
)
_AUTOMATIC_EXPONENTIAL = frozenset({"dpm++ 3m sde"})


def _key(name: str) -> str:
    return re.sub(r"\s+", " ", name.strip().lower())


def _first(names: tuple[str, ...], known: frozenset[str]) -> str | None:
    return next((name for name in names if name in known), None)


def _tables() -> tuple[dict[Sampler, str], dict[str, Sampler | None]]:
    known = frozenset(sampler.value for sampler in Sampler)
    labels = {sampler: sampler.value for sampler in Sampler}
    found: dict[str, Sampler | None] = {sampler.value: sampler for sampler in Sampler}
    for ours, label, others in _SAMPLERS:
        name = _first(ours, known)
        sampler = None if name is None else Sampler(name)
        if sampler is not None:
            labels[sampler] = label
        for written in (label, *others, *ours):
            found.setdefault(_key(written), sampler)
    return labels, found


def _schedule_tables() -> tuple[dict[Schedule, str], dict[str, Schedule | None]]:
    known = frozenset(schedule.value for schedule in Schedule)
    labels = {schedule: schedule.value for schedule in Schedule}
    found: dict[str, Schedule | None] = {schedule.value: schedule for schedule in Schedule}
    for ours, label, others in _SCHEDULES:
        name = _first(ours, known)
        schedule = None if name is None else Schedule(name)
        if schedule is not None:
            labels[schedule] = label
        for written in (label, *others, *ours):
            found.setdefault(_key(written), schedule)
    return labels, found


_LABELS, _FOUND = _tables()
_SCHEDULE_LABELS, _FOUND_SCHEDULES = _schedule_tables()
_SUFFIXES = sorted(_FOUND_SCHEDULES, key=len, reverse=True)


def sampler_label(sampler: Sampler) -> str:
    """What A1111 calls it; our own name when it has none."""
    return _LABELS[sampler]


def schedule_label(schedule: Schedule) -> str:
    """What A1111 calls it as "Schedule type"; our own name when it has none."""
    return _SCHEDULE_LABELS[schedule]


def find_sampler(name: str) -> tuple[Sampler | None, str | None]:
    """Our sampler, and the schedule that is part of the name ("DPM++ 2M Karras", "euler_k")."""
    key = _key(name)
    if key in _FOUND:
        return _FOUND[key], None
    for suffix in _SUFFIXES:
        for separator in (" ", "_"):
            if key.endswith(separator + suffix):
                return _FOUND.get(key[: -len(suffix) - 1]), suffix
    if key.endswith("_k") and key[:-2] in _FOUND:
        return _FOUND[key[:-2]], "karras"
    return None, None


def find_schedule(name: str, sampler: str | None = None) -> Schedule | None:
    """Our schedule of that name; "Automatic" depends on the ``sampler`` beside it."""
    key = _key(name)
    if key == "automatic":
        by = _key(sampler or "")
        key = "normal"
        if by in _AUTOMATIC_KARRAS:
            key = "karras"
        elif by in _AUTOMATIC_EXPONENTIAL:
            key = "exponential"
    return _FOUND_SCHEDULES.get(key)
