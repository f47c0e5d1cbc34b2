"""AUTOMATIC1111's infotext: the prompt, ``Negative prompt:`` and one line of ``Key: value`` pairs.

The grammar is that of stable-diffusion-webui's own parser. A value that holds a comma, a colon or a
line break is written as a JSON string. Prompts have no escape: the first line that begins with
``Negative prompt:`` ends the prompt, and some readers look for these words anywhere. So that no
reader takes a prompt's words for the mark, an invisible word joiner (U+2060) is put before the
colon, and taken out again here. Readers also take off white space at both ends; our own record
beside the infotext keeps it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tastemaker import __version__
from tastemaker.domain import Sampler, Schedule
from tastemaker.infotext.names import sampler_label, schedule_label
from tastemaker.infotext.reading import Dialect, Reading
from tastemaker.infotext.record import PictureRecord

KEY = "parameters"
MARK = "Negative prompt:"
_JOINER = "\u2060"
_MARKED = re.compile(f"(Negative prompt{_JOINER}*):")
_UNMARKED = re.compile(f"(Negative prompt{_JOINER}*){_JOINER}:")
# Bounded, because unbounded repetition takes quadratic time on a text made for it.
_PAIR = re.compile(r'(\w[\w \-/]{1,60}):[ \t]{0,8}("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d+)\s*[x×]\s*(\d+)")
_LORA = re.compile(r"<(?:lora|lyco|hypernet):([^:<>]{1,200})(?::([^<>]{0,100}))?>")
_LEAST_PAIRS = 3
_MOST_AFTER = 20
_MAX_LINE = 100_000

_TAKEN = {
    "Steps": "num_inference_steps",
    "CFG scale": "guidance_scale",
    "Seed": "seed",
    "Denoising strength": "strength",
}
_UPSCALERS = {"latent": "Latent", "lanczos": "Lanczos"}
_ELSEWHERE = frozenset(
    {"Sampler", "Schedule type", "Scheduler", "Size", "Model", "Model hash", "Version"}
)


def escape(prompt: str) -> str:
    """The prompt with no ``Negative prompt:`` in it; it looks the same. `unescape` undoes it."""
    return _MARKED.sub(rf"\1{_JOINER}:", prompt)


def unescape(text: str) -> str:
    """The prompt that `escape` was given."""
    return _UNMARKED.sub(r"\1:", text)


def quote(value: object) -> str:
    """A value as it stands in the last line: a JSON string if anything in it is punctuation."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if set(text) & set(',:\n"') else text


def unquote(text: str) -> str:
    """Inverse of `quote`."""
    if len(text) > 1 and text[0] == '"' == text[-1]:
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return found if isinstance(found, str) else text
    return text


def write(record: PictureRecord) -> str:
    """The infotext of a picture. What the record doesn't say is left out."""
    params = record.params
    pairs: dict[str, object] = {"Steps": params.get("num_inference_steps")}
    pairs["Sampler"] = _label(params.get("sampler"), Sampler, sampler_label)
    pairs["Schedule type"] = _label(params.get("schedule"), Schedule, schedule_label)
    pairs["CFG scale"] = _number(params.get("guidance_scale"))
    pairs["Seed"] = record.seed
    hires = params.get("hires")
    hires = hires if isinstance(hires, Mapping) else {}
    size = params if hires else {}
    width, height = size.get("width", record.width), size.get("height", record.height)
    if width and height:
        pairs["Size"] = f"{width}x{height}"
    pairs["Model"] = record.model or None
    pairs["Denoising strength"] = _number(hires.get("strength", params.get("strength")))
    pairs["Hires upscale"] = _number(hires.get("scale"))
    pairs["Hires steps"] = hires.get("num_inference_steps")
    pairs["Hires upscaler"] = _UPSCALERS.get(str(hires.get("upscaler")))
    if params.get("mask") or params.get("extend"):
        pairs["Mask blur"] = params.get("mask_blur")
        pairs["Inpaint area"] = "Only masked" if params.get("only_masked") else None
        pairs["Masked area padding"] = params.get("padding")
    pairs["Version"] = f"Tastemaker {__version__}"
    line = ", ".join(f"{key}: {quote(value)}" for key, value in pairs.items() if value is not None)
    lines = [escape(record.prompt)] if record.prompt.strip() else []
    if record.negative_prompt.strip():
        lines.append(f"{MARK} {escape(record.negative_prompt)}")
    return "\n".join([*lines, line]).replace("\x00", "")


