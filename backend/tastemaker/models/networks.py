"""What networks on disk look like, from their configs and the headers of their weights.

Never loads a weight: two files count as equal when their bytes are, or their values as float16.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tastemaker.errors import InvalidInput, ModelBroken
from tastemaker.models.tensors import TensorEntry, chunks, read_header

_STEMS = ("diffusion_pytorch_model", "model")
_PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_NUMPY = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}

Located = dict[str, tuple[Path, TensorEntry]]


def weight_files(folder: Path, what: str) -> dict[str, Path]:
    """The weights of a network's folder, by the plain name under which they should lie.

    Shards come with their index. ``what`` is what people call the folder.

    Raises:
        InvalidInput: there are none, only pickles, or a shard is missing.
    """
    for stem in _STEMS:
        for middle, index in (("", ".index"), (".fp16", ".index.fp16")):
            single = folder / f"{stem}{middle}.safetensors"
            if single.is_file():
                return {f"{stem}.safetensors": single}
            listed = folder / f"{stem}.safetensors{index}.json"
            if listed.is_file():
                names = sorted(set(_weight_map(listed, what).values()))
                shards = {name: folder / name for name in names}
                return {f"{stem}.safetensors.index.json": listed, **shards}
    pickles = [path.name for path in folder.glob("*") if path.suffix in _PICKLES]
    if pickles:
        raise InvalidInput(
            f"{what} has its weights only as pickle ({pickles[0]}), which can run any program when "
            "it is opened, so it is refused. Use a copy with safetensors weights."
        )
    raise InvalidInput(f"{what} has no weights: there is no .safetensors file in it.")


def tensors_of(folder: Path, what: str) -> Located:
    """Every tensor of a network's folder, and the file it lies in. Raises `InvalidInput`."""
    found: Located = {}
    for path in weight_files(folder, what).values():
        if path.suffix == ".json":
            continue
        with path.open("rb") as file:
            entries = read_header(file, path.stat().st_size, f"{what}/{path.name}")
        for name, entry in entries.items():
            if name in found:
                raise InvalidInput(f"{what} holds the tensor {name[:200]} twice.")
            found[name] = (path, entry)
    return found


def shapes_of(folder: Path) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of an installed model's network. Raises `ModelBroken`."""
    try:
        return {name: entry.shape for name, (_, entry) in tensors_of(folder, folder.name).items()}
    except (InvalidInput, OSError) as error:
        raise ModelBroken(f"The model's {folder.name} can't be read: {error}") from error


def config_of(path: Path, what: str) -> dict[str, Any]:
    """A config without the notes that libraries leave in it. Raises `InvalidInput`."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InvalidInput(f"{what} has no {path.name}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{what}/{path.name} can't be read as JSON.") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{what}/{path.name} holds no JSON object.")
    return {key: value for key, value in content.items() if not key.startswith("_")}


def difference(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str | None:
    """A setting that both configs have and disagree about."""
    ignored = ("sample_size", "torch_dtype", "dtype", "transformers_version")
    for key in sorted(ours.keys() & theirs.keys() - set(ignored)):
        if ours[key] != theirs[key]:
            return key
    return None


def same_weights(ours: Located, theirs: Located) -> bool:
    """Whether two networks are the same, be it in another precision."""
    shapes = [{name: entry.shape for name, (_, entry) in one.items()} for one in (ours, theirs)]
    if shapes[0] != shapes[1]:
        return False
    return all(_same(ours[name], theirs[name]) for name in ours)


def _same(one: tuple[Path, TensorEntry], other: tuple[Path, TensorEntry]) -> bool:
    (path, entry), (their_path, theirs) = one, other
    if entry.dtype == theirs.dtype:
        with path.open("rb") as file, their_path.open("rb") as their_file:
            pairs = zip(chunks(file, entry), chunks(their_file, theirs), strict=True)
            return all(a == b for a, b in pairs)
    if entry.dtype not in _NUMPY or theirs.dtype not in _NUMPY:
        return False
    import numpy as np

    def halves(path: Path, entry: TensorEntry) -> Any:
        with path.open("rb") as file:
            whole = b"".join(chunks(file, entry))
        with np.errstate(over="ignore"):
            return np.frombuffer(whole, dtype=_NUMPY[entry.dtype]).astype(np.float16)

    return bool(np.array_equal(halves(path, entry), halves(their_path, theirs)))


def _weight_map(index: Path, what: str) -> dict[str, str]:
    try:
        found = json.loads(index.read_bytes())["weight_map"]
        names = {str(key): str(value) for key, value in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput(f"{what}/{index.name} is no list of weights.") from error
    for name in names.values():
        if Path(name).name != name or not (index.parent / name).is_file():
            raise InvalidInput(f"{what} lacks the file {name[:200]} that {index.name} names.")
    if not names:
        raise InvalidInput(f"{what}/{index.name} lists no weights.")
    return names
