"""A pipeline folder in diffusers layout, checked before anything is loaded from it.

Reads JSON and the headers of safetensors files only; never opens a pickle, knows no torch. A file
that is missing or cut short is named: loading would fail later with a riddle, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tastemaker.errors import ModelBroken

LORA_FILE = "pytorch_lora_weights.safetensors"
"""The name of a version's LoRA, by which plain diffusers finds it."""
IP_ADAPTERS = "ip-adapter"
"""The folder, beside the models or in one, of IP-Adapters and the image encoder they need."""
PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_VOCABULARIES = (("tokenizer.json",), ("vocab.json", "merges.txt"))
_MAX_HEADER_BYTES = 100_000_000


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        ModelBroken: naming the file that is missing or isn't a JSON object.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelBroken(f"The model misses the file {path}. Download the model again.") from None
    except (OSError, ValueError) as error:
        raise ModelBroken(
            f"The model's file {path} can't be read as JSON ({error}). Download the model again."
        ) from None
    if not isinstance(data, dict):
        raise ModelBroken(f"The model's file {path} holds no JSON object. Download it again.")
    return data


def read_index(folder: Path) -> dict[str, tuple[str, str]]:
    """``model_index.json`` as component → (library, class), without components that are null."""
    index = read_json(folder / "model_index.json")
    return {
        name: (str(value[0]), str(value[1]))
        for name, value in index.items()
        if isinstance(value, list) and len(value) == 2 and value[1] is not None
    }


def check_tokenizer(folder: Path) -> None:
    """A tokenizer without its vocabulary loads, and then silently draws something else.

    Raises:
        ModelBroken: naming what is missing.
    """
    for names in _VOCABULARIES:
        if all((folder / name).is_file() and (folder / name).stat().st_size for name in names):
            return
    if any(folder.glob("*.model")):
        raise ModelBroken(
            f"The tokenizer in {folder} has its vocabulary only as a SentencePiece file, which "
            "can't be read here. Use a copy of the model that has a tokenizer.json."
        )
    raise ModelBroken(
        f"The tokenizer in {folder} has no vocabulary: neither tokenizer.json nor vocab.json with "
        "merges.txt is there. Without it prompts would be misread. Download the model again."
    )


def find_weights(folder: Path, stem: str) -> str | None:
    """The ``variant`` under which a component's safetensors lie (``None`` = the plain name).

    ``stem`` is ``diffusion_pytorch_model`` or ``model``. Every shard is checked for completeness.

    Raises:
        ModelBroken: no safetensors, only pickles, or a file missing or cut short.
    """
    for variant in (None, "fp16"):
        middle = f".{variant}" if variant else ""
        single = folder / f"{stem}{middle}.safetensors"
        if single.is_file():
            check_safetensors(single)
            return variant
        index = folder / f"{stem}.safetensors.index{middle}.json"
        if index.is_file():
            for name in sorted(set(_weight_map(index).values())):
                check_safetensors(folder / Path(name).name)
            return variant
    if folder.is_dir() and any(path.suffix in PICKLES for path in folder.iterdir()):
        raise ModelBroken(
            f"The weights in {folder} are pickle files, which can run any program when they are "
            "opened, so they are refused. Use a copy of the model with safetensors weights."
        )
    raise ModelBroken(
        f"The weights {folder / stem}.safetensors are missing. Download the model again."
    )


def _weight_map(index: Path) -> Mapping[str, str]:
    weights = read_json(index).get("weight_map")
    if not isinstance(weights, dict) or not weights:
        raise ModelBroken(f"The model's file {index} lists no weights. Download the model again.")
    return weights


def check_safetensors(path: Path) -> None:
    """Compare a safetensors file's length with what its header promises.

    Raises:
        ModelBroken: the file is missing, cut short, or no safetensors file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(_MAX_HEADER_BYTES, size - 8):
                raise ValueError("its header is cut short or no header")
            header = json.loads(file.read(length))
        ends = [int(v["data_offsets"][1]) for k, v in header.items() if k != "__metadata__"]
        expected = 8 + length + max(ends, default=0)
        if size != expected:
            raise ValueError(f"it has {size} bytes instead of {expected}")
    except FileNotFoundError:
        raise ModelBroken(f"The weights {path} are missing. Download the model again.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelBroken(
            f"The weights {path} are damaged: {error}. Delete the file and download the model "
            "again."
        ) from None