def read(texts: Mapping[str, str]) -> Reading | None:
    """What the infotext of a picture says; ``None`` if there is none."""
    text = texts.get(KEY, "").replace("\r\n", "\n").strip()
    lines = text.split("\n")
    found = next(((at, pairs) for at in _from_the_end(lines) if (pairs := _pairs(lines[at]))), None)
    if found is None:
        return None
    at, pairs = found
    prompt, negative = _prompts(lines[:at])
    # Fooocus joins the lines of a prompt; the one that was typed stands beside it.
    prompt = pairs.pop("Raw prompt", prompt)
    negative = pairs.pop("Raw negative prompt", negative)
    values: dict[str, Any] = {ours: pairs[key] for key, ours in _TAKEN.items() if key in pairs}
    size = _SIZE.fullmatch(pairs.get("Size", "").strip())
    if size is not None:
        values["width"], values["height"] = size[1], size[2]
    loras = tuple((lora[1], lora[2] or "1") for lora in _LORA.finditer(prompt))
    known = _ELSEWHERE | _TAKEN.keys()
    rest = [(key, value) for key, value in pairs.items() if key not in known and value]
    fooocus = pairs.get("Version", "").startswith("Fooocus")
    return Reading(
        Dialect.FOOOCUS if fooocus else Dialect.A1111,
        prompt=prompt,
        negative_prompt=negative,
        values=values,
        sampler=pairs.get("Sampler") or None,
        schedule=pairs.get("Schedule type") or pairs.get("Scheduler") or None,
        model=_model(pairs),
        loras=loras,
        rest=tuple(rest),
    )


def without_loras(prompt: str) -> str:
    """The prompt without ``<lora:…>`` marks, which aren't words."""
    return re.sub(r"[ \t]{2,}", " ", _LORA.sub("", prompt)).strip(" ,\n\t")


def _from_the_end(lines: list[str]) -> range:
    """The lines that may hold the pairs: extensions put lines of their own after them."""
    return range(len(lines) - 1, max(-1, len(lines) - 1 - _MOST_AFTER), -1)


def _pairs(line: str) -> dict[str, str] | None:
    """The pairs of the line that holds them, ``None`` for any other line."""
    if len(line) > _MAX_LINE:
        return None
    found = {key.strip(): unquote(value.strip()) for key, value in _PAIR.findall(line)}
    return found if len(found) >= _LEAST_PAIRS and found.keys() & _TAKEN.keys() else None


def _prompts(lines: list[str]) -> tuple[str, str]:
    """Prompt and negative prompt of the lines above the last."""
    at = next((n for n, line in enumerate(lines) if line.strip().startswith(MARK)), len(lines))
    negative = "\n".join(lines[at:]).strip().removeprefix(MARK)
    return unescape("\n".join(lines[:at]).strip()), unescape(negative.strip())


def _model(pairs: Mapping[str, str]) -> str | None:
    name, digest = pairs.get("Model", ""), pairs.get("Model hash", "")
    return name or (f"[{digest}]" if digest else None)


def _label(value: object, kind: Any, label: Any) -> str | None:
    try:
        return str(label(kind(value)))
    except ValueError:
        return value if isinstance(value, str) and value else None


def _number(value: object) -> str | None:
    """A number without the trailing ``.0`` of a whole one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return repr(int(value)) if float(value).is_integer() else repr(value)
