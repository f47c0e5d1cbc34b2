"""Files from anywhere: whatever is in them, they are taken as they are or refused with a reason."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError
from safetensors.numpy import load

from tastemaker.errors import InsufficientDisk, InvalidInput, PayloadTooLarge
from tastemaker.models.archives import extract_pipeline
from tastemaker.models.importing import Base, checked_name, fetch, name_from
from tastemaker.models.lora_files import check_lora
from tastemaker.models.tensors import TensorEntry, check_numbers, read_header
from tests.models.lora_made import (
    LAYER,
    UNET,
    as_file,
    kohya_lora,
    peft_lora,
    pipeline_members,
    unet_tensors,
    write_model,
    zipped,
)

LIMIT = 1 << 20


def header_of(data: bytes) -> dict[str, TensorEntry]:
    return read_header(io.BytesIO(data), len(data), "it")


def file_of(header: object, rest: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + rest


def one(**changes: object) -> dict[str, object]:
    return {"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **changes}}


def test_a_good_header_is_read() -> None:
    data = as_file({"a": np.zeros((2, 3), np.float16), "b": np.zeros((), np.float32)})
    found = header_of(data)
    assert {name: (e.dtype, e.shape, e.end - e.start) for name, e in found.items()} == {
        "a": ("F16", (2, 3), 12),
        "b": ("F32", (), 4),
    }


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "header"),
        (b"1234567", "header"),
        (struct.pack("<Q", 2**63) + b"{}", "header"),
        (file_of(b"[]"), "no object"),
        (file_of(b"{" * 5000), "can't be read"),
        (file_of(b"[" * 5000), "can't be read"),
        (file_of(b"\xff\xfe"), "can't be read"),
        (file_of(b'{"x": 1, "x": 2}'), "twice"),
        (file_of({"x": 3}), "lacks a type"),
        (file_of(one(dtype="PICKLE"), bytes(4)), "unknown"),
        (file_of(one(dtype=[]), bytes(4)), "unknown"),
        (file_of(one(shape="4"), bytes(4)), "no list"),
        (file_of(one(shape=[1] * 9), bytes(4)), "no list"),
        (file_of(one(shape=[True]), bytes(4)), "impossible"),
        (file_of(one(shape=[-1]), bytes(4)), "impossible"),
        (file_of(one(shape=[2**60]), bytes(4)), "impossible"),
        (file_of(one(shape=[2]), bytes(4)), "disagree"),
        (file_of(one(data_offsets=[4, 0]), bytes(4)), "disagree"),
        (file_of(one(data_offsets=[4, 8]), bytes(8)), "gaps"),
        (file_of(one(data_offsets=[0]), bytes(4)), "lacks a type"),
        (file_of(one()), "promises"),
        (file_of(one(), bytes(5)), "promises"),
        (file_of({**one(), "y": one()["x"]}, bytes(4)), "overlap"),
        (b"\x80\x04\x95" + bytes(99), "pickle"),
    ],
)
def test_bad_headers_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        header_of(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    try:
        header_of(data)
    except InvalidInput:
        return
    load(data)


@given(st.data())
def test_a_file_with_a_changed_byte_reads_as_the_library_reads_it(data: st.DataObject) -> None:
    """What the library refuses is refused here; what is read here has the same names and shapes."""
    whole = bytearray(as_file(kohya_lora()))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    try:
        theirs = {name: value.shape for name, value in load(bytes(whole)).items()}
    except (SafetensorError, KeyError, ValueError, TypeError):
        theirs = None
    try:
        ours = {name: entry.shape for name, entry in header_of(bytes(whole)).items()}
    except InvalidInput:
        return
    assert theirs is None or ours == theirs


@pytest.mark.parametrize("kind", ["<f2", "<f4", "<f8"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_found(kind: str, bad: float) -> None:
    values = np.ones(300_001, dtype=kind)
    data = as_file({"x": values})
    check_numbers(io.BytesIO(data), header_of(data), "it")
    values[-1] = bad
    data = as_file({"x": values})
    with pytest.raises(InvalidInput, match="no numbers"):
        check_numbers(io.BytesIO(data), header_of(data), "it")


def test_brain_floats_and_whole_numbers() -> None:
    for bits, good in ((0x3F80, True), (0x7F80, False), (0xFFC1, False), (0x7F7F, True)):
        header = {"x": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}
        data = file_of(header, struct.pack("<H", bits))
        if good:
            check_numbers(io.BytesIO(data), header_of(data), "it")
            continue
        with pytest.raises(InvalidInput):
            check_numbers(io.BytesIO(data), header_of(data), "it")
    data = as_file({"x": np.zeros(3, np.int64)})
    with pytest.raises(InvalidInput, match="I64"):
        check_numbers(io.BytesIO(data), header_of(data), "it")


def entries(tensors: dict[str, np.ndarray]) -> dict[str, TensorEntry]:
    return header_of(as_file(tensors))


def test_loras_of_every_style_fit() -> None:
    assert check_lora(entries(peft_lora()), UNET, "it") == 2
    assert check_lora(entries(kohya_lora()), UNET, "it") == 1
    older = {
        f"unet.{LAYER}.lora.{half}.weight": value
        for half, value in (("down", np.zeros((2, 8))), ("up", np.zeros((6, 2))))
    }
    assert check_lora(entries(older), UNET, "it") == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text_encoder.x.lora_A.weight": np.zeros((2, 8))}, "text encoder"),
        ({"lora_te_text_model_x.lora_down.weight": np.zeros((2, 8))}, "text encoder"),
        ({f"lora_unet_{LAYER}.hada_w1_a": np.zeros((2, 8))}, "another kind"),
        ({"unet.somewhere.lora_A.weight": np.zeros((2, 8))}, "doesn't have"),
        ({f"unet.{LAYER}.lora_A.weight": np.zeros((2, 9))}, "doesn't fit"),
        ({f"unet.{LAYER}.lora_B.weight": np.zeros((6, 3))}, "doesn't fit"),
        ({f"unet.{LAYER}.lora_A.weight": np.zeros((0, 8))}, "doesn't fit"),
        ({f"unet.{LAYER}.lora_A.weight": np.zeros((2, 8, 1, 1))}, "doesn't fit"),
        ({f"unet.{LAYER}.alpha": np.zeros(3)}, "one number"),
        ({f"unet.{LAYER}.weight": np.zeros((6, 8))}, "no LoRA"),
        ({f"{LAYER}.lora_A.weight": np.zeros((2, 8))}, "no LoRA"),
    ],
)
def test_what_fits_no_layer_is_named(changes: dict[str, np.ndarray], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        check_lora(entries({**peft_lora(), **changes}), UNET, "it")
    half = peft_lora()
    del half[f"unet.{LAYER}.lora_B.weight"]
    with pytest.raises(InvalidInput, match="incomplete"):
        check_lora(entries(half), UNET, "it")
    with pytest.raises(InvalidInput, match="no tensors"):
        check_lora({}, UNET, "it")


def unpack(data: bytes, folder: Path, limit: int = LIMIT) -> set[str]:
    extract_pipeline(io.BytesIO(data), folder, "it", limit, lambda size: None)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_only_what_is_wanted_is_unpacked(tmp_path: Path) -> None:
    members = {
        "top/model_index.json": b"{}", "top/unet/config.json": b"{}", "top/unet/x.bin": b"x",
        "top/unet/deep/x.json": b"x", "top/readme.md": b"x", "outside.json": b"x",
        "top/vae/y.safetensors": b"y", "top/tokenizer/vocab.json": b"{}",
    }  # fmt: skip
    found = unpack(zipped(members), tmp_path)
    assert found == {"model_index.json", "unet/config.json", "vae/y.safetensors"}


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a/../../x", "a//b", "./x", "C:/x", "a\\b", "..", "unet/../../x.json"],
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    data = zipped({"model_index.json": b"{}", name: b"x"})
    with pytest.raises(InvalidInput, match="points outside"):
        unpack(data, tmp_path / "here")
    assert not (tmp_path / "here").exists()
    assert list(tmp_path.iterdir()) == []


def test_links_doubles_and_crowds_are_refused(tmp_path: Path) -> None:
    def archive(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("model_index.json", "{}")
            fill(made)
        return file.getvalue()

    link = zipfile.ZipInfo("unet/config.json")
    link.external_attr = 0o120777 << 16
    with pytest.raises(InvalidInput, match="link"):
        unpack(archive(lambda made: made.writestr(link, "/etc/passwd")), tmp_path)
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive(lambda made: made.writestr("model_index.json", "[]"))
    with pytest.raises(InvalidInput, match="twice"):
        unpack(twice, tmp_path)
    crowd = zipped({f"{number}": b"" for number in range(5001)})
    with pytest.raises(InvalidInput, match="few dozen"):
        unpack(crowd, tmp_path)
    large = zipped({"model_index.json": b"{}", "unet/config.json": bytes(21_000_000)})
    with pytest.raises(InvalidInput, match="too large"):
        unpack(large, tmp_path, limit=1 << 30)


def test_a_bomb_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    bomb = zipped({"model_index.json": b"{}", "unet/x.safetensors": bytes(LIMIT)})
    assert len(bomb) < LIMIT / 100
    with pytest.raises(PayloadTooLarge, match="unpacks to"):
        unpack(bomb, tmp_path / "here")

    def no_room(size: int) -> None:
        raise InsufficientDisk(f"{size}")

    with pytest.raises(InsufficientDisk):
        extract_pipeline(io.BytesIO(bomb), tmp_path / "here", "it", 2 * LIMIT, no_room)
    assert not (tmp_path / "here").exists()


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    """The directory promises ten bytes where a megabyte comes out: reading stops there."""
    data = bytearray(zipped({"model_index.json": b"{}", "unet/x.safetensors": bytes(LIMIT)}))
    size = struct.pack("<I", LIMIT)
    while size in data:
        place = data.index(size)
        data[place : place + 4] = struct.pack("<I", 10)
    with pytest.raises(InvalidInput):
        unpack(bytes(data), tmp_path)
    assert sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) < 100


SMALL = zipped({"model_index.json": b"{}", "unet/config.json": b'{"a": 1}', "vae/x.json": b"{}"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_a_changed_archive_is_refused_or_unpacked_within_bounds(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    changed = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("zip")
    with contextlib.suppress(InvalidInput, PayloadTooLarge):
        unpack(bytes(changed), folder / "in", limit=1000)
    assert {path.name for path in folder.iterdir()} <= {"in"}
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) <= 1000


@pytest.fixture
def base(tmp_path: Path) -> Base:
    folder = write_model(tmp_path / "base")
    return Base("base", folder, folder / "unet")


def take(data: bytes, name: str, base: Base, scratch: Path) -> None:
    scratch.mkdir()
    fetch(io.BytesIO(data), name, scratch, base, 50 * LIMIT, lambda size: None)


def test_a_pipeline_of_another_precision_is_the_same(base: Base, tmp_path: Path) -> None:
    members = pipeline_members(base.folder, unet_tensors(2))
    for part in ("vae", "text_encoder"):
        name = next(n for n in members if n.startswith(part) and n.endswith(".safetensors"))
        half = {k: v.astype(np.float16) for k, v in load(members[name]).items()}
        members[name] = as_file(half)
    take(zipped(members), "half.zip", base, tmp_path / "good")
    assert {p.name for p in (tmp_path / "good").iterdir()} == {"unet"}
    name = "vae/diffusion_pytorch_model.safetensors"
    members[name] = as_file({"x": np.array([1, 2, 3], np.float16)})
    with pytest.raises(InvalidInput, match="another vae"):
        take(zipped(members), "half.zip", base, tmp_path / "bad")


def test_shards_and_variants_get_their_plain_names(base: Base, tmp_path: Path) -> None:
    members = pipeline_members(base.folder)
    whole = members.pop("unet/diffusion_pytorch_model.safetensors")
    sharded = {
        **members,
        "unet/diffusion_pytorch_model.safetensors.index.json": json.dumps(
            {"weight_map": {name: f"part-{i}.safetensors" for i, name in enumerate(UNET)}}
        ).encode(),
        **{
            f"unet/part-{i}.safetensors": as_file({name: load(whole)[name]})
            for i, name in enumerate(UNET)
        },
    }
    take(zipped(sharded), "s.zip", base, tmp_path / "sharded")
    assert len(list((tmp_path / "sharded" / "unet").glob("part-*.safetensors"))) == 3
    for wrong in ("../part-0.safetensors", "absent.safetensors"):
        index = {"weight_map": {"x": wrong}}
        sharded["unet/diffusion_pytorch_model.safetensors.index.json"] = json.dumps(index).encode()
        with pytest.raises(InvalidInput, match="lacks the file"):
            take(zipped(sharded), "s.zip", base, tmp_path / f"bad{wrong[:2]}")
    members["unet/diffusion_pytorch_model.fp16.safetensors"] = whole
    take(zipped(members), "v.zip", base, tmp_path / "variant")
    assert (tmp_path / "variant" / "unet" / "diffusion_pytorch_model.safetensors").is_file()


@given(st.text(max_size=80))
def test_any_file_name_makes_a_name(file_name: str) -> None:
    name = name_from(file_name.replace("\0", ""))
    assert checked_name(name) == name
